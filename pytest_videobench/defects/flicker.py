"""Brightness of the whole picture that goes up and down again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.light import common_steps, log_luma

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_videobench.footage.footage import Floats, Footage, Ints
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def flicker(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find series of steps of alternating sign in which the whole picture brightens and darkens together."""
    if len(footage.distinct) < 3:
        return
    rule, times = rules("flicker"), footage.times
    step, spread = common_steps(log_luma(footage, rule["log_offset"]))
    counted = np.flatnonzero(np.abs(step) > np.maximum(rule["step"], spread + rule["together"]))
    for series in _series(counted, step, times, rule):
        size = float(np.median(np.abs(step[series])))
        start, end = float(times[series[0]]), float(times[series[-1] + 1])
        yield Finding(
            defect="flicker",
            start=start,
            end=end,
            severity=0.3 + 5 * size,
            confidence=0.6 + 0.05 * len(series),
            note=f"The whole picture's brightness alternates {len(series)} times by {100 * size:.1f} %"
            f" within {end - start:.2f} s.",
            frames=tuple(int(i) for i in footage.distinct[series[:4]]),
        )


def _series(counted: Ints, step: Floats, times: Floats, rule: Mapping[str, float]) -> Iterable[Ints]:
    """Give the longest series of counted steps that alternate, each soon after the one before."""
    if not len(counted):
        return
    soon = np.diff(times[counted]) <= rule["gap"]
    alternates = np.sign(step[counted[1:]]) != np.sign(step[counted[:-1]])
    for series in np.split(counted, np.flatnonzero(~(soon & alternates)) + 1):
        if len(series) >= rule["alternations"]:
            yield series
