"""How alike two pictures are once motion between them is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.footage.motion import dense_flow

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW = 15
"""Pixels of the square in which structure is correlated, at a long side of 160 px."""
TEXTURE = 3.0
"""Grey levels of standard deviation below which a square has no structure."""
TEXTURED_SHARE = 0.1
"""Share of the picture that must have structure; below, tones are compared instead."""
TONES = 32
"""Bins of the histogram of luma."""


def likeness(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> float:
    """Give the median local correlation of two luma pictures after motion is undone, about 0–1.

    Changes of brightness and contrast do not count. Where a picture has no structure, the overlap of
    the histograms is given instead.
    """
    height, width = before.shape
    across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    flow = dense_flow(before, after)
    moved = cv2.remap(
        after, across + flow[..., 0], down + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    correlation, textured = _correlation(before.astype(np.float32), np.asarray(moved, np.float32))
    if min(_textured_share(before), _textured_share(after)) < TEXTURED_SHARE or not textured.any():
        return _tone_overlap(before, after)
    return float(np.median(correlation[textured]))


def _correlation(
    first: NDArray[np.float32], second: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Give the local correlation, and where either picture has structure to correlate."""
    mean_a, mean_b = _box(first), _box(second)
    var_a = np.maximum(_box(first * first) - mean_a**2, 0)
    var_b = np.maximum(_box(second * second) - mean_b**2, 0)
    shared = _box(first * second) - mean_a * mean_b
    textured = np.maximum(var_a, var_b) > TEXTURE**2
    return np.asarray(shared / np.sqrt(var_a * var_b + 1.0), np.float32), textured


def _textured_share(picture: NDArray[np.uint8]) -> float:
    values = picture.astype(np.float32)
    return float(np.mean(_box(values * values) - _box(values) ** 2 > TEXTURE**2))


def _tone_overlap(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> float:
    histograms = [np.bincount(p.ravel() // (256 // TONES), minlength=TONES) / p.size for p in (before, after)]
    return float(np.minimum(*histograms).sum())


def _box(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.blur(values, (WINDOW, WINDOW)), np.float32)
