"""Fine detail that does not last from frame to frame although nothing takes it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import rules
from pytest_videobench.defects.spans import rolling_median, runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats, Footage


def boiling(footage: Footage) -> Iterator[tuple[int, int, float]]:
    """Give first and last distinct frame of every span that boils, and the share of detail that is lost.

    Fast motion loses detail as well, so a span must be calm, or as calm as the frames around it that keep
    their detail.
    """
    rule, lost = rules("boil"), footage.motion.boil
    window = max(int(rule["pairs"]), round(rule["seconds"] * footage.true_fps))
    if len(lost) < window:
        return
    usual, pace = rolling_median(lost, window), rolling_median(_pace(footage), window)
    known = np.nan_to_num(usual)
    plain = (known > rule["lost"]) & ((pace < rule["pace"]) | _rose(usual, pace, "loose"))
    for first, stop in runs(plain | ((known > rule["lost_risen"]) & _rose(usual, pace, "tight"))):
        if stop - first >= window:
            yield first, stop, float(np.nanmedian(lost[first:stop]))


def _pace(footage: Footage) -> Floats:
    """Give the median length of the flow of every pair, in picture widths."""
    flow = footage.motion.flow.astype(np.float64)
    return np.asarray(np.median(np.hypot(flow[..., 0], flow[..., 1]), axis=(1, 2)))


def _rose(usual: Floats, pace: Floats, grip: str) -> NDArray[np.bool_]:
    """Say where far more detail is lost than elsewhere in the clip, while the picture moves as elsewhere:
    loosely so, or tightly."""
    rule = {**rules("boil"), **rules(f"boil_{grip}")}
    known = np.isfinite(usual)
    if not known.any():
        return known
    least = float(np.quantile(usual[known], rule["elsewhere"]))
    much = usual > rule["times"] * least
    if not (known & ~much).any():
        return known & False
    own = float(np.median(pace[known & ~much]))
    alike = pace < rule["own_times"] * own + rule["own_more"]
    return np.asarray(much & alike & (own < rule["own_most"]), bool)
