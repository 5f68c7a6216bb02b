"""Regions that stand still while the rest goes on, and leap to where they should be at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import rules
from pytest_videobench.footage.footage import GRID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats, Footage


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A region that is released at once, after all of it stood still for as long."""

    first: int
    """Stored frame from which it stands still."""
    release: int
    """Stored frame in which it leaps."""
    region: NDArray[np.bool_]
    """Which of the 576 blocks."""
    leap: float
    """Grey levels of the median block."""
    motion: float
    """Grey levels that the same blocks move by from frame to frame before or after."""

    def box(self) -> tuple[float, float, float, float]:
        """Give the box around the region in shares of the picture."""
        rows, columns = np.nonzero(self.region.reshape(GRID))
        top, left, bottom, right = rows.min(), columns.min(), rows.max() + 1, columns.max() + 1
        high, wide = GRID
        return left / wide, top / high, (right - left) / wide, (bottom - top) / high


def stuck_regions(footage: Footage) -> Iterator[Stuck]:
    """Give every region whose blocks stop and go on in the same frames, and leap as they go on.

    A thing that comes to rest and starts again does so by and by, and does not leap.
    """
    rule, blocks = rules("stuck"), footage.frames.blocks
    steps = np.abs(np.diff(blocks.reshape(len(blocks), -1), axis=0)).astype(np.float64)
    need = max(int(rule["pairs"]), round(rule["seconds"] * footage.probe.fps))
    if len(steps) <= need:
        return
    limit = max(
        rule["still"],
        min(rule["still_share"] * float(np.percentile(steps.max(axis=1), 75)), rule["still_most"]),
    )
    still = np.zeros(steps.shape[1], np.int64)
    for pair, step in enumerate(steps):
        leaping = (still >= need) & (still < pair) & (step > rule["leap"])
        found = _region(steps, pair, still, leaping, need) if leaping.mean() >= rule["share"] else None
        if found is not None and not _rests_elsewhere(blocks, found, need, limit):
            yield found
        still = np.where(step < limit, still + 1, 0)


def _rests_elsewhere(blocks: NDArray[np.float32], found: Stuck, need: int, limit: float) -> bool:
    """Say whether the region looks as it does for as long at another time.

    Then it is what somebody uncovers and the next one covers again, and no moment that was held.
    """
    region = blocks.reshape(len(blocks), -1)[:, found.region].astype(np.float64)
    away = np.median(np.abs(region - region[found.release - 1]), axis=1)
    alike = away < 2 * limit
    alike[found.first : found.release] = False
    return int(alike.sum()) >= need


def _region(
    steps: Floats, pair: int, still: NDArray[np.int64], leaping: NDArray[np.bool_], need: int
) -> Stuck | None:
    """Give the region of the leaping blocks that stopped together, if it is one."""
    rule = rules("stuck")
    lengths = np.bincount(still[leaping], minlength=pair + 2)
    length = int(np.convolve(lengths, np.ones(3), "same").argmax())
    region = leaping & (np.abs(still - length) <= 1)
    if region.mean() < rule["share"] or region.sum() < rule["agree"] * leaping.sum():
        return None
    around = int(rule["around"])
    before = _mean(steps[max(0, pair - length - around) : pair - length][:, region])
    after = _mean(steps[pair + 1 : pair + 1 + around][:, region])
    leap, motion = float(np.median(steps[pair][region])), max(before, after)
    moving = still < need
    rest = moving if moving.mean() >= rule["rest"] else ~region
    beyond = leap >= rule["leap_ratio"] * motion + rule["noise"]
    # What comes by moves on; what was held leaps once, to where it would have come to rest by then.
    once = leap >= max(before, rule["once_ratio"] * after) + rule["noise"]
    if not (beyond or (once and pair + around < len(steps))) or _leaps(steps[:, rest], pair):
        return None
    return Stuck(first=pair - length, release=pair + 1, region=region, leap=leap, motion=motion)


def _mean(steps: Floats) -> float:
    return float(steps.mean()) if steps.size else 0.0


def _leaps(rest: Floats, pair: int) -> bool:
    """Say whether the rest of the picture leaps as well: then it is a cut or a flash."""
    rule = rules("stuck")
    if not rest.size:
        return True
    usual = float(np.median(rest[max(0, pair - 3 * int(rule["around"])) : pair].max(axis=0)))
    return float(np.median(rest[pair])) > usual + rule["noise"]
