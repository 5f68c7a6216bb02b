"""Measure how often the detectors are right, on real clips.

    python -m benchmarks.accuracy [--half development|test|both] [--kept FOLDER] [--out FOLDER] [--record]
                                 [--peers FOLDER]

Puts every fault at four severities into clean pieces of the clips of ``../shared/clips``, looks at these, at
the pieces without a fault, at the untouched clips, and at clean clips of a camera or a film through which a
virtual camera is driven, and prints a table. ``--out`` writes ``accuracy.json`` and a page of plots;
``--peers`` asks other tools about the same clips. Thresholds are tuned on the development half; the test half
is for publishing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.accuracy import page, record, table
from benchmarks.accuracy.bench import Plan, run
from benchmarks.accuracy.corpus import CLIPS, HALVES
from benchmarks.accuracy.injection import SEVERITIES, Folder
from pytest_videobench.faults import FAULTS


def main() -> int:
    """Run the bench, and write what was asked for."""
    args = _arguments()
    plan = Plan(
        halves=HALVES if args.half == "both" else (args.half,),
        faults=tuple(args.fault),
        severities=tuple(args.severity),
        most=args.pieces,
        most_drives=args.drives,
    )
    with tempfile.TemporaryDirectory() as folder:
        figures = run(plan, Folder(args.kept or Path(folder)), args.jobs, args.peers)
    print(*table.lines(figures), sep="\n")
    if args.out:
        page.write(figures, args.out)
        print(args.out / "index.html")
    if args.record:
        record.RECORD.write_text(record.record_of(figures), encoding="utf-8")
        print(record.RECORD)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy", description="Measure how often the detectors are right."
    )
    add = parser.add_argument
    add("--half", choices=(*HALVES, "both"), default="development", help="default: development")
    add("--pieces", type=int, metavar="N", help="pieces of a half at most")
    add("--drives", type=int, metavar="N", help="drives of a virtual camera, of a half, at most")
    add("--fault", nargs="+", default=tuple(FAULTS), choices=tuple(FAULTS), metavar="NAME")
    add("--severity", nargs="+", type=float, default=SEVERITIES, metavar="S", help="of 0.25, 0.5, 0.75, 1")
    add("--jobs", type=int, default=2, metavar="N", help="processes (default: 2)")
    add("--kept", type=Path, metavar="FOLDER", help="keep what was analysed; a second run only scores")
    add("--out", type=Path, metavar="FOLDER", help="write accuracy.json and index.html")
    add("--peers", type=Path, metavar="FOLDER", help="ask other tools as well; their environments stay there")
    add("--record", action="store_true", help="write the package's record (all of the test half only)")
    args = parser.parse_args()
    if not CLIPS.is_dir():
        parser.error(f"there is no folder {CLIPS}")
    if set(args.severity) - set(SEVERITIES):
        parser.error(f"--severity: expected some of {', '.join(map('{:g}'.format, SEVERITIES))}")
    chosen = args.pieces, args.drives, set(args.fault), set(args.severity)
    whole = chosen == (None, None, set(FAULTS), set(SEVERITIES))
    if args.record and not (args.half == "test" and whole):
        parser.error("--record needs --half test, and all pieces, drives, faults and severities")
    return args


if __name__ == "__main__":
    sys.exit(main())
