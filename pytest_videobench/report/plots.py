"""Curves and spans over a clip's time, as numbers that the templates put into inline SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WIDTH = 1000
"""Units from the clip's start to its end."""
HEIGHT = 60
"""Units from the lowest to the highest value of a curve."""
_WHOLE = 0.9
"""Share of the clip from which a finding without a place is about all of it, and points nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A metric over time, as a line."""

    name: str
    points: str
    """As SVG writes them: x from 0 to 1000, y from 0 (highest) to 60 (lowest)."""
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A finding over time, as a bar."""

    index: int
    left: float
    width: float
    """At least as wide as can be seen and touched."""
    lane: int
    """From the top; spans that overlap lie in different lanes."""
    shades: bool
    """Whether it says where to look, so that frames and curves are marked there."""


def curves(recorded: Mapping[str, Mapping[str, Sequence[float]]], duration: float) -> list[Curve]:
    """Turn the curves of a row into lines; a curve of one point is none."""
    found = []
    for name, curve in recorded.items():
        values = curve["values"]
        if len(values) < 2 or duration <= 0:
            continue
        low, high = min(values), max(values)
        pairs = zip(curve["times"], values, strict=True)
        points = " ".join(f"{_x(t, duration):.1f},{_y(v, low, high):.1f}" for t, v in pairs)
        found.append(Curve(name=name, points=points, low=low, high=high))
    return found


def spans(findings: Iterable[Mapping[str, Any]], duration: float) -> list[Span]:
    """Lay findings out in as few lanes as they need."""
    ends: list[float] = []
    found = []
    for index, finding in enumerate(findings):
        left = min(_x(finding["start"], duration), WIDTH - 8.0)
        width = max(8.0, _x(finding["end"], duration) - left)
        lane = next((lane for lane, end in enumerate(ends) if end <= left), len(ends))
        ends[lane : lane + 1] = [left + width]
        shades = bool(finding["box"]) or width < _WHOLE * WIDTH
        found.append(Span(index=index, left=round(left, 1), width=round(width, 1), lane=lane, shades=shades))
    return found


def _x(time: float, duration: float) -> float:
    return WIDTH * min(1.0, max(0.0, time / duration)) if duration > 0 else 0.0


def _y(value: float, low: float, high: float) -> float:
    return HEIGHT * (1 - (value - low) / (high - low)) if high > low else HEIGHT / 2
