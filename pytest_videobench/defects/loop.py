"""Parts of a clip that are shown again, forwards or backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.spans import runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats, Footage
    from pytest_videobench.prompts.model import Expectations


def _blind(footage: Footage, expected: Expectations) -> str:
    least = rules("loop")["seconds"] + rules("loop")["shift"]
    return "" if len(footage.times) >= 4 and footage.times[-1] >= least else f"shorter than {least:g} s"


@detector(gate=True, blind=_blind)
def loop(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find a moving part that the clip shows again, or plays in reverse, frame by frame.

    What counts is that the picture goes away and comes back: slow motion never leaves, and living motion
    never comes back as it was. Severity: 0.2 and a quarter of the seconds that are shown again.
    """
    rule = rules("loop")
    stride = max(1, -(-len(footage.distinct) // int(rule["frames"])))
    times = footage.times[::stride]
    apart = _differences(footage.frames.blocks[footage.distinct[::stride]])
    rate = 1 / float(np.median(np.diff(times)))
    length, shift = max(4, round(rule["seconds"] * rate)), max(4, round(rule["shift"] * rate))
    found = [*_forwards(apart, length, shift), *_backwards(apart, length)]
    if found:
        yield _finding(footage, stride, *max(found))


def _finding(footage: Footage, stride: int, count: int, first: int, again: int, order: str) -> Finding:
    times = footage.times[::stride]
    start, end = float(times[again]), float(times[min(again + count, len(times) - 1)])
    return Finding(
        defect="loop",
        start=start,
        end=end,
        severity=0.2 + 0.25 * (end - start),
        confidence=0.7,
        note=f"{end - start:.2f} s from {times[first]:.2f} s on are shown again {order}.",
        frames=(int(footage.distinct[first * stride]), int(footage.distinct[again * stride])),
    )


def _differences(blocks: NDArray[np.float32]) -> Floats:
    """Give the root-mean-square difference of every two frames, frames × frames."""
    flat = blocks.reshape(len(blocks), -1).astype(np.float64)
    flat = flat - flat.mean(axis=0)
    power = (flat**2).mean(axis=1)
    square = power[:, None] + power[None] - 2 * flat @ flat.T / flat.shape[1]
    return np.asarray(np.sqrt(np.maximum(square, 0)))


def _forwards(apart: Floats, length: int, shift: int) -> Iterator[tuple[int, int, int, str]]:
    """Give count of frames, first frame and its repetition for parts that are shown again in order."""
    for lag in range(shift, len(apart) - length + 1):
        same = np.diagonal(apart, lag)
        # A scene with a beat of its own may be back already halfway.
        between = [np.diagonal(apart, lag * part // 4)[: len(same)] for part in (1, 2, 3)]
        for start, stop in runs(_came_back(same, np.max(between, axis=0))):
            if stop - start >= length and _lives(apart, start, stop, float(same[start:stop].mean())):
                yield stop - start, start, start + lag, "in the same order"


def _backwards(apart: Floats, length: int) -> Iterator[tuple[int, int, int, str]]:
    """Give the same for parts that are played in reverse around a turning point."""
    for turn in range(length, len(apart) - length):
        reach = np.arange(length // 4 + 1, min(turn, len(apart) - 1 - turn) + 1)
        same = apart[turn - reach, turn + reach]
        # Not only the turning point must be away: that may be a flash.
        away = np.minimum(apart[turn - reach, turn], 2 * apart[turn - reach, turn - reach // 2])
        back = _came_back(same, away)
        count = int(len(back) if back.all() else back.argmin()) + length // 4
        if count >= length:
            yield count, turn - count, turn, "in reverse"


def _lives(apart: Floats, start: int, stop: int, off: float) -> bool:
    """Say whether a part moves far more than its repetition is off; an empty scene looks like itself."""
    rule, moves = rules("loop"), float(apart[start, start:stop].max())
    fifths = np.linspace(start, stop - 1, 6).round().astype(int)
    # Not only at one end, where something leaves an empty scene.
    all_along = float(np.median(apart[fifths[:-1], fifths[1:]]))
    return moves > rule["motion"] and off < rule["match"] * moves and off < rule["match_along"] * all_along


def _came_back(same: Floats, away: Floats) -> NDArray[np.bool_]:
    """Say where the difference to the repetition is small although the picture was far away in between."""
    rule = rules("loop")
    return (same < rule["match"] * away) & (away > rule["motion"])
