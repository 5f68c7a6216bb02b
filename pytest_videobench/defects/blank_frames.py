"""Pictures of a single tone that is not black."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.flat_runs import abrupt_runs
from pytest_videobench.defects.spans import evidence, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def blank_frames(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find pictures without content that come or go at once, and clips that are blank throughout."""
    rule, frames = rules("blank_frames"), footage.frames
    spread = frames.p99 - frames.p01
    blank = (spread < rule["spread"]) & (frames.p99 >= rules("black_frames")["p99"])
    for first, last, abruptness in abrupt_runs(blank, spread, rule):
        start, end = seconds(footage, first, last)
        widest = spread[first : last + 1].max()
        yield Finding(
            defect="blank_frames",
            start=start,
            end=end,
            severity=0.5 + (end - start),
            confidence=0.6 + 0.4 * abruptness,
            note=f"Blank for {end - start:.2f} s: 98 % of the pixels lie within {widest:.0f} grey levels.",
            frames=evidence(first, last),
        )
