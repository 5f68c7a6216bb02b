"""What a metric is, and how one is declared."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Literal, TypeAlias

from pytest_videobench.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations

Dimension: TypeAlias = Literal["semantics", "detail", "motion", "camera", "consistency", "decay", "delivery"]
Better: TypeAlias = Literal["higher", "lower", "neither"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A metric over time."""

    times: tuple[float, ...]
    """Seconds."""
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a metric's function gives back: the value, and where it comes from."""

    value: float
    series: Series | None = None
    worst: tuple[float, float] | None = None
    """Start and end in seconds of the worst part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A metric's value for one clip; ``value`` is ``None`` where the clip is too short to say."""

    name: str
    value: float | None
    unit: str
    series: Series | None = None
    worst: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A named pure function of footage and expectations, with what its card says."""

    name: str
    unit: str
    dimension: Dimension
    better: Better
    read: Callable[[Footage, Expectations], Reading | None]

    def __call__(self, footage: Footage, expected: Expectations) -> Measure:
        """Measure a clip; a reading that is missing is a missing value, never a zero."""
        reading = self.read(footage, expected)
        if reading is None:
            return Measure(name=self.name, value=None, unit=self.unit)
        if not isfinite(reading.value):
            raise ValueError(f"metric {self.name!r} gave {reading.value}; a value that is missing is None")
        return Measure(
            name=self.name,
            value=float(reading.value),
            unit=self.unit,
            series=reading.series,
            worst=reading.worst,
        )


def metric(
    *, unit: str, dimension: Dimension, better: Better
) -> Callable[[Callable[[Footage, Expectations], Reading | None]], Metric]:
    """Declare a function as the metric of its name."""

    def declare(read: Callable[[Footage, Expectations], Reading | None]) -> Metric:
        return Metric(name=read.__name__, unit=unit, dimension=dimension, better=better, read=read)

    return declare


METRICS: Registry[Metric] = Registry("pytest_videobench.metrics", "metric")
"""Every known metric by name."""
