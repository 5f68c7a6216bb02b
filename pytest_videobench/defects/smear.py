"""Regions of the picture whose fine detail is lost towards the end while their coarse shapes stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from pytest_videobench.defects.base import rules
from pytest_videobench.defects.onset import onset
from pytest_videobench.defects.softness import lit
from pytest_videobench.moments.camera import camera_turn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Footage

CELLS = (9, 16)
"""Rows and columns of the grid on which detail is compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Smear:
    """A region that loses its fine detail."""

    sample: int
    """Index of the sample from which it does."""
    share: float
    """Of the picture."""
    kept: float
    """Share of the fine detail that is left at the end."""
    box: tuple[float, float, float, float]
    """x, y, width, height as shares of the picture at the end."""


class _Looks(NamedTuple):
    """What each cell has in each sample, as seen by the camera at the end."""

    fine: NDArray[np.float32]
    coarse: NDArray[np.float32]
    seen: NDArray[np.bool_]


def smear(footage: Footage) -> Smear | None:
    """Give the largest region that has lost its fine detail by the last quarter, against the first half.

    Blur takes fine detail and leaves coarse shapes; a thing that leaves takes both, so it does not count.
    """
    rule, shown = rules("smear"), np.flatnonzero(lit(footage))
    if len(shown) < rule["samples"]:
        return None
    looks = _looks(footage, shown)
    half, quarter = len(shown) // 2, max(2, len(shown) // 4)
    seen = looks.seen[:half].mean(axis=0) > rule["seen"]
    fine, coarse = (np.median(level[:half], axis=0) for level in (looks.fine, looks.coarse))
    rich = seen & (fine > rule["rich"])
    left = np.quantile(looks.fine[-quarter:], rule["last"], axis=0) / np.maximum(fine, rule["rich"])
    shape = np.median(looks.coarse[-quarter:], axis=0) / np.maximum(coarse, 1e-3)
    region = _largest(rich & (left < rule["left"]) & (shape > rule["shape"]))
    if region.mean() < rule["share"] or region.sum() < rule["of_rich"] * rich.sum():
        return None
    levels = np.log(np.maximum(looks.fine[:, region] / fine[region], 1e-2)).mean(axis=1)
    times = footage.frames.time[footage.samples.index[shown]]
    if -np.diff(levels).min() > rule["at_once"] * -float(levels[-quarter:].mean()):
        return None
    return Smear(
        sample=int(shown[onset(levels, times)]),
        share=float(region.mean()),
        kept=float(np.median(left[region])),
        box=_box(region),
    )


def _looks(footage: Footage, shown: NDArray[np.int64]) -> _Looks:
    """Measure the samples in the place where the camera has everything in the last of them."""
    frames = np.searchsorted(footage.distinct, footage.samples.index[shown])
    turn, size = camera_turn(footage), footage.small.shape[:0:-1]
    views = [turn.between(int(frame), int(frames[-1]))[:2] for frame in frames]
    whole = np.full(size[::-1], 255, np.uint8)
    seen = [_cells(cv2.warpAffine(whole, view, size)) > rules("smear")["inside"] for view in views]
    moved = [
        np.asarray(cv2.warpAffine(small, view, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)
        for small, view in zip(footage.small[frames], views, strict=True)
    ]
    fine = [_cells(np.abs(cv2.Laplacian(picture, cv2.CV_16S))) for picture in moved]
    return _Looks(np.stack(fine), np.stack([coarse_contrast(picture) for picture in moved]), np.stack(seen))


def coarse_contrast(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give the deviation of what is coarser than a few pixels, per cell and its neighbours."""
    size = max(1, picture.shape[1] // 4), max(1, picture.shape[0] // 4)
    small = cv2.resize(picture.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    away = small - cv2.blur(small, (5, 5))
    around = cv2.blur(_cells(away * away), (3, 3))
    return np.sqrt(np.maximum(around, 0))  # a running sum may end a little below


def _cells(picture: NDArray[np.generic]) -> NDArray[np.float32]:
    values = picture.astype(np.float32)
    return np.asarray(cv2.resize(values, CELLS[::-1], interpolation=cv2.INTER_AREA), np.float32)


def _largest(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep the largest part of a mask that hangs together."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count == 1:
        return mask
    return np.asarray(labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))


def _box(region: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    x, y, wide, high = cv2.boundingRect(region.astype(np.uint8))
    rows, columns = CELLS
    return x / columns, y / rows, wide / columns, high / rows
