"""How well the measured camera and the measured flow agree with what the embedded generator really did.

    python benchmarks/camera.py [--clips N] [--jobs N] [--details]

Draws every camera move over prompts of all suites, analyses the clips as a run would, and compares: the
class of the move, the path, and the flow. Exit status 1 where a limit is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.backends.procedural.encoder import encode
from pytest_videobench.backends.procedural.renderer import Film, film
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import Case
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.footage.camera_class import camera_move, seen_as
from pytest_videobench.footage.motion import block_means
from pytest_videobench.prompts.load import load_styles, suites_root
from pytest_videobench.prompts.vocabulary import CAMERA_MOVES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_videobench.backends.base import Request
    from pytest_videobench.footage.footage import CameraPath, Floats, Footage, Ints

CLASS_LIMIT = 0.98
"""Share of the clips whose move must be named right."""
PATH_LIMIT = 0.03
"""Median path error that a moving camera may have, as a share of the way that it goes."""
STRIDE = 8
"""Every how many pairs the exact flow is computed: it takes longer than measuring."""


DEPTHS = np.linspace(0.0, 1.3, 27)
"""From the backdrop to the front."""
LEAST_TRAVEL = 0.02
"""Picture widths; a camera that moves less stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out for one clip."""

    prompt: str
    move: str
    seen: str
    right: bool
    path_error: float
    """Root-mean-square distance of the measured path from the true one over the length of the latter; NaN
    for a camera that stands."""
    flow_error: float
    """Mean end-point error of the block flow, pixels at 640 wide."""
    flow_size: float
    """Mean length of the true flow, pixels at 640 wide."""


def main() -> int:
    """Print a line per move and the totals."""
    parser = argparse.ArgumentParser(description="Hold the measured camera against the drawn one.")
    parser.add_argument("--clips", type=int, default=280, help="clips in all (default: 280)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--details", action="store_true", help="name every clip whose move is named wrongly")
    args = parser.parse_args()
    with ProcessPoolExecutor(args.jobs) as pool:
        results = list(pool.map(measure, islice(requests(), args.clips), chunksize=4))
    return report(results, details=args.details)


def requests() -> Iterator[Request]:
    """Ask for every move in turn, over prompts of all styles in turn, with a new seed each time."""
    backend = make_backend("procedural")
    styles = list(load_styles(suites_root()).values())
    moves = [move for move in CAMERA_MOVES if move != "any"]
    turn = 0
    while True:
        for move in moves:
            style = styles[turn % len(styles)]
            prompt = style.prompts[turn // len(styles) % len(style.prompts)]
            asked = replace(prompt, expect=replace(prompt.expect, camera=move))
            yield Case(prompt=asked, roll=turn, backend=backend).request()
            turn += 1


def measure(request: Request) -> Result:
    """Draw a clip, analyse it, and compare."""
    drawn = film(request)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        size = drawn.camera.width, drawn.camera.height
        encode(drawn.frames(), path, size=size, fps=request.delivery.fps or 24.0)
        footage = analyse(path)
    seen = camera_move(footage.camera, footage.gaps, size[1] / size[0]).word
    pairs = np.arange(0, len(footage.motion.flow), STRIDE, dtype=np.int64)
    exact = np.stack([exact_flow(drawn, int(pair)) for pair in pairs])
    error, length = flow_errors(footage, pairs, exact)
    return Result(
        prompt=request.prompt.key,
        move=drawn.camera.move,
        seen=seen,
        right=seen in seen_as(drawn.camera.move),
        path_error=path_error(drawn, footage),
        flow_error=error * 640,
        flow_size=length * 640,
    )


def exact_flow(drawn: Film, index: int) -> Floats:
    """Give the exact flow on the block grid, 18 × 32 × 2 picture widths, NaN where it is not defined."""
    return np.asarray(block_means(drawn.flow(index)) / drawn.camera.width, np.float64)


def flow_errors(footage: Footage, pairs: Ints, exact: Floats) -> tuple[float, float]:
    """Give the mean end-point error and the mean true length where there is texture to see."""
    error = np.linalg.norm(footage.motion.flow[pairs] - exact, axis=-1)
    seen = (footage.motion.texture[pairs] > 6) & np.isfinite(error)
    return float(error[seen].mean()), float(np.linalg.norm(exact, axis=-1)[seen].mean())


def path_error(drawn: Film, footage: Footage) -> float:
    """Compare the paths; where depths move differently, with that of the depth that comes nearest.

    A similarity transform can follow one depth only, and which one holds the picture is not defined.
    """
    scale = weights(drawn.camera.height / drawn.camera.width)
    found = steps(footage.camera)
    return min(_apart(found * scale, planned_steps(drawn, depth) * scale) for depth in DEPTHS)


def _apart(found: Floats, true: Floats) -> float:
    """Give the root-mean-square distance along the way over its length; NaN for a camera that stands."""
    travel = float(np.linalg.norm(true, axis=1).sum())
    if travel < LEAST_TRAVEL:
        return float("nan")
    apart = np.cumsum(found - true, axis=0)
    return float(np.sqrt((apart**2).sum(axis=1).mean())) / travel


def steps(path: CameraPath) -> Floats:
    """Pairs × (dx, dy, zoom, roll)."""
    return np.stack([path.dx, path.dy, path.zoom, path.roll], axis=1)


def weights(aspect: float) -> Floats:
    """By how many picture widths a unit of each part of a step moves an average point."""
    radius = np.sqrt((1 + aspect**2) / 12)
    return np.array([1.0, 1.0, radius, radius])


def planned_steps(drawn: Film, depth: float) -> Floats:
    """Give the planned steps of a depth about the picture's middle, in the terms of a measured path."""
    camera, rows = drawn.camera, []
    centre = np.array([camera.width / 2, camera.height / 2, 1.0])
    for index in range(len(camera.path) - 1):
        step = camera.matrix(index + 1, depth) @ np.linalg.inv(camera.matrix(index, depth))
        dx, dy = ((step @ centre) - centre)[:2] / camera.width
        rows.append((dx, dy, step[0, 0] - 1, step[1, 0]))
    return np.array(rows)


def report(results: list[Result], *, details: bool) -> int:
    """Print the table; 1 where a limit is missed."""
    print(f"{'move':12}{'clips':>7}{'right':>8}{'path error':>12}{'95 %':>8}{'flow error':>12}{'of flow':>9}")
    moves = list(dict.fromkeys(result.move for result in results))
    for move in moves:
        print(line(move, [result for result in results if result.move == move]))
    print(line("all", results))
    wrong = [result for result in results if not result.right]
    for result in wrong if details else ():
        print(f"  {result.prompt}: {result.move} seen as {result.seen}")
    right = 1 - len(wrong) / len(results)
    error = float(np.nanmedian([result.path_error for result in results]))
    print(
        f"class right in {right:.1%} (at least {CLASS_LIMIT:.0%}), median path error {error:.1%} (at most "
        f"{PATH_LIMIT:.0%})"
    )
    return int(right < CLASS_LIMIT or error > PATH_LIMIT)


def line(name: str, results: list[Result]) -> str:
    """Sum results up in one line."""
    paths = np.array([result.path_error for result in results])
    paths = paths[np.isfinite(paths)]
    median, most = np.percentile(paths, [50, 95]) if len(paths) else (np.nan, np.nan)
    return (
        f"{name:12}{len(results):7}{np.mean([r.right for r in results]):8.1%}{median:12.1%}{most:8.1%}"
        f"{np.mean([r.flow_error for r in results]):9.2f} px{np.mean([r.flow_size for r in results]):6.2f} px"
    )


if __name__ == "__main__":
    sys.exit(main())
