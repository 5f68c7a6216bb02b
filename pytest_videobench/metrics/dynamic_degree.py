"""Whether a clip moves at all, by VBench's rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.metrics.base import Reading, metric
from pytest_videobench.metrics.series import reading

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Floats, Footage
    from pytest_videobench.prompts.model import Expectations

BRISK_PIXELS = 6.0 / 256
"""Flow of a moving pair as a share of the short side."""
MOVING_PAIRS = 4 / 16
"""Moving pairs asked for per sampled frame."""


@metric(unit="1", dimension="motion", better="neither")
def dynamic_degree(footage: Footage, expected: Expectations) -> Reading | None:
    """Give 1 for a clip that moves and 0 for one that does not, as VBench decides.

    Formula: frames are sampled at 8 Hz; a pair moves where the mean of its largest 5 % of flow magnitudes
    exceeds 6 px per 256 px of the short side; n sampled frames move where round(4 n / 16) pairs do.
    Range {0, 1}. The decision is VBench's; the flow is DIS and not RAFT, so clips near the limit may differ.
    Source: VBench (Huang et al., 2024), ``dynamic_degree``.
    """
    brisk = footage.motion.brisk
    if not pairs_asked(len(brisk) + 1):  # VBench's rule would call any clip this short a moving one
        return None
    times = np.linspace(0, footage.probe.duration, len(brisk), endpoint=False)
    return reading(float(moves(brisk)), times, brisk)


def pairs_asked(sampled_frames: int) -> int:
    """Give the moving pairs that make a clip a moving one; halves are rounded to even, as in VBench."""
    return round(MOVING_PAIRS * sampled_frames)


def moves(brisk: Floats) -> bool:
    """Decide from the flow of every sampled pair, as a share of the short side."""
    return int(np.count_nonzero(brisk > BRISK_PIXELS)) >= pairs_asked(len(brisk) + 1)
