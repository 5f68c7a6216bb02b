"""Moments worth a look: a short ranked list of times and places for a person, or for a judge."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.footage.footage import GRID
from pytest_videobench.moments.limits import limits
from pytest_videobench.moments.proof import strongest_step
from pytest_videobench.moments.switches import switches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats, Footage


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time, and where to look then."""

    time: float
    """Seconds."""
    box: tuple[float, float, float, float] | None
    """x, y, width, height as shares of the picture; ``None`` is all of it."""
    reason: str
    """A few words for people."""
    score: float
    """0–1; orders the moments of one clip and is no probability."""


def moments(footage: Footage) -> tuple[Moment, ...]:
    """Give the moments of a clip, the most remarkable first: at most eight, none close to another."""
    rule, kept = limits("moments"), list[Moment]()
    found = [*_switches(footage), *_surprises(footage), *_gaps(footage)]
    for one in sorted(found, key=lambda moment: (-moment.score, moment.time)):
        if len(kept) < rule["most"] and all(abs(one.time - m.time) >= rule["apart"] for m in kept):
            kept.append(one)
    return tuple(kept)


def moment_cells(found: Iterable[Moment]) -> list[dict[str, Any]]:
    """Give moments as builtins."""
    cells = [asdict(moment) for moment in found]
    for cell in cells:
        cell["time"], cell["score"] = round(float(cell["time"]), 4), round(float(cell["score"]), 4)
        cell["box"] = None if cell["box"] is None else [round(float(v), 4) for v in cell["box"]]
    return cells


def _switches(footage: Footage) -> Iterator[Moment]:
    height, width = footage.small.shape[1:]
    for switch in switches(footage):
        x, y, wide, high = switch.box
        yield Moment(
            time=float(footage.times[strongest_step(footage, switch)]),
            box=(x / width, y / height, wide / width, high / height),
            reason="something here gives way to something else",
            score=switch.strength,
        )


def _surprises(footage: Footage) -> Iterator[Moment]:
    """Find steps of light that are larger than what the same blocks do before and after."""
    rule = limits("surprise")
    blocks = footage.frames.blocks[footage.distinct]
    if len(blocks) < 3:
        return
    steps = np.abs(np.diff(blocks, axis=0)).reshape(len(blocks) - 1, -1)
    beyond = np.maximum(steps - rule["usual"] * _usual(footage, steps) - rule["noise"], 0)
    most = max(1, round(rule["share"] * steps.shape[1]))
    height = np.sort(beyond, axis=1)[:, -most:].mean(axis=1)
    score = height / (height + rule["half"])
    for step in np.flatnonzero(score > rule["faint"]):
        yield Moment(
            time=float(footage.times[step + 1]),
            box=_block_box(beyond[step].reshape(GRID)),
            reason="a sudden change of light or content",
            score=float(score[step]),
        )


def _usual(footage: Footage, steps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give every block's mean step around each time, without the step itself."""
    reach = max(1, round(limits("surprise")["around"] * footage.true_fps))
    window = min(2 * reach + 1, 2 * len(steps) - 1)
    mean = cv2.blur(steps, (1, window), borderType=cv2.BORDER_REFLECT)
    return np.asarray((mean * window - steps) / max(1, window - 1), np.float32)


def _block_box(beyond: NDArray[np.float32]) -> tuple[float, float, float, float]:
    """Enclose the blocks that hang together with the most surprising one."""
    core = (beyond > beyond.max() / 2).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(core)
    row, column = np.unravel_index(int(beyond.argmax()), beyond.shape)
    x, y, wide, high = (int(v) for v in stats[labels[row, column], :4])
    return x / GRID[1], y / GRID[0], wide / GRID[1], high / GRID[0]


def _gaps(footage: Footage) -> Iterator[Moment]:
    """Find where the picture stands for much longer than this clip's pictures do."""
    rule, times = limits("gap"), footage.times
    shown: Floats = np.diff([*times, max(footage.probe.duration, float(times[-1]))])
    usual = float(np.median(shown))
    for index in np.flatnonzero((shown > rule["times"] * usual) & (shown > rule["seconds"])):
        yield Moment(
            time=float(times[index]),
            box=None,
            reason="the picture stands still from here",
            score=rule["score"],
        )
