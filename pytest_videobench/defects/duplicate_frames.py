"""Motion at a lower rate than the container's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=False)
def duplicate_frames(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find clips that show every new picture several times, at a lower true rate than the stored one."""
    rule, share = rules("duplicate_frames"), footage.repeat_share
    stored, true = footage.probe.fps, footage.true_fps
    if share < rule["share"] or true > rule["rate_share"] * stored:
        return
    blocks = footage.frames.blocks[footage.distinct]
    if len(blocks) < 2 or np.abs(np.diff(blocks, axis=0)).mean() < rule["motion"]:
        return
    yield Finding(
        defect="duplicate_frames",
        start=0.0,
        end=footage.probe.duration,
        severity=share,
        confidence=0.9,
        note=f"{100 * share:.0f} % of the frames repeat: {true:.3g} new pictures a second of {stored:.3g}.",
        frames=(int(footage.distinct[1]),),
    )
