"""A swarm of lights: a core, orbs that circle it, and the trails they leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, mix
from pytest_videobench.backends.procedural.canvas import ink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_videobench.backends.procedural.sheet import Sheet

TRAIL = 12
STEP = 0.012
"""Part of a cycle between two points of a trail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swarm:
    """Orbs on tilted rings around a core."""

    rings: Floats
    """n times (radius, squeeze, tilt, turns per cycle, phase, size) in units of the swarm."""
    shades: tuple[tuple[int, int, int], ...]
    core: tuple[int, int, int]

    def places(self, cycles: Floats) -> Floats:
        """Give 2 x n x cycles: where the orbs are."""
        radius, squeeze, tilt, turns, phase, _ = (column[:, None] for column in self.rings.T)
        angle = 2 * np.pi * (turns * cycles[None] + phase)
        x, y = radius * np.cos(angle), radius * squeeze * np.sin(angle)
        return np.stack([x * np.cos(tilt) - y * np.sin(tilt), x * np.sin(tilt) + y * np.cos(tilt)])

    def draw(self, sheet: Sheet, matrix: Floats, cycle: float) -> Floats:
        """Add the lights to the picture; give left, top, right and bottom of them in pixels."""
        size = float(np.hypot(*matrix[:2, 0]))
        trails = self.places(cycle - STEP * np.arange(TRAIL))
        points = np.einsum("ij,jnt->nti", matrix[:2, :2], trails) + matrix[:2, 2]
        box = self.box() * size * 1.25 + np.tile(matrix[:2, 2], 2)
        left, top = np.maximum(box[:2] // 4 * 4, 0).astype(int)
        right, bottom = np.minimum(box[2:] // 4 * 4 + 4, (sheet.width, sheet.height)).astype(int)
        spots = np.zeros(((bottom - top) // 2, (right - left) // 2, 4), np.uint8)
        self._paint(spots, (points - (left, top)) / 2, (matrix[:2, 2] - (left, top)) / 2, size / 2)
        bloom = cv2.resize(spots, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        bloom = cv2.GaussianBlur(bloom, (0, 0), max(1.0, size / 60))
        glow = cv2.addWeighted(spots, 0.9, cv2.resize(bloom, spots.shape[1::-1]), 1.6, 0)
        area = (int(right - left), int(bottom - top))
        sheet.shine(cv2.resize(glow, area), int(left), int(top))
        heads = points[:, 0]
        reach = self.rings[:, 5:6] * size
        return np.concatenate([(heads - reach).min(axis=0), (heads + reach).max(axis=0)])

    def _paint(self, sheet: Bytes, points: Floats, core: Floats, size: float) -> None:
        for number, line in enumerate(points):
            shade = self.shades[number % len(self.shades)]
            corners = np.round(line * 8).astype(np.int32)
            radius = self.rings[number, 5] * size
            for last, share, wide in ((TRAIL, 0.3, 0.5), (TRAIL // 2, 0.6, 0.9)):
                tint = tuple(int(value * share) for value in shade)
                cv2.polylines(
                    sheet, [corners[:last]], False, tint, max(1, round(radius * wide)), cv2.LINE_AA, 3
                )
            cv2.circle(sheet, tuple(corners[0].tolist()), round(radius * 8), shade, -1, cv2.LINE_AA, 3)
        place = tuple(np.round(core * 8).astype(int).tolist())
        cv2.circle(sheet, place, round(0.034 * size * 8), self.core, -1, cv2.LINE_AA, 3)

    def joints(self, matrix: Floats, cycle: float) -> dict[str, Floats]:  # noqa: ARG002 - as for figures
        """Give none."""
        return {}

    def box(self) -> Floats:
        """Give left, top, right and bottom that the orbs keep within, in their own units."""
        reach = float((self.rings[:, 0] + self.rings[:, 5]).max())
        return np.array([-reach, -reach, reach, reach])


def swarm(shades: Sequence[Floats], light: Floats, rng: np.random.Generator) -> Swarm:
    """Gather a swarm in the colours given."""
    count = 11
    rings = np.stack(
        [
            rng.uniform(0.14, 0.46, count),
            rng.uniform(0.35, 0.9, count),
            rng.uniform(0, np.pi, count),
            rng.uniform(0.35, 0.8, count) * rng.choice([-1, 1], count),
            rng.random(count),
            rng.uniform(0.012, 0.028, count),
        ],
        axis=1,
    )
    inks = tuple(ink(mix(shade, light, 0.1) * 0.9) for shade in shades)
    return Swarm(rings=rings, shades=inks, core=ink(mix(light, np.ones(3, np.float32), 0.3)))
