"""The verdict on arrays: is the candidate worse than its baseline, anywhere that matters?

An endpoint is *worse* where the permutation test over prompts says so for the family of all endpoints, and
its bound does not lie below what is *tolerated* even if proved. Else it is *within* its margin where its
one-sided bound is; the whole passes only if all are, so each bound may have the full level. Else it is
*undecided*.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy.stats import t

from pytest_videobench.stats.intervals import paired_difference
from pytest_videobench.stats.relabel import differences, looks
from pytest_videobench.stats.spending import nominal_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_videobench.gate.margins import Rule

GateVerdict: TypeAlias = Literal["pass", "fail", "inconclusive"]
State: TypeAlias = Literal["worse", "tolerated", "within", "undecided", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What each endpoint is held to; all arrays have one entry an endpoint."""

    margins: NDArray[np.float64]
    """Below which its bound has to lie …"""
    tolerated: NDArray[np.float64]
    """… and below which where it is proved to be worse."""
    shares: NDArray[np.bool_]
    """Whether it is 0 or 1 for a clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a look says; all arrays have one entry an endpoint, and positive is worse."""

    verdict: GateVerdict
    look: int
    """From 0."""
    rolls: int
    """Rolls of a prompt that it looks at."""
    level: float
    """Of each one-sided bound."""
    states: tuple[State, ...]
    gap: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p: NDArray[np.float64]
    """Adjusted for all endpoints, that it is worse."""
    p_better: NDArray[np.float64]
    boundary: float
    """From which Student's t over the prompts says worse."""


def judge(
    base: NDArray[np.float64],
    candidate: NDArray[np.float64],
    limits: Limits,
    rule: Rule,
) -> Judgement:
    """Look as often as there are rolls for, and give the first look that decides, else the last.

    ``base`` and ``candidate`` are (prompts, rolls, endpoints), NaN where there is no value, and rise where it
    gets worse.
    """
    reached = [number for number in rule.looks if number <= candidate.shape[1]]
    if not reached:
        raise ValueError(f"{candidate.shape[1]} rolls, where the first look needs {rule.looks[0]}")
    spent = tuple(rule.rate * share for share in rule.spent)
    levels = nominal_levels(rule.looks, base.shape[1], spent)
    for look in range(len(reached)):
        found = _judged(base, candidate, limits, rule, tuple(reached[: look + 1]), spent, levels[look])
        if found.verdict != "inconclusive":
            return found
    return found


def _judged(
    base: NDArray[np.float64],
    candidate: NDArray[np.float64],
    limits: Limits,
    rule: Rule,
    rolls: tuple[int, ...],
    spent: tuple[float, ...],
    level: float,
) -> Judgement:
    """Judge by the last of these looks; an earlier one never knows of rolls that came later."""
    last = looks(base, candidate, rolls, spent[: len(rolls)], deals=rule.deals, seed=rule.seed)[-1]
    gaps = differences(base, candidate[:, : rolls[-1]])
    added = _worth(base.shape[1], rolls[-1], rule)
    bounds = [_bounds(gaps[:, i], level, added if share else None) for i, share in enumerate(limits.shares)]
    gap, low, high = (np.array(column) for column in zip(*bounds, strict=True))
    known = (~np.isnan(gaps)).sum(0)
    worse = last.statistics >= last.boundary
    states = tuple(
        _state(bool(worse[index]), high[index], limits, index, known[index] >= rule.prompts)
        for index in range(len(known))
    )
    return Judgement(
        verdict=_verdict(states),
        look=len(rolls) - 1,
        rolls=rolls[-1],
        level=level,
        states=states,
        gap=gap,
        low=low,
        high=high,
        p=last.p,
        p_better=last.p_better,
        boundary=last.boundary,
    )


def _worth(held: int, made: int, rule: Rule) -> float:
    """Give what an added pair is worth: less where its rolls are more than the least that the gate takes."""

    def effective(rolls: float) -> float:
        return rolls / (1 + (rolls - 1) * rule.resemblance)

    return min(1.0, sqrt(effective(rule.looks[0]) / effective(2 / (1 / held + 1 / made))))


def _bounds(gaps: NDArray[np.float64], level: float, added: float | None) -> tuple[float, float, float]:
    """Give the mean difference over prompts and its one-sided bounds; NaN where two prompts are not there.

    ``added`` is what a pair is worth that is added to those of shares, and ``None`` for other endpoints.
    """
    known = gaps[~np.isnan(gaps)]
    if len(known) < 2:
        return np.nan, np.nan, np.nan
    mean = float(known.mean())
    if added is not None:
        interval = paired_difference(known.tolist(), sure=1 - 2 * level, added=added)
        return mean, interval.low, interval.high
    half = float(t.isf(level, len(known) - 1) * known.std(ddof=1) / np.sqrt(len(known)))
    return mean, mean - half, mean + half


def _state(worse: bool, high: float, limits: Limits, index: int, enough: bool) -> State:
    """Give the state; few prompts can prove that it is worse, and never that it is not."""
    if worse:
        return "tolerated" if high <= limits.tolerated[index] else "worse"
    if not enough or np.isnan(high):
        return "missing"
    return "within" if high <= limits.margins[index] else "undecided"


def _verdict(states: tuple[State, ...]) -> GateVerdict:
    """Where nothing could be judged, nothing is known."""
    if "worse" in states:
        return "fail"
    return "inconclusive" if "undecided" in states or set(states) <= {"missing"} else "pass"
