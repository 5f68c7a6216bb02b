"""How colourful the clip is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.metrics.base import Reading, metric
from pytest_videobench.metrics.series import mean_reading

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@metric(unit="1", dimension="detail", better="neither")
def colourfulness(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the colourfulness M3.

    Formula: mean over about four pictures a second of hypot(std rg, std yb) + 0.3 hypot(mean rg, mean yb),
    with rg = R - G and yb = (R + G) / 2 - B.
    Range 0 and up: 0 is grey, above about 80 is very colourful; neither end is better.
    Source: Hasler and Süsstrunk, "Measuring colourfulness in natural images" (2003).
    """
    return mean_reading(footage.frames.time[footage.samples.index], footage.samples.colourfulness)
