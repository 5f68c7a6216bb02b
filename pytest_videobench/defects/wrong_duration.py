"""Clips that are shorter or longer than asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.base import Finding, detector, rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


def _blind(footage: Footage, expected: Expectations) -> str:
    return "" if expected.delivery.duration else "no length was asked for"


@detector(gate=True, blind=_blind)
def wrong_duration(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find a duration that was not asked for."""
    asked, got, rule = expected.delivery.duration, footage.probe.duration, rules("wrong_duration")
    assert asked is not None
    if abs(got - asked) <= max(rule["tolerance_share"] * asked, rule["tolerance_seconds"]):
        return
    yield Finding(
        defect="wrong_duration",
        start=min(got, asked),
        end=max(got, asked),
        severity=abs(got - asked) / asked,
        confidence=1.0,
        note=f"The clip lasts {got:.2f} s where {asked:g} s were asked.",
    )
