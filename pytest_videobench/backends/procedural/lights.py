"""Lights: orbs on their ways, and the trails they leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, mix
from pytest_videobench.backends.procedural.canvas import ink
from pytest_videobench.backends.procedural.orbits import ORBITS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.backends.procedural.sheet import Sheet

STEP = 0.012
"""Part of a cycle between two points of a trail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swarm:
    """Orbs on ways of one kind."""

    orbit: str
    seeds: Floats
    """n times eight numbers from 0 to 1, which the way makes what it wants of."""
    sizes: Floats
    shades: tuple[tuple[int, int, int], ...]
    core: tuple[int, int, int] | None
    trail: int
    reach: tuple[float, float]
    thick: float
    """How wide a trail is, in diameters of its orb."""
    even: bool
    """Whether trails are as bright at their ends."""

    def places(self, cycles: Floats) -> tuple[Floats, Floats]:
        """Give 2 x n x cycles: where the orbs are, and n: how bright they are at the first."""
        return ORBITS[self.orbit](self.seeds, cycles)

    def draw(self, sheet: Sheet, matrix: Floats, cycle: float) -> None:
        """Add the lights to the picture."""
        size = float(np.hypot(*matrix[:2, 0]))
        trails, bright = self.places(cycle - STEP * np.arange(self.trail))
        points = np.einsum("ij,jnt->nti", matrix[:2, :2], trails) + matrix[:2, 2]
        box = self.bounds(matrix, cycle)
        left, top = np.maximum(box[:2] // 8 * 8, 0).astype(int)
        right, bottom = np.minimum(box[2:] // 8 * 8 + 8, (sheet.width, sheet.height)).astype(int)
        if right - left < 16 or bottom - top < 16:
            return
        spots = np.zeros(((bottom - top) // 2, (right - left) // 2, 4), np.uint8)
        self._paint(spots, (points - (left, top)) / 2, bright, size / 2)
        if self.core is not None:
            place = tuple(np.round((matrix[:2, 2] - (left, top)) * 4).astype(int).tolist())
            cv2.circle(spots, place, round(0.034 * size * 4), self.core, -1, cv2.LINE_AA, 3)
        bloom = cv2.resize(spots, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        bloom = cv2.GaussianBlur(bloom, (0, 0), max(1.0, min(4.0, size / 60)))
        glow = cv2.addWeighted(spots, 0.9, cv2.resize(bloom, spots.shape[1::-1]), 1.6, 0)
        area = (int(right - left), int(bottom - top))
        sheet.shine(cv2.resize(glow, area), int(left), int(top))

    def _paint(self, sheet: Bytes, points: Floats, bright: Floats, size: float) -> None:
        corners = np.round(points * 8).astype(np.int32)
        for number, line in enumerate(corners):
            share = float(bright[number])
            if share <= 0.03:
                continue
            shade = tuple(int(value * share) for value in self.shades[number % len(self.shades)])
            radius = max(0.5, float(self.sizes[number]) * size)
            if self.trail > 1:
                faint = tuple(int(value * 0.45) for value in shade)
                wide = max(1, round(radius * self.thick))
                cv2.polylines(sheet, [line], False, faint, wide, cv2.LINE_AA, 3)
                near = line if self.even else line[: self.trail // 2]
                cv2.polylines(sheet, [near], False, shade, wide, cv2.LINE_AA, 3)
            cv2.circle(sheet, tuple(line[0].tolist()), round(radius * 8), shade, -1, cv2.LINE_AA, 3)

    def bounds(self, matrix: Floats, cycle: float) -> Floats:  # noqa: ARG002 - it keeps its place
        """Give left, top, right and bottom in pixels."""
        size = float(np.hypot(*matrix[:2, 0]))
        reach = np.array(self.reach) * size
        return np.concatenate([matrix[:2, 2] - reach, matrix[:2, 2] + reach])

    def joints(self, matrix: Floats, cycle: float) -> dict[str, Floats]:  # noqa: ARG002 - as for figures
        """Give none."""
        return {}

    def box(self) -> Floats:
        """Give left, top, right and bottom that the orbs keep within, in their own units."""
        return np.array([-self.reach[0], -self.reach[1], *self.reach])


def swarm(
    spec: Mapping[str, Any], shades: Sequence[Floats], light: Floats, rng: np.random.Generator
) -> Swarm:
    """Gather lights in the colours given, as the table of stuff tells."""
    count = int(spec["count"])
    low, high = spec["sizes"]
    return Swarm(
        orbit=str(spec["orbit"]),
        seeds=rng.random((count, 8)),
        sizes=rng.uniform(low, high, count),
        shades=tuple(ink(mix(shade, light, 0.1) * 0.9) for shade in shades),
        core=ink(mix(light, np.ones(3, np.float32), 0.3)) if spec.get("core") else None,
        trail=int(spec.get("trail", 1)),
        reach=(float(spec["half"][0]), float(spec["half"][1])),
        thick=float(spec.get("thick", 0.9)),
        even=bool(spec.get("even")),
    )
