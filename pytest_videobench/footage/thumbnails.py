"""A few evenly spaced small pictures of a clip whose length is not known beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.footage.scale import fit_size, halve_towards, resized

if TYPE_CHECKING:
    from numpy.typing import NDArray

THUMBNAIL_SIZE = 256
"""Pixels of the long side."""


class Thumbnails:
    """Keeps every n-th picture, and doubles n whenever there are twice as many as wanted."""

    def __init__(self, wanted: int = 12) -> None:
        self._limit = 2 * wanted
        self._stride = 1
        self._size = (0, 0)
        self._kept: list[tuple[int, float, NDArray[np.uint8]]] = []

    def offer(self, index: int, time: float, bgr: NDArray[np.uint8]) -> None:
        """Keep the picture if its index falls on the stride."""
        if index % self._stride:
            return
        self._size = fit_size(bgr.shape[0], bgr.shape[1], THUMBNAIL_SIZE)
        # Most are dropped again, so the last and dearest step to their size waits for the end.
        self._kept.append((index, time, halve_towards(bgr, THUMBNAIL_SIZE)))
        if len(self._kept) >= self._limit:
            self._stride *= 2
            self._kept = [entry for entry in self._kept if entry[0] % self._stride == 0]

    def encoded(self) -> tuple[bytes, ...]:
        """Give the kept pictures as JPEG."""
        pictures = (resized(coarse, self._size) for _, _, coarse in self._kept)
        return tuple(
            cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 82])[1].tobytes() for bgr in pictures
        )

    def times(self) -> NDArray[np.float64]:
        """Give the seconds of the kept pictures."""
        return np.array([time for _, time, _ in self._kept])
