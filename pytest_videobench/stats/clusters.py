"""What it costs that the rolls of one prompt resemble each other."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray


def clustered_error(
    values: Sequence[float], clusters: Sequence[Hashable], *, corrected: bool = True
) -> float | None:
    """Give the standard error of the mean over all values, where those of a cluster belong together.

    The sandwich of Miller (2024, arXiv 2411.00640, appendix A): the clusters' sums of deviations, squared.
    ``corrected`` multiplies the variance by C / (C - 1) for C clusters, as inspect_ai does and the paper does
    not; without it few clusters seem too sure. ``None`` for fewer than two clusters.
    """
    groups = _groups(values, clusters)
    if len(groups) < 2:
        return None
    mean = np.mean(values)
    variance = sum(float((group - mean).sum()) ** 2 for group in groups)
    factor = len(groups) / (len(groups) - 1) if corrected else 1.0
    return sqrt(variance * factor) / len(values)


def icc(values: Sequence[float], clusters: Sequence[Hashable]) -> float | None:
    """Give ICC(1), the share of the variance that lies between clusters, by one-way analysis of variance.

    The clusters may differ in size (Donner 1986). It is negative where the values of a cluster differ more
    than chance makes them, and ``None`` where it is undefined: one cluster, no cluster with two values, or
    values that are all alike.
    """
    groups = _groups(values, clusters)
    total, number = len(values), len(groups)
    if number < 2 or total == number:
        return None
    mean = np.mean(values)
    between = sum(len(group) * float(group.mean() - mean) ** 2 for group in groups) / (number - 1)
    within = sum(float(((group - group.mean()) ** 2).sum()) for group in groups) / (total - number)
    size = (total - sum(len(group) ** 2 for group in groups) / total) / (number - 1)
    variance = between + (size - 1) * within
    return (between - within) / variance if variance > 0 else None


def design_effect(values: Sequence[float], clusters: Sequence[Hashable]) -> float:
    """Give by how much clustering inflates the variance of the mean: 1 where it does not, or cannot be told.

    Kish's 1 + (m - 1) ICC, where m is the mean size of a cluster as its members see it.
    """
    correlation = icc(values, clusters)
    if correlation is None:
        return 1.0
    sizes = [len(group) for group in _groups(values, clusters)]
    seen = sum(size**2 for size in sizes) / sum(sizes)
    return max(1.0, 1 + (seen - 1) * correlation)


def _groups(values: Sequence[float], clusters: Sequence[Hashable]) -> list[NDArray[np.float64]]:
    held: dict[Hashable, list[float]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        held.setdefault(cluster, []).append(value)
    return [np.asarray(group, float) for group in held.values()]
