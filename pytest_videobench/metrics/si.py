"""Spatial information: how much there is to see in the busiest picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.metrics.base import Reading, metric
from pytest_videobench.metrics.series import reading

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@metric(unit="grey levels", dimension="detail", better="neither")
def si(footage: Footage, expected: Expectations) -> Reading | None:
    """Give spatial information.

    Formula: maximum over about four pictures a second of the standard deviation of the Sobel magnitude of
    luma at full resolution, border left out; the curve allows for a mean, which is steadier.
    Range 0 and up; neither end is better.
    Source: ITU-T P.910, on full-range 8-bit luma.
    """
    values = footage.samples.si
    return reading(float(values.max()), footage.frames.time[footage.samples.index], values)
