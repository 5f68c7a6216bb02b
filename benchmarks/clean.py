"""How many clean clips of the embedded generator pass the tests of their own suites, over many seeds.

    python benchmarks/clean.py [--clips N] [--jobs N] [--first N]

Every prompt is drawn with as many rolls as it takes; each clip is analysed and held to its prompt's
expectations, as a run does. Exit status 1 where fewer than 99 % of the clips of any suite pass.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import Case
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.gate.assess import assess
from pytest_videobench.gate.thresholds import complete
from pytest_videobench.prompts.load import load_styles, suites_root

if TYPE_CHECKING:
    from pytest_videobench.prompts.model import Prompt

LIMIT = 0.99
"""Share of the clips of a suite that must pass."""


def main() -> int:
    """Print the clips that fail and why, and the share that passes by suite."""
    parser = argparse.ArgumentParser(description="Hold clean clips to their own suites.")
    parser.add_argument("--clips", type=int, default=1000, help="clips in all (default: 1000)")
    parser.add_argument("--first", type=int, default=0, help="first roll; others than a run's are unseen")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    args = parser.parse_args()
    keys = sorted(prompts())
    asked = [(keys[turn % len(keys)], args.first + turn // len(keys)) for turn in range(args.clips)]
    passed, made, noted = Counter[str](), Counter[str](), Counter[str]()
    with ProcessPoolExecutor(args.jobs) as pool:
        for (key, roll), (problems, findings) in zip(asked, pool.map(judge, asked, chunksize=2), strict=True):
            style = key.partition("/")[0]
            made[style] += 1
            passed[style] += not problems
            noted.update(findings)
            for problem in problems:
                print(f"  {key}, roll {roll}: {problem}", flush=True)
    for style in sorted(made):
        print(f"{style:12}{passed[style]:5} of {made[style]:5} pass: {passed[style] / made[style]:.2%}")
    print(
        f"{'all':12}{passed.total():5} of {made.total():5} pass: {passed.total() / made.total():.2%}"
        f" (limit {LIMIT:.0%} of every suite)"
    )
    print("findings, warnings included:", ", ".join(f"{k} {n}" for k, n in noted.most_common()) or "none")
    return int(min(passed[style] / made[style] for style in made) < LIMIT)


@cache
def prompts() -> dict[str, Prompt]:
    """Give every prompt of the shipped suites by key."""
    return {prompt.key: prompt for style in load_styles(suites_root()).values() for prompt in style.prompts}


def judge(asked: tuple[str, int]) -> tuple[list[str], list[str]]:
    """Draw a clip and give its problems, and the defects found, warnings included."""
    key, roll = asked
    case = Case(prompt=prompts()[key], roll=roll, backend=make_backend("procedural"))
    with tempfile.TemporaryDirectory() as folder:
        footage = analyse(case.backend.generate(case.request(), Path(folder)).path)
    assess.cache_clear()
    assessment = assess(footage, complete(case.prompt.expect, case.delivery()))
    found = [f.defect for f in assessment.findings if not assessment.expected.permission(f.defect)]
    return list(assessment.problems()), found


if __name__ == "__main__":
    sys.exit(main())
