"""Signals of single pictures: sharpness, spatial information, colour, compression marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from pytest_videobench.footage.footage import CHROMA_GRID
from pytest_videobench.footage.scale import shrink

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SHARPNESS_SIZE = 640
_COLOUR_SIZE = 160
_CHROMA_STEP = 8
"""Every how many pixels colour is looked at; it is coarse in stored pictures anyway."""
_CLIPPED = 250
_STRIPE = 32
"""Rows of a picture that are filtered at a time."""
_SLOPE_SPAN = 16
"""Pixels over which a gentle slope is looked for."""
_SLOPE_LEVELS = (1, 6)
"""Grey levels that a gentle slope rises or falls over its span."""
_SLOPE_AREA = 0.02
"""Share of the picture that must slope before banding is judged."""


class PictureSignals(NamedTuple):
    """The fields of :class:`~pytest_videobench.footage.footage.SampleSignals` for one picture."""

    sharpness: float
    acutance: float
    si: float
    colourfulness: float
    contrast: float
    clipped: float
    blockiness: float
    banding: float
    bgr: tuple[float, float, float]


def picture_signals(bgr: NDArray[np.uint8], luma: NDArray[np.uint8]) -> PictureSignals:
    """Measure one upright picture (height × width × 3) and its luma (height × width)."""
    fine = shrink(luma, _SHARPNESS_SIZE)
    small = shrink(bgr, _COLOUR_SIZE)
    sharpness, acutance = sharpness_of(fine)
    return PictureSignals(
        sharpness=sharpness,
        acutance=acutance,
        si=spatial_information(luma),
        colourfulness=colourfulness_of(small),
        contrast=float(cv2.meanStdDev(fine)[1][0, 0]),
        clipped=float(np.mean(small.min(axis=2) >= _CLIPPED)),
        blockiness=blockiness_of(luma),
        banding=banding_of(luma),
        bgr=tuple(float(v) for v in cv2.mean(small)[:3]),  # type: ignore[arg-type]  # three of four
    )


def chroma_means(bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Average Cr and Cb, 0 for grey, over a coarse grid: 9 × 16 × 2."""
    step = max(1, min(_CHROMA_STEP, min(bgr.shape[:2]) // CHROMA_GRID[0]))
    few = np.ascontiguousarray(bgr[step // 2 :: step, step // 2 :: step])
    colours = cv2.cvtColor(few, cv2.COLOR_BGR2YCrCb).astype(np.float32)
    return np.asarray(cv2.resize(colours, CHROMA_GRID[::-1], interpolation=cv2.INTER_AREA)[..., 1:] - 128)


def sharpness_of(luma: NDArray[np.uint8]) -> tuple[float, float]:
    """Give the variance of the Laplacian (grey levels²) and the acutance (a ratio, 0 on a blank picture)."""
    laplacian = cv2.Laplacian(luma, cv2.CV_16S)
    variance = float(cv2.meanStdDev(laplacian)[1][0, 0]) ** 2
    slopes = _mean_abs(cv2.Sobel(luma, cv2.CV_16S, 1, 0)) + _mean_abs(cv2.Sobel(luma, cv2.CV_16S, 0, 1))
    return variance, _mean_abs(laplacian) / slopes if slopes else 0.0


def spatial_information(luma: NDArray[np.uint8]) -> float:
    """Give ITU-T P.910 SI of one picture: the standard deviation of the Sobel magnitude, border left out."""
    if min(luma.shape) < 3:
        return 0.0
    count, total, power = 0, 0.0, 0.0
    for top in range(0, luma.shape[0] - 2, _STRIPE):  # stripes stay in the processor's cache
        squares = _sobel_squares(luma[top : top + _STRIPE + 2])
        count += squares.size
        power += float(np.add.reduce(squares, axis=None, dtype=np.float64))
        total += float(np.add.reduce(np.sqrt(squares, out=squares), axis=None, dtype=np.float64))
    return float(np.sqrt(max(power / count - (total / count) ** 2, 0.0)))


def _sobel_squares(stripe: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Square the Sobel magnitude inside the stripe's border.

    Not by cv2.magnitude, whose last digits differ from run to run.
    """
    across = cv2.Sobel(stripe, cv2.CV_32F, 1, 0)[1:-1, 1:-1]
    down = cv2.Sobel(stripe, cv2.CV_32F, 0, 1)[1:-1, 1:-1]
    np.multiply(across, across, out=across)
    np.multiply(down, down, out=down)
    return np.add(across, down, out=across)


def colourfulness_of(bgr: NDArray[np.uint8]) -> float:
    """Give M3 of Hasler and Süsstrunk (2003): 0 is grey, above about 80 is very colourful."""
    blue, green, red = (bgr[..., i].astype(np.float32) for i in range(3))
    rg, yb = red - green, (red + green) / 2 - blue
    spread = float(np.hypot(rg.std(), yb.std()))
    return spread + 0.3 * float(np.hypot(rg.mean(), yb.mean()))


def blockiness_of(luma: NDArray[np.uint8]) -> float:
    """Compare luma steps on the best-fitting 8-pixel grid with those between; 1 means no grid is seen."""
    ratios = []
    for axis in (0, 1):
        if luma.shape[axis] <= 32:
            continue
        steps = _step_profile(luma, axis)
        # The median, because one straight edge of the scene lies on one phase as well.
        by_phase = np.array([np.median(steps[phase::8]) for phase in range(8)])
        best = int(by_phase.argmax())
        rest = np.delete(by_phase, best).mean()
        ratios.append(float(by_phase[best] / rest) if rest > 0.05 else 1.0)
    return float(np.mean(ratios)) if ratios else 1.0


def banding_of(luma: NDArray[np.uint8]) -> float:
    """Give the share of gentle slopes whose neighbouring pixels are equal: a smooth ramp with noise has
    about a half, a banded one nearly all."""
    if luma.shape[1] <= 2 * _SLOPE_SPAN:
        return 0.0
    rows = luma[::4]
    rise = cv2.absdiff(rows[:, _SLOPE_SPAN:], rows[:, :-_SLOPE_SPAN])
    low, high = _SLOPE_LEVELS
    sloping = cv2.inRange(rise, np.array(low), np.array(high))
    flat = cv2.compare(
        rows[:, _SLOPE_SPAN // 2 : -_SLOPE_SPAN // 2],
        rows[:, _SLOPE_SPAN // 2 + 1 : -_SLOPE_SPAN // 2 + 1],
        cv2.CMP_EQ,
    )
    area = cv2.countNonZero(sloping)
    if area < _SLOPE_AREA * sloping.size:
        return 0.0
    return cv2.countNonZero(cv2.bitwise_and(sloping, flat)) / area


def _mean_abs(values: Any) -> float:
    return float(cv2.norm(values, cv2.NORM_L1) / values.size)


def _step_profile(luma: NDArray[np.uint8], axis: int) -> NDArray[np.float64]:
    """Mean absolute luma step between neighbouring columns (axis 1) or rows (axis 0)."""
    after, before = (luma[1:], luma[:-1]) if axis == 0 else (luma[:, 1:], luma[:, :-1])
    steps = cv2.absdiff(after, before)
    total = cv2.reduce(steps, 1 - axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    return np.asarray(np.ravel(total) / steps.shape[1 - axis], np.float64)
