"""Changes of the light of the whole picture, from distinct frame to distinct frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Floats, Footage


def log_luma(footage: Footage, offset: float) -> Floats:
    """Give the log luma of every block of every distinct frame, frames × 576; the offset mutes dark noise."""
    blocks = footage.frames.blocks[footage.distinct].astype(np.float64)
    return np.log(blocks.reshape(len(blocks), -1) + offset)


def common_steps(steps: Floats) -> tuple[Floats, Floats]:
    """Give the median over the blocks of every step, and its spread (the width of the middle half)."""
    quarter, median, three = np.percentile(steps, (25, 50, 75), axis=1)
    return median, three - quarter
