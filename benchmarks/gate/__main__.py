"""Measure how often the gate is wrong, and which method finds most at the same rate of false alarms.

    python -m benchmarks.gate [--runs N] [--parts NAME ...] [--out FILE] [--jobs N]
                              [--clean PATH] [--flawed PATH] [--deals N] [--seed N]

Draws pairs of runs from recorded clips of the embedded generator: prompts' means, and what single rolls add
to them, all metrics of a clip together; and each prompt's rate of every defect. Asks several methods, and the
gate itself, whether the candidate is worse, and prints tables in Markdown. ``PATH`` is a folder of goldens or
the ``rows.jsonl`` of a run.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from time import monotonic

from benchmarks.gate import table
from benchmarks.gate.catalogue import DROPS, EDGES, LOOKS, QUIET, questions
from benchmarks.gate.pool import read_samples, source_of
from benchmarks.gate.simulate import Study, simulate
from pytest_videobench.errors import VideobenchError
from pytest_videobench.gate.margins import read_margins

GOLDEN = Path("golden")
PARTS = (QUIET, DROPS, EDGES, LOOKS)


def main() -> int:
    """Simulate what was asked for, and print it."""
    args, began = _arguments(), monotonic()
    margins = read_margins()
    margins = replace(margins, rule=replace(margins.rule, deals=args.deals))
    try:
        source = source_of(read_samples(args.clean), read_samples(args.flawed))
    except (VideobenchError, ValueError) as error:
        sys.exit(str(error))
    asked = [one for one in questions(source, margins) if one.part in args.parts]
    results, spent = [], 0.0
    for result in simulate(
        Study(source=source, margins=margins, seed=args.seed), asked, args.runs, args.jobs
    ):
        results.append(result)
        spent += result.seconds
        print(f"{result.question.world.name}: {result.seconds / 60:.1f} min", file=sys.stderr, flush=True)
    took = (monotonic() - began) / 60
    text = "\n".join(
        [*table.lines(results), f"Took {took:.0f} min, {spent / 60:.0f} of processors; seed {args.seed}."]
    )
    print(text)
    if args.out:
        args.out.write_text(f"{text}\n", encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.gate", description=__doc__.partition("\n")[0] if __doc__ else ""
    )
    add = parser.add_argument
    add("--runs", type=int, default=4000, metavar="N", help="of a world; some take fewer (default: 4000)")
    add("--parts", nargs="+", choices=PARTS, default=PARTS, metavar="NAME", help=f"of {', '.join(PARTS)}")
    add("--clean", type=Path, default=GOLDEN / "procedural@reference", metavar="PATH")
    add("--flawed", type=Path, default=GOLDEN / "procedural@flawed", metavar="PATH")
    add("--deals", type=int, default=500, metavar="N", help="relabellings of the gate (default: 500)")
    add("--seed", type=int, default=7, metavar="N")
    add("--jobs", type=int, default=2, metavar="N", help="processes (default: 2)")
    add("--out", type=Path, metavar="FILE", help="write the tables as well")
    args = parser.parse_args()
    for path in (args.clean, args.flawed):
        if not path.exists():
            parser.error(f"there is no {path}")
    return args


if __name__ == "__main__":
    sys.exit(main())
