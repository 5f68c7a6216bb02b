"""Signals of motion between distinct frames, on dense inverse search (DIS) flow."""

from __future__ import annotations

import itertools
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np

from pytest_videobench.footage.footage import GRID

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats, Ints

_DIS_MIN_SIDE = 32
"""DIS needs room for its patches; smaller pictures are enlarged first."""
_BRISK_RATE = 8.0
"""Hz at which VBench samples frame pairs for its dynamic degree."""
_BRISK_SHARE = 0.05
"""VBench averages the largest 5 % of flow magnitudes."""

_FINE_WINDOW, _FINE_SIGMA = 5, 1.2
"""Pixels of the blur that takes fine detail away."""
_DETAIL = 1.0
"""Grey levels of mean |fine detail| from which a block has some."""
_DETAIL_SHARE = 0.02
"""Share of the blocks that must have detail."""


def dense_flow(
    before: NDArray[np.uint8], after: NDArray[np.uint8], guess: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Give the flow of content from one luma picture to the next, height × width × 2 pixels.

    A guess, of the same shape, is where the search starts; it is left as it is.
    """
    height, width = before.shape
    if min(height, width) >= _DIS_MIN_SIDE:
        start = None if guess is None else guess.copy()
        return np.asarray(_dis(height, width, guess is not None).calc(before, after, start), np.float32)
    factor = -(-_DIS_MIN_SIDE // min(height, width))
    size = (width * factor, height * factor)
    large = _dis(*size).calc(cv2.resize(before, size), cv2.resize(after, size), None)
    shrunk = np.asarray(cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA), np.float32)
    return np.asarray(shrunk / factor, np.float32)


def flow_grid(flow: NDArray[np.float32]) -> NDArray[np.float32]:
    """Average a dense flow over the block grid: 18 × 32 × 2 picture widths."""
    return np.asarray(block_means(flow) / flow.shape[1], np.float32)


def boil(before: NDArray[np.float32], after: NDArray[np.float32], flow: NDArray[np.float32]) -> float:
    """Give the share of a picture's fine detail that the flow does not bring to the next; NaN without any.

    Per block the mean |difference| of fine detail after motion is undone, over the mean |detail| before;
    then the median over the blocks with detail.
    """
    found = sampled(after, pixels(*before.shape) + flow)
    lost = block_means(np.asarray(cv2.absdiff(found, before), np.float32))
    detail = block_means(np.abs(before))
    rich = detail > _DETAIL
    return float(np.median(lost[rich] / detail[rich])) if rich.mean() > _DETAIL_SHARE else float("nan")


def fine_detail(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give what is finer than a few pixels, in grey levels."""
    coarse = cv2.GaussianBlur(luma, (_FINE_WINDOW, _FINE_WINDOW), _FINE_SIGMA)
    return np.asarray(cv2.subtract(luma, coarse, dtype=cv2.CV_32F), np.float32)


def block_means(picture: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
    """Average a picture over the block grid."""
    values = picture.astype(np.float32, copy=False)
    return np.asarray(cv2.resize(values, GRID[::-1], interpolation=cv2.INTER_AREA), np.float32)


def block_texture(luma: NDArray[np.uint8], means: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the standard deviation of luma per block, 18 × 32, whose block means are known."""
    squares = np.asarray(cv2.multiply(luma, luma, dtype=cv2.CV_32F), np.float32)
    return np.sqrt(np.maximum(block_means(squares) - means * means, 0))


def warp_errors(small: NDArray[np.uint8], warped: Ints) -> Floats:
    """Give the warping error of frames against the one before (Lai et al. 2018), on luma in 0–1.

    Pixels whose forward and backward flow disagree are taken as occluded and left out.
    """
    return np.array([_warp_error(small[index - 1], small[index]) for index in warped])


def middle_errors(small: NDArray[np.uint8]) -> Floats:
    """Give, for every odd frame, the mean absolute difference to what its neighbours interpolate to.

    VBench's motion smoothness with flow interpolation in the place of a learned interpolator.
    """
    triples = zip(small[:-2:2], small[1:-1:2], small[2::2], strict=True)
    return np.array([_middle_error(a, b, c) for a, b, c in triples])


def brisk_flows(small: NDArray[np.uint8], distinct: Ints, frames: int, fps: float) -> Floats:
    """Give VBench's dynamic-degree flow of every sampled pair as a share of the short side.

    Stored frames are sampled at 8 Hz; a pair is the mean of its largest 5 % of flow magnitudes.
    """
    shown = np.searchsorted(distinct, np.arange(0, frames, sampling_interval(fps)), side="right") - 1
    return np.array([_brisk_flow(small[a], small[b]) for a, b in itertools.pairwise(shown)])


def sampling_interval(fps: float) -> int:
    """Give every how many stored frames VBench samples one for its dynamic degree."""
    return max(1, round(fps / _BRISK_RATE))


@lru_cache(maxsize=16)
def _dis(
    _height: int, _width: int, _guided: bool = False
) -> Any:  # the stubs know less of it than OpenCV has
    """Give one instance per picture size, and one more for searches that start from a guess.

    A small picture changes an instance's parameters for good, and a guess stays with it for later calls.
    """
    create = cast("Any", cv2).DISOpticalFlow_create
    return create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)


@cache
def pixels(height: int, width: int) -> NDArray[np.float32]:
    """Give the coordinates of every pixel, height × width × 2."""
    return np.dstack(np.meshgrid(np.arange(width), np.arange(height))).astype(np.float32)


def sampled(
    picture: NDArray[np.uint8] | NDArray[np.float32], where: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Read a picture at points between its pixels, height × width × 2."""
    remap = cast("Any", cv2.remap)  # the stubs refuse the empty second map that its documentation asks for
    return np.asarray(
        remap(picture, where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def _warp_error(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> float:
    forward, backward = dense_flow(before, after), dense_flow(after, before)
    target = pixels(*before.shape) + forward
    returned = sampled(backward, target)
    loop = _energy(forward + returned)
    seen = loop < 0.01 * (_energy(forward) + _energy(returned)) + 0.5
    if not seen.any():
        return float("nan")  # all of it is occluded: nothing is known
    error = (sampled(after, target) - before) / 255
    return float(np.mean(error[seen] ** 2))


def _energy(flow: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(flow[..., 0] ** 2 + flow[..., 1] ** 2, np.float32)


def _middle_error(before: NDArray[np.uint8], middle: NDArray[np.uint8], after: NDArray[np.uint8]) -> float:
    half = np.asarray(dense_flow(before, after) / 2, np.float32)
    grid = pixels(*middle.shape)
    guess = np.add(sampled(before, grid - half), sampled(after, grid + half)) / 2
    return float(np.mean(np.abs(guess - middle)))


def _brisk_flow(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> float:
    if before is after:
        return 0.0
    size = np.sqrt(_energy(dense_flow(before, after))).ravel()
    count = max(1, round(len(size) * _BRISK_SHARE))
    return float(np.partition(size, -count)[-count:].mean() / min(before.shape))
