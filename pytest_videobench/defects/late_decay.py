"""Pictures that are worse at the end than at the beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.metrics.decay import decay_colourfulness, decay_contrast, decay_sharpness

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=False)
def late_decay(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find gross loss of sharpness, contrast or colour from the first quarter to the last."""
    rule, length = rules("late_decay"), footage.probe.duration
    if length < rule["seconds"]:
        return
    for metric in (decay_sharpness, decay_contrast, decay_colourfulness):
        name = metric.name.removeprefix("decay_")
        kept = metric(footage, expected).value
        if kept is None or kept >= rule[name]:
            continue
        yield Finding(
            defect="late_decay",
            start=0.75 * length,
            end=length,
            severity=1 - kept,
            confidence=0.4,
            note=f"{100 * kept:.0f} % of the first quarter's {name} is left in the last.",
            frames=(0, len(footage.frames.time) - 1),
        )
