"""The two kinds of arrays that pictures are made of, and noise to fill them with."""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[Any]
"""Numbers; OpenCV's own signatures allow no closer type."""
Bytes: TypeAlias = NDArray[Any]
"""Pictures and masks of ``uint8``."""


def noise(
    rng: np.random.Generator,
    width: int,
    height: int,
    cell: tuple[float, float],
    octaves: int = 4,
    gain: float = 0.5,
) -> Floats:
    """Give smooth noise around 0.5, its ``cell`` in pixels, each octave twice as fine."""
    total = np.zeros((height, width), np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        columns = max(2, round(width * 2**octave / cell[0]) + 1)
        rows = max(2, round(height * 2**octave / cell[1]) + 1)
        if columns > width or rows > height * 2:
            break
        grid = rng.random((rows, columns), np.float32)
        total += weight * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        norm += weight
        weight *= gain
    scaled: Floats = np.clip(total / max(norm, 1e-6), 0.0, 1.0)
    return scaled


def profile(rng: np.random.Generator, width: int, cell: float, octaves: int = 5, gain: float = 0.5) -> Floats:
    """Give a line of noise, from 0 to 1 over its ``width``: the outline of a ridge."""
    line = np.zeros(width, np.float32)
    for octave in range(octaves):
        columns = max(2, round(width * 2**octave / cell) + 1)
        spots = rng.random((1, columns), np.float32)
        line += gain**octave * cv2.resize(spots, (width, 1), interpolation=cv2.INTER_LINEAR)[0]
    shares: Floats = (line - line.min()) / max(1e-6, float(line.max() - line.min()))
    return shares


def smoothstep(low: float, high: float, values: Floats) -> Floats:
    """Rise smoothly from 0 at ``low`` to 1 at ``high``."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    risen: Floats = t * t * (3.0 - 2.0 * t)
    return risen


def mix(a: Floats, b: Floats, share: float | Floats) -> Floats:
    """Go from ``a`` to ``b`` by ``share``."""
    mixed: Floats = a + (b - a) * share
    return mixed


def colour(text: str) -> Floats:
    """Read ``#rrggbb`` as blue, green, red from 0 to 1."""
    return np.array([int(text[i : i + 2], 16) for i in (5, 3, 1)], np.float32) / 255
