"""Cuts to another picture where one shot was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.alike import likeness
from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.spans import around

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_videobench.footage.footage import Floats, Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def hard_cut(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find places where the picture before and after share nothing, while both sides hold together."""
    taken = -1
    for pair in _candidates(_changes(footage)):
        if pair <= taken:
            continue
        for first, after in ((pair, pair + 1), (pair, pair + 2)):
            drop = _drop(footage, first, after)
            if drop is None:
                continue
            taken = after
            yield _finding(footage, first, after, *drop)
            break


def _finding(footage: Footage, first: int, after: int, across: float, inside: float) -> Finding:
    frame = int(footage.distinct[after])
    blended = ", through one mixed frame" if after - first > 1 else ""
    return Finding(
        defect="hard_cut",
        start=float(footage.times[first + 1]),
        end=float(footage.times[after]),
        severity=0.9,
        confidence=0.6 + (inside - across) / 2,
        note=f"A new shot starts at frame {frame}{blended}: likeness {across:.2f}, inside {inside:.2f}.",
        frames=(int(footage.distinct[first]), frame),
    )


def _changes(footage: Footage) -> Floats:
    """Give the mean block change of every pair of neighbouring distinct frames."""
    blocks = footage.frames.blocks[footage.distinct]
    return np.asarray(np.abs(np.diff(blocks, axis=0)).mean(axis=(1, 2)), np.float64)


def _candidates(change: Floats) -> Iterator[int]:
    rule = rules("hard_cut")
    for pair in np.flatnonzero(change > rule["change"]):
        near = around(change, int(pair), int(rule["reach"]))
        if len(near) and change[pair] > rule["change_ratio"] * np.median(near):
            yield int(pair)


def _drop(footage: Footage, first: int, after: int) -> tuple[float, float] | None:
    """Give the likeness across and inside where it is a cut's, else ``None``."""
    rule, small = rules("hard_cut"), footage.small
    if first < 1 or after > len(small) - 2:
        return None
    across = likeness(small[first], small[after])
    if across > rule["across"]:
        return None
    inside = min(likeness(small[first - 1], small[first]), likeness(small[after], small[after + 1]))
    if inside < rule["inside"] or inside - across < rule["drop"]:
        return None
    reach = int(rule["return_frames"])
    old, new = max(first - reach, 0), min(after + reach, len(small) - 1)
    pairs = ((first, new), (old, after), (first - 1, after + 1))
    back = max(likeness(small[a], small[b]) for a, b in pairs)
    return (across, inside) if back < rule["back"] else None
