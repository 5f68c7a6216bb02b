"""Clips whose picture has another size than asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.base import Finding, detector, rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def wrong_size(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find a width or height that was not asked for."""
    probe, asked = footage.probe, expected.delivery
    off = [
        abs(got - wanted) / wanted
        for got, wanted in ((probe.width, asked.width), (probe.height, asked.height))
        if wanted
    ]
    if not off or max(off) <= rules("wrong_size")["tolerance_share"]:
        return
    wanted = f"{asked.width or 'any width'} × {asked.height or 'any height'}"
    yield Finding(
        defect="wrong_size",
        start=0.0,
        end=probe.duration,
        severity=max(off),
        confidence=1.0,
        note=f"The picture has {probe.width} × {probe.height} pixels where {wanted} were asked.",
    )
