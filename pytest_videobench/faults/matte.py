"""Which pixels of a box are the object: an outline that is good enough to erase it or to paint it anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.faults.pixels import blob

if TYPE_CHECKING:
    from pytest_videobench.faults.boxes import Box
    from pytest_videobench.faults.model import Floats, Take

SIDE = 64
"""Pixels of the square that a box and its surroundings are seen in."""
PAD = 1.3
"""Size of that square in boxes."""
SOUGHT = (0.1, 0.85)
"""Shares of the box that an object may fill; anything else is a failure, and a rounded box does instead."""
KEPT = 0.45
"""Share of the outline before that stays in the next, so that it does not boil."""


class Matte:
    """Follows the outline of what is in a moving box; to be asked for frame after frame."""

    def __init__(self, take: Take) -> None:
        self._take = take
        inner = (SIDE - SIDE / PAD) / 2, (SIDE - SIDE / PAD) / 2, SIDE / PAD, SIDE / PAD
        self._box = blob((SIDE, SIDE), inner, 0.05, power=8)
        self._core = blob((SIDE, SIDE), inner, 0.2, power=3)
        self._last: Floats | None = None

    def __call__(self, index: int, place: tuple[slice, slice], box: Box) -> Floats:
        """Give the object's cover of a window, 0–1."""
        view = _view(box)
        seen = cv2.warpAffine(
            self._take.frames[index],
            view,
            (SIDE, SIDE),
            flags=cv2.INTER_AREA,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        found = self._cut_out(seen)
        found = found if self._last is None else KEPT * self._last + (1 - KEPT) * found
        self._last = found
        shift = cv2.invertAffineTransform(view) - np.array([[0, 0, place[1].start], [0, 0, place[0].start]])
        size = place[1].stop - place[1].start, place[0].stop - place[0].start
        return np.asarray(cv2.warpAffine(found, shift, size, flags=cv2.INTER_LINEAR))

    def _cut_out(self, seen: Floats) -> Floats:
        """Part the square into object and background by their colours."""
        labels = np.where(self._core > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
        if self._last is not None:
            labels = np.where(self._last > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
        labels[self._box < 0.5] = cv2.GC_BGD
        cv2.setRNGSeed(1)  # its colour clusters start from OpenCV's dice
        models = np.zeros((1, 65)), np.zeros((1, 65))
        if (labels == cv2.GC_PR_FGD).any():
            cv2.grabCut(
                seen, labels, (0, 0, 1, 1), *models, 3 if self._last is None else 1, cv2.GC_INIT_WITH_MASK
            )
        found = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
        if not SOUGHT[0] < float(found.sum() / self._box.sum()) < SOUGHT[1]:
            return self._core
        closed = cv2.morphologyEx(found, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        return np.asarray(cv2.GaussianBlur(closed, (0, 0), 0.8))


def spread(cover: Floats, pixels: float) -> Floats:
    """Let a cover grow by some pixels, with a soft rim."""
    side = 2 * max(1, round(pixels)) + 1
    wide = cv2.dilate(cover, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    return np.asarray(cv2.GaussianBlur(wide, (0, 0), max(0.8, pixels / 2)))


def _view(box: Box) -> Floats:
    """Map a box and its surroundings onto the square."""
    x, y, w, h = box
    scale = SIDE / (PAD * w), SIDE / (PAD * h)
    middle = x + w / 2, y + h / 2
    return np.array(
        [[scale[0], 0, SIDE / 2 - scale[0] * middle[0]], [0, scale[1], SIDE / 2 - scale[1] * middle[1]]]
    )
