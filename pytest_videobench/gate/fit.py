"""Fitting limits to labelled clips, so that they keep a stated false-alarm rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import takewhile
from math import ceil, floor, log
from statistics import median
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Method: TypeAlias = Literal["binomial", "conformal"]
_STEP = 1000
"""Severities are fitted to a thousandth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What is known of one labelled clip."""

    name: str
    labels: frozenset[str]
    """Defects that somebody saw in it; none in a good clip."""
    severities: Mapping[str, float]
    """The highest severity of every defect that was found."""
    seen: frozenset[str]
    """Defects for which it could be looked at."""
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """The false-alarm rate that limits shall keep."""

    rate: float
    """Share of the clips without the defect that may be accused."""
    method: Method
    sure: float
    """Confidence that the true rate is below it; conformal limits keep it on average instead."""
    margin: float
    """Added to the severity of the worst clip that is not accused: the next one may be a little worse."""
    slack: float = 0.0
    """How far a metric's limit lies beyond the worst good clip, in distances of that clip from the median."""

    @property
    def least(self) -> int:
        """Give the number of clips below which no limit can be fitted."""
        if self.method == "conformal":
            return ceil(1 / self.rate) - 1
        return ceil(log(1 - self.sure) / log(1 - self.rate))

    def allowed(self, number: int) -> int:
        """Give how many of so many clips may be accused; -1 where even none is too few to be sure."""
        if self.method == "conformal":
            return floor((number + 1) * self.rate) - 1
        from scipy.stats import binomtest

        bounds = (
            binomtest(k, number, alternative="less").proportion_ci(self.sure, method="exact").high
            for k in range(number)
        )
        return sum(1 for _ in takewhile(lambda bound: bound <= self.rate, bounds)) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A limit that was fitted, or why none could be."""

    name: str
    limit: float | None = None
    """Severity from which a finding may fail a case, above 1 where none may; or the end of a metric's range.
    ``None`` where too few clips are there."""
    negatives: int
    """Clips without the defect, in which it could have been seen."""
    accused: int = 0
    """Those of them with a finding at the limit or above."""
    positives: int
    found: int = 0
    """Clips with the defect, and those of them with a finding at the limit or above."""
    why: str = ""
    """Why there is no limit."""


def fit_gate(name: str, samples: Sequence[Sample], aim: Aim) -> Fit:
    """Fit the severity from which findings of a defect may fail a case."""
    seen = [sample for sample in samples if name in sample.seen]
    clean = sorted((s.severities.get(name, 0.0) for s in seen if name not in s.labels), reverse=True)
    faulty = [sample.severities.get(name, 0.0) for sample in seen if name in sample.labels]
    allowed = aim.allowed(len(clean)) if len(clean) >= aim.least else -1
    if allowed < 0:
        why = f"needs {aim.least} clips without it, got {len(clean)}"
        return Fit(name=name, negatives=len(clean), positives=len(faulty), why=why)
    worst = clean[allowed] if allowed < len(clean) else 0.0
    limit = (floor((worst + aim.margin) * _STEP) + 1) / _STEP if worst > 0 else 0.0
    return Fit(
        name=name,
        limit=limit,
        negatives=len(clean),
        accused=_at_least(clean, limit),
        positives=len(faulty),
        found=_at_least(faulty, limit),
    )


def fit_bound(name: str, samples: Sequence[Sample], aim: Aim, *, least: bool) -> Fit:
    """Fit the least, or the most, that good clips have of a metric."""
    sign = 1 if least else -1
    good = sorted(sign * s.metrics[name] for s in samples if name in s.metrics and not s.labels)
    bad = [sign * s.metrics[name] for s in samples if name in s.metrics and s.labels]
    allowed = aim.allowed(len(good)) if len(good) >= aim.least else -1
    if allowed < 0:
        why = f"needs {aim.least} clips without a label, got {len(good)}"
        return Fit(name=name, negatives=len(good), positives=len(bad), why=why)
    worst = good[min(allowed, len(good) - 1)]
    bound = worst - aim.slack * (median(good) - worst)
    return Fit(
        name=name,
        limit=sign * bound,
        negatives=len(good),
        accused=sum(value < bound for value in good),
        positives=len(bad),
        found=sum(value < bound for value in bad),
    )


def _at_least(severities: Sequence[float], limit: float) -> int:
    return sum(severity >= limit and severity > 0 for severity in severities)
