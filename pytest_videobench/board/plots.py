"""The plots of a board as numbers that the templates put into inline SVG."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, floor, log10, pi, sin
from typing import TYPE_CHECKING

from pytest_videobench.board.standings import PASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_videobench.board.board import Board, Part
    from pytest_videobench.board.standings import Pair, Standing, Table

CENTRE, RADIUS = (170.0, 136.0), 88.0
"""Of a radar, in the units of its picture of 340 × 272."""
_LEAST_AXES = 3
_FLOORS = (0.8, 0.5, 0.0)
"""Shares that the centre of a radar may be; the highest that is below all intervals is taken."""
_PAD = 0.02
"""Room beside the ends of a forest plot, as a difference."""
_TICKS = 6
_DECADES = 10.0
"""Ratio of prices from which their axis is logarithmic."""
LEFT, RIGHT, TOP, BOTTOM = 52.0, 404.0, 14.0, 236.0
"""Edges of the scatter's field, in the units of its picture of 420 × 280."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis of a radar, from the centre to its end, and the place of its name."""

    name: str
    standing: Standing
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Radar:
    """A backend over the dimensions; the band is the interval."""

    floor: float
    """Share at the centre."""

    label: str
    axes: tuple[Axis, ...]
    line: str
    """Corners, as SVG writes them."""
    band: str
    """Path of the outer bound and the inner one, whose inside is a hole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A backend against the first, as a line of the forest plot; places are 0–1000."""

    part: str
    pair: Pair
    left: float
    middle: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """Differences to the first of every part."""

    gaps: tuple[Gap, ...]
    zero: float
    """Place of no difference, 0–1000."""
    ticks: tuple[tuple[float, int], ...]
    """Place, 0–1000, and points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A backend by its price and its share of passing clips."""

    label: str
    price: float
    x: float
    y: float
    high: float
    low: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """Quality against price."""

    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, str], ...]
    levels: tuple[tuple[float, int], ...]
    """Height, and per cent."""
    logarithmic: bool
    unknown: tuple[str, ...]
    """Backends whose price nobody knows."""


def radars(part: Part) -> tuple[Radar, ...]:
    """Draw a radar for every backend; none where fewer than three dimensions were measured."""
    tables = [table for table in part.tables.values() if table.measure != PASSES and table.measured]
    if len(tables) < _LEAST_AXES:
        return ()
    least = min(standing.low for table in tables for standing in table.measured)
    floor = next(floor for floor in _FLOORS if least >= floor)
    return tuple(_radar(label, tables, floor) for label in part.order())


def forest(board: Board) -> Forest | None:
    """Draw the differences to the backend that leads each part."""
    found = [(part.name, pair) for part in board.parts for pair in _to_first(part)]
    if not found:
        return None
    least = min(0.0, *(pair.low for _, pair in found)) - _PAD
    most = max(0.0, *(pair.high for _, pair in found)) + _PAD
    scale = 1000 / (most - least)

    def place(gap: float) -> float:
        return round((gap - least) * scale, 1)

    gaps = tuple(
        Gap(part=part, pair=pair, left=place(pair.low), middle=place(pair.gap), right=place(pair.high))
        for part, pair in found
    )
    ticks = tuple((place(points / 100), points) for points in _points(100 * least, 100 * most))
    return Forest(gaps=gaps, zero=place(0), ticks=ticks)


def scatter(board: Board) -> Scatter | None:
    """Draw quality against price; ``None`` where nothing costs anything."""
    table = board.whole.tables.get(PASSES)
    prices = {account.label: account.per_clip for account in board.whole.accounts}
    known = {label: price for label, price in prices.items() if price is not None}
    paid = [price for price in known.values() if price > 0]
    if table is None or not paid:
        return None
    logarithmic = max(paid) > _DECADES * min(paid)
    low, high = (min(paid) / 2, max(paid) * 2) if logarithmic else (0.0, 1.15 * max(paid))
    dots = tuple(
        _dot(standing, known[standing.label], low, high, logarithmic)
        for standing in table.measured
        if standing.label in known
    )
    return Scatter(
        dots=dots,
        ticks=tuple(
            (_across(value, low, high, logarithmic), f"{value:g}") for value in _steps(low, high, logarithmic)
        ),
        levels=tuple((_up(level / 100), level) for level in (0, 25, 50, 75, 100)),
        logarithmic=logarithmic,
        unknown=tuple(label for label, price in prices.items() if price is None),
    )


def _radar(label: str, tables: Sequence[Table], floor: float) -> Radar:
    angles = [2 * pi * index / len(tables) - pi / 2 for index in range(len(tables))]
    standings = [table.of(label) for table in tables]
    corners = [pair for pair in zip(standings, angles, strict=True) if pair[0].share is not None]
    outer = " L".join(_at(angle, standing.high, floor) for standing, angle in corners)
    inner = " L".join(_at(angle, standing.low, floor) for standing, angle in corners)
    return Radar(
        floor=floor,
        label=label,
        axes=tuple(
            _axis(table.measure, standing, angle)
            for table, standing, angle in zip(tables, standings, angles, strict=True)
        ),
        line=" ".join(_at(angle, standing.share or 0.0, floor) for standing, angle in corners),
        band=f"M{outer} Z M{inner} Z" if corners else "",
    )


def _axis(name: str, standing: Standing, angle: float) -> Axis:
    across = cos(angle)
    return Axis(
        name=name,
        standing=standing,
        x=round(CENTRE[0] + RADIUS * across, 1),
        y=round(CENTRE[1] + RADIUS * sin(angle), 1),
        label_x=round(CENTRE[0] + (RADIUS + 9) * across, 1),
        label_y=round(CENTRE[1] + (RADIUS + 16) * sin(angle), 1),
        anchor="middle" if abs(across) < 0.2 else "start" if across > 0 else "end",
    )


def _at(angle: float, share: float, floor: float) -> str:
    distance = RADIUS * max(0.0, share - floor) / (1 - floor)
    x, y = CENTRE[0] + distance * cos(angle), CENTRE[1] + distance * sin(angle)
    return f"{x:.1f},{y:.1f}"


def _to_first(part: Part) -> list[Pair]:
    table = part.tables.get(PASSES)
    if table is None or not table.measured:
        return []
    first, *others = table.measured
    pairs = [table.between(first.label, other.label) for other in others]
    return [pair for pair in pairs if pair is not None]


def _points(least: float, most: float) -> range:
    """Give a few round numbers of points between two."""
    step = next((step for step in (5, 10, 20) if (most - least) / step <= _TICKS), 50)
    return range(ceil(least / step) * step, floor(most) + 1, step)


def _dot(standing: Standing, price: float, low: float, high: float, logarithmic: bool) -> Dot:
    return Dot(
        label=standing.label,
        price=price,
        x=_across(price, low, high, logarithmic),
        y=_up(standing.share or 0.0),
        high=_up(standing.high),
        low=_up(standing.low),
    )


def _across(price: float, low: float, high: float, logarithmic: bool) -> float:
    """Give the place of a price; what costs nothing stands at the left edge."""
    if logarithmic:
        share = (log10(max(price, low)) - log10(low)) / (log10(high) - log10(low))
    else:
        share = (price - low) / (high - low)
    return round(LEFT + (RIGHT - LEFT) * share, 1)


def _up(share: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * share, 1)


def _steps(low: float, high: float, logarithmic: bool) -> list[float]:
    """Give round prices between two."""
    if logarithmic:
        decades = range(floor(log10(low)), floor(log10(high)) + 1)
        return [
            digit * 10.0**decade
            for decade in decades
            for digit in (1, 3)
            if low <= digit * 10.0**decade <= high
        ]
    size = 10.0 ** floor(log10(high))
    step = next(step for step in (0.1 * size, 0.2 * size, 0.5 * size, size, 2 * size) if high / step <= 5)
    return [round(index * step, 12) for index in range(floor(high / step) + 1)]
