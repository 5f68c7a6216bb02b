"""``videobench vbench SCORES.json``: VBench's totals from the values of its dimensions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_videobench.errors import SpecError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_videobench.stats.vbench import VBenchScore


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "vbench",
        help="add up the values of VBench's dimensions",
        description="Normalise and add up values of VBench's 16 dimensions as its leaderboard does. With a"
        " dimension missing there is no total, and the exit status is 1.",
    )
    parser.add_argument(
        "scores",
        metavar="SCORES.json",
        nargs="+",
        type=Path,
        help="an object of dimension and value, or the files that VBench's evaluation writes",
    )
    parser.set_defaults(func=vbench)


def vbench(args: argparse.Namespace) -> int:
    """Print the normalised values, the two means, and the total."""
    from pytest_videobench.stats.vbench import vbench_score

    values: dict[str, float] = {}
    for path in args.scores:
        for name, value in _values(path):
            if name in values:
                raise SpecError(f"{path}: {name} stands in another file as well; give every dimension once")
            values[name] = value
    try:
        score = vbench_score(values)
    except ValueError as error:
        raise SpecError(f"{', '.join(map(str, args.scores))}: {error}") from error
    print("\n".join(_lines(score)))
    return 1 if score.missing else 0


def _values(path: Path) -> Iterator[tuple[str, float]]:
    """Give dimension and value; VBench's own files have a list that begins with the value."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SpecError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise SpecError(f"{path}: not JSON: {error}") from error
    if not isinstance(data, dict):
        raise SpecError(f"{path}: expected an object of dimension and value")
    for name, cell in data.items():
        value = cell[0] if isinstance(cell, list) and cell else cell
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise SpecError(f"{path}: {name}: expected a number, got {value!r}")
        yield name.replace(" ", "_"), float(value)


def _lines(score: VBenchScore) -> Iterator[str]:
    for name, value in score.normalised.items():
        yield f"{name:24}{100 * value:8.2f}"
    for name in score.missing:
        yield f"{name:24} missing"
    for name, mean in (("quality", score.quality), ("semantic", score.semantic), ("total", score.total)):
        yield f"{name:24}" + (f"{100 * mean:8.2f}" if mean is not None else "       –")
    if score.missing:
        yield f"no total: {len(score.missing)} of 16 dimensions are missing"
