"""``videobench backends``: which backends are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.backends.registry import BACKENDS

if TYPE_CHECKING:
    import argparse


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser("backends", help="list the installed backends")
    parser.set_defaults(func=show)


def show(_args: argparse.Namespace) -> int:
    """Print a line per backend: its name and the first sentence of its documentation."""
    for name in BACKENDS.names():
        about = (BACKENDS.get(name).__doc__ or "").strip().partition("\n")[0]
        print(f"{name:16}{about}")
    return 0
