"""Signals of single pictures: sharpness, spatial information, colour, compression marks."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from pytest_videobench.footage.footage import CHROMA_GRID, WORK_SIZE
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
_BAND_ROWS = 3
"""Every how many rows banding is looked for."""
_FLAT = 1
"""Grey levels by which a flat part may vary over a few pixels."""
_CLIPS = 5
"""Levels at either end that are black and white."""
_FLAT_SHARE = 0.04
"""Share of the picture that must be flat before banding is judged."""
_BAND_STEPS = np.arange(8, 45)
"""Grey levels from band to band that are looked for."""
_BANDS = 3
"""Levels that a slope in steps has at least: two are an edge."""
_BAND_SHARE = 0.04
"""Share of the flat parts that a level must have to count."""
_BAND_EDGES = 0.37
"""Share of the edges between flat parts that are one step high."""
_BAND_MOST = 0.25
"""Share of them beyond which a level counts no more."""
_NEAR = 2
"""Grey levels around one that count as the same level."""


class PictureSignals(NamedTuple):
    """The fields of :class:`~pytest_videobench.footage.footage.SampleSignals` for one picture."""

    sharpness: float
    acutance: float
    detail: float
    si: float
    colourfulness: float
    contrast: float
    clipped: float
    blockiness: float
    banding: float
    band_step: float
    bgr: tuple[float, float, float]


def picture_signals(bgr: NDArray[np.uint8], luma: NDArray[np.uint8]) -> PictureSignals:
    """Measure one upright picture (height × width × 3) and its luma (height × width)."""
    fine = shrink(luma, _SHARPNESS_SIZE)
    small = shrink(bgr, _COLOUR_SIZE)
    sharpness, acutance = sharpness_of(fine)
    contrast = float(cv2.meanStdDev(fine)[1][0, 0])
    banding, band_step = banding_of(fine)
    return PictureSignals(
        sharpness=sharpness,
        acutance=acutance,
        detail=float(np.sqrt(sharpness_of(shrink(fine, WORK_SIZE))[0])) / max(contrast, 1.0),
        si=spatial_information(luma),
        colourfulness=colourfulness_of(small),
        contrast=contrast,
        clipped=float(np.mean(cv2.inRange(small, (_CLIPPED,) * 3, (255,) * 3) > 0)),
        blockiness=blockiness_of(luma),
        banding=banding,
        band_step=band_step,
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
    across, down = cv2.spatialGradient(luma)
    slopes = _mean_abs(across) + _mean_abs(down)
    return variance, _mean_abs(laplacian) / slopes if slopes else 0.0


def spatial_information(luma: NDArray[np.uint8]) -> float:
    """Give ITU-T P.910 SI of one picture: the standard deviation of the Sobel magnitude, border left out."""
    if min(luma.shape) < 3:
        return 0.0
    count, total, power = 0, 0.0, 0.0
    for top in range(0, luma.shape[0] - 2, _STRIPE):  # stripes stay in the processor's cache
        squares = _sobel_squares(luma[top : top + _STRIPE + 2])
        count += len(squares) * (luma.shape[1] - 2)
        power += cv2.sumElems(squares)[0]
        total += cv2.sumElems(np.sqrt(squares, out=squares))[0]
    return float(np.sqrt(max(power / count - (total / count) ** 2, 0.0)))


def _sobel_squares(stripe: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Square the Sobel magnitude inside the stripe's upper and lower border; 0 at its sides.

    Not by cv2.magnitude, whose last digits differ from run to run.
    """
    across, down = (
        cv2.multiply(slope[1:-1], slope[1:-1], dtype=cv2.CV_32F) for slope in cv2.spatialGradient(stripe)
    )
    squares = np.asarray(cv2.add(across, down, dst=across), np.float32)
    squares[:, 0] = squares[:, -1] = 0  # whole rows are quicker to go through than parts of them
    return squares


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
        by_phase = _medians_by_phase(steps)
        best = int(by_phase.argmax())
        rest = np.delete(by_phase, best).mean()
        ratios.append(float(by_phase[best] / rest) if rest > 0.05 else 1.0)
    return float(np.mean(ratios)) if ratios else 1.0


def _medians_by_phase(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the median of every eighth step, for the 8 phases; one straight edge of the scene, which lies on
    one phase as well, does not move it."""
    counts = (len(steps) + 7 - np.arange(8)) // 8
    padded = np.pad(steps, (0, -len(steps) % 8), constant_values=np.inf)
    rising, phases = np.sort(padded.reshape(-1, 8).T), np.arange(8)
    return np.asarray((rising[phases, (counts - 1) // 2] + rising[phases, counts // 2]) / 2)


def banding_of(luma: NDArray[np.uint8]) -> tuple[float, float]:
    """Give how regular the levels of a picture's flat parts are, 0–1, and the grey levels between them.

    A slope drawn in steps leaves flat parts whose levels stand like the teeth of a comb; the length of the
    mean of the levels taken as angles says so, for the step that fits best. 0 where too little is flat, or
    the flat parts do not lie side by side.
    """
    rows = np.ascontiguousarray(luma[::_BAND_ROWS])
    if rows.shape[1] < 32:
        return 0.0, 0.0
    middle = rows[:, 7:-7]
    flat = _alike(rows[:, :-14], middle) & _alike(rows[:, 14:], middle)
    found = np.bincount(middle[flat], minlength=256)
    found[:_CLIPS] = found[-_CLIPS:] = 0  # black and white are flat for other reasons
    if found.sum() < _FLAT_SHARE * middle.size:
        return 0.0, 0.0
    levels = _capped(found.astype(np.float64))
    # Not by a matrix product, whose threads wait for each other on a busy machine.
    mean = (_angles() * levels).sum(axis=1) / levels.sum()
    best = int(np.abs(mean).argmax())
    step = float(_BAND_STEPS[best])
    phase = float(np.angle(mean[best])) / (2 * np.pi) * step
    teeth = np.bincount(np.rint((np.arange(256) - phase) / step).astype(int) + 1, weights=levels)
    if np.count_nonzero(teeth > _BAND_SHARE * levels.sum()) < _BANDS or _by_one(rows, step) < _BAND_EDGES:
        return 0.0, 0.0
    return float(np.abs(mean[best])), step


@cache
def _angles() -> NDArray[np.complex128]:
    """Give the 256 levels as points on a circle, for every step from band to band."""
    return np.asarray(np.exp(2j * np.pi * np.arange(256) / _BAND_STEPS[:, None]))


def _by_one(rows: NDArray[np.uint8], step: float) -> float:
    """Give the share of the edges between flat parts that are one step high: things of flat colour have any
    height, neighbouring bands have one."""
    left, right = rows[:, 4:-10], rows[:, 10:-4]
    flat = _alike(rows[:, :-14], left) & _alike(rows[:, 14:], right)
    height = cv2.absdiff(left, right)[flat].astype(np.int16)
    edges = height[height >= 0.6 * step]
    return float(np.mean(np.abs(edges - step) <= max(1, round(step / 8)))) if len(edges) else 0.0


def _alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Say which pixels are of the same level."""
    return np.asarray(cv2.absdiff(one, other) <= _FLAT)


def _capped(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take from levels that have most of the flat parts, such as a white ground, what they have too much."""
    around = np.convolve(levels, np.ones(2 * _NEAR + 1), "same")
    return np.asarray(levels * np.minimum(1.0, _BAND_MOST * levels.sum() / np.maximum(around, 1.0)))


def _mean_abs(values: Any) -> float:
    return float(cv2.norm(values, cv2.NORM_L1) / values.size)


def _step_profile(luma: NDArray[np.uint8], axis: int) -> NDArray[np.float64]:
    """Mean absolute luma step between neighbouring columns (axis 1) or rows (axis 0)."""
    after, before = (luma[1:], luma[:-1]) if axis == 0 else (luma[:, 1:], luma[:, :-1])
    steps = cv2.absdiff(after, before)
    total = cv2.reduce(steps, 1 - axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    return np.asarray(np.ravel(total) / steps.shape[1 - axis], np.float64)
