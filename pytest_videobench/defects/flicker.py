"""Light, colour or fine detail that is restless from frame to frame while the scene is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.boil import boiling
from pytest_videobench.defects.light import common_steps, log_luma

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats, Footage, Ints
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def flicker(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find series of steps of alternating sign in which the whole picture changes its light or its colour
    together, and spans in which fine detail is new in every frame.

    Severity: of light, 0.3 and 5 times the logarithmic step; of colour, 0.3 and a 25th of the step in
    levels; of detail, its share that is not found again.
    """
    if len(footage.distinct) < 4:
        return
    found = [_of_light(footage, *series) for series in _light(footage)]
    found = found or [_of_colour(footage, *series) for series in _colour(footage)]
    yield from found or [_of_detail(footage, *span) for span in boiling(footage)]


def _of_light(footage: Footage, series: Ints, size: float) -> Finding:
    what = f"brightness alternates {len(series)} times by {100 * size:.1f} %"
    return _finding(footage, series, 0.3 + 5 * size, what)


def _of_colour(footage: Footage, series: Ints, size: float) -> Finding:
    what = f"colour alternates {len(series)} times by {size:.1f} levels"
    return _finding(footage, series, 0.3 + size / 25, what)


def _finding(footage: Footage, series: Ints, severity: float, what: str) -> Finding:
    start, end = float(footage.times[series[0]]), float(footage.times[series[-1] + 1])
    return Finding(
        defect="flicker",
        start=start,
        end=end,
        severity=severity,
        confidence=0.6 + 0.05 * len(series),
        note=f"The whole picture's {what} within {end - start:.2f} s.",
        frames=tuple(int(i) for i in footage.distinct[series[:4]]),
    )


def _of_detail(footage: Footage, first: int, last: int, lost: float) -> Finding:
    start, end = float(footage.times[first]), float(footage.times[last])
    return Finding(
        defect="flicker",
        start=start,
        end=end,
        severity=lost,
        confidence=0.7,
        note=f"Fine detail boils for {end - start:.2f} s: {100 * lost:.0f} % of it is new in every frame"
        " although little moves.",
        frames=tuple(int(i) for i in footage.distinct[first : first + 4]),
    )


def _light(footage: Footage) -> list[tuple[Ints, float]]:
    """Give series of light: slow pumping shows in the steps from frame to frame; quick flicker, even amid
    motion, in how far a frame is off the mean of its neighbours, because motion moves brightness evenly
    through three frames."""
    levels = log_luma(footage, rules("flicker")["log_offset"])
    return list(_pumping(levels, footage.times)) or list(_quick(levels))


def _pumping(levels: Floats, times: Floats) -> Iterator[tuple[Ints, float]]:
    """Give series of steps from frame to frame that exceed their own spread, and their size."""
    rule = rules("flicker")
    step, spread = common_steps(np.diff(levels, axis=0))
    counted = np.flatnonzero(np.abs(step) > np.maximum(rule["step"], spread + rule["together"]))
    soon = np.diff(times[counted]) <= rule["gap"]
    return _alternating(counted, soon, step, rule["alternations"])


def _quick(levels: Floats) -> Iterator[tuple[Ints, float]]:
    """Give series of neighbouring frames that are off their neighbours' mean in turns, and their size."""
    rule = rules("flicker")
    step, spread = common_steps(levels[1:-1] - (levels[:-2] + levels[2:]) / 2)
    counted = np.flatnonzero(np.abs(step) > np.maximum(rule["step"], rule["quick_together"] * spread))
    return _alternating(counted, np.diff(counted) == 1, step, rule["quick_alternations"])


def _colour(footage: Footage) -> list[tuple[Ints, float]]:
    """Give series of steps of either colour difference, of the one that swings more often."""
    rule, found = rules("flicker"), []
    chroma = footage.frames.chroma[footage.distinct].astype(np.float64)
    for levels in np.moveaxis(chroma.reshape(len(chroma), -1, 2), -1, 0):
        step, spread = common_steps(np.diff(levels, axis=0))
        size = np.where(np.abs(step) > np.maximum(rule["colour_step"], spread), np.abs(step), 0)
        # Between two swings the encoder creeps on by a fraction of them, in either direction.
        counted = np.flatnonzero(size > rule["colour_share"] * size.max())
        soon = np.diff(footage.times[counted]) <= rule["gap"]
        found.append(list(_alternating(counted, soon, step, rule["colour_alternations"])))
    return max(found, key=lambda series: sum(len(counted) for counted, _ in series))


def _alternating(
    counted: Ints, soon: NDArray[np.bool_], step: Floats, fewest: float
) -> Iterator[tuple[Ints, float]]:
    """Give the longest series of steps that alternate in sign, each soon after the one before."""
    if not len(counted):
        return
    alternates = np.sign(step[counted[1:]]) != np.sign(step[counted[:-1]])
    for series in np.split(counted, np.flatnonzero(~(soon & alternates)) + 1):
        if len(series) >= fewest:
            yield series, float(np.median(np.abs(step[series])))
