"""Clips whose picture has another size or another ratio than asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.base import Finding, detector, rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.footage.probe import Probe
    from pytest_videobench.prompts.model import Delivery, Expectations


def _blind(footage: Footage, expected: Expectations) -> str:
    asked = expected.delivery
    return "" if asked.ratio or asked.width or asked.height else "no size was asked for"


@detector(gate=True, blind=_blind)
def wrong_size(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find a width or height that was not asked for; where a ratio was asked, a picture of another one."""
    probe, asked = footage.probe, expected.delivery
    off, note = _ratio(probe, asked.ratio) if asked.ratio else _size(probe, asked)
    if off <= rules("wrong_size")["tolerance_share"]:
        return
    yield Finding(
        defect="wrong_size",
        start=0.0,
        end=probe.duration,
        severity=off,
        confidence=1.0,
        note=f"The picture has {probe.width} × {probe.height} pixels{note} asked.",
    )


def _size(probe: Probe, asked: Delivery) -> tuple[float, str]:
    """Give the larger of the two sides' shares by which they are off, and the end of a note."""
    sides = ((probe.width, asked.width), (probe.height, asked.height))
    off = max((abs(got - wanted) / wanted for got, wanted in sides if wanted), default=0.0)
    return off, f" where {asked.width or 'any width'} × {asked.height or 'any height'} were"


def _ratio(probe: Probe, asked: tuple[int, int]) -> tuple[float, str]:
    got, wanted = probe.width / probe.height, asked[0] / asked[1]
    found = f", {got:.3f} to 1, where {asked[0]}:{asked[1]}, {wanted:.3f} to 1, was"
    return abs(got - wanted) / wanted, found
