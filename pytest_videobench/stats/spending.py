"""Levels at which to look several times, so that all looks together err no more often than one."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.stats import norm

_DRAWS = 400_000
_SEED = 20261123


@lru_cache(maxsize=64)
def nominal_levels(rolls: tuple[int, ...], held: int, spent: tuple[float, ...]) -> tuple[float, ...]:
    """Give the level of every look's own one-sided bound, having ``spent`` so much by then.

    The candidate has ``rolls`` rolls a prompt at each look, the baseline ``held`` at all of them. Estimates
    of more rolls share what is known already: their errors have the correlations of a group-sequential trial
    (Jennison and Turnbull 2000, chapter 3). Differences between prompts, which only make the looks more
    alike, are left out, which errs to the safe side. By simulation, with a fixed seed.
    """
    variance = np.array([1 / held + 1 / number for number in rolls])
    shared = np.minimum.outer(variance, variance) / np.sqrt(np.outer(variance, variance))
    draws = np.random.default_rng(_SEED).multivariate_normal(np.zeros(len(rolls)), shared, _DRAWS)
    crossed = np.zeros(_DRAWS, bool)
    levels = []
    for look, total in enumerate(spent):
        left = round(total * _DRAWS) - int(crossed.sum())
        limit = np.sort(draws[~crossed, look])[-left]
        crossed |= draws[:, look] >= limit
        levels.append(float(norm.sf(limit)))
    return tuple(levels)
