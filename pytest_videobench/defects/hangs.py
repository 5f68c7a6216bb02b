"""How far the picture moves from stored frame to stored frame, against the frames around."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.spans import rolling_median

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats, Footage, Ints


def block_steps(footage: Footage, liveliest: float = 1.0) -> Floats:
    """Give the mean change of the liveliest share of the blocks, in grey levels, from every stored frame to
    the next."""
    blocks = footage.frames.blocks
    if len(blocks) < 2:
        return np.zeros(0)
    steps = np.abs(np.diff(blocks, axis=0)).reshape(len(blocks) - 1, -1).astype(np.float64)
    life = steps.mean(axis=0)
    return np.asarray(steps[:, life >= np.quantile(life, 1 - liveliest)].mean(axis=1))


def lost_steps(steps: Floats, reach: int, hung: float, leap: float, motion: float) -> Ints:
    """Give the steps at which a frame was lost: motion hangs, and the next step makes up for it.

    A step hangs below ``hung`` of the mean of those up to ``reach`` away, which must be above ``motion``
    grey levels. The one after it leaps above ``leap`` times the usual step around: the median of those that
    neither hang nor follow one that does.
    """
    if len(steps) <= reach:
        return np.zeros(0, np.int64)
    mean = _windows(steps, reach).mean(axis=1)
    hangs = (steps < hung * mean) & (mean > motion)
    free = np.where(hangs | np.concatenate([[False], hangs[:-1]]), np.nan, steps)
    usual = rolling_median(free, 2 * reach, fewest=2)
    return np.flatnonzero(hangs[:-1] & (steps[1:] > leap * usual[:-1]))


def beat(positions: Ints, longest: int) -> float:
    """Give the share of the positions on one beat of 2 to ``longest`` steps; 1 is a steady rhythm."""
    periods = range(2, longest + 1)
    return max((np.bincount(positions % period).max() / len(positions) for period in periods), default=0.0)


def repeated_steps(steps: Floats, reach: int, share: float) -> NDArray[np.bool_]:
    """Say which steps are below a share of the largest one around: another encoding of the same picture."""
    return np.asarray(steps < share * _windows(steps, reach).max(axis=1))


def _windows(steps: Floats, reach: int) -> Floats:
    padded = np.pad(steps, reach, mode="reflect" if len(steps) > reach else "edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
