"""How much the picture moves, camera and subjects together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.metrics.base import Reading, metric
from pytest_videobench.metrics.series import reading

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@metric(unit="widths/s", dimension="motion", better="neither")
def motion_amplitude(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the mean speed of the picture's content.

    Formula: sum of the mean flow magnitudes over all pairs of neighbouring distinct frames / the seconds
    between the first and the last of them, in picture widths, on DIS flow averaged over 18 × 32 blocks.
    Range 0 and up; neither end is better, because a prompt may ask for stillness.
    Source: the mean flow magnitude that several benchmarks use, freed of resolution, frame rate and repeats.
    """
    flow, gaps = footage.motion.flow, footage.gaps
    if not len(flow):
        return None
    travelled = np.linalg.norm(flow, axis=3).mean(axis=(1, 2)).astype(np.float64)
    return reading(float(travelled.sum() / gaps.sum()), footage.times[1:], travelled / gaps)
