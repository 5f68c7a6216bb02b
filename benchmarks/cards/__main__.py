"""Make the cards of all defects and metrics.

    python -m benchmarks.cards [--check] [--pictures [NAME …]]

Without an option, write ``docs/defects.md`` and ``docs/metrics.md`` from the code, the record of the accuracy
bench, and the data and templates in ``docs/cards``. ``--check`` writes nothing: it prints a line for whatever
is out of date, and ends with status 1 where there is any. ``--pictures`` makes all pictures, or the named
ones, anew from drawn clips, and then the pages.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.cards import check, pages
from benchmarks.cards.pictures import make
from pytest_videobench.errors import VideobenchError


def main() -> int:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.cards", description="Make the cards of all defects and metrics."
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="only say what is out of date")
    what.add_argument("--pictures", nargs="*", metavar="NAME", help="make all pictures, or the named ones")
    args = parser.parse_args()
    try:
        return _run(args.check, args.pictures)
    except VideobenchError as error:
        print(error, file=sys.stderr)
        return 2


def _run(checks: bool, pictures: list[str] | None) -> int:
    if checks:
        wrong = list(check.complaints())
        print(*wrong, sep="\n", end="\n" if wrong else "")
        return int(bool(wrong))
    for line in make(pictures) if pictures is not None else ():
        print(line, flush=True)
    for path, text in pages.pages().items():
        path.write_text(text, encoding="utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
