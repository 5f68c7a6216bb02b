"""How the picture moves: the camera's part, and what moves by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from pytest_videobench.faults.model import Floats, Picture, Take

FLOW_WIDTH = 256
"""Pixels of width at which motion is measured."""
COLUMNS = 48
"""Columns of the grid that flow is kept on."""
ROUNDS = 4
"""Times that the camera is fitted, each with less belief in what does not follow it."""
SLACK = 0.0015
"""Widths a frame by which a cell may miss the camera's motion and still follow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """Flow of every pair of frames on a coarse grid, in picture widths."""

    flow: Floats
    """Pairs × rows × columns × 2."""
    camera: Floats
    """Pairs × 4: growth, turn, across and down about the middle, as most of the picture does."""
    own: Floats
    """Pairs × rows × columns: how far a cell moves beside the camera."""
    texture: Floats
    """Pairs × rows × columns: how much there is to see moving, 0–1; flow on flat ground is invented."""
    aspect: float
    """Height over width."""

    def step(self, pair: int) -> Floats:
        """Give the camera's 2 × 3 matrix from a frame to the next, in widths from the upper left corner."""
        growth, turn, across, down = self.camera[pair]
        linear = np.array([[1 + growth, -turn], [turn, 1 + growth]])
        middle = np.array([0.5, self.aspect / 2])
        return np.hstack([linear, (middle - linear @ middle + (across, down))[:, None]])


def measure(take: Take) -> Motion:
    """Measure every pair; about 2 ms each."""
    width, height = take.size
    aspect = height / width
    shape = (max(4, round(COLUMNS * aspect)), COLUMNS)
    flow, texture = _flows(take, shape)
    camera = _similarities(flow, texture, _points(shape, aspect))
    own = np.linalg.norm(flow - _predicted(camera, _points(shape, aspect)), axis=-1)
    typical = np.median(texture, axis=(1, 2), keepdims=True) + 1.0
    return Motion(flow=flow, camera=camera, own=own, texture=texture / (texture + typical), aspect=aspect)


def _flows(take: Take, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    flow = np.zeros((take.count - 1, *shape, 2), np.float32)
    texture = np.zeros((take.count - 1, *shape), np.float32)
    method: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    last = _grey(take.frames[0])
    for i in range(take.count - 1):
        grey = _grey(take.frames[i + 1])
        dense = method.calc(last, grey, None)
        flow[i] = cv2.resize(dense, shape[::-1], interpolation=cv2.INTER_AREA) / last.shape[1]
        edges = np.abs(cv2.Laplacian(last, cv2.CV_16S)).astype(np.float32)
        texture[i] = cv2.resize(edges, shape[::-1], interpolation=cv2.INTER_AREA)
        last = grey
    return flow, texture


def _grey(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    wide = max(32, min(width, FLOW_WIDTH))
    high = max(32, round(wide * height / width))
    small = cv2.resize(picture, (wide, high), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def _points(shape: tuple[int, int], aspect: float) -> Floats:
    """Cells' middles, rows × columns × 2, in widths from the picture's middle."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    return np.stack([(x + 0.5) / shape[1] - 0.5, ((y + 0.5) / shape[0] - 0.5) * aspect], axis=-1)


def _basis(points: Floats) -> Floats:
    """Cells × 2 × 4: what growth, turn, across and down do to each point."""
    x, y = points.reshape(-1, 2).T
    zero, one = np.zeros_like(x), np.ones_like(x)
    return np.stack([np.stack([x, -y, one, zero], 1), np.stack([y, x, zero, one], 1)], 1)


def _similarities(flow: Floats, texture: Floats, points: Floats) -> Floats:
    """Fit by least squares, again and again, with less weight on what was far from the fit before."""
    basis, seen = _basis(points), flow.reshape(len(flow), -1, 2)
    squares = np.einsum("cka,ckb->cab", basis, basis).reshape(len(basis), 16)
    trust = np.sqrt(texture.reshape(len(flow), -1)) + 1e-3
    weight = trust.copy()
    camera = np.zeros((len(flow), 4))
    for _ in range(ROUNDS):
        left = (weight @ squares).reshape(-1, 4, 4) + 1e-9 * np.eye(4)
        right = (weight[..., None] * seen).reshape(len(seen), -1) @ basis.reshape(-1, 4)
        camera = np.linalg.solve(left, right[..., None])[..., 0]
        miss = np.linalg.norm(seen - (camera @ basis.reshape(-1, 4).T).reshape(seen.shape), axis=-1)
        slack = np.maximum(SLACK, np.median(miss, axis=1, keepdims=True))
        weight = trust / (1 + (miss / slack) ** 2)
    return camera


def _predicted(camera: Floats, points: Floats) -> Floats:
    flat = camera @ _basis(points).reshape(-1, 4).T
    return np.asarray(flat.reshape(len(camera), *points.shape))
