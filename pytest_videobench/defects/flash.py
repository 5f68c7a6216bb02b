"""Brightness that leaps and is back within a few frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.light import common_steps, log_luma

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_videobench.footage.footage import Floats, Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=False)
def flash(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find leaps of the whole picture's light that are undone at once, such as lightning; good or bad, it is told."""
    rule = rules("flash")
    levels = log_luma(footage, rule["log_offset"])
    if len(levels) < 3:
        return
    light = np.median(levels, axis=1)
    step, spread = common_steps(levels)
    together = np.abs(step) > np.maximum(rule["rise"], spread / rule["together"])
    frame = 0
    while frame < len(light) - 2:
        back = _back(light, frame, rule) if together[frame] else None
        if back is None:
            frame += 1
            continue
        yield _finding(footage, light, frame, back)
        frame = back


def _back(light: Floats, frame: int, rule: Mapping[str, float]) -> int | None:
    """Give the frame by which a leap after ``frame`` is undone, or ``None``."""
    rise = float(light[frame + 1] - light[frame])
    if abs(rise) < rule["rise"]:
        return None
    for back in range(frame + 2, min(frame + 2 + int(rule["frames"]), len(light))):
        peak = light[frame + 1 : back]
        size = float((peak * np.sign(rise)).max() - light[frame] * np.sign(rise))
        left = float((light[back] - light[frame]) * np.sign(rise))
        if left < (1 - rule["return_share"]) * size:
            return back
    return None


def _finding(footage: Footage, light: Floats, frame: int, back: int) -> Finding:
    peak = frame + 1 + int(np.abs(light[frame + 1 : back] - light[frame]).argmax())
    size = float(np.expm1(light[peak] - light[frame]))
    word = "brighter" if size > 0 else "darker"
    return Finding(
        defect="flash",
        start=float(footage.times[frame + 1]),
        end=float(footage.times[back]),
        severity=min(1.0, abs(size)) / 2,
        confidence=0.8,
        note=f"The picture is {100 * abs(size):.0f} % {word} for {back - frame - 1} frame(s) and then as before.",
        frames=tuple(int(i) for i in footage.distinct[[frame, peak, back]]),
    )
