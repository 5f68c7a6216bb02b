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


@detector(gate=False)
def loop(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find a moving part that the clip shows again, or plays in reverse, frame by frame."""
    rule = rules("loop")
    stride = max(1, -(-len(footage.distinct) // int(rule["frames"])))
    times = footage.times[::stride]
    if len(times) < 4 or times[-1] < rule["seconds"] + rule["shift"]:
        return
    apart = _differences(footage.frames.blocks[footage.distinct[::stride]])
    rate = 1 / float(np.median(np.diff(times)))
    length, shift = max(4, round(rule["seconds"] * rate)), max(2, round(rule["shift"] * rate))
    usual = float(np.median(np.diagonal(apart, min(shift, len(apart) - 1))))
    if usual < rule["motion"]:
        return
    same = apart < max(rule["noise"], rule["match"] * usual)
    for first, again, count, word in (*_forwards(same, length, shift), *_backwards(same, length, shift)):
        yield _finding(
            footage, stride, (first, again, count), f"{word}, difference below {rule['match']:g} of usual"
        )
        return


def _finding(footage: Footage, stride: int, where: tuple[int, int, int], how: str) -> Finding:
    times, (first, again, count) = footage.times[::stride], where
    end = float(times[min(again + count, len(times) - 1)])
    return Finding(
        defect="loop",
        start=float(times[again]),
        end=end,
        severity=0.4,
        confidence=0.7,
        note=f"What is shown from {times[first]:.2f} s comes again {how}, for {end - times[again]:.2f} s.",
        frames=(int(footage.distinct[first * stride]), int(footage.distinct[again * stride])),
    )


def _differences(blocks: NDArray[np.float32]) -> Floats:
    """Give the root-mean-square difference of every two frames, frames × frames."""
    flat = blocks.reshape(len(blocks), -1).astype(np.float64)
    flat = flat - flat.mean(axis=0)
    power = (flat**2).mean(axis=1)
    return np.sqrt(np.maximum(power[:, None] + power[None] - 2 * flat @ flat.T / flat.shape[1], 0))


def _forwards(same: NDArray[np.bool_], length: int, shift: int) -> Iterator[tuple[int, int, int, str]]:
    """Give first frame, its repetition, and the count of frames that are shown again in the same order."""
    for lag in range(shift, len(same) - length + 1):
        for start, stop in runs(np.diagonal(same, lag)):
            if stop - start >= length:
                yield start, start + lag, stop - start, "in the same order"


def _backwards(same: NDArray[np.bool_], length: int, shift: int) -> Iterator[tuple[int, int, int, str]]:
    """Give the same for frames that are shown again in reverse order."""
    count, mirrored = len(same), same[:, ::-1]
    for lag in range(-count + length, count - length + 1):
        for start, stop in runs(np.diagonal(mirrored, lag)):
            row = start + max(0, -lag)
            turned = count - 1 - (start + max(0, lag))
            span = turned - row
            if span >= 2 * length and stop - start >= (span + 1) // 2 - 1:
                yield row, row + span // 2, span // 2, "backwards"
