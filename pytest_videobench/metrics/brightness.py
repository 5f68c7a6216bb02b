"""How bright the clip is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.metrics.base import Reading, metric
from pytest_videobench.metrics.series import mean_reading

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@metric(unit="grey levels", dimension="detail", better="neither")
def brightness(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the mean brightness.

    Formula: mean luma of all pixels of all stored frames, full range.
    Range 0–255; neither end is better.
    Source: the first moment of luma.
    """
    return mean_reading(footage.frames.time, footage.frames.luma)
