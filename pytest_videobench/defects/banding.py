"""Soft slopes that are drawn in steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=False)
def banding(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find gentle slopes of brightness that come in flat bands in most of the clip."""
    samples = footage.samples
    share = float(np.median(samples.banding))
    if share <= rules("banding")["share"]:
        return
    worst = int(samples.banding.argmax())
    yield Finding(
        defect="banding",
        start=0.0,
        end=footage.probe.duration,
        severity=0.3,
        confidence=0.4,
        note=f"{100 * share:.0f} % of the gentle slopes are flat in steps; noise would break them up.",
        frames=(int(samples.index[worst]),),
    )
