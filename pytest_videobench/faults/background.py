"""What is behind an object: seen in other frames where the camera's motion is undone, else made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.faults.boxes import grown, in_pixels, window
from pytest_videobench.faults.pixels import softened

if TYPE_CHECKING:
    from pytest_videobench.faults.boxes import Box
    from pytest_videobench.faults.model import Floats, Picture, Take
    from pytest_videobench.faults.motion import Motion

REACHES = (4, 10, 20, 36)
"""Frames away, before and after, in which the background is looked for; the nearest is believed first."""
RIM = 1.35
"""Size of the window around a box, of whose rim the made-up part is continued."""
OFFSETS = (
    (1.3, 0.0),
    (-1.3, 0.0),
    (0.0, -1.3),
    (0.0, 1.3),
    (1.3, 0.7),
    (-1.3, 0.7),
    (1.3, -0.7),
    (-1.3, -0.7),
)
"""Where detail is borrowed, in boxes."""
OUTSIDE = 60.0
"""Grey levels that a place one box outside the picture counts like."""
DETAIL = 0.02
"""Widths up to which structure is detail; larger forms that are borrowed look like a second object."""
FAINT = 16
"""Grey levels of the strongest detail that is borrowed; sharp edges belong to somebody."""
PACE = 4
"""Pixels between the points at which it is asked what another frame shows; its answer is soft anyway."""
WORTH = 0.02
"""Share of the hole that a frame must fill to be looked at."""
SEEN = 0.02
"""Share of a pixel that may be open and still count as filled."""
MISFIT = 14.0
"""Grey levels of mean difference on the rim from which another frame's background does not fit here."""


class Background:
    """Fills the place of a followed box, frame by frame, without flicker."""

    def __init__(self, take: Take, boxes: Floats, motion: Motion) -> None:
        self._take, self._boxes = take, boxes
        self._path = _path(motion)
        self._offset: tuple[float, float] | None = None

    def __call__(self, index: int, rows: slice, columns: slice, box: Box, cover: Floats) -> Picture:
        """Give the window's picture without the object: where its ``cover``, 0–1, is above 0, and as large
        as its box in pixels."""
        here, hole = self._take.frames[index][rows, columns], cover > SEEN
        filled = np.zeros(here.shape, np.float32)
        missing = hole.astype(np.float32)
        for other in self._nearby(index):
            clear = self._clear(index, other, rows, columns)
            gain = missing[::PACE, ::PACE] * clear
            if gain.sum() <= WORTH * hole.sum() / PACE**2:
                continue
            there = self._seen_there(index, other, rows, columns)
            if self._fits(here, there, clear, hole):
                clear = cv2.resize(clear, hole.shape[::-1], interpolation=cv2.INTER_LINEAR)
                filled += there * (missing * clear)[..., None]
                missing *= 1 - clear
        if missing.max() >= SEEN:
            filled += self._made_up(index, rows, columns, hole, box) * missing[..., None]
        filled += here * (~hole)[..., None]
        return np.asarray(np.clip(np.rint(filled), 0, 255), np.uint8)

    def _nearby(self, index: int) -> list[int]:
        """Other frames, the nearest first."""
        numbers = [index + way * reach for reach in REACHES for way in (-1, 1)]
        return [number for number in numbers if 0 <= number < self._take.count]

    def _seen_there(self, index: int, other: int, rows: slice, columns: slice) -> Picture:
        """Give what another frame shows of this place."""
        view = _between(self._path[other], self._path[index], self._take.size[0])
        shift = view - np.array([[0, 0, columns.start], [0, 0, rows.start]])
        size = (columns.stop - columns.start, rows.stop - rows.start)
        picture = self._take.frames[other]
        return np.asarray(
            cv2.warpAffine(picture, shift, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101),
            np.uint8,
        )

    def _fits(self, here: Picture, there: Picture, clear: Floats, hole: Floats) -> bool:
        """Whether both show the same around the object."""
        rim = ~hole[::PACE, ::PACE] & (clear > 0)
        unlike = np.abs(here[::PACE, ::PACE].astype(np.int16) - there[::PACE, ::PACE])[rim]
        return not unlike.size or float(unlike.mean()) <= MISFIT

    def _clear(self, index: int, other: int, rows: slice, columns: slice) -> Floats:
        """Where another frame has no object and some picture, 0–1, at every ``PACE``-th pixel of a window."""
        width, height = self._take.size
        back = _between(self._path[index], self._path[other], width)
        box = grown(in_pixels(self._boxes[other], (width, height)), 1.25)
        if not np.isfinite(box).all():  # the object is not in that frame
            box = (-2.0 * width, -2.0 * height, 1.0, 1.0)
        x = np.arange(columns.start, columns.stop, PACE, dtype=np.float32)[None]
        y = np.arange(rows.start, rows.stop, PACE, dtype=np.float32)[:, None]
        u = back[0, 0] * x + (back[0, 1] * y + back[0, 2])
        v = back[1, 0] * x + (back[1, 1] * y + back[1, 2])
        beside = np.abs(u - box[0] - box[2] / 2) - box[2] / 2
        below = np.abs(v - box[1] - box[3] / 2) - box[3] / 2
        inside = np.minimum(np.minimum(u, width - 1 - u), np.minimum(v, height - 1 - v))
        soft = max(3.0, 0.01 * width)
        free = np.clip(np.maximum(beside, below) / soft, 0, 1) * np.clip(inside / soft, 0, 1)
        return np.asarray(free, np.float32)

    def _made_up(self, index: int, rows: slice, columns: slice, hole: Floats, box: Box) -> Picture:
        """Continue the rim's colours inwards, and borrow detail from beside the object."""
        here = self._take.frames[index][rows, columns]
        if self._offset is None:
            self._offset = self._best_offset(index, rows, columns, hole, box)
        beside = self._beside(index, rows, columns, (self._offset[0] * box[2], self._offset[1] * box[3]))
        fine = cv2.subtract(beside, softened(beside, DETAIL * self._take.size[0]), dtype=cv2.CV_16S)
        fine = np.clip(fine, -FAINT, FAINT)
        return np.asarray(cv2.add(_membrane(here, ~hole), fine, dtype=cv2.CV_8U), np.uint8)

    def _best_offset(
        self, index: int, rows: slice, columns: slice, hole: Floats, box: Box
    ) -> tuple[float, float]:
        here, rim = self._take.frames[index][rows, columns], ~hole
        width, height = self._take.size

        def misfit(offset: tuple[float, float]) -> float:
            across, down = offset[0] * box[2], offset[1] * box[3]
            beside = self._beside(index, rows, columns, (across, down))
            over_x = max(0.0, -(columns.start + across), columns.stop + across - width)
            over_y = max(0.0, -(rows.start + down), rows.stop + down - height)
            outside = float(over_x / max(1.0, box[2]) + over_y / max(1.0, box[3]))
            unlike = float(np.mean(cv2.absdiff(here, beside)[rim])) if rim.any() else 0.0
            return unlike + 0.5 * float(beside.std()) + OUTSIDE * outside

        return min(OFFSETS, key=misfit)

    def _beside(self, index: int, rows: slice, columns: slice, offset: tuple[float, float]) -> Picture:
        size = (columns.stop - columns.start, rows.stop - rows.start)
        shift = np.array(
            [[1.0, 0, -columns.start - round(offset[0])], [0, 1, -rows.start - round(offset[1])]]
        )
        picture = self._take.frames[index]
        return np.asarray(
            cv2.warpAffine(picture, shift, size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT_101),
            np.uint8,
        )


def _membrane(picture: Picture, known: Floats) -> Picture:
    """Give the low frequencies of what is known, stretched smoothly over what is not."""
    height, width = known.shape
    size = max(2, width // PACE), max(2, height // PACE)
    weight = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    masked = cv2.bitwise_and(picture, picture, mask=known.astype(np.uint8))
    filled = cv2.resize(masked, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    total, mass = np.zeros((*size[::-1], 3), np.float32), np.zeros(size[::-1], np.float32)
    for sigma, trust in ((max(size) / 24, 1.0), (max(size) / 8, 1e-2), (max(size) / 3, 1e-4)):
        total += trust * cv2.GaussianBlur(filled, (0, 0), sigma)
        mass += trust * cv2.GaussianBlur(weight, (0, 0), sigma)
    smooth = np.clip(total / (mass[..., None] + 1e-7), 0, 255).astype(np.float32)
    stretched = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.convertScaleAbs(stretched), np.uint8)


def _path(motion: Motion) -> Floats:
    """Frames × 3 × 3: from the first frame to each, in widths."""
    path = [np.eye(3)]
    for i in range(len(motion.camera)):
        path.append(np.vstack([motion.step(i), (0.0, 0.0, 1.0)]) @ path[-1])
    return np.stack(path)


def _between(start: Floats, end: Floats, width: int) -> Floats:
    """Give the 2 × 3 matrix in pixels from one frame to another."""
    view = (end @ np.linalg.inv(start))[:2]
    view[:, 2] *= width
    return np.asarray(view)


def around(box: Box, size: tuple[int, int]) -> tuple[slice, slice] | None:
    """Give the window in which a box is filled; none if it is out of the picture."""
    return window(grown(box, RIM), size)
