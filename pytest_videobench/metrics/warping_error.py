"""How much the picture changes beyond its motion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.metrics.base import Reading, metric
from pytest_videobench.metrics.series import mean_reading

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@metric(unit="1", dimension="consistency", better="lower")
def warping_error(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the warping error.

    Formula: mean over pairs of neighbouring distinct frames, about eight pairs a second, of the mean squared
    difference, luma in 0–1, between a frame and the next one warped onto it by optical flow; occluded pixels
    (forward and backward flow disagree) are left out. On a long side of 160 px with DIS flow.
    Range 0–1, lower is more consistent; a still clip has nearly none.
    Source: Lai et al., "Learning Blind Video Temporal Consistency" (2018).
    """
    return mean_reading(footage.times[footage.motion.warped], footage.motion.warp_error, "lower")
