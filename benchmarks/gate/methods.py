"""Ways of asking whether a candidate is worse than its baseline: one number per endpoint, small if it is.

All see the same pair of runs. A test gives p values, one-sided and adjusted for all endpoints.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from pytest_videobench.stats.flips import holm
from pytest_videobench.stats.relabel import differences, looks, statistics

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.gate.pool import Array
    from benchmarks.gate.worlds import Pair

Single: TypeAlias = NDArray[np.float32]
"""Single precision: thousands of flips of dozens of endpoints are worth half the time."""
FLIPS, RESAMPLES, DEALS = 1999, 9999, 500
SEED = 20261123
TIE = 1e-4
"""Statistics that differ by less are the same: sums in single precision are no finer."""
RATIOS = (0.0, *np.geomspace(0.02, 2000.0, 34))
"""Variance between prompts over that within, at which the mixed model is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A way to ask, and when it says worse."""

    title: str
    test: Callable[[Pair], Array]
    limit: float = 0.05
    """Numbers up to this say worse."""
    share: float = 1.0
    """Of the runs that it is tried on: some are slow."""


def relabelling(pair: Pair) -> Array:
    """Deal the labels of a prompt's rolls anew; hold Student's t over prompts against the largest (ours)."""
    rolls = (pair.candidate.shape[1],)
    return looks(pair.baseline, pair.candidate, rolls, (0.05,), deals=DEALS, seed=SEED)[0].p


def flips_together(pair: Pair) -> Array:
    """Flip the signs of whole prompts; hold Student's t against the largest of all endpoints."""
    seen, flipped = _flipped(pair)
    return _share(flipped.max(axis=1)[:, None] >= seen - TIE)


def flips_apart(pair: Pair) -> Array:
    """Flip the signs of whole prompts, endpoint by endpoint, and Holm."""
    seen, flipped = _flipped(pair)
    return _adjusted(_share(flipped >= seen - TIE), pair)


def student(pair: Pair) -> Array:
    """Student's t over prompts, and Holm."""
    gaps = differences(pair.baseline, pair.candidate)
    free = np.maximum((~np.isnan(gaps)).sum(axis=0) - 1, 1)
    return _adjusted(stats.t.sf(statistics(gaps), free), pair)


def bootstrap(pair: Pair) -> Array:
    """Bias-corrected accelerated bootstrap over prompts, and Holm; p is where the lower bound reaches 0.

    As in :func:`scipy.stats.bootstrap`, whose bound is turned round here for all endpoints at once.
    """
    gaps, there = _scaled(differences(pair.baseline, pair.candidate))
    drawn = _resampled(len(gaps))
    means = (drawn @ gaps.astype(np.float32)) / np.maximum(drawn @ there.astype(np.float32), 1)
    mean = gaps.sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    bias = _normal((means < mean - TIE).mean(axis=0) / 2 + (means <= mean + TIE).mean(axis=0) / 2)
    off = np.where(there, gaps - mean, 0.0)
    squares = np.square(off).sum(axis=0)
    skew = np.divide((off**3).sum(axis=0), 6 * squares**1.5, out=np.zeros_like(mean), where=squares > 0)
    below = _normal((means <= TIE).mean(axis=0)) - bias
    return _adjusted(stats.norm.cdf(below / (1 + skew * below) - bias), pair)


def mixed(pair: Pair) -> Array:
    """Random intercept per prompt by restricted likelihood, Wald's z of the candidate, and Holm."""
    y = np.concatenate([pair.baseline, pair.candidate], axis=1)
    x = np.zeros(y.shape)
    x[:, pair.baseline.shape[1] :] = 1.0
    scores, walds = (np.array(column) for column in zip(*(_fit(y, x, r) for r in RATIOS), strict=True))
    best = np.take_along_axis(walds, scores.argmin(axis=0)[None], axis=0)[0]
    return _adjusted(stats.norm.sf(best), pair)


def welch(pair: Pair) -> Array:
    """Welch's t over clips, as if no two shared a prompt, and Holm."""
    alive = varies(pair)
    new, old = (_clips(run[..., alive]) for run in (pair.candidate, pair.baseline))
    tested = stats.ttest_ind_from_stats(*new, *old, equal_var=False, alternative="greater")
    found = np.ones(len(alive))
    found[alive] = tested.pvalue
    return _adjusted(found, pair)


def fixed(pair: Pair) -> Array:
    """Give the share that each mean gained, below 0 if it got worse; of a defect, of the clips without it."""
    old, new = (np.nanmean(run, axis=(0, 1)) for run in (pair.baseline, pair.candidate))
    size = np.select([pair.units == "share", pair.units == "log"], [1 - old, np.ones_like(old)], np.abs(old))
    gained: Array = np.divide(old - new, size, out=np.zeros_like(old), where=size > 0)
    return gained


METHODS = (
    Method(title="relabelling, max-T (ours)", test=relabelling),
    Method(title="sign flips, max-T", test=flips_together),
    Method(title="sign flips + Holm", test=flips_apart),
    Method(title="cluster t + Holm", test=student),
    Method(title="BCa bootstrap + Holm", test=bootstrap),
    Method(title="mixed model + Holm", test=mixed, share=0.1),
    Method(title="Welch over clips + Holm", test=welch),
    Method(title="mean worse by 5 %", test=fixed, limit=-0.05),
)


def varies(pair: Pair) -> NDArray[np.bool_]:
    """Say which endpoints are not the same for every clip; the others need no correction."""
    both = np.concatenate([pair.baseline, pair.candidate], axis=1)
    moves: NDArray[np.bool_] = np.nanmax(both, axis=(0, 1)) > np.nanmin(both, axis=(0, 1))
    return moves


def _adjusted(p: Array, pair: Pair) -> Array:
    alive = varies(pair)
    adjusted = np.ones(len(p))
    adjusted[alive] = holm(p[alive])
    return adjusted


def _clips(run: Array) -> tuple[Array, Array, NDArray[np.int_]]:
    """Give mean, standard deviation and number over all clips."""
    clips = run.reshape(-1, run.shape[-1])
    return np.nanmean(clips, axis=0), np.nanstd(clips, axis=0, ddof=1), (~np.isnan(clips)).sum(axis=0)


def _scaled(gaps: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Give differences of size 1, 0 where there is none, and where there is one."""
    there = ~np.isnan(gaps)
    filled = np.where(there, gaps, 0.0)
    size = np.sqrt(np.square(filled).mean(axis=0))
    return filled / np.where(size > 0, size, 1.0), there


def _flipped(pair: Pair) -> tuple[Array, Single]:
    """Give t of every endpoint, and under every flip; squares do not change with the sign."""
    gaps, there = _scaled(differences(pair.baseline, pair.candidate))
    count, squares = np.maximum(there.sum(axis=0), 2), np.square(gaps).sum(axis=0)
    sums = _signs(len(gaps)) @ gaps.astype(np.float32)
    return _t(gaps.sum(axis=0), squares, count), _t(sums, squares, count)


def _t(sums: Any, squares: Array, count: NDArray[np.int_]) -> Any:
    mean = sums / count
    variance = np.maximum(squares - count * mean**2, 1e-6 * np.maximum(squares, 1e-6)) / (count - 1)
    return mean / np.sqrt(variance / count)


def _share(beyond: NDArray[np.bool_]) -> Array:
    found: Array = (1 + beyond.sum(axis=0)) / (1 + len(beyond))
    return found


@cache
def _signs(prompts: int) -> Single:
    signs = np.random.default_rng(SEED).integers(0, 2, size=(FLIPS, prompts))
    return (2 * signs - 1).astype(np.float32)


@cache
def _resampled(prompts: int) -> Single:
    """Give how often each prompt is in each resample."""
    even = np.full(prompts, 1 / prompts)
    return np.random.default_rng(SEED).multinomial(prompts, even, size=RESAMPLES).astype(np.float32)


def _normal(share: Array) -> Array:
    return np.asarray(stats.norm.ppf(np.clip(share, 0.5 / RESAMPLES, 1 - 0.5 / RESAMPLES)))


def _fit(y: Array, x: Array, ratio: float) -> tuple[Array, Array]:
    """Give minus twice the log restricted likelihood, but for a constant, and Wald's z at one ratio.

    Taking off a share of each prompt's mean leaves rolls that are independent.
    """
    there = ~np.isnan(y)
    number = there.sum(axis=1)
    pull = (1 - 1 / np.sqrt(1 + number * ratio)) / np.maximum(number, 1)

    def swept(values: Array) -> Array:
        filled = np.where(there, values, 0.0)
        return np.where(there, filled - (pull * filled.sum(axis=1))[:, None], 0.0)

    one, slope, left = swept(np.ones(y.shape)), swept(x), swept(y - np.nanmean(y, axis=(0, 1)))
    a, b, c = (np.sum(p * q, axis=(0, 1)) for p, q in ((one, one), (one, slope), (slope, slope)))
    u, v, w = (np.sum(p * left, axis=(0, 1)) for p in (one, slope, left))
    size = np.maximum(a * c - b * b, 1e-300)
    effect, level = (a * v - b * u) / size, (c * u - b * v) / size
    free = number.sum(axis=0) - 2
    variance = np.maximum(w - level * u - effect * v, 1e-300) / free
    score = free * np.log(variance) + np.log(1 + number * ratio).sum(axis=0) + np.log(size)
    return score, effect / np.sqrt(variance * a / size)
