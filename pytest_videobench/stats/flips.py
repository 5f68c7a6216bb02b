"""Is a mean of paired differences zero? A sign-flip test, and Holm's correction for several of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST = 12
"""Pairs up to which all flips are tried, so that chance has no part."""
_FLIPS = 10_000
_DIGITS = 9
"""Decimals to which sums are compared: their order must not break a tie."""


def sign_flips(gaps: NDArray[np.float64], *, seed: int) -> NDArray[np.float64]:
    """Give the two-sided p of every column of ``gaps`` (pairs, columns), where NaN is a pair that is missing.

    Where nothing differs, each pair is as likely to differ one way as the other; the mean is held against
    those after random changes of sign. That is exact for any number of pairs, and 2 / 2**pairs is the least.
    """
    filled = np.where(np.isnan(gaps), 0.0, gaps)
    seen = np.round(np.abs(filled.sum(0)), _DIGITS)
    flipped = np.round(np.abs(_signs(len(gaps), seed) @ filled), _DIGITS)
    return np.asarray((flipped >= seen).mean(0), float)


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjust p values so that the chance of any false alarm among them is kept (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    steps = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return adjusted


def fewest_pairs(level: float, tests: int) -> int:
    """Give the number of pairs below which none of so many tests can reach a level."""
    return int(np.ceil(np.log2(2 * tests / level)))


def _signs(pairs: int, seed: int) -> NDArray[np.float64]:
    if pairs <= _MOST:
        turned = np.arange(2**pairs)[:, None] >> np.arange(pairs) & 1
    else:
        turned = np.random.default_rng(seed).integers(0, 2, (_FLIPS, pairs))
        turned[0] = 0  # what was seen is one of them, so that no p is 0
    return np.where(turned, -1.0, 1.0)
