"""A picture that shakes as a whole from frame to frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.spans import rolling_median, runs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


def _blind(footage: Footage, expected: Expectations) -> str:
    rule = rules("jitter")
    if len(footage.camera.fit) < rule["pairs"]:
        return f"fewer than {rule['pairs'] + 1:g} different frames"
    return "" if (footage.camera.fit >= rule["fit"]).any() else "the picture never moves as one"


@detector(gate=True, blind=_blind)
def jitter(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find spans in which the whole picture goes one way and back, pair after pair.

    What counts is the reversal, because motion that hangs is uneven too and still goes on in one direction.
    """
    rule, path, times = rules("jitter"), footage.camera, footage.times
    shift = np.stack([path.dx, path.dy], axis=1)
    reversal = np.sqrt(np.maximum(-shift[1:] * shift[:-1], 0).sum(axis=1))
    reversal[np.minimum(path.fit[1:], path.fit[:-1]) < rule["fit"]] = np.nan
    typical = rolling_median(reversal, _window(footage, rule["window"], int(rule["pairs"])))
    for first, stop in runs(np.nan_to_num(typical) > rule["reversal"]):
        if stop - first < rule["lasting"]:
            continue
        size = float(np.median(typical[first:stop]))
        yield Finding(
            defect="jitter",
            start=float(times[first + 1]),
            end=float(times[stop + 1]),
            severity=0.3 + 20 * size,
            confidence=0.6 + 40 * (size - rule["reversal"]),
            note=f"The whole picture shakes to and fro by {100 * size:.1f} % of its width, frame by frame.",
            frames=tuple(int(i) for i in footage.distinct[first + 1 : first + 5]),
        )


def _window(footage: Footage, length: float, fewest: int) -> int:
    return max(fewest - 2, round(length * footage.true_fps))
