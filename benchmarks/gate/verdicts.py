"""What the gate itself says of a pair of runs, by the code that users run."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.gate.worlds import within
from pytest_videobench.gate.judge import Limits, judge
from pytest_videobench.stats.relabel import looks

if TYPE_CHECKING:
    from collections.abc import Collection

    from benchmarks.gate.pool import Source
    from benchmarks.gate.worlds import Pair
    from pytest_videobench.gate.judge import GateVerdict
    from pytest_videobench.gate.margins import Margins, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The gate's word on one pair."""

    verdict: GateVerdict
    look: int
    """From 1: the one that decided, or the last."""
    named: bool
    """Whether it calls worse what did become worse."""


def gate(pair: Pair, source: Source, margins: Margins, worse: Collection[str]) -> Outcome:
    """Look as often as there are rolls for, and stop where that decides."""
    judged = judge(pair.baseline, pair.candidate, limits(pair, source, margins), margins.rule)
    found = dict(zip(source.endpoints, judged.states, strict=True))
    named = any(found[name] == "worse" for name in worse)
    return Outcome(verdict=judged.verdict, look=judged.look + 1, named=named)


def every_look(pair: Pair, rule: Rule) -> tuple[bool, bool]:
    """Say whether any look fails with the error rate spent in parts, and with all of it at each.

    All are taken, whatever they say.
    """
    rolls = [number for number in rule.looks if number <= pair.candidate.shape[1]]
    spent = [rule.rate * share for share in rule.spent[: len(rolls)]]
    found = looks(pair.baseline, pair.candidate, rolls, spent, deals=rule.deals, seed=rule.seed)
    parts = any((look.statistics >= look.boundary).any() for look in found)
    return parts, any((look.p <= rule.rate).any() for look in found)


def limits(pair: Pair, source: Source, margins: Margins) -> Limits:
    """Give what each endpoint is held to; a metric by the spread of the baseline's rolls, as for users."""
    shares = pair.units == "share"
    found = np.array(
        [
            _limit(name, spread, margins)
            for name, spread in zip(source.endpoints, within(pair.baseline), strict=True)
        ]
    )
    return Limits(margins=found, tolerated=np.where(shares, margins.tolerated, found), shares=shares)


def _limit(name: str, spread: float, margins: Margins) -> float:
    kind, _, own = name.rpartition(":")
    if kind == "metric":
        return margins.fixed.get(own, max(margins.spread * spread, margins.least.get(own, 0.0)))
    return log(margins.factors[own]) if own in margins.factors else margins.share(own)
