"""Motion that hangs for a frame, again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=False)
def stutter(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find repeated frames amid motion; repeats in a still scene, or of every picture, are not counted."""
    rule, change, distinct = rules("stutter"), footage.steps.change, footage.distinct
    if footage.true_fps <= rule["even"] * footage.probe.fps or len(distinct) < 3:
        return
    hung = np.setdiff1d(np.arange(1, len(change) + 1), distinct)
    before = distinct[np.searchsorted(distinct, hung) - 1] - 1
    after = distinct[np.minimum(np.searchsorted(distinct, hung), len(distinct) - 1)] - 1
    inside = (before >= 0) & (after >= hung)
    moving = hung[inside][np.minimum(change[before[inside]], change[after[inside]]) > rule["motion"]]
    share = len(moving) / max(1, len(change))
    if len(moving) < rule["times"] or share < rule["share"]:
        return
    yield Finding(
        defect="stutter",
        start=float(footage.frames.time[moving[0]]),
        end=float(footage.frames.time[moving[-1]]),
        severity=min(0.8, 0.2 + 2 * share),
        confidence=0.7,
        note=f"Motion hangs {len(moving)} times: {100 * share:.0f} % of the frames repeat amid motion.",
        frames=tuple(int(i) for i in moving[:4]),
    )
