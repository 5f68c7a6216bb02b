"""The camera path: which similarity transform the whole picture follows from frame to frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.footage.anchors import anchored
from pytest_videobench.footage.footage import GRID, CameraPath

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pytest_videobench.footage.anchors import Anchor
    from pytest_videobench.footage.footage import Floats

_ROUNDS = 6
_BATCH = 16
"""Pairs that are fitted at once; more would not stay in the processor's cache."""
_TOLERANCE = 0.0025
"""Picture widths by which a block's flow may miss the transform and still count as following it."""
_RELATIVE_TOLERANCE = 0.15
"""The same as a share of the block's own flow: fast flow is measured more coarsely."""
_TEXTURE = 6.0
"""Grey levels of standard deviation from which a block's flow is fully believed."""


def fit_camera(
    flow: NDArray[np.float32], texture: NDArray[np.float32], aspect: float, anchors: Sequence[Anchor] = ()
) -> CameraPath:
    """Fit translation, zoom and roll to every pair's flow grid at once, robustly.

    ``flow`` is pairs × 18 × 32 × 2 picture widths, ``texture`` pairs × 18 × 32, ``aspect`` height / width.
    Iteratively reweighted least squares with Cauchy weights; blocks without texture hardly count. Anchors
    correct the sum of the steps that they span.
    """
    design = _design(aspect)
    belief = np.clip(texture.reshape(len(flow), -1) / _TEXTURE, 0.02, 1).astype(np.float64)
    target = flow.reshape(len(flow), -1, 2).astype(np.float64)
    parts = [
        _fit(design, target[i : i + _BATCH], belief[i : i + _BATCH]) for i in range(0, len(flow), _BATCH)
    ]
    fitted = np.concatenate(parts)
    dx, dy, zoom, roll = anchored(fitted[:, :4], anchors).T
    fit = fitted[:, 4]
    return CameraPath(dx=dx, dy=dy, zoom=zoom, roll=roll, fit=fit)


def _fit(design: Floats, target: Floats, belief: Floats) -> Floats:
    """Fit a batch of pairs; give pairs × 5: dx, dy, zoom, roll, share that follows."""
    weights = belief
    tolerance = _TOLERANCE + _RELATIVE_TOLERANCE * np.hypot(target[..., 0], target[..., 1])
    answer, miss = np.zeros((len(target), 4)), np.zeros(belief.shape)
    for _ in range(_ROUNDS):
        answer = _solve(design, target, weights)
        left = target - (answer @ design.reshape(-1, 4).T).reshape(target.shape)
        miss = np.hypot(left[..., 0], left[..., 1])
        weights = belief / (1 + (miss / tolerance) ** 2)
    follows = (belief * (miss < 2 * tolerance)).sum(axis=1) / belief.sum(axis=1)
    return np.column_stack([answer, follows])


def _design(aspect: float) -> Floats:
    """Blocks × 2 × 4: how (dx, dy, zoom, roll) move a block's centre, in picture widths from the middle."""
    rows, columns = GRID
    x = ((np.arange(columns) + 0.5) / columns - 0.5)[None, :].repeat(rows, 0).ravel()
    y = (((np.arange(rows) + 0.5) / rows - 0.5) * aspect)[:, None].repeat(columns, 1).ravel()
    one, zero = np.ones_like(x), np.zeros_like(x)
    return np.stack([np.stack([one, zero, x, -y], 1), np.stack([zero, one, y, x], 1)], 1)


def _solve(design: Floats, target: Floats, weights: Floats) -> Floats:
    """Solve every pair's weighted normal equations; as products of flat matrices, which is what is fast."""
    pairs, blocks = weights.shape
    products = np.einsum("ndj,ndk->njk", design, design).reshape(blocks, 16)
    normal = (weights @ products).reshape(pairs, 4, 4)
    right = (weights[..., None] * target).reshape(pairs, -1) @ design.reshape(-1, 4)
    return np.asarray(np.linalg.solve(normal + 1e-9 * np.eye(4), right[..., None])[..., 0])
