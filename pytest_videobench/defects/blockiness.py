"""Pictures that fall apart into encoder blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=False)
def blockiness(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find a grid of 8 pixels that is seen in most of the clip."""
    rule, samples = rules("blockiness"), footage.samples
    ratio = float(np.median(samples.blockiness))
    if ratio <= rule["ratio"]:
        return
    worst = int(samples.blockiness.argmax())
    yield Finding(
        defect="blockiness",
        start=0.0,
        end=footage.probe.duration,
        severity=(ratio - 1) / 3,
        confidence=0.5,
        note=f"Luma steps across block borders are {ratio:.2f} times those elsewhere.",
        frames=(int(samples.index[worst]),),
    )
