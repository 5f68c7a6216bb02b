"""Pictures that turn black without a fade."""

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
def black_frames(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find black pictures that come or go at once, and clips that are black throughout."""
    rule, p99 = rules("black_frames"), footage.frames.p99
    for first, last, abruptness in abrupt_runs(p99 < rule["p99"], p99, rule):
        start, end = seconds(footage, first, last)
        brightest = p99[first : last + 1].max()
        yield Finding(
            defect="black_frames",
            start=start,
            end=end,
            severity=0.5 + (end - start),
            confidence=0.6 + 0.4 * abruptness,
            note=f"Black for {end - start:.2f} s: 99 % of the pixels are at or below {brightest:.0f} of 255.",
            frames=evidence(first, last),
        )
