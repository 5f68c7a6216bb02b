"""The verdict of a run against a baseline: pass, fail, or not enough to tell."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from math import exp, sqrt
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from scipy.stats import t

from pytest_videobench.gate.changes import changes as changes_of
from pytest_videobench.gate.changes import counts
from pytest_videobench.gate.endpoints import endpoints, values
from pytest_videobench.gate.judge import Limits, judge
from pytest_videobench.gate.sample import short
from pytest_videobench.stats.relabel import differences
from pytest_videobench.stats.spending import nominal_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pytest_videobench.gate.endpoints import Endpoint
    from pytest_videobench.gate.judge import GateVerdict, Judgement
    from pytest_videobench.gate.margins import Margins, Rule
    from pytest_videobench.gate.sample import Sample

EffectState: TypeAlias = Literal["worse", "tolerated", "within", "better", "undecided", "missing"]
DECISION_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What came of one endpoint."""

    endpoint: str
    """``metric:sharpness``, ``defect:freeze``, ``fails``, ``errors``, ``latency`` or ``cost``."""
    title: str
    unit: str
    """Of the two means; ``1`` for a share of clips."""
    dimension: str
    baseline: float | None
    """Mean over the prompts, and the geometric one of latency and cost."""
    candidate: float | None
    worse_by: float | None
    """Positive where it got worse: in the unit, and of latency and cost as a share of the baseline's."""
    low: float | None
    high: float | None
    """One-sided bounds of it, each at the level of the look."""
    margin: float
    p: float
    """That it is worse, adjusted for all endpoints."""
    p_better: float
    state: EffectState
    prompts: int
    """Those that have a value on both sides."""
    rolls_needed: int | None = None
    """Rolls a prompt that would probably decide it; ``None`` where it is decided, or no number would."""
    why: str = ""
    """Why it is missing."""
    styles: dict[str, float] = field(default_factory=dict)
    """By how much it got worse in each style; shown, never judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The verdict, and all that led to it."""

    verdict: GateVerdict
    baseline: str
    """Labels of the backends."""
    candidate: str
    prompts: int
    rolls: int
    """Of a prompt, that were looked at; the candidate may have more, which wait for the next look."""
    baseline_rolls: int
    look: int
    """From 1."""
    looks: tuple[int, ...]
    """Rolls at which the gate looks."""
    rate: float
    """How often the gate may be wrong, over all looks and endpoints."""
    effects: tuple[Effect, ...]
    changes: dict[str, int]
    """Cases that are new, known, flaky or fixed."""
    reasons: tuple[str, ...] = ()
    """Why a run that would have passed does not, such as one that was stopped."""
    absent: tuple[str, ...] = ()
    """Styles of the baseline that the run does not have."""
    version: int = DECISION_VERSION

    def of(self, state: EffectState) -> list[Effect]:
        """Give the effects in a state, the surest first."""
        found = [effect for effect in self.effects if effect.state == state]
        return sorted(found, key=lambda effect: (min(effect.p, effect.p_better), effect.endpoint))

    @property
    def rolls_needed(self) -> int | None:
        """Give the rolls a prompt that would probably decide the run; ``None`` where no number would."""
        needed = [effect.rolls_needed for effect in self.of("undecided")]
        return max((n for n in needed if n), default=None) if all(needed) else None

    def to_json(self) -> dict[str, Any]:
        """Give builtins only."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Decision:
        """Read what :meth:`to_json` gave; raise :class:`ValueError` for another version."""
        if data.get("version") != DECISION_VERSION:
            raise ValueError(f"decision version {data.get('version')!r}: expected {DECISION_VERSION}")
        lists = {name: tuple(data[name]) for name in ("looks", "reasons", "absent")}
        return cls(**{**data, **lists, "effects": tuple(Effect(**effect) for effect in data["effects"])})


def decide(baseline: Sequence[Sample], candidate: Sequence[Sample], margins: Margins) -> Decision:
    """Hold a candidate against a baseline, prompt by prompt.

    Prompts that only one side has are left out, so refuse such runs before; fewer rolls than the first look
    needs are a :class:`ValueError`.
    """
    prompts = sorted({sample.key for sample in baseline} & {sample.key for sample in candidate})
    found = endpoints(baseline, candidate, margins)
    base, new = values(baseline, prompts, found), values(candidate, prompts, found)
    limits = Limits(
        margins=np.array([endpoint.margin for endpoint in found]),
        tolerated=np.array([endpoint.tolerated for endpoint in found]),
        shares=np.array([endpoint.share for endpoint in found]),
    )
    judged = judge(base, new, limits, margins.rule)
    gaps = differences(base, new[:, : judged.rolls])
    effects = tuple(
        _effect(index, endpoint, base, new, gaps, prompts, judged, margins.rule)
        for index, endpoint in enumerate(found)
    )
    return Decision(
        verdict=judged.verdict,
        baseline=baseline[0].backend,
        candidate=candidate[0].backend,
        prompts=len(prompts),
        rolls=judged.rolls,
        baseline_rolls=base.shape[1],
        look=judged.look + 1,
        looks=margins.rule.looks,
        rate=margins.rule.rate,
        effects=effects,
        changes={str(name): number for name, number in counts(changes_of(baseline, candidate)).items()},
    )


def _effect(
    index: int,
    endpoint: Endpoint,
    base: NDArray[np.float64],
    new: NDArray[np.float64],
    gaps: NDArray[np.float64],
    prompts: Sequence[str],
    judged: Judgement,
    rule: Rule,
) -> Effect:
    own = gaps[:, index]
    known = ~np.isnan(own)
    state: EffectState = judged.states[index]
    if state == "within" and judged.p_better[index] <= judged.level and judged.gap[index] < 0:
        state = "better"
    needed = _needed(endpoint, base[:, :, index], new[:, : judged.rolls, index], judged, rule)
    return Effect(
        endpoint=endpoint.name,
        title=endpoint.title,
        unit=endpoint.unit,
        dimension=endpoint.dimension,
        baseline=_mean(endpoint, base[known, :, index]),
        candidate=_mean(endpoint, new[known, : judged.rolls, index]),
        worse_by=_shown(endpoint, judged.gap[index]),
        low=_shown(endpoint, judged.low[index]),
        high=_shown(endpoint, judged.high[index]),
        margin=_shown(endpoint, endpoint.margin) or 0.0,
        p=float(judged.p[index]),
        p_better=float(judged.p_better[index]),
        state=state,
        prompts=int(known.sum()),
        rolls_needed=needed if state == "undecided" else None,
        why=_why(endpoint, int(known.sum())) if state == "missing" else "",
        styles=_by_style(endpoint, own, prompts),
    )


def _why(endpoint: Endpoint, number: int) -> str:
    """Say why an endpoint is not judged."""
    if number:
        return f"only {number} prompt{'s have' if number > 1 else ' has'} a value on both sides"
    if endpoint.kind == "factor":
        return "not known on both sides, or nothing"
    return "nobody looked on both sides" if endpoint.kind == "defect" else "no value on both sides"


def _by_style(endpoint: Endpoint, gaps: NDArray[np.float64], prompts: Sequence[str]) -> dict[str, float]:
    held: dict[str, list[float]] = defaultdict(list)
    for prompt, gap in zip(prompts, gaps, strict=True):
        if not np.isnan(gap):
            held[prompt.partition("/")[0]].append(float(gap))
    return {style: _shown(endpoint, float(np.mean(own))) or 0.0 for style, own in sorted(held.items())}


def _mean(endpoint: Endpoint, numbers: NDArray[np.float64]) -> float | None:
    """Give the mean over prompts of the means over rolls, turned back into the unit of the endpoint."""
    rows = [row[~np.isnan(row)].mean() for row in numbers if not np.isnan(row).all()]
    if not rows:
        return None
    mean = float(np.mean(rows))
    return short(exp(mean) if endpoint.kind == "factor" else endpoint.sign * mean)


def _shown(endpoint: Endpoint, number: float) -> float | None:
    """Give a difference as it is shown: of logarithms, as a share of the baseline's."""
    if np.isnan(number):
        return None
    return short(exp(number) - 1 if endpoint.kind == "factor" else float(number))


def _needed(
    endpoint: Endpoint,
    base: NDArray[np.float64],
    new: NDArray[np.float64],
    judged: Judgement,
    rule: Rule,
) -> int | None:
    """Give the first later look at which it would be decided, should the difference stay as it is.

    The variance of the difference is that between prompts, and that between rolls divided by their numbers.
    """
    gaps = differences(base[:, :, None], new[:, :, None])[:, 0]
    gaps = gaps[~np.isnan(gaps)]
    if len(gaps) < 2:
        return None
    within = _pooled(base, new)
    held, made = base.shape[1], new.shape[1]
    between = max(0.0, float(gaps.var(ddof=1)) - within * (1 / held + 1 / made))
    spent = tuple(rule.rate * share for share in rule.spent)
    levels = nominal_levels(rule.looks, held, spent)
    mean = float(gaps.mean())
    for rolls, level in zip(rule.looks, levels, strict=True):
        error = sqrt((between + within * (1 / held + 1 / rolls)) / len(gaps))
        room = float(t.isf(level, len(gaps) - 1)) * error
        surely_worse = mean >= judged.boundary * error
        if rolls > judged.rolls and (mean + room <= endpoint.margin or surely_worse):
            return rolls
    return None


def _pooled(base: NDArray[np.float64], new: NDArray[np.float64]) -> float:
    """Give the variance between rolls of one prompt and one side."""
    squares, freedom = 0.0, 0
    for row in (*base, *new):
        own = row[~np.isnan(row)]
        if len(own) > 1:
            squares += float(np.square(own - own.mean()).sum())
            freedom += len(own) - 1
    return squares / freedom if freedom else 0.0
