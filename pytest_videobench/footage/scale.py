"""Making pictures smaller, fast and without aliasing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fit_size(height: int, width: int, long_side: int) -> tuple[int, int]:
    """Give (width, height) with the long side as asked and the aspect kept; never larger than the picture."""
    ratio = min(1.0, long_side / max(height, width))
    return max(1, round(width * ratio)), max(1, round(height * ratio))


def halve_towards(picture: NDArray[np.uint8], long_side: int) -> NDArray[np.uint8]:
    """Halve until the long side is less than twice what is asked; OpenCV is fastest at halving."""
    while max(picture.shape[:2]) >= 2 * long_side and min(picture.shape[:2]) > 1:
        height, width = (side // 2 for side in picture.shape[:2])
        even = picture[: 2 * height, : 2 * width]
        picture = np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return picture


def shrink(picture: NDArray[np.uint8], long_side: int) -> NDArray[np.uint8]:
    """Resize to the long side as asked by area averaging; a smaller picture is returned as it is."""
    return resized(halve_towards(picture, long_side), fit_size(picture.shape[0], picture.shape[1], long_side))


def resized(coarse: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Resize to (width, height) by area averaging; a picture of that size is returned as it is."""
    if (coarse.shape[1], coarse.shape[0]) == size:
        return coarse
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_AREA), np.uint8)
