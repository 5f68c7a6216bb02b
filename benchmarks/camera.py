"""How well the measured camera and the measured flow agree with what the embedded generator really did.

    python benchmarks/camera.py [--clips N] [--jobs N] [--cross] [--details]

Draws the prompts that ask for a camera move, roll after roll, analyses the clips as a run would, and
compares: the class of the move, the path, and the flow. With ``--cross``, every move is tried on prompts
that never asked for it, such as an orbit around an eye that fills the picture. Exit status 1 where a limit
is missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.backends.procedural.camera import moves
from pytest_videobench.backends.procedural.renderer import Film, film
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import Case
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.footage.camera import fit_camera
from pytest_videobench.footage.camera_class import camera_move, seen_as
from pytest_videobench.footage.motion import block_means
from pytest_videobench.media import encode
from pytest_videobench.prompts.load import load_styles, suites_root
from pytest_videobench.prompts.vocabulary import CAMERA_MOVES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_videobench.backends.base import Request
    from pytest_videobench.footage.footage import CameraPath, Floats, Footage, Ints

CLASS_LIMIT = 0.98
"""Share of the clips whose move must be named right."""
PATH_LIMIT = 0.03
"""Median path error that a camera which turns or zooms may have, as a share of the way that it goes."""
STRIDE = 8
"""Every how many pairs the exact flow is computed: it takes longer than measuring."""


DEPTHS = np.linspace(0.0, 1.3, 27)
"""From the backdrop to the front."""
TRAVELS = 0.2
"""Spread from which depths move so differently that there is no one true path."""
LASTING = 0.5
"""Share of the picture that must have lasting shapes for a clip to show its camera."""
LEAST_TRAVEL = 0.02
"""Picture widths; a camera that moves less stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out for one clip."""

    prompt: str
    move: str
    seen: str
    shown: bool
    """Whether the move shows at all, to an eye that knows the exact flow."""
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
    parser.add_argument("--cross", action="store_true", help="every move on any prompt")
    parser.add_argument("--details", action="store_true", help="name every clip whose move is named wrongly")
    args = parser.parse_args()
    with ProcessPoolExecutor(args.jobs) as pool:
        asked = crossed() if args.cross else requests()
        results = list(pool.map(measure, islice(asked, args.clips), chunksize=4))
    return report(results, details=args.details)


def requests() -> Iterator[Request]:
    """Ask for every prompt that demands a move, roll after roll."""
    backend = make_backend("procedural")
    prompts = [prompt for style in load_styles(suites_root()).values() for prompt in style.prompts]
    for roll in count():
        for prompt in prompts:
            if prompt.expect.camera != "any":
                yield Case(prompt=prompt, roll=roll, backend=backend).request()


def crossed() -> Iterator[Request]:
    """Ask for every move in turn, over prompts of all styles in turn, with a new seed each time."""
    backend = make_backend("procedural")
    styles = list(load_styles(suites_root()).values())
    known = [move for move in CAMERA_MOVES if move != "any"]
    turn = 0
    while True:
        for move in known:
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
    shown = shows(drawn, footage, pairs, exact)
    error, length = flow_errors(footage, pairs, exact)
    return Result(
        prompt=request.prompt.key,
        move=drawn.camera.move,
        seen=seen,
        shown=shown,
        right=seen in seen_as(drawn.camera.move),
        path_error=path_error(drawn, footage) if shown else float("nan"),
        flow_error=error * 640,
        flow_size=length * 640,
    )


def shows(drawn: Film, footage: Footage, pairs: Ints, exact: Floats) -> bool:
    """Say whether the exact flow has the move in it.

    It has not where liquid or flames fill the picture, or a subject that the camera keeps in its place.
    """
    aspect = drawn.camera.height / drawn.camera.width
    lasting = np.isfinite(exact[..., 0])
    path = fit_camera(np.nan_to_num(exact).astype(np.float32), 255.0 * lasting.astype(np.float32), aspect)
    long = replace(path, **{name: STRIDE * getattr(path, name) for name in ("dx", "dy", "zoom", "roll")})
    gaps = np.full(len(pairs), STRIDE * float(np.median(footage.gaps)))
    return bool(lasting.mean() > LASTING) and camera_move(long, gaps, aspect).word in seen_as(
        drawn.camera.move
    )


def exact_flow(drawn: Film, index: int) -> Floats:
    """Give the exact flow on the block grid, 18 × 32 × 2 picture widths, NaN where it is not defined."""
    return np.asarray(block_means(drawn.flow(index)) / drawn.camera.width, np.float64)


def flow_errors(footage: Footage, pairs: Ints, exact: Floats) -> tuple[float, float]:
    """Give the mean end-point error and the mean true length where there is texture to see."""
    error = np.linalg.norm(footage.motion.flow[pairs] - exact, axis=-1)
    seen = (footage.motion.texture[pairs] > 6) & np.isfinite(error)
    if not seen.any():
        return float("nan"), float("nan")
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
    told = [result for result in results if result.shown]
    for move in dict.fromkeys(result.move for result in told):
        print(line(move, [result for result in told if result.move == move]))
    print(line("all", told))
    for result in results if details else ():
        if not result.right:
            left_out = "" if result.shown else " (left out)"
            print(f"  {result.prompt}: {result.move} seen as {result.seen}{left_out}")
    right = float(np.mean([result.right for result in told]))
    turning = [result for result in told if abs(moves()[result.move].get("spread", 0.0)) < TRAVELS]
    error = float(np.nanmedian([result.path_error for result in turning]))
    print(f"{len(results) - len(told)} clips left out, in which even the exact flow does not show the move")
    print(f"class right in {right:.1%} (at least {CLASS_LIMIT:.0%})")
    print(f"median path error {error:.1%} of cameras that turn or zoom (at most {PATH_LIMIT:.0%})")
    print("a camera that travels has another path at every depth: its error is to the nearest of them")
    return int(right < CLASS_LIMIT or error > PATH_LIMIT)


def line(name: str, results: list[Result]) -> str:
    """Sum results up in one line."""
    paths = np.array([result.path_error for result in results])
    paths = paths[np.isfinite(paths)]
    median, most = np.percentile(paths, [50, 95]) if len(paths) else (np.nan, np.nan)
    error = np.nanmean([result.flow_error for result in results])
    size = np.nanmean([result.flow_size for result in results])
    right = np.mean([r.right for r in results])
    return f"{name:12}{len(results):7}{right:8.1%}{median:12.1%}{most:8.1%}{error:9.2f} px{size:6.2f} px"


if __name__ == "__main__":
    sys.exit(main())
