"""Members of a crowd: a figure drawn once at every point of its cycle, then shown again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.backends.procedural.sheet import Picture

if TYPE_CHECKING:
    from pytest_videobench.backends.procedural.arrays import Bytes, Floats
    from pytest_videobench.backends.procedural.figures import Figure
    from pytest_videobench.backends.procedural.sheet import Sheet

PHASES = 24
PAD = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Pictures of a figure over one cycle; it has no joints, and flow is known only of a lone picture."""

    images: tuple[Bytes, ...]
    place: Floats
    """3 x 3 matrix from the pictures' pixels to units of the figure."""
    span: Floats

    def draw(self, sheet: Sheet, matrix: Floats, cycle: float) -> None:
        """Draw the picture of a point of the cycle."""
        image = self.images[round(cycle * len(self.images)) % len(self.images)]
        # A view is an object of its own: the next picture of the cycle is not this one somewhere else.
        sheet.paste(image if len(self.images) == 1 else image.view(), matrix @ self.place)

    def bounds(self, matrix: Floats, cycle: float) -> Floats:  # noqa: ARG002 - the same at every point
        """Give left, top, right and bottom of the whole cycle, in pixels."""
        left, top, right, bottom = self.span
        corners = matrix[:2] @ np.array(
            [[left, right, left, right], [top, top, bottom, bottom], [1, 1, 1, 1]]
        )
        return np.concatenate([corners.min(axis=1), corners.max(axis=1)])

    def box(self) -> Floats:
        """Give left, top, right and bottom in units of the figure."""
        return self.span

    def joints(self, matrix: Floats, cycle: float) -> dict[str, Floats]:  # noqa: ARG002 - as for figures
        """Give none."""
        return {}


def loop(figure: Figure, size: float) -> Loop:
    """Draw a figure at ``size`` pixels per unit at every point of its cycle."""
    left, top, right, bottom = span = figure.box()
    width = max(4, round((right - left) * size) + 2 * PAD)
    height = max(4, round((bottom - top) * size) + 2 * PAD)
    place = np.array([[size, 0, PAD - left * size], [0, size, PAD - top * size], [0, 0, 1]])
    images = []
    phases = PHASES if figure.moves() else 1
    for phase in range(phases):
        picture = Picture(np.zeros((height, width, 4), np.uint8))
        figure.draw(picture, place, phase / phases)
        images.append(picture.pixels)
    return Loop(images=tuple(images), place=np.linalg.inv(place), span=span)
