"""Small tools on pixels that several faults share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_videobench.faults.model import Floats, Picture

GRAINS = 5
"""Pictures of noise that take turns; nobody sees so weak a noise come back."""


def smoothstep(values: Floats | float) -> Floats:
    """Rise smoothly from 0 at 0 to 1 at 1."""
    t = np.clip(values, 0.0, 1.0)
    risen: Floats = t * t * (3.0 - 2.0 * t)
    return risen


def ramp(count: int, edge: float) -> Floats:
    """Rise within ``edge`` steps, stay at 1, and fall again; never quite 0."""
    index = np.arange(count) + 1.0
    return smoothstep(np.minimum(index, index[::-1]) / (min(edge, count / 2) + 1.0))


class Grain:
    """Noise as an encoder leaves it: a part of the pixels is off by one or a few grey levels."""

    def __init__(self, rng: np.random.Generator, shape: tuple[int, ...], deviation: float) -> None:
        noise = rng.standard_normal((GRAINS, *shape), np.float32) * np.float32(deviation)
        self._bank = np.rint(noise).astype(np.int8)

    def __call__(self, picture: Picture, index: int) -> Picture:
        """Give the picture with the noise of this frame."""
        grain = self._bank[index % GRAINS]
        return np.asarray(cv2.add(picture, grain, dtype=cv2.CV_8U), np.uint8)


def mixed(below: Picture, above: Picture, weight: Floats | float) -> Picture:
    """Lay one picture over another; ``weight`` is 0–1, one number or height × width."""
    share = np.broadcast_to(np.asarray(weight, np.float32), below.shape[:2])
    return np.asarray(cv2.blendLinear(above, below, share, 1 - share), np.uint8)


def blob(
    size: tuple[int, int], box: tuple[float, float, float, float], feather: float, power: float = 3.0
) -> Floats:
    """Give a soft rounded mask, height × width: 1 inside the box in pixels, 0 where ``feather`` half
    boxes beyond its rim."""
    width, height = size
    x, y, w, h = box
    across = np.abs((np.arange(width, dtype=np.float32) + 0.5 - x - w / 2) / (w / 2)) ** power
    down = np.abs((np.arange(height, dtype=np.float32) + 0.5 - y - h / 2) / (h / 2)) ** power
    radius = (across[None] + down[:, None]) ** (1 / power)
    return smoothstep((1 + feather - radius) / feather)


def softened(picture: Picture, sigma: float) -> Picture:
    """Blur by a Gaussian of ``sigma`` pixels; wide ones at a fraction of the size, which is as good."""
    if sigma < 0.25:
        return picture
    shrink = max(1, int(sigma // 2.5))
    if shrink == 1:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)
    height, width = picture.shape[:2]
    small = cv2.resize(
        picture, (max(2, width // shrink), max(2, height // shrink)), interpolation=cv2.INTER_AREA
    )
    small = cv2.GaussianBlur(small, (0, 0), sigma / shrink)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def toned(picture: Picture, table: Floats) -> Picture:
    """Map each of 256 levels to another."""
    return np.asarray(cv2.LUT(picture, np.clip(np.rint(table), 0, 255).astype(np.uint8)), np.uint8)


def coloured(picture: Picture, matrix: Floats, offset: Floats | float = 0.0) -> Picture:
    """Mix the channels by a 3 × 3 matrix and add an offset in grey levels."""
    column = np.broadcast_to(np.asarray(offset, np.float32), (3,)).reshape(3, 1)
    return np.asarray(cv2.transform(picture, np.hstack([matrix, column])), np.uint8)


def saturation(gain: float) -> Floats:
    """Give the matrix that multiplies colour and keeps luma (BT.601 weights, BGR)."""
    luma = np.tile(np.array([0.114, 0.587, 0.299]), (3, 1))
    return np.asarray(gain * np.eye(3) + (1 - gain) * luma)


def hue(degrees: float) -> Floats:
    """Give the matrix that turns colours about the grey axis."""
    axis = np.ones(3) / np.sqrt(3)
    return np.asarray(cv2.Rodrigues(axis * np.deg2rad(degrees))[0])


def smooth_noise(rng: np.random.Generator, size: tuple[int, int], cells: tuple[int, int]) -> Floats:
    """Give noise, height × width, of about -1 to 1 that has ``cells`` bumps across and down."""
    coarse = rng.standard_normal((cells[1], cells[0])).astype(np.float32)
    field = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(field / 1.6, -1.5, 1.5))


def wandering(rng: np.random.Generator, count: int, pace: float, terms: int = 3) -> Iterator[Floats]:
    """Give for each frame the weights of ``terms`` fields that drift into each other without a jump;
    ``pace`` is cycles per frame."""
    phases = rng.uniform(0, 2 * np.pi, terms)
    paces = pace * rng.uniform(0.6, 1.4, terms)
    for index in range(count):
        yield np.asarray(np.sin(phases + 2 * np.pi * paces * index))
