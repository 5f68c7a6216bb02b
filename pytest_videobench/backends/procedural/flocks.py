"""Flocks: many small pieces of one figure on ways of their own, such as fish, shards or bubbles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_videobench.backends.procedural.loops import Loop, loop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_videobench.backends.procedural.arrays import Floats
    from pytest_videobench.backends.procedural.figures import Figure
    from pytest_videobench.backends.procedural.sheet import Sheet

TURN = 2 * np.pi


@dataclass(frozen=True, slots=True, kw_only=True)
class Flock:
    """Pieces that show one of a few drawings each."""

    drawings: tuple[Loop, ...]
    course: str
    seeds: Floats
    """n times eight numbers from 0 to 1."""
    sizes: Floats
    half: tuple[float, float]

    def draw(self, sheet: Sheet, matrix: Floats, cycle: float) -> None:
        """Draw the pieces, the small ones first."""
        x, y, angle = self._places(cycle)
        for number in np.argsort(self.sizes):
            size = self.sizes[number]
            c, s = size * np.cos(angle[number]), size * np.sin(angle[number])
            own = np.array([[c, -s, x[number]], [s, c, y[number]], [0, 0, 1]])
            drawing = self.drawings[number % len(self.drawings)]
            drawing.draw(sheet, matrix @ own, cycle + float(self.seeds[number, 7]))

    def _places(self, cycle: float) -> tuple[Floats, Floats, Floats]:
        x, y, angle = COURSES[self.course](self.seeds, cycle)
        return x, y * (2 * self.half[1]), angle

    def bounds(self, matrix: Floats, cycle: float) -> Floats:
        """Give left, top, right and bottom in pixels."""
        x, y, _ = self._places(cycle)
        points = matrix[:2] @ np.stack([x, y, np.ones_like(x)])
        reach = self.sizes * 0.4 * float(np.hypot(*matrix[:2, 0]))
        return np.concatenate([(points - reach).min(axis=1), (points + reach).max(axis=1)])

    def box(self) -> Floats:
        """Give left, top, right and bottom in own units."""
        return np.array([-self.half[0], -self.half[1], *self.half])

    def joints(self, matrix: Floats, cycle: float) -> dict[str, Floats]:  # noqa: ARG002 - as for figures
        """Give none."""
        return {}


def flock(
    spec: Mapping[str, Any], figures: Sequence[Figure], scale: float, rng: np.random.Generator
) -> Flock:
    """Gather a flock of figures, which are drawn at ``scale`` pixels per unit of the flock."""
    low, high = spec["sizes"]
    count = int(spec["count"])
    return Flock(
        drawings=tuple(loop(figure, scale * high) for figure in figures),
        course=str(spec["course"]),
        seeds=rng.random((count, 8)),
        sizes=rng.uniform(low, high, count),
        half=(float(spec["half"][0]), float(spec["half"][1])),
    )


def school(seeds: Floats, cycle: float) -> tuple[Floats, Floats, Floats]:
    """Swim along together, a little apart."""
    x = (np.mod(seeds[:, 0] + 0.10 * cycle, 1.0) - 0.5) * 1.6
    y = (seeds[:, 1] - 0.5) * 0.7 + 0.05 * np.sin(TURN * (0.3 * cycle + 0.4 * x + 0.1 * seeds[:, 2]))
    return x, y, 0.2 * np.cos(TURN * (0.3 * cycle + 0.4 * x))


def lurch(seeds: Floats, cycle: float) -> tuple[Floats, Floats, Floats]:
    """Lurch about without any order."""
    swing = [np.sin(TURN * ((0.18 + 0.3 * seeds[:, i]) * cycle + seeds[:, i + 1])) for i in (0, 2, 4)]
    x = (seeds[:, 5] - 0.5) * 1.5 + 0.16 * swing[0]
    y = (seeds[:, 6] - 0.5) * 0.8 + 0.14 * swing[1]
    return x, y, TURN * seeds[:, 3] + 1.2 * swing[2]


def gather(seeds: Floats, cycle: float) -> tuple[Floats, Floats, Floats]:
    """Come together into a ball and part again."""
    share = 0.5 - 0.5 * np.cos(TURN * 0.15 * cycle)
    around, down = TURN * seeds[:, 0] + 0.3 * cycle, np.arccos(2 * seeds[:, 1] - 1)
    near = 0.24 * np.stack([np.sin(down) * np.cos(around), np.cos(down)])
    far = np.stack([(seeds[:, 2] - 0.5) * 1.7, (seeds[:, 3] - 0.5) * 0.95])
    x, y = far + (near - far) * share * share * (3 - 2 * share)
    return x, y, 0.3 * np.sin(TURN * (0.3 * cycle + seeds[:, 4]))


def drift(seeds: Floats, cycle: float) -> tuple[Floats, Floats, Floats]:
    """Float about slowly and turn."""
    x = (seeds[:, 0] - 0.5) * 1.3 + 0.10 * np.sin(TURN * (0.15 * cycle + seeds[:, 1]))
    y = (seeds[:, 2] - 0.5) * 0.6 + 0.08 * np.cos(TURN * (0.13 * cycle + seeds[:, 3]))
    return x, y, TURN * (seeds[:, 4] + 0.10 * cycle * np.sign(seeds[:, 5] - 0.5))


def foam(seeds: Floats, cycle: float) -> tuple[Floats, Floats, Floats]:
    """Jostle in rows, packed close."""
    count = len(seeds)
    wide = int(np.ceil(np.sqrt(count * 1.8)))
    number = np.arange(count)
    row, column = number // wide, number % wide
    x = (column + 0.5 * (row % 2) - wide / 2 + 0.25) * (1.75 / wide)
    y = (row - (np.ceil(count / wide) - 1) / 2) * (1.55 / wide)
    x = x + 0.03 * np.sin(TURN * (0.3 * cycle + seeds[:, 0] + 0.1 * row))
    y = y + 0.03 * np.cos(TURN * (0.27 * cycle + seeds[:, 1] + 0.1 * column))
    return x, y, np.zeros(count)


def hurry(seeds: Floats, cycle: float) -> tuple[Floats, Floats, Floats]:
    """Stream to one side in rows, as people in a market do."""
    x = (np.mod(seeds[:, 0] + 0.07 * cycle * (0.6 + 0.6 * seeds[:, 1]), 1.0) - 0.5) * 1.7
    return x, (np.floor(seeds[:, 2] * 4) / 4 - 0.4) * 0.7 + 0.05 * seeds[:, 3], np.zeros(len(seeds))


COURSES: dict[str, Callable[[Floats, float], tuple[Floats, Floats, Floats]]] = {
    course.__name__: course for course in (school, lurch, gather, drift, foam, hurry)
}
