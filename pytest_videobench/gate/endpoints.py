"""What the gate compares: metrics with a direction, shares of clips, latency and cost.

Every endpoint turns a sample into a number that rises where it gets worse, or into none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import log
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from pytest_videobench.defects.base import DEFECTS
from pytest_videobench.defects.dimensions import defect_dimension
from pytest_videobench.gate.sample import short
from pytest_videobench.metrics.base import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from pytest_videobench.gate.margins import Margins
    from pytest_videobench.gate.sample import Sample

Kind: TypeAlias = Literal["metric", "defect", "share", "factor"]
Read: TypeAlias = Callable[["Sample"], float | None]
_ROUNDING = 1e-9
"""Share of a metric's size below which a spread is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Something that a model may be worse in."""

    name: str
    """``metric:sharpness``, ``defect:freeze``, ``fails``, ``errors``, ``latency`` or ``cost``."""
    kind: Kind
    title: str
    unit: str
    dimension: str
    read: Read
    margin: float
    """What it has to be shown to lie within, of the number that is read …"""
    tolerated: float
    """… and within what a proved loss is let pass."""
    sign: int = 1
    """Minus 1 where more is better, so that the number is the value turned over."""

    @property
    def share(self) -> bool:
        """Say whether a clip counts as 0 or 1."""
        return self.kind in ("defect", "share")


def endpoints(
    baseline: Sequence[Sample], candidate: Sequence[Sample], margins: Margins
) -> tuple[Endpoint, ...]:
    """List what the two can be compared in, the general before the special."""
    both = [*baseline, *candidate]
    return (
        _share("fails", "clips that fail", _fails, margins),
        *_metrics(both, baseline, margins),
        *_defects(both, margins),
        _share("errors", "prompts without a clip", _errors, margins),
        _factor("latency", "seconds to a clip", "s", lambda sample: sample.seconds, margins),
        _factor("cost", "price of a clip", "USD", lambda sample: sample.cost_usd, margins),
    )


def values(
    samples: Iterable[Sample], prompts: Sequence[str], found: Sequence[Endpoint]
) -> NDArray[np.float64]:
    """Give the numbers as (prompts, rolls, endpoints), NaN where there is none; rolls in their order."""
    rolls: dict[str, list[Sample]] = defaultdict(list)
    for sample in sorted(samples, key=lambda sample: sample.roll):
        rolls[sample.key].append(sample)
    most = max((len(rolls[prompt]) for prompt in prompts), default=0)
    numbers = np.full((len(prompts), most, len(found)), np.nan)
    for index, prompt in enumerate(prompts):
        for roll, sample in enumerate(rolls[prompt]):
            read = [endpoint.read(sample) for endpoint in found]
            numbers[index, roll] = [np.nan if value is None else value for value in read]
    return numbers


def _metrics(both: Sequence[Sample], baseline: Sequence[Sample], margins: Margins) -> Iterator[Endpoint]:
    known = set(METRICS.names())
    for name in sorted({name for sample in both for name in sample.metrics} & known):
        metric = METRICS.get(name)
        if metric.better == "neither":
            continue
        sign = -1 if metric.better == "higher" else 1
        read = partial(_metric, name, sign)
        margin = metric_margin(name, spread(baseline, read), margins)
        yield Endpoint(
            name=f"metric:{name}",
            kind="metric",
            title=name,
            unit=metric.unit,
            dimension=metric.dimension,
            read=read,
            margin=margin,
            tolerated=margin,
            sign=sign,
        )


def spreads(samples: Sequence[Sample]) -> dict[str, float]:
    """Return the deviation of every metric between rolls of one prompt, by name."""
    names = sorted({name for sample in samples for name in sample.metrics})
    return {name: short(spread(samples, partial(_metric, name, 1))) for name in names}


def _metric(name: str, sign: int, sample: Sample) -> float | None:
    value = sample.metrics.get(name)
    return None if value is None else sign * value


def metric_margin(name: str, deviation: float, margins: Margins) -> float:
    """Return what a metric may get worse by, in its unit, for its deviation between rolls of one prompt."""
    if name in margins.fixed:
        return margins.fixed[name]
    return max(margins.spread * deviation, margins.least.get(name, 0.0))


def spread(samples: Iterable[Sample], read: Read) -> float:
    """Give the standard deviation between rolls of one prompt, pooled; 0 where no prompt has two."""
    rolls: Mapping[str, list[float]] = defaultdict(list)
    for sample in samples:
        value = read(sample)
        if value is not None:
            rolls[sample.key].append(value)
    squares = sum(float(np.square(np.subtract(of, np.mean(of))).sum()) for of in rolls.values())
    freedom = sum(len(of) - 1 for of in rolls.values())
    size = max((abs(value) for of in rolls.values() for value in of), default=0.0)
    deviation = float(np.sqrt(squares / freedom)) if freedom else 0.0
    return deviation if deviation > _ROUNDING * size else 0.0


def _defects(both: Sequence[Sample], margins: Margins) -> Iterator[Endpoint]:
    looked = {name for sample in both for name in (*sample.checked, *sample.defects)}
    for name in sorted(filter(_may_fail, looked)):
        yield Endpoint(
            name=f"defect:{name}",
            kind="defect",
            title=name.replace("_", " "),
            unit="1",
            dimension=defect_dimension(name),
            read=partial(_defect, name),
            margin=margins.share(name),
            tolerated=margins.tolerated,
        )


def _may_fail(defect: str) -> bool:
    return defect not in DEFECTS.names() or DEFECTS.get(defect).gate


def _defect(name: str, sample: Sample) -> float | None:
    """Give whether a defect fails the case; where nobody looked, nobody knows."""
    if name in sample.defects:
        return 1.0
    return 0.0 if name in sample.checked else None


def _share(name: str, title: str, read: Read, margins: Margins) -> Endpoint:
    return Endpoint(
        name=name,
        kind="share",
        title=title,
        unit="1",
        dimension="",
        read=read,
        margin=margins.share(name),
        tolerated=margins.tolerated,
    )


def _fails(sample: Sample) -> float | None:
    return {"pass": 0.0, "fail": 1.0}.get(sample.verdict)


def _errors(sample: Sample) -> float | None:
    """Give whether the model gave no clip to judge; nothing where the error is none of the model's."""
    return float(sample.verdict == "error") if sample.speaks else None


def _factor(name: str, title: str, unit: str, read: Read, margins: Margins) -> Endpoint:
    return Endpoint(
        name=name,
        kind="factor",
        title=title,
        unit=unit,
        dimension="",
        read=partial(_log, read),
        margin=log(margins.factors[name]),
        tolerated=log(margins.factors[name]),
    )


def _log(read: Read, sample: Sample) -> float | None:
    """Give the logarithm, so that a difference is a factor; nothing for what costs nothing."""
    value = read(sample)
    return log(value) if value else None
