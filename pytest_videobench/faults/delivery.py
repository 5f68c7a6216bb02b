"""Faults of the file: too short, too small, too slow, cut off."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.errors import ClipError, SpecError
from pytest_videobench.faults.model import Change, Take, fault

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.faults.dose import Dose


@fault("truncated_file", "truncated", "file", stage="file")
def truncated_file(take: Take, dose: Dose) -> Change:
    """The file's last bytes are missing, so its header promises more than there is."""
    raise SpecError(
        f"fault {dose.fault!r} acts on a written file: write {take.name} first, then truncate() it"
    )


def cut_off(path: Path, lost: float) -> tuple[int, int, float]:
    """Cut a share of a file's bytes off; give frames left, frames promised, frames per second.

    Raises :class:`ClipError` for a file whose index stands at its end, which nothing could read any more.
    """
    data = path.read_bytes()
    kept = data[: round(len(data) * (1 - lost))]
    promised, rate = _frames(data)
    left, _ = _frames(kept)
    if not promised:
        raise ClipError(path, "expected a video file")
    if not left:
        raise ClipError(path, "its index stands at its end; write it with the index in front (+faststart)")
    with path.open("r+b") as file:
        file.truncate(len(kept))
    return left, promised, rate


def _frames(data: bytes) -> tuple[int, float]:
    """Count the frames that can be decoded, and give the rate."""
    from pytest_videobench.media import MediaError, open_video

    count, rate = 0, 0.0
    try:
        with open_video(io.BytesIO(data)) as container:
            stream = container.streams.video[0]
            rate = float(stream.average_rate or 0)
            for packet in container.demux(stream):
                count += len(packet.decode())
    except (MediaError, IndexError):  # the end of what was left
        pass
    return count, rate


@fault("short", "wrong_duration", "file")
def short(take: Take, dose: Dose) -> Change:
    """The clip ends too early."""
    kept = max(2, round(take.count * (1 - dose["lost"])))
    note = f"The clip ends after {kept / take.fps:.2f} s of {take.count / take.fps:.2f} s."
    return _whole(_first_frames(take, kept), note)


@fault("too_few_frames", "too_few_frames", "file")
def too_few_frames(take: Take, dose: Dose) -> Change:
    """Only a handful of frames is left."""
    kept = min(round(dose["kept"]), max(2, int(0.49 * take.fps)))
    return _whole(_first_frames(take, kept), f"{kept} of {take.count} frames are left.")


@fault("resized", "wrong_size", "file")
def resized(take: Take, dose: Dose) -> Change:
    """The picture is smaller than it was."""
    width, height = (max(16, 2 * round(side * dose["factor"] / 2)) for side in take.size)
    frames = np.empty((take.count, height, width, 3), np.uint8)
    for picture, out in zip(take.frames, frames, strict=True):
        cv2.resize(picture, (width, height), dst=out, interpolation=cv2.INTER_AREA)
    old = f"{take.size[0]}×{take.size[1]}"
    return _whole(replace(take, frames=frames), f"The picture is {width}×{height} instead of {old}.")


@fault("wrong_rate", "wrong_fps", "file")
def wrong_rate(take: Take, dose: Dose) -> Change:
    """The same frames are played too slowly or too fast."""
    factor = dose["factor"] ** dose.sign()
    fps = round(take.fps * factor, 2)
    made = replace(take, frames=take.frames.copy(), fps=fps)
    return _whole(made, f"The frames are played at {fps:g} instead of {take.fps:g} a second.")


def _first_frames(take: Take, count: int) -> Take:
    boxes, other = (table if table is None else table[:count] for table in (take.boxes, take.other))
    return replace(take, frames=take.frames[:count].copy(), boxes=boxes, other=other)


def _whole(take: Take, note: str) -> Change:
    return Change(take=take, first=0, last=take.count, note=note)
