"""The ``videobench`` command: everything that needs no pytest."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from pytest_videobench import __version__
from pytest_videobench.errors import VideobenchError

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (
    "score",
    "prompts",
    "backends",
    "cache",
    "inject",
    "calibrate",
    "golden",
    "compare",
    "annotate",
    "doctor",
    "vbench",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status: 0 fine, 1 something was found, 2 a senseless call."""
    args = _parser().parse_args(argv)
    try:
        status = int(args.func(args))
        sys.stdout.flush()
    except VideobenchError as error:
        print(f"videobench: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="videobench", description="Score text-to-video clips and look after prompts and stored clips."
    )
    parser.add_argument("--version", action="version", version=f"videobench {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        import_module(f"pytest_videobench.cli.{name}").add_parser(commands)
    return parser
