"""How little the picture changes from stored frame to stored frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.metrics.base import Reading, metric
from pytest_videobench.metrics.series import reading

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@metric(unit="1", dimension="consistency", better="higher")
def temporal_flickering(footage: Footage, expected: Expectations) -> Reading | None:
    """Give VBench's temporal flickering.

    Formula: (255 - mean over neighbouring stored frames of the mean absolute difference of all pixels and
    channels) / 255; repeats included, full resolution, no static filter.
    Range 0–1, higher is steadier; motion lowers it too, so compare only clips of the same prompt.
    Source: VBench (Huang et al., 2024), ``temporal_flickering``; agreement within 1e-6 on the same decoder.
    """
    change = footage.steps.change
    if not len(change):
        return None
    score = (255.0 - float(np.mean(change))) / 255.0
    return reading(score, footage.frames.time[1:], 1 - change / 255, "higher")
