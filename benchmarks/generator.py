"""How much processor time the embedded generator takes for a clip of 5 s at 640 × 360, encoding included.

    python benchmarks/generator.py [--rolls N] [--details]

Every prompt of every suite is drawn in one process; processor time is counted, so that a busy machine
disturbs little. Exit status 1 where the median is above the limit.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import Case, plan
from pytest_videobench.prompts.load import load_styles, suites_root

LIMIT = 1.2
"""Seconds of one core."""
SPEC = "procedural?duration=5&fps=24&size=640x360"


def main() -> int:
    """Print seconds by style and in all."""
    parser = argparse.ArgumentParser(description="Time the embedded generator.")
    parser.add_argument("--rolls", type=int, default=1, help="clips per prompt (default: 1)")
    parser.add_argument("--details", action="store_true", help="print every prompt")
    args = parser.parse_args()
    backend, seconds = make_backend(SPEC), dict[str, list[float]]()
    for style in load_styles(suites_root()).values():
        cases = plan(style.prompts, [backend], args.rolls)
        draw(cases[0])  # imports and tables are warm before the clock runs
        seconds[style.name] = [draw(case) for case in cases]
        for case, took in zip(cases, seconds[style.name], strict=True) if args.details else ():
            print(f"  {case.prompt.key:40}{took:6.2f} s")
        print(line(style.name, seconds[style.name]))
    every = [took for style in seconds.values() for took in style]
    print(line("all", every) + f" (limit {LIMIT:g} s)")
    return int(float(np.median(every)) > LIMIT)


def draw(case: Case) -> float:
    """Draw and encode a clip; give the seconds of processor time."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        case.backend.generate(case.request(), Path(folder))
        return time.process_time() - begun


def line(name: str, seconds: list[float]) -> str:
    """Sum seconds up in one line."""
    median, most = np.percentile(seconds, [50, 95])
    spread = f"median {median:.2f} s, 95 % {most:.2f} s, {max(seconds):.2f} s at most"
    return f"{name:12}{len(seconds):4} clips: {spread}"


if __name__ == "__main__":
    sys.exit(main())
