"""How long the whole default analysis of a clip takes, as a ratio to decoding it to BGR alone.

    python benchmarks/analysis.py [CLIP] [--rounds N]

Without a clip, the embedded generator draws one of 5 s at 1280 × 720. The two are timed in turns in one run,
and the fastest round of each counts, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import Case
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.footage.reader import Reader
from pytest_videobench.gate.assess import assess
from pytest_videobench.gate.thresholds import complete
from pytest_videobench.prompts.load import load_style, suites_root
from pytest_videobench.prompts.model import Expectations

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 3.0
"""The whole analysis must not take longer than this times decoding alone."""


def main() -> int:
    """Print the times and the ratio; exit status 1 where the ratio is above the limit."""
    parser = argparse.ArgumentParser(description="Time the whole analysis against decoding alone.")
    parser.add_argument("clip", nargs="?", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clip = args.clip or draw(Path(folder))
        frames = decode(clip)
        score(clip)  # imports and caches are warm before the clock runs
        decoding, opencv, scoring = fastest([decode, decode_opencv, score], clip, args.rounds)
    for name, seconds in (
        ("decode to BGR", decoding),
        ("decode by OpenCV", opencv),
        ("decode and score", scoring),
    ):
        print(f"{name:18}{seconds * 1e3:9.1f} ms {seconds / frames * 1e3:7.2f} ms a frame")
    ratio = scoring / decoding
    print(
        f"ratio {ratio:.2f} to decoding alone, {scoring / opencv:.2f} to decoding by OpenCV (limit {LIMIT:g})"
    )
    return int(ratio > LIMIT)


def draw(folder: Path) -> Path:
    """Render a clip of the first sci-fi prompt at 720p."""
    backend = make_backend("procedural?size=1280x720")
    prompt = load_style(suites_root() / "scifi" / "prompts.toml").prompts[0]
    return backend.generate(Case(prompt=prompt, roll=0, backend=backend).request(), folder).path


def decode(clip: Path) -> int:
    """Decode every frame to BGR, as the analysis does, and count them."""
    return sum(1 for _ in Reader(clip))


def decode_opencv(clip: Path) -> int:
    """Decode every frame to BGR by OpenCV, and count them."""
    capture, count = cv2.VideoCapture(str(clip)), 0
    while capture.read()[0]:
        count += 1
    return count


def score(clip: Path) -> int:
    """Do all that a case does with its clip: footage, metrics, findings, breaches."""
    assess.cache_clear()
    return len(assess(analyse(clip), complete(Expectations())).measures)


def fastest(steps: list[Callable[[Path], int]], clip: Path, rounds: int) -> list[float]:
    """Time the steps in turns and give the fastest seconds of each."""
    best = [float("inf")] * len(steps)
    for _ in range(rounds):
        for index, step in enumerate(steps):
            started = time.perf_counter()
            step(clip)
            best[index] = min(best[index], time.perf_counter() - started)
    return best


if __name__ == "__main__":
    sys.exit(main())
