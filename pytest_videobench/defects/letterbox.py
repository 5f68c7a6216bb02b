"""Dark bars that fill a side of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations

LOOKED_AT = 16
"""Frames that are looked at, evenly spaced."""


@detector(gate=True)
def letterbox(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find pairs of bars, above and below or left and right, that stay dark and end in a straight step.

    Severity is the share of the picture that they take; of uneven ones, which may be a dark scene, a part
    of that.
    """
    rule, small = rules("letterbox"), footage.small
    frames = small[np.linspace(0, len(small) - 1, min(LOOKED_AT, len(small))).astype(int)]
    for across, names in ((frames, "above and below"), (frames.transpose(0, 2, 1), "left and right")):
        bars = [_bar(across, rule), _bar(across[:, ::-1], rule)]
        if min(bars) <= 0:
            continue
        share, plain = sum(bars), _even(across, bars) <= rule["even"]
        yield Finding(
            defect="letterbox",
            start=0.0,
            end=footage.probe.duration,
            severity=share * (1.0 if plain else rule["uneven"]),
            confidence=0.9 if plain else 0.5,
            note=f"Dark bars {names} fill {100 * share:.0f} % of the picture throughout.",
            frames=(0,),
        )


def _bar(frames: NDArray[np.uint8], rule: Mapping[str, float]) -> float:
    """Give the share of the height that a bar at the top takes, 0 where there is none."""
    lines = np.percentile(frames, 98, axis=2).max(axis=0)
    height = len(lines)
    bright = np.flatnonzero(lines >= rule["dark"])
    edge = int(bright[0]) if len(bright) else 0
    if not rule["smallest"] * height <= edge <= rule["largest"] * height or edge + 2 > height:
        return 0.0
    brightest = frames.max(axis=0).astype(int)
    step = brightest[min(edge + 1, height - 1)] - brightest[edge - 1]
    return edge / height if np.mean(step > rule["step"]) > rule["straight"] else 0.0


def _even(frames: NDArray[np.uint8], bars: list[float]) -> float:
    """Give the deviation of luma within the less even one of two bars, the rows at their edges left out."""
    rows = [max(1, round(bar * frames.shape[1]) - 1) for bar in bars]
    return max(float(frames[:, : rows[0]].std()), float(frames[:, -rows[1] :].std()))
