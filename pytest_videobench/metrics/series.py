"""Turning per-frame values into the curve of a reading and the part of the clip that is worst."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.metrics.base import Reading, Series

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Floats
    from pytest_videobench.metrics.base import Better

LONGEST = 120
"""Points of a curve; a longer one is averaged in bins, because a report draws no more."""
WORST_SPAN = 0.5
"""Seconds of the part that is called the worst."""


def curve(times: Floats, values: Floats) -> Series:
    """Give the values over time, averaged in bins where there are too many to draw."""
    bins = min(LONGEST, len(values))
    edges = np.linspace(0, len(values), bins + 1).astype(int)[:-1]
    counts = np.diff([*edges, len(values)])
    return Series(
        times=tuple(round(float(t), 4) for t in np.add.reduceat(times, edges) / counts),
        values=tuple(float(f"{v:.6g}") for v in np.add.reduceat(values, edges) / counts),
    )


def reading(value: float, times: Floats, values: Floats, better: Better = "neither") -> Reading | None:
    """Give a reading with its curve, or ``None`` where there is nothing to read.

    ``better`` says which end of the curve is its worst; with ``"neither"`` no part is.
    """
    known = np.isfinite(values)
    if not known.any() or not np.isfinite(value):
        return None
    times, values = times[known], values[known]
    worst = None if better == "neither" else _worst(times, values if better == "lower" else -values)
    return Reading(value=float(value), series=curve(times, values), worst=worst)


def mean_reading(times: Floats, values: Floats, better: Better = "neither") -> Reading | None:
    """Give the mean of the values as a reading, or ``None`` where there are none."""
    known = values[np.isfinite(values)]
    return reading(float(np.mean(known)), times, values, better) if len(known) else None


def _worst(times: Floats, badness: Floats) -> tuple[float, float]:
    middle = float(times[int(badness.argmax())])
    start = max(0.0, middle - WORST_SPAN / 2)
    return round(start, 4), round(max(middle, min(middle + WORST_SPAN / 2, float(times[-1]))), 4)
