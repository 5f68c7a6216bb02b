"""How much fine detail the pictures show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.metrics.base import Reading, metric
from pytest_videobench.metrics.series import mean_reading

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@metric(unit="grey levels²", dimension="detail", better="higher")
def sharpness(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the sharpness.

    Formula: mean over about four pictures a second of the variance of the Laplacian of luma, long side
    reduced towards 640 px by whole factors.
    Range 0 and up, higher is sharper; noise and texture raise it, so compare only clips of the same prompt.
    Source: the variance of the Laplacian as a focus measure (Pech-Pacheco et al., 2000).
    """
    return mean_reading(footage.frames.time[footage.samples.index], footage.samples.sharpness, "higher")
