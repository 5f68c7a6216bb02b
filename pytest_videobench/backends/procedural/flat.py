"""Layers that move as one are painted as one: a camera that only turns sees no depth."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.backends.procedural.scene import Layer
from pytest_videobench.backends.procedural.sheet import Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_videobench.backends.procedural.camera import Camera
    from pytest_videobench.backends.procedural.subjects import Subject


def flattened(parts: Sequence[Layer | Subject], camera: Camera) -> list[Layer | Subject]:
    """Give parts that look the same, the layers at the back joined to one where the camera allows it."""
    layers = list(takewhile(lambda part: isinstance(part, Layer), parts))
    if camera.spread or len(layers) < 2:
        return list(parts)
    return [_joined([part for part in layers if isinstance(part, Layer)], camera), *parts[len(layers) :]]


def _joined(layers: Sequence[Layer], camera: Camera) -> Layer:
    """Paint layers over one another on a sheet as large as all that the camera sees."""
    density = camera.density()
    left, top, right, bottom = camera.extent(0.0)
    size = round((bottom - top) * density), round((right - left) * density)
    place = np.array([[1 / density, 0, left], [0, 1 / density, top], [0, 0, 1]])
    sheet = Picture(np.zeros((*size, 4), np.uint8))
    for layer in layers:
        layer.lay(sheet, np.linalg.inv(place) @ layer.place)
    return Layer(name="joined", depth=0.0, image=sheet.pixels, place=place)
