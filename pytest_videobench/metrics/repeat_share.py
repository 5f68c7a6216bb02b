"""How many stored frames show nothing new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.metrics.base import Reading, metric

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@metric(unit="1", dimension="motion", better="lower")
def repeat_share(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the share of stored frames that repeat the one before.

    Formula: 1 - distinct frames / stored frames; a repeat changes less than encoder noise does.
    Range 0–1, lower is better; pictures at 8 Hz in a container of 24 Hz have two thirds.
    Source: this project.
    """
    return Reading(value=footage.repeat_share)
