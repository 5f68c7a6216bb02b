"""Where the camera's motion takes a point from one distinct frame to another."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Floats, Footage


class CameraTurn:
    """The camera path of a clip as matrices on the kept small frames, in pixels."""

    def __init__(self, footage: Footage) -> None:
        height, width = footage.small.shape[1:]
        path, middle = footage.camera, np.array([(width - 1) / 2, (height - 1) / 2])
        self._from_first = [np.eye(3)]
        for dx, dy, zoom, roll in zip(path.dx, path.dy, path.zoom, path.roll, strict=True):
            step = np.eye(3)
            step[:2, :2] = [[1 + zoom, -roll], [roll, 1 + zoom]]
            step[:2, 2] = np.array([dx, dy]) * width + middle - step[:2, :2] @ middle
            self._from_first.append(step @ self._from_first[-1])
        self._to_first = np.linalg.inv(np.stack(self._from_first))

    def between(self, first: int, last: int) -> Floats:
        """Give the 3 × 3 matrix from one distinct frame to another, earlier or later."""
        return np.asarray(self._from_first[last] @ self._to_first[first], np.float64)


@lru_cache(maxsize=4)
def camera_turn(footage: Footage) -> CameraTurn:
    """Give the camera's motion of a clip; it is worked out once."""
    return CameraTurn(footage)
