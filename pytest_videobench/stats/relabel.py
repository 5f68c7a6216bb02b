"""Are the candidate's rolls worse? A permutation test over prompts, endpoints and looks at once.

Under the hypothesis that nothing changed, the rolls of a prompt are exchangeable, whichever of the two sides
made them. So the labels are dealt anew within every prompt, and the statistic that was seen is held against
those of the deals. It is exact for any number of rolls on either side and for rare events. The statistic is
Student's over the prompts' differences, so that it also holds, nearly, where single prompts gain and others
lose (Janssen 1997; Chung and Romano 2013). The largest statistic of all endpoints keeps the error rate of the
family and uses that endpoints depend on each other (Westfall and Young 1993). Looks are taken on the same
deals, so what was spent at an earlier look is known exactly (Lan and DeMets 1983 with resampling).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_CERTAIN = 1e6
"""Statistic of differences that are all alike and not zero."""
_CHUNK = 4_000_000
"""Numbers that are worked on at a time, so that they fit into a cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a number of rolls says."""

    rolls: int
    statistics: NDArray[np.float32]
    """Of every endpoint; large is worse."""
    p: NDArray[np.float64]
    """Adjusted for all endpoints, at this look alone: that it is worse …"""
    p_better: NDArray[np.float64]
    """… and that it is better."""
    boundary: float
    """From which a statistic says worse, after what earlier looks have spent."""


def differences(base: NDArray[np.float64], candidate: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the mean of the candidate's rolls less that of the baseline's, by prompt and endpoint.

    Both are (prompts, rolls, endpoints), where NaN is a value that is missing; so is a difference that has
    nothing on one side.
    """
    pool = _levelled(np.concatenate([base, candidate], axis=1))
    return _means(pool[:, base.shape[1] :]) - _means(pool[:, : base.shape[1]])


def statistics(gaps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give Student's t over the prompts (the axis before the last); 0 where fewer than two have a value."""
    known = ~np.isnan(gaps)
    filled = np.where(known, gaps, 0.0)
    return _student(filled.sum(-2), np.square(filled).sum(-2), known.sum(-2))


def looks(
    base: NDArray[np.float64],
    candidate: NDArray[np.float64],
    rolls: Sequence[int],
    spent: Sequence[float],
    *,
    deals: int,
    seed: int,
) -> list[Look]:
    """Look after each number of ``rolls``, having ``spent`` so much of the error rate by then.

    ``base`` and ``candidate`` are (prompts, rolls, endpoints). The rolls that were seen count as one of the
    ``deals``, so no p is below 1 / ``deals``.
    """
    pool = _levelled(np.concatenate([base, candidate[:, : max(rolls)]], axis=1))
    # In single precision, because the order of a sum must not break a tie.
    highest = np.empty((len(rolls), deals), np.float32)
    lowest = np.empty((len(rolls), deals), np.float32)
    seen = np.empty((len(rolls), pool.shape[2]), np.float32)
    at = 0
    for order in _deals(pool.shape, deals, seed):
        size = len(order)
        for look, number in enumerate(rolls):
            found = _dealt(pool, order, base.shape[1], number)
            highest[look, at : at + size] = found.max(-1)
            lowest[look, at : at + size] = found.min(-1)
            if at == 0:  # the first deal leaves all rolls where they are
                seen[look] = found[0]
        at += size
    crossed = np.zeros(deals, bool)
    found_looks = []
    for look, number in enumerate(rolls):
        values = seen[look]
        boundary = _boundary(highest[look], crossed, spent[look])
        crossed |= highest[look] >= boundary
        found_looks.append(
            Look(
                rolls=number,
                statistics=values,
                p=np.mean(highest[look][:, None] >= values, axis=0),
                p_better=np.mean(lowest[look][:, None] <= values, axis=0),
                boundary=boundary,
            )
        )
    return found_looks


def _deals(shape: tuple[int, ...], deals: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Give places of the rolls, (deals, prompts, rolls), in chunks; the first leaves all where they are."""
    prompts, rolls, endpoints = shape
    source = np.random.default_rng(seed)
    step = max(1, _CHUNK // (prompts * max(rolls, endpoints)))
    for start in range(0, deals, step):
        order = source.random((min(step, deals - start), prompts, rolls)).argsort(-1)
        if start == 0:
            order[0] = np.arange(rolls)
        yield order


def _dealt(
    pool: NDArray[np.float64], order: NDArray[np.int64], held: int, number: int
) -> NDArray[np.float64]:
    """Give the statistics of deals in which the first ``held`` places are the baseline's."""
    known = ~np.isnan(pool)
    filled = np.where(known, pool, 0.0)
    patterns, group = np.unique(known.reshape(-1, pool.shape[2]), axis=1, return_inverse=True)
    group = group.reshape(-1)  # NumPy 2.0 gives it the shape of all axes
    found = np.empty((len(order), pool.shape[2]))
    for index, pattern in enumerate(
        patterns.T
    ):  # an error takes all metrics of a clip along, so there are few
        there = pattern.reshape(pool.shape[:2])
        new, some = _weights((order >= held) & (order < held + number) & there)
        old, any_old = _weights((order < held) & there)
        both = some & any_old
        gaps = np.matmul(((new - old) * both).swapaxes(0, 1), filled[..., group == index])
        squares = np.einsum("pde,pde->de", gaps, gaps)
        found[:, group == index] = _student(gaps.sum(0), squares, both.sum(1))
    return found


def _weights(side: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Give each roll its share of its side's mean, and whether there is any: (deals, prompts, rolls or 1)."""
    count = side.sum(-1, keepdims=True)
    return side / np.maximum(count, 1), count > 0


def _student(
    total: NDArray[np.float64], squares: NDArray[np.float64], number: NDArray[np.int_]
) -> NDArray[np.float64]:
    count = np.maximum(number, 2)
    mean = total / count
    variance = (squares - count * mean**2) / (count - 1)
    alike = variance <= 1e-12 * squares
    with np.errstate(divide="ignore", invalid="ignore"):
        value = mean / np.sqrt(np.where(alike, 1.0, variance) / count)
    value = np.where(alike, np.sign(total) * _CERTAIN, value)
    return np.where((number >= 2) & (squares > 0), value, 0.0)


def _levelled(pool: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take a prompt's first value from all of them, so that rounding makes no difference of equal values."""
    first = np.argmax(~np.isnan(pool), axis=1)
    return pool - np.take_along_axis(pool, first[:, None], axis=1)


def _means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    known = ~np.isnan(values)
    count = known.sum(1)
    total = np.where(known, values, 0.0).sum(1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _boundary(highest: NDArray[np.float32], crossed: NDArray[np.bool_], spent: float) -> float:
    """Give the least value that no more deals reach than are left to be spent."""
    left = int(spent * len(highest)) - int(crossed.sum())
    standing = np.sort(highest[~crossed])[::-1]
    if left <= 0:
        return np.inf
    above = standing[: left + 1] if left < len(standing) else standing
    if left >= len(standing):
        return float(above[-1])
    reached = above[above > standing[left]]
    return float(reached[-1]) if len(reached) else np.inf
