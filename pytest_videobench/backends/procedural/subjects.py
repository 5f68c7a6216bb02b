"""A subject of a clip: its shape, its way through the frames, and the truth about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.procedural.arrays import Bytes, Floats
    from pytest_videobench.backends.procedural.camera import Camera
    from pytest_videobench.backends.procedural.sheet import Sheet


class Shape(Protocol):
    """Something that can be drawn at a point of its cycle."""

    def draw(self, sheet: Sheet, matrix: Floats, cycle: float) -> None:
        """Draw through a matrix from own units to pixels."""

    def bounds(self, matrix: Floats, cycle: float) -> Floats:
        """Give left, top, right and bottom of what is drawn, in pixels, without drawing it."""

    def box(self) -> Floats:
        """Give left, top, right and bottom in own units, over a whole cycle."""

    def joints(self, matrix: Floats, cycle: float) -> Mapping[str, Floats]:
        """Give the places of the joints by name, in pixels; empty for what has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """What a standing subject throws on the ground, in pixels of the resting view around its feet."""

    image: Bytes
    place: Floats
    """3 x 3 matrix from the image's pixels to pixels around the feet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A shape on its way through the clip."""

    form: str
    shape: Shape
    camera: Camera
    size: float
    """Pixels per unit in the resting view."""
    places: Floats
    """Frames times (x, y) in pixels of the resting view."""
    cycles: Floats
    mirrored: bool
    depth: float = 1.0
    shadow: Shadow | None = None
    jointed: bool = True
    """Whether the truth tells its joints."""

    @property
    def name(self) -> str:
        """Give the form's name."""
        return self.form

    def draw(self, sheet: Sheet, camera: Camera, index: int) -> None:
        """Draw one frame as the camera sees it."""
        if self.shadow is not None:
            x = self.places[index, 0]
            foot = np.array([[1.0, 0.0, x], [0.0, 1.0, self.places[:, 1].max()], [0.0, 0.0, 1.0]])
            sheet.paste(self.shadow.image, camera.matrix(index, self.depth) @ foot @ self.shadow.place)
        self.shape.draw(sheet, self._matrix(camera, index), float(self.cycles[index]))

    def truth(self) -> dict[str, Any]:
        """Tell where the subject and its joints are in every frame, in JSON types."""
        frames = range(len(self.places))
        matrices = [self._matrix(self.camera, i) for i in frames]
        boxes = [
            self.shape.bounds(matrix, float(cycle))
            for matrix, cycle in zip(matrices, self.cycles, strict=True)
        ]
        return {
            "form": self.form,
            "depth": self.depth,
            "columns": ["x", "y", "w", "h"],
            "boxes": np.round(self._shares(np.array(boxes)), 4).tolist(),
            "joints": self._joints(matrices) if self.jointed else {},
        }

    def _joints(self, matrices: list[Floats]) -> dict[str, Any]:
        size = np.array([self.camera.width, self.camera.height])
        joints = [
            self.shape.joints(matrix, float(cycle))
            for matrix, cycle in zip(matrices, self.cycles, strict=True)
        ]
        return {
            name: np.round([at[name] / size for at in joints], 4).tolist()
            for name in (joints[0] if joints else ())
        }

    def _shares(self, boxes: Floats) -> Floats:
        """Turn edges in pixels into x, y, width and height as shares of the picture."""
        size = np.tile([self.camera.width, self.camera.height], 2)
        low, high = np.split(np.clip(boxes / size, 0, 1), 2, axis=1)
        return np.hstack([low, high - low])

    def _matrix(self, camera: Camera, index: int) -> Floats:
        x, y = self.places[index]
        wide = -self.size if self.mirrored else self.size
        own = np.array([[wide, 0, x], [0, self.size, y], [0, 0, 1]])
        return np.asarray(camera.matrix(index, self.depth) @ own)
