"""Brightness that leaps and is back within a few frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.light import log_luma

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_videobench.footage.footage import Floats, Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def flash(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find leaps of light over most of the picture that are undone at once, such as lightning.

    Weak ones are information: where lightning was asked for, it belongs there. Severity is the share of the
    way to white that the median block goes; of darkness, which mostly is a thing that passes, at most 0.3.
    """
    rule = rules("flash")
    levels = log_luma(footage, rule["log_offset"])
    light, after = np.median(levels, axis=1), 0
    for frame in range(len(levels) - 2):
        leaps = abs(light[frame + 1] - light[frame]) > rule["rise"] / 2
        found = _flash_after(levels, frame, rule) if frame >= after and leaps else None
        if found is not None:
            yield _finding(footage, frame, *found)
            after = found[1]


def _flash_after(levels: Floats, frame: int, rule: Mapping[str, float]) -> tuple[int, int] | None:
    """Give the peak of a leap after ``frame`` and the frame by which it is undone, or ``None``."""
    for back in range(frame + 2, min(frame + 2 + int(rule["frames"]), len(levels))):
        leaps = levels[frame + 1 : back] - levels[frame]
        peak = int(np.abs(np.median(leaps, axis=1)).argmax())
        size = float(np.median(leaps[peak]))
        together = float(np.mean(np.sign(leaps[peak]) == np.sign(size)))
        left = float(np.median(levels[back] - levels[frame]))
        undone = abs(left) < (1 - rule["return_share"]) * abs(size)
        if abs(size) > rule["rise"] and together > rule["together"] and undone:
            return frame + 1 + peak, back
    return None


def _finding(footage: Footage, frame: int, peak: int, back: int) -> Finding:
    before, lit = footage.frames.blocks[footage.distinct[[frame, peak]]].astype(np.float64)
    way = float(np.median((lit - before) / (256 - before)))
    size = float(np.median(lit) / max(1.0, float(np.median(before)))) - 1
    change = f"{100 * abs(size):.0f} % {'brighter' if way > 0 else 'darker'}"
    return Finding(
        defect="flash",
        start=float(footage.times[frame + 1]),
        end=float(footage.times[back]),
        severity=way if way > 0 else min(0.3, abs(size)),
        confidence=0.8,
        note=f"The picture is {change} for {back - frame - 1} frames at most, and then as before.",
        frames=tuple(int(i) for i in footage.distinct[[frame, peak, back]]),
    )
