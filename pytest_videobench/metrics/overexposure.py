"""How much of the picture is burnt out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.metrics.base import Reading, metric
from pytest_videobench.metrics.series import mean_reading

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@metric(unit="1", dimension="detail", better="lower")
def overexposure(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the share of burnt-out picture.

    Formula: mean over about four pictures a second of the share of pixels with every channel at 250 or above.
    Range 0–1, lower is better; a white background counts as well.
    Source: clipping as photographers measure it.
    """
    return mean_reading(footage.frames.time[footage.samples.index], footage.samples.clipped, "lower")
