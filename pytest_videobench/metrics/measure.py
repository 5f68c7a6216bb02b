"""Running every known metric over a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.metrics.base import METRICS, Measure

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


def measure_all(footage: Footage, expected: Expectations) -> dict[str, Measure]:
    """Give the measure of every metric by name, sorted by name."""
    return {metric.name: metric(footage, expected) for metric in METRICS.all()}
