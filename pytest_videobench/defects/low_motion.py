"""Clips in which next to nothing happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


def _blind(footage: Footage, expected: Expectations) -> str:
    rule = rules("low_motion")
    if expected.amount in ("none", "low"):
        return "no motion was asked for" if expected.amount == "none" else "little motion was asked for"
    return "" if footage.probe.duration >= rule["seconds"] else f"shorter than {rule['seconds']:g} s"


@detector(gate=False, blind=_blind)
def low_motion(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find clips that hardly change, unless little motion was asked for."""
    rule, blocks = rules("low_motion"), footage.frames.blocks
    lag = max(1, round(rule["lag"] * footage.probe.fps))
    if len(blocks) <= lag:
        return
    change = float(np.abs(blocks[lag:] - blocks[:-lag]).mean())
    limit = rule[expected.amount]
    if change >= limit:
        return
    yield Finding(
        defect="low_motion",
        start=0.0,
        end=footage.probe.duration,
        severity=0.3 + 0.7 * (1 - change / limit),
        confidence=0.5 + 0.4 * (1 - change / limit),
        note=f"It changes by {change:.2f} grey levels in {rule['lag']:g} s; below {limit:g} is little.",
        frames=(0, len(blocks) - 1),
    )
