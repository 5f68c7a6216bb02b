"""When a slow change begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Floats


def onset(levels: Floats, times: Floats) -> int:
    """Give the index from which levels change, of a line that is flat, then straight, then flat again.

    The line is fitted by least squares for every pair of bends (the second may be the end), and the best pair
    is taken. Levels that never change begin to at the last index.
    """
    if len(levels) < 3 or float(np.ptp(levels)) == 0.0:
        return max(0, len(levels) - 1)
    return int(np.argmin([_misfit(levels, times, first) for first in range(len(levels) - 1)]))


def _misfit(levels: Floats, times: Floats, first: int) -> float:
    """Give the least squares that are left where the change begins at ``first``, whenever it ends."""
    ends = times[first + 1 :, None]
    ramps = np.clip((times - times[first]) / (ends - times[first]), 0.0, 1.0)
    ramps -= ramps.mean(axis=1, keepdims=True)
    centred = levels - levels.mean()
    explained = (ramps * centred).sum(axis=1) ** 2 / np.maximum((ramps * ramps).sum(axis=1), 1e-12)
    return float((centred * centred).sum() - explained.max())
