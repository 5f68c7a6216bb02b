"""Temporal information: how much changes in the liveliest step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.metrics.base import Reading, metric
from pytest_videobench.metrics.series import reading

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@metric(unit="grey levels", dimension="motion", better="neither")
def ti(footage: Footage, expected: Expectations) -> Reading | None:
    """Give temporal information.

    Formula: maximum over neighbouring stored frames of the standard deviation of their luma difference at
    full resolution; the curve allows for a mean, which is steadier.
    Range 0 and up; neither end is better. A cut raises it more than any motion.
    Source: ITU-T P.910, on full-range 8-bit luma.
    """
    values = footage.steps.ti
    return reading(float(values.max()), footage.frames.time[1:], values) if len(values) else None
