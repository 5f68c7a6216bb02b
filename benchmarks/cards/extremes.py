"""Pictures of metrics: a clip with a low value, and below it one with a high value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.cards import strips
from benchmarks.cards.hits import SEVERITY
from pytest_videobench.metrics.base import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.cards.clips import Clip
    from benchmarks.cards.hits import Shown
    from pytest_videobench.faults.model import Picture

WIDTH = 110
"""Pixels of a frame."""
TRIES = 8
"""Clips into which a fault is put, where a fault makes the difference."""


class Value(NamedTuple):
    """What a clip measures."""

    value: float
    clip: Clip
    how: str
    """What was done to it."""


def picture(name: str, plan: Mapping[str, Any], pool: Sequence[Clip]) -> tuple[Picture, Shown] | None:
    """Draw the two clips that lie the furthest apart; ``None`` where no two differ."""
    if "fault" in plan:
        pairs = list(_spoilt(name, plan["fault"], pool[:TRIES]))
    else:
        pairs = [[value for clip in pool for value in _values(name, clip, "as drawn")]]
    ends = [(min(pair, key=_number), max(pair, key=_number)) for pair in pairs if len(pair) > 1]
    low, high = max(ends, key=lambda pair: pair[1].value - pair[0].value, default=(None, None))
    if low is None or high is None or low.value == high.value:
        return None
    rows = [_row(one.clip, plan) for one in (low, high)]
    return strips.stacked(rows), {"low": _words(low), "high": _words(high)}


def _spoilt(name: str, fault: str, pool: Sequence[Clip]) -> Iterator[list[Value]]:
    """Measure clips as they are and with a fault."""
    for clip in pool:
        bad = clip.spoilt(fault, SEVERITY)
        if bad is not None:
            with_fault = _values(name, bad, f"with `{fault}` at {SEVERITY:g}")
            yield [*_values(name, clip, "as drawn"), *with_fault]


def _values(name: str, clip: Clip, how: str) -> list[Value]:
    value = METRICS.get(name)(clip.footage, clip.expected).value
    return [] if value is None else [Value(value, clip, how)]


def _number(value: Value) -> float:
    return value.value


def _row(clip: Clip, plan: Mapping[str, Any]) -> Picture:
    frames, middle = clip.thumbnails(WIDTH, near=bool(plan.get("near"))), clip.take.count // 2
    return strips.row(frames, (middle, middle), {"frames": "even", **plan})


def _words(value: Value) -> Shown:
    return {"clip": value.clip.name, "how": value.how, "value": float(f"{value.value:.3g}")}
