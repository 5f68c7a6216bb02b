"""How far light and dark lie apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.metrics.base import Reading, metric
from pytest_videobench.metrics.series import mean_reading

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@metric(unit="grey levels", dimension="detail", better="neither")
def contrast(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the root-mean-square contrast.

    Formula: mean over about four pictures a second of the standard deviation of luma.
    Range 0–127.5; neither end is better, although a washed-out clip has little.
    Source: RMS contrast (Peli, 1990), in grey levels.
    """
    return mean_reading(footage.frames.time[footage.samples.index], footage.samples.contrast)
