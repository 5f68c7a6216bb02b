"""Brightness of the whole picture that goes up and down again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.light import common_steps, log_luma

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats, Footage, Ints
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def flicker(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find series of steps of alternating sign in which the whole picture brightens and darkens together.

    Slow pumping shows in the steps from frame to frame; quick flicker, even amid motion, in how far a frame
    is off the mean of its neighbours, because motion moves brightness evenly through three frames.
    """
    if len(footage.distinct) < 4:
        return
    levels = log_luma(footage, rules("flicker")["log_offset"])
    for find in (_pumping, _quick):
        found = [_finding(footage, *series) for series in find(levels, footage.times)]
        yield from found
        if found:
            return


def _finding(footage: Footage, series: Ints, size: float) -> Finding:
    start, end = float(footage.times[series[0]]), float(footage.times[series[-1] + 1])
    return Finding(
        defect="flicker",
        start=start,
        end=end,
        severity=0.3 + 5 * size,
        confidence=0.6 + 0.05 * len(series),
        note=f"The whole picture's brightness alternates {len(series)} times by {100 * size:.1f} %"
        f" within {end - start:.2f} s.",
        frames=tuple(int(i) for i in footage.distinct[series[:4]]),
    )


def _pumping(levels: Floats, times: Floats) -> Iterable[tuple[Ints, float]]:
    """Give series of steps from frame to frame that exceed their own spread, and their size."""
    rule = rules("flicker")
    step, spread = common_steps(np.diff(levels, axis=0))
    counted = np.flatnonzero(np.abs(step) > np.maximum(rule["step"], spread + rule["together"]))
    soon = np.diff(times[counted]) <= rule["gap"]
    return _alternating(counted, soon, step, rule["alternations"])


def _quick(levels: Floats, _times: Floats) -> Iterable[tuple[Ints, float]]:
    """Give series of neighbouring frames that are off their neighbours' mean in turns, and their size."""
    rule = rules("flicker")
    step, spread = common_steps(levels[1:-1] - (levels[:-2] + levels[2:]) / 2)
    counted = np.flatnonzero(np.abs(step) > np.maximum(rule["step"], rule["quick_together"] * spread))
    return _alternating(counted, np.diff(counted) == 1, step, rule["quick_alternations"])


def _alternating(
    counted: Ints, soon: NDArray[np.bool_], step: Floats, fewest: float
) -> Iterable[tuple[Ints, float]]:
    """Give the longest series of steps that alternate in sign, each soon after the one before."""
    if not len(counted):
        return
    alternates = np.sign(step[counted[1:]]) != np.sign(step[counted[:-1]])
    for series in np.split(counted, np.flatnonzero(~(soon & alternates)) + 1):
        if len(series) >= fewest:
            yield series, float(np.median(np.abs(step[series])))
