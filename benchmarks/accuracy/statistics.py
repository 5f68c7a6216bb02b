"""Shares, rates and areas with their 95 % intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy import stats

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

Interval: TypeAlias = tuple[float, float]
Scores: TypeAlias = "Mapping[str, tuple[Sequence[float], Sequence[float]]]"
"""By source clip: the scores of what has the fault, and of what has not."""
DRAWS = 400
"""Resamples of the source clips."""
LEVEL = 0.95


def share_interval(hits: int, n: int) -> Interval:
    """Give Wilson's interval of a share; all of 0–1 where nothing was counted."""
    if not n:
        return 0.0, 1.0
    found = stats.binomtest(hits, n).proportion_ci(LEVEL, method="wilson")
    return float(found.low), float(found.high)


def rate_interval(count: int, exposure: float) -> Interval:
    """Give the exact Poisson interval of a count per unit of exposure; the exposure is above 0."""
    tail = (1 - LEVEL) / 2
    low = stats.chi2.ppf(tail, 2 * count) / 2 if count else 0.0
    return float(low) / exposure, float(stats.chi2.ppf(1 - tail, 2 * count + 2)) / 2 / exposure


def area(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Give the area under the ROC curve: how often a positive scores higher than a negative, ties half.

    NaN where one side is empty.
    """
    if not positive or not negative:
        return float("nan")
    ranks = stats.rankdata(np.concatenate([positive, negative]))[: len(positive)]
    return float((ranks.mean() - (len(positive) + 1) / 2) / len(negative))


def either_way(value: float) -> float:
    """Give the area of a baseline that may be read from either end."""
    return max(value, 1 - value)


def pooled_area(scores: Scores) -> float:
    """Give the area over all source clips together."""
    return _area_of(list(scores.values()))


def area_interval(scores: Scores, seed: int = 0) -> Interval:
    """Draw the source clips again and again, with replacement, and give where the areas lie."""
    groups, rng = [scores[name] for name in sorted(scores)], np.random.default_rng(seed)
    drawn = (rng.integers(0, len(groups), len(groups)) for _ in range(DRAWS if groups else 0))
    areas = [found for chosen in drawn if np.isfinite(found := _area_of([groups[i] for i in chosen]))]
    if not areas:
        return 0.0, 1.0
    low, high = np.quantile(areas, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def curve(positive: Sequence[float], negative: Sequence[float]) -> list[tuple[float, float]]:
    """Give the corners of the ROC curve: share of negatives and of positives at or above each score."""
    above, below = np.asarray(positive), np.asarray(negative)
    levels = np.unique(np.concatenate([above, below]))[::-1]
    points = [(_share(below, level), _share(above, level)) for level in levels]
    return [(0.0, 0.0), *points]


def _share(values: NDArray[np.float64], level: float) -> float:
    return float(np.mean(values >= level))


def _area_of(groups: Sequence[tuple[Sequence[float], Sequence[float]]]) -> float:
    return area([s for group in groups for s in group[0]], [s for group in groups for s in group[1]])
