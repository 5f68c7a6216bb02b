"""Runs in per-frame signals, and the seconds they last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats, Footage


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Give start and stop (not included) of every run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def seconds(footage: Footage, first: int, last: int) -> tuple[float, float]:
    """Give when the first of some stored frames appears and the last of them goes."""
    times = footage.frames.time
    end = float(times[last + 1]) if last + 1 < len(times) else max(footage.probe.duration, float(times[last]))
    return float(times[first]), end


def evidence(first: int, last: int) -> tuple[int, ...]:
    """Name a span's first, middle and last frame."""
    return tuple(sorted({first, (first + last) // 2, last}))


def around(values: Floats, index: int, reach: int) -> Floats:
    """Give the values near an index, without the value itself."""
    start = max(0, index - reach)
    return np.concatenate([values[start:index], values[index + 1 : index + 1 + reach]])


def rolling_median(values: Floats, window: int, fewest: float | None = None) -> Floats:
    """Give the median around every value, NaN where fewer than ``fewest`` (half of the window) are known."""
    half = window // 2
    padded = np.pad(values, half, constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)
    known = np.isfinite(windows).sum(axis=1)
    answer = np.full(len(values), np.nan)
    enough = known > min(window, len(values)) / 2 if fewest is None else known >= fewest
    answer[enough] = np.nanmedian(windows[enough], axis=1)
    return answer
