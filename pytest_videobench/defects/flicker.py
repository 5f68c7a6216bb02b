"""Brightness of the whole picture that goes up and down again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.light import common_steps, log_luma

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Floats, Footage, Ints
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def flicker(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find series of steps of alternating sign in which the whole picture brightens and darkens together.

    Slow pumping shows in the steps from frame to frame; quick flicker, even amid motion, in how far a frame is off
    the mean of its neighbours, because motion moves brightness evenly through three frames.
    """
    if len(footage.distinct) < 4:
        return
    levels = log_luma(footage, rules("flicker")["log_offset"])
    for steps in (np.diff(levels, axis=0), levels[1:-1] - (levels[:-2] + levels[2:]) / 2):
        found = [_finding(footage, *series) for series in _series(footage, steps)]
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


def _series(footage: Footage, steps: Floats) -> Iterable[tuple[Ints, float]]:
    """Give the longest series of counted steps that alternate, each soon after the one before, and their size."""
    rule = rules("flicker")
    step, spread = common_steps(steps)
    counted = np.flatnonzero(np.abs(step) > np.maximum(rule["step"], spread + rule["together"]))
    if not len(counted):
        return
    soon = np.diff(footage.times[counted]) <= rule["gap"]
    alternates = np.sign(step[counted[1:]]) != np.sign(step[counted[:-1]])
    for series in np.split(counted, np.flatnonzero(~(soon & alternates)) + 1):
        if len(series) >= rule["alternations"]:
            yield series, float(np.median(np.abs(step[series])))
