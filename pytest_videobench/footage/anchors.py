"""Camera steps over a longer reach, from corners that are followed: they keep a path from drifting.

Dense flow from frame to frame is fine in time but small, and whatever hangs in the air pulls it towards
zero. Corners a fraction of a second apart lie on solid things and move far enough to be measured well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats

REACH = 0.4
"""Seconds from one anchor to the next: over shorter ones, their errors add up to more than they mend."""
_CORNERS = 200
_QUALITY = 0.003
"""Corner strength as a share of the strongest one's; a blurred background has weak ones only."""
_SPACING = 1 / 30
"""Distance of corners, in picture widths: closer ones would crowd on a subject that is rich in them."""
_LOST = 0.5
"""Pixels by which a corner may miss its place when it is followed back."""
_FEWEST = 12
"""Corners that must be followed for a step to be believed."""
_MISS = 1 / 430
"""Picture widths by which a corner may miss the transform and still count as following it."""
_AGREE = 0.3
"""Share of the followed corners that must agree: subjects may cover more of the picture than what stands."""
_SURE = 0.55
"""Share of the followed corners that agree, from which an anchor is not contested."""
_DOUBT = (0.9, 0.02)
"""How far an anchor may be from the dense path, as a share of its length and in picture widths: beyond, the
corners are those of a large subject."""
_CONTESTED = (0.6, 0.01)
"""The same where fewer agree."""
_SHORT = (0.5, 0.001)
"""The same where fewer agree and the anchor is shorter than the dense path. Dense flow is drawn towards zero,
so it is too short rather than too long, and such corners are those of a subject that the camera follows."""


class Anchor(NamedTuple):
    """The similarity transform of the content between two distinct frames."""

    first: int
    """Index of the first pair of the span."""
    last: int
    """Index after its last pair."""
    step: Floats
    """dx, dy in picture widths, zoom, roll in radians: as a step of the camera path."""
    sure: bool
    """Whether most corners agree on it."""


def anchor(before: NDArray[np.uint8], after: NDArray[np.uint8], first: int, last: int) -> Anchor | None:
    """Measure the step between two luma pictures of one size; ``None`` where nothing firm is seen."""
    corners = cv2.goodFeaturesToTrack(before, _CORNERS, _QUALITY, max(4.0, _SPACING * before.shape[1]))
    if corners is None or len(corners) < _FEWEST:
        return None
    source, target = _followed(before, after, np.asarray(corners, np.float32))
    if len(source) < _FEWEST:
        return None
    cv2.setRNGSeed(0)  # the same clip gives the same path
    matrix, agree = cv2.estimateAffinePartial2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=_MISS * before.shape[1]
    )
    share = 0.0 if matrix is None else float(np.mean(agree))
    if share < _AGREE:
        return None
    return Anchor(first, last, _step(np.asarray(matrix), before.shape[1], before.shape[0]), share >= _SURE)


def _followed(
    before: NDArray[np.uint8], after: NDArray[np.uint8], corners: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give the corners that are found again, and where."""
    found, there, _ = cv2.calcOpticalFlowPyrLK(before, after, corners, np.empty_like(corners))
    back, here, _ = cv2.calcOpticalFlowPyrLK(after, before, found, np.empty_like(corners))
    near = np.linalg.norm(back - corners, axis=-1).ravel() < _LOST
    kept = (there.ravel() == 1) & (here.ravel() == 1) & near
    return corners[kept], np.asarray(found[kept], np.float32)


def _step(matrix: Floats, width: int, height: int) -> Floats:
    middle = np.array([width / 2, height / 2])
    dx, dy = (matrix[:, :2] @ middle + matrix[:, 2] - middle) / width
    zoom, roll = (
        float(np.hypot(matrix[0, 0], matrix[1, 0])) - 1,
        float(np.arctan2(matrix[1, 0], matrix[0, 0])),
    )
    return np.array([dx, dy, zoom, roll])


def anchored(steps: Floats, anchors: Sequence[Anchor]) -> Floats:
    """Shift the steps of every span so that they add up to its anchor; pairs × 4, as given.

    An anchor that contradicts the dense steps outright is left out.
    """
    firm = steps.copy()
    for first, last, step, sure in anchors:
        sum_ = firm[first:last].sum(axis=0)
        if np.linalg.norm(step - sum_) <= _limit(step, sum_, sure=sure):
            firm[first:last] += (step - sum_) / (last - first)
    return firm


def _limit(step: Floats, dense: Floats, *, sure: bool) -> float:
    length = float(np.linalg.norm(dense))
    contested = _SHORT if np.linalg.norm(step) < length else _CONTESTED
    share, widths = _DOUBT if sure else contested
    return share * length + widths
