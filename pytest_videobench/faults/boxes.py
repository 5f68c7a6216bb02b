"""Boxes: from shares to pixels, and along with the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pytest_videobench.faults.model import Floats

Box = tuple[float, float, float, float]


def moved(boxes: Floats, view: Floats, size: tuple[int, int]) -> Floats:
    """Give the boxes, in shares, around what a 2 × 3 matrix in pixels makes of them; outside is NaN."""
    if not len(boxes):
        return boxes
    x, y, w, h = boxes.T
    corners = np.stack([(x, y), (x + w, y), (x, y + h), (x + w, y + h)]) * np.reshape(size, (2, 1))
    seen = (np.einsum("ij,kjn->kin", view[:, :2], corners) + view[:, 2:]) / np.reshape(size, (2, 1))
    low, high = np.clip(seen.min(axis=0), 0, 1), np.clip(seen.max(axis=0), 0, 1)
    out = np.concatenate([low, high - low]).T
    out[~(out[:, 2:] > 0).all(axis=1)] = np.nan
    return np.asarray(out)


def in_pixels(box: Floats, size: tuple[int, int]) -> Box:
    """Turn shares of the picture into pixels."""
    x, y, w, h = (float(value) for value in box)
    return x * size[0], y * size[1], w * size[0], h * size[1]


def grown(box: Box, factor: float) -> Box:
    """Enlarge a box about its middle."""
    x, y, w, h = box
    return x + w * (1 - factor) / 2, y + h * (1 - factor) / 2, w * factor, h * factor


def window(box: Box, size: tuple[int, int]) -> tuple[slice, slice] | None:
    """Give rows and columns of the whole pixels around a box, inside the picture; none if it is outside."""
    left, top = max(0, int(np.floor(box[0]))), max(0, int(np.floor(box[1])))
    right = min(size[0], int(np.ceil(box[0] + box[2])))
    bottom = min(size[1], int(np.ceil(box[1] + box[3])))
    if right - left < 2 or bottom - top < 2:
        return None
    return slice(top, bottom), slice(left, right)


def within(box: Box, rows: slice, columns: slice) -> Box:
    """Give a box as seen from a window's corner."""
    return box[0] - columns.start, box[1] - rows.start, box[2], box[3]


def shares(rows: slice, columns: slice, size: tuple[int, int]) -> Box:
    """Give a window in shares of the picture."""
    width, height = size
    return (
        columns.start / width,
        rows.start / height,
        (columns.stop - columns.start) / width,
        (rows.stop - rows.start) / height,
    )
