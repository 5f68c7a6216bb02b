"""Runs of black or blank pictures that come or go at once; a fade is a choice and not a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.spans import runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats


def abrupt_runs(
    flat: NDArray[np.bool_], level: Floats, rule: Mapping[str, float]
) -> Iterator[tuple[int, int, float]]:
    """Give first frame, last frame and abruptness (0–1) of the runs that are faults.

    ``level`` is what a flat picture lacks. A run inside the clip needs one abrupt side, a run at an end its
    only one, and a clip that is flat throughout is a fault without any side.
    """
    for start, stop in runs(flat):
        if stop - start == len(flat):
            yield start, stop - 1, 1.0
            continue
        inner = start > 0 and stop < len(flat)
        sides = [_abruptness(level, i, way, rule) for i, way in ((start, -1), (stop - 1, 1))]
        asked = rule["abrupt_share"] if inner else rule["end_share"]
        if max(sides) > asked and (inner or stop - start >= rule["end_frames"]):
            yield start, stop - 1, max(sides)


def _abruptness(level: Floats, edge: int, way: int, rule: Mapping[str, float]) -> float:
    """Give the share of the way to the usual level that lies within a few frames of an edge."""
    reach = int(rule["abrupt_frames"])
    outside = level[edge + 1 :] if way > 0 else level[:edge][::-1]
    if not len(outside):
        return 0.0
    usual = float(np.max(outside[: 6 * reach])) - level[edge]
    return float((outside[:reach].max() - level[edge]) / usual) if usual > 0 else 0.0
