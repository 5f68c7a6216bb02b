"""Which stored frames show nothing new: model clips are often 8 pictures a second in a faster container."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHANGE = 0.1
"""Grey levels of mean change below which a frame may be a repeat."""
_BLOCK = 0.75
"""Grey levels that no block mean may move in a repeat."""
# An encoder's noise on a repeat grows with the motion around it, so both limits do, up to these.
_CHANGE_SHARE, _CHANGE_MOST = 0.04, 0.5
_BLOCK_SHARE, _BLOCK_MOST = 0.08, 4.0
_MEMORY = 9
"""Distinct steps that say how much this clip moves."""
_USUAL = 0.75
"""Quantile of them that does: repeats that were missed must not outvote the motion."""


class Repeats:
    """Decides frame by frame, against the last distinct frame, so that slow motion adds up and counts."""

    def __init__(self) -> None:
        self._shown: NDArray[np.float32] | None = None
        self._changes: deque[float] = deque(maxlen=_MEMORY)
        self._moves: deque[float] = deque(maxlen=_MEMORY)

    def is_new(self, blocks: NDArray[np.float32], change: float) -> bool:
        """Say whether a stored frame shows something new.

        ``blocks`` are its block means of luma, ``change`` the mean absolute difference to the stored frame
        before it, both in grey levels.
        """
        if self._shown is None:
            self._shown = blocks
            return True
        moved = float(np.abs(blocks - self._shown).max())
        quiet = change < _limit(_CHANGE, _CHANGE_SHARE, _CHANGE_MOST, self._changes)
        if quiet and moved < _limit(_BLOCK, _BLOCK_SHARE, _BLOCK_MOST, self._moves):
            return False
        self._shown = blocks
        self._changes.append(change)
        self._moves.append(moved)
        return True


def _limit(least: float, share: float, most: float, seen: deque[float]) -> float:
    return min(most, max(least, share * _usual(seen))) if seen else least


def _usual(seen: deque[float]) -> float:
    return sorted(seen)[round(_USUAL * (len(seen) - 1))]
