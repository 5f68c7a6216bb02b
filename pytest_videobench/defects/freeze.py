"""Motion that stops and goes on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.spans import evidence, runs, seconds
from pytest_videobench.defects.stuck import stuck_regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from pytest_videobench.defects.stuck import Stuck
    from pytest_videobench.footage.footage import Floats, Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def freeze(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find stillness that is longer than the clip's own rhythm of repeats, amid motion.

    A clip that never moves is one freeze, unless stillness was asked for. Where no whole picture stands
    still, a region may. Severity: 0.3 and half of the seconds, or a quarter of them for a region.
    """
    rule, blocks = rules("freeze"), footage.frames.blocks
    change = np.abs(np.diff(blocks, axis=0)).max(axis=(1, 2)).astype(np.float64)
    still = _still(change, rule)
    if len(change) >= rule["pairs"] and _never_moves(footage, still, rule):
        if expected.amount != "none":
            yield _finding(footage, 0, len(blocks) - 1, float(change.max()), 0.0)
        return
    whole = list(_whole(footage, change, still, rule))
    yield from whole or map(partial(_of_region, footage), stuck_regions(footage))


def _whole(
    footage: Footage, change: Floats, still: NDArray[np.bool_], rule: Mapping[str, float]
) -> Iterable[Finding]:
    """Find runs in which the whole picture stands still."""
    blocks = footage.frames.blocks
    for start, stop in runs(still):
        longest = rule["run_ratio"] * _usual_run(still, stop) + 1
        first, last = seconds(footage, start, stop - 1)
        long = stop - start >= max(rule["pairs"], longest) and last - first >= rule["seconds"]
        drift = float(np.abs(blocks[stop] - blocks[start]).max())
        motion = _motion_around(footage, change, start, stop)
        inside = float(np.median(change[start:stop]))
        # In a slow scene, the leap to where the picture should be tells a freeze from a pause.
        leaps = stop < len(change) and change[stop] > rule["leap"] * motion
        least = max(rule["slow_motion"] if leaps else rule["motion"], rule["motion_ratio"] * inside)
        if long and drift < rule["drift"] and motion > least:
            yield _finding(footage, start, stop, inside, motion)


def _finding(footage: Footage, first: int, last: int, inside: float, motion: float) -> Finding:
    start, end = seconds(footage, first, last - 1)
    return Finding(
        defect="freeze",
        start=start,
        end=end,
        severity=0.3 + 0.5 * (end - start),
        confidence=0.95 if motion > 4 * inside else 0.8,
        note=f"Nothing moves for {end - start:.2f} s: no part changes by more than {inside:.1f} grey levels"
        f" a frame, where {motion:.1f} are usual around.",
        frames=evidence(first, last),
    )


def _of_region(footage: Footage, stuck: Stuck) -> Finding:
    start, end = seconds(footage, stuck.first, stuck.release - 1)
    return Finding(
        defect="freeze",
        start=start,
        end=end,
        severity=0.3 + 0.25 * (end - start),
        confidence=0.8,
        note=f"A region stands still for {end - start:.2f} s and then leaps by {stuck.leap:.0f} grey levels,"
        f" where it moves by {stuck.motion:.1f} a frame around.",
        frames=evidence(stuck.first, stuck.release),
        box=stuck.box(),
    )


def _still(change: Floats, rule: Mapping[str, float]) -> NDArray[np.bool_]:
    """Say which pairs are still: an encoder's noise grows with the motion around it, and now and then it
    refreshes a part of a still picture."""
    usual = float(np.percentile(change, 75)) if len(change) else 0.0
    limit = max(rule["still"], min(rule["still_share"] * usual, rule["still_most"]))
    still = np.pad(change < limit, 1)
    return np.asarray(still[1:-1] | (still[:-2] & still[2:] & (change < rule["refresh"] * limit)))


def _never_moves(footage: Footage, still: NDArray[np.bool_], rule: Mapping[str, float]) -> bool:
    blocks = footage.frames.blocks
    drift = float(np.abs(blocks[-1] - blocks[0]).mean())
    return bool(np.mean(still) >= rule["whole_share"] and drift < rule["whole_drift"])


def _usual_run(still: NDArray[np.bool_], stop: int) -> float:
    """Give the 90th percentile of the still pairs before each moving one: 2 where one pair of three moves.

    The run that ends at ``stop`` is no measure of itself; of a short clip it would be most of it.
    """
    ends = np.append(np.flatnonzero(~still), len(still))
    waits = (np.diff(ends, prepend=-1) - 1)[ends != stop]
    return float(np.percentile(waits, 90)) if len(waits) else 0.0


def _motion_around(footage: Footage, change: Floats, start: int, stop: int) -> float:
    """Give the mean change of the pairs beside a run, on its calmer side: what comes to rest is no freeze."""
    reach = max(2, round(rules("freeze")["around"] * footage.probe.fps))
    sides = [change[max(0, start - reach) : start], change[stop : stop + reach]]
    return min((float(side.mean()) for side in sides if len(side)), default=0.0)
