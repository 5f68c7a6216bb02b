"""Intervals of shares and of their differences.

Every function takes an optional ``design``: the design effect, by which the number of independent
observations is smaller than the number of clips (Kish 1965); see :mod:`.clusters`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, ndtri, stdtrit

if TYPE_CHECKING:
    from collections.abc import Sequence

SURE = 0.95
"""How often an interval holds the true value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The values that the data are compatible with."""

    low: float
    high: float


def wilson(share: float, number: float, *, sure: float = SURE, design: float = 1.0) -> Interval:
    """Give the score interval of a share of ``number`` observations (Wilson 1927); of none, 0 to 1."""
    return _score(share, number / design, _z(sure))


def exact(successes: float, number: float, *, sure: float = SURE, design: float = 1.0) -> Interval:
    """Give the interval of Clopper and Pearson (1934), which never covers less often than it says."""
    if number <= 0:
        return Interval(low=0.0, high=1.0)
    hits, misses = successes / design, (number - successes) / design
    tail = (1 - sure) / 2
    return Interval(
        low=float(betaincinv(hits, misses + 1, tail)) if hits > 0 else 0.0,
        high=float(betaincinv(hits + 1, misses, 1 - tail)) if misses > 0 else 1.0,
    )


def newcombe(
    first: float, of: float, second: float, of_second: float, *, sure: float = SURE, design: float = 1.0
) -> Interval:
    """Give the interval of ``first - second``, two shares of different observations.

    Method 10 of Newcombe (1998), from the score intervals of both; it never leaves -1 to 1.
    """
    one = wilson(first, of, sure=sure, design=design)
    other = wilson(second, of_second, sure=sure, design=design)
    gap = first - second
    return Interval(
        low=gap - sqrt((first - one.low) ** 2 + (other.high - second) ** 2),
        high=gap + sqrt((one.high - first) ** 2 + (second - other.low) ** 2),
    )


def clustered_share(means: Sequence[float], number: int, *, sure: float = SURE) -> Interval:
    """Give the interval of the mean of the clusters' shares, which hold ``number`` observations in all.

    A score interval whose number of observations follows from the spread between the clusters and never
    exceeds ``number``, with Student's quantile for so many clusters (the idea of Korn and Graubard 1998). An
    interval of Student's t alone covers too seldom near 0 and 1, and is empty where all clusters agree.
    """
    if len(means) < 2:
        return wilson(means[0], 1, sure=sure) if means else Interval(low=0.0, high=1.0)
    share = float(np.mean(means))
    error = float(np.std(means, ddof=1)) / sqrt(len(means))
    spread = share * (1 - share)
    effective = len(means) if spread <= 0 else number if error <= 0 else min(number, spread / error**2)
    return _score(share, effective, float(stdtrit(len(means) - 1, (1 + sure) / 2)))


def paired_difference(differences: Sequence[float], *, sure: float = SURE, added: float = 1.0) -> Interval:
    """Give the interval of a mean of paired differences, each -1 to 1.

    Two pairs are added that cancel out, half of one for, half against and one tied (Agresti and Min 2005), so
    that few pairs, or pairs that all agree, do not feign certainty. ``added`` is what each is worth: 1 where
    a pair is one observation on either side, less where it is the mean of many.
    """
    if not differences:
        return Interval(low=-1.0, high=1.0)
    number = len(differences) + 2
    values = np.asarray(differences, float)
    middle = float(values.sum()) / number
    variance = (float(np.square(values).sum()) + added**2) / number - middle**2
    half = _z(sure) * sqrt(variance / number)
    mean = float(values.mean())
    return Interval(low=max(-1.0, min(mean, middle - half)), high=min(1.0, max(mean, middle + half)))


def _z(sure: float) -> float:
    return float(ndtri((1 + sure) / 2))


def _score(share: float, number: float, z: float) -> Interval:
    if number <= 0:
        return Interval(low=0.0, high=1.0)
    weight = z * z / number
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * sqrt(share * (1 - share) / number + weight / (4 * number))
    # A share of 0 or 1 lies on its limit, whatever the rounding.
    return Interval(low=max(0.0, min(share, middle - half)), high=min(1.0, max(share, middle + half)))
