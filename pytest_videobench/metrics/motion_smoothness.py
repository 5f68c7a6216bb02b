"""How well every second frame lies between its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.metrics.base import Reading, metric
from pytest_videobench.metrics.series import mean_reading

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@metric(unit="1", dimension="motion", better="higher")
def motion_smoothness(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the smoothness of motion.

    Formula: 1 - mean over the odd distinct frames of the mean absolute difference to the frame interpolated
    from both neighbours / 255, on luma with a long side of 160 px.
    Range 0–1, higher is smoother; fast motion at a low frame rate lowers it.
    Source: VBench (Huang et al., 2024), ``motion_smoothness``, with DIS flow in the place of a learned
    interpolator and repeated frames left out, so its values are of the same kind and not the same.
    """
    error = footage.motion.middle_error
    return mean_reading(footage.times[1:-1:2], 1 - error / 255, "higher")
