"""Clips whose frames come at another rate than asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.base import Finding, detector, rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


def _blind(footage: Footage, expected: Expectations) -> str:
    return "" if expected.delivery.fps else "no frame rate was asked for"


@detector(gate=True, blind=_blind)
def wrong_fps(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find a rate of stored frames that was not asked for; repeats inside are ``duplicate_frames``."""
    asked, got = expected.delivery.fps, footage.probe.fps
    assert asked is not None
    if abs(got - asked) <= rules("wrong_fps")["tolerance_share"] * asked:
        return
    yield Finding(
        defect="wrong_fps",
        start=0.0,
        end=footage.probe.duration,
        severity=abs(got - asked) / asked,
        confidence=1.0,
        note=f"The clip stores {got:.3g} frames a second where {asked:g} were asked.",
    )
