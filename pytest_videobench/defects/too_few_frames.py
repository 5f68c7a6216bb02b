"""Clips with too little in them to be a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.base import Finding, detector, rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def too_few_frames(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find a clip of hardly any distinct frames, or of hardly any length.

    Where stillness was asked for, a picture may be one and the same throughout.
    """
    rule, distinct, length = rules("too_few_frames"), len(footage.distinct), footage.probe.duration
    enough = distinct >= rule["distinct"] or expected.amount == "none"
    if enough and length >= rule["seconds"]:
        return
    yield Finding(
        defect="too_few_frames",
        start=0.0,
        end=length,
        severity=1.0 - 0.5 * min(1.0, distinct / rule["distinct"]),
        confidence=1.0,
        note=f"Only {distinct} different frames in {length:.2f} s.",
    )
