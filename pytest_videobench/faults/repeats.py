"""Faults in the order of the pictures: standing still, hanging, doubled, shown again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.faults.model import Change, Take, fault
from pytest_videobench.faults.pixels import Grain, blob, mixed
from pytest_videobench.faults.places import liveliest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pytest_videobench.faults.dose import Dose


@fault("freeze", "freeze", "picture")
def freeze(take: Take, dose: Dose) -> Change:
    """The picture stands still and then jumps to where it would be."""
    first, last = dose.span(take, dose["span"], least=3)
    index = np.arange(take.count)
    index[first:last] = first - 1
    note = f"The picture stands still for {(last - first) / take.fps:.2f} s."
    return Change(take=_held(take, dose, index), first=first, last=last, note=note)


@fault("freeze_region", "freeze", "picture", local=True)
def freeze_region(take: Take, dose: Dose) -> Change:
    """A part of the picture stands still while the rest goes on."""
    first, last = dose.span(take, dose["span"], least=3)
    (width, height), share = take.size, min(1.0, dose["share"])
    wide, high = share * width, share * height
    middle = liveliest(take, (first + last) // 2)
    x = float(np.clip(middle[0] * width - wide / 2, 0, width - wide))
    y = float(np.clip(middle[1] * height - high / 2, 0, height - high))
    weight = blob(take.size, (x, y, wide, high), dose["feather"], power=6)
    frames, grain = take.frames.copy(), Grain(dose.rng, take.frames.shape[1:], dose["grain"])
    for i in range(first, last):
        frames[i] = mixed(frames[i], grain(take.frames[first - 1], i), weight)
    seconds = (last - first) / take.fps
    return Change(
        take=replace(take, frames=frames),
        first=first,
        last=last,
        note=f"{100 * share * share:.0f} % of the picture stand still for {seconds:.2f} s.",
        regions=np.tile(_touched(weight), (last - first, 1)),
    )


@fault("dropped_frames", "stutter", "picture")
def dropped_frames(take: Take, dose: Dose) -> Change:
    """Single frames are lost, and the one before each hangs."""
    count = max(1, round(dose["share"] * take.count))
    lost = _apart(dose.rng.permutation(np.arange(2, take.count - 1)).tolist(), count)
    index = np.arange(take.count)
    index[lost] -= 1
    note = f"{len(lost)} of {take.count} frames are lost, one at a time."
    return Change(take=_held(take, dose, index), first=min(lost), last=max(lost) + 1, note=note)


@fault("doubled_frames", "duplicate_frames", "picture")
def doubled_frames(take: Take, dose: Dose) -> Change:
    """Every picture is shown several times, all through the clip."""
    times = round(dose["times"])
    index = np.arange(take.count) // times * times
    note = f"Every picture is shown {times} times: {take.fps / times:.4g} a second are new."
    return Change(take=_held(take, dose, index), first=1, last=take.count, note=note)


@fault("loop", "loop", "time")
def loop(take: Take, dose: Dose) -> Change:
    """The clip's end shows again what was seen before, over and over."""
    most = 0.5 * take.count
    first = take.count - round(min(max(dose["span"], 1.0) * take.fps, most))
    period = _smoothest(take, first, dose)
    start = first - period
    index = np.arange(take.count)
    index[first:] = start + (np.arange(take.count - first) % period)
    made = _reordered(take, index)
    _fade_seams(take, made, first, period, round(dose["seam"] * take.fps))
    again = (take.count - first) / take.fps
    note = f"The last {again:.2f} s show {start / take.fps:.2f}–{first / take.fps:.2f} s again."
    return Change(take=made, first=first, last=take.count, note=note)


def _smoothest(take: Take, first: int, dose: Dose) -> int:
    """Choose the period, in frames, whose seam is seen the least."""
    shortest = round(dose["period"] * take.fps)
    longest = min(shortest + round(dose["search"] * take.fps), first - 1)
    tiny = [
        cv2.resize(take.frames[i], (32, 18), interpolation=cv2.INTER_AREA).astype(np.float32)
        for i in (first - 1, *range(first - longest - 1, first - shortest))
    ]
    jumps = [float(np.abs(tiny[0] - picture).mean()) for picture in tiny[1:]]
    return longest - int(np.argmin(jumps)) if longest > shortest else shortest


def _fade_seams(take: Take, made: Take, first: int, period: int, frames: int) -> None:
    """Let what would have come after each repetition fade out over its successor's first frames."""
    for seam in range(first, take.count, period):
        for k in range(min(frames, take.count - seam)):
            weight = (k + 1) / (frames + 1)
            made.frames[seam + k] = mixed(take.frames[first + k], made.frames[seam + k], weight)


def _reordered(take: Take, index: NDArray[np.int64]) -> Take:
    """Show the frames of these indices; the boxes go with them."""
    boxes, other = (table if table is None else table[index] for table in (take.boxes, take.other))
    return replace(take, frames=take.frames[index], boxes=boxes, other=other)


def _held(take: Take, dose: Dose, index: NDArray[np.int64]) -> Take:
    """Show the frames of these indices; what is shown again has the noise of another encoding."""
    made = _reordered(take, index)
    grain = Grain(dose.rng, take.frames.shape[1:], dose["grain"])
    for i in np.flatnonzero(index != np.arange(take.count)):
        made.frames[i] = grain(made.frames[i], int(i))
    return made


def _apart(order: Sequence[int], count: int) -> list[int]:
    """Take the first numbers of an order of which no two are neighbours."""
    chosen: set[int] = set()
    for number in order:
        if not chosen & {number - 1, number + 1}:
            chosen.add(number)
        if len(chosen) == count:
            break
    return sorted(chosen)


def _touched(weight: NDArray[np.float32]) -> tuple[float, float, float, float]:
    """Give the box around all of a mask that is not 0, in shares of the picture."""
    height, width = weight.shape
    x, y, w, h = cv2.boundingRect((weight > 0).astype(np.uint8))
    return x / width, y / height, w / width, h / height
