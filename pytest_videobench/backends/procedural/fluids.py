"""A flowing mass: drops that run together, with a surface that mirrors its surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, mix, noise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_videobench.backends.procedural.canvas import Light
    from pytest_videobench.backends.procedural.sheet import Sheet

COARSE = 4
LEVEL = 0.42
MIRROR = 128
MARGIN = 1.7
"""Radii within which a drop shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mass:
    """Drops on slow paths of their own; the sum of them is one surface."""

    drops: Floats
    """n times (reach, radius, x frequency, y frequency, x phase, y phase) in units of the mass."""
    mirror: Bytes
    """What the surface shows, by the direction that it faces."""

    def places(self, cycle: float) -> Floats:
        """Give n times (x, y, radius) at a point of the cycle."""
        reach, radius, fx, fy, px, py = self.drops.T
        x = reach * np.sin(2 * np.pi * (fx * cycle + px))
        y = 0.8 * reach * np.sin(2 * np.pi * (fy * cycle + py))
        return np.stack([x, y, radius], axis=1)

    def draw(self, sheet: Sheet, matrix: Floats, cycle: float) -> None:
        """Draw the mass."""
        drops = self.places(cycle)
        size = float(np.hypot(*matrix[:2, 0]))
        x, y = matrix[:2] @ np.stack([drops[:, 0], drops[:, 1], np.ones(len(drops))])
        radius = drops[:, 2] * size
        low = np.array([(x - MARGIN * radius).min(), (y - MARGIN * radius).min()])
        high = np.array([(x + MARGIN * radius).max(), (y + MARGIN * radius).max()])
        left, top = np.maximum(low // 8 * 8, 0).astype(int)
        right, bottom = np.minimum(high // 8 * 8 + 8, (sheet.width, sheet.height)).astype(int)
        field = _field(x - left, y - top, radius, int(right - left), int(bottom - top))
        sheet.lay(self._surface(field, size, int(right - left), int(bottom - top)), int(left), int(top))

    def bounds(self, matrix: Floats, cycle: float) -> Floats:
        """Give left, top, right and bottom of it in pixels, a little wide where drops part."""
        drops = self.places(cycle)
        points = matrix[:2] @ np.stack([drops[:, 0], drops[:, 1], np.ones(len(drops))])
        reach = 0.85 * drops[:, 2] * float(np.hypot(*matrix[:2, 0]))
        return np.concatenate([(points - reach).min(axis=1), (points + reach).max(axis=1)])

    def _surface(self, field: Floats, size: float, width: int, height: int) -> Bytes:
        fine = cv2.resize(field, (width // 2, height // 2), interpolation=cv2.INTER_CUBIC)
        swell = cv2.log(np.maximum(fine, 0.02))
        across, along = (cv2.Sobel(swell, cv2.CV_32F, *way, scale=size / 72) for way in ((1, 0), (0, 1)))
        steep = 1.0 / np.sqrt(0.9 + across * across + along * along)
        half = MIRROR / 2 - 2
        shown = cv2.remap(
            self.mirror,
            across * steep * half + MIRROR / 2,
            along * steep * half + MIRROR / 2,
            cv2.INTER_LINEAR,
        )
        cover = cv2.resize(fine, (width, height), interpolation=cv2.INTER_LINEAR)
        alpha = cv2.convertScaleAbs(np.clip((cover - LEVEL) * 14 + 0.5, 0, 1), alpha=255)
        picture = cv2.resize(shown, (width, height), interpolation=cv2.INTER_LINEAR)
        solid = cv2.multiply(picture, cv2.merge([alpha] * 3), scale=1 / 255)
        return cv2.merge([solid, alpha])

    def joints(self, matrix: Floats, cycle: float) -> dict[str, Floats]:  # noqa: ARG002 - as for figures
        """Give none."""
        return {}

    def box(self) -> Floats:
        """Give left, top, right and bottom that the mass keeps within, in its own units."""
        reach = float((self.drops[:, 0] + self.drops[:, 1]).max())
        return np.array([-reach, -reach, reach, reach])


def _field(x: Floats, y: Floats, radius: Floats, width: int, height: int) -> Floats:
    columns = np.arange(COARSE / 2, width, COARSE)[None]
    rows = np.arange(COARSE / 2, height, COARSE)[None]
    across = np.exp(-(((columns - x[:, None]) / radius[:, None]) ** 2))
    along = np.exp(-(((rows - y[:, None]) / radius[:, None]) ** 2))
    return (along.T @ across).astype(np.float32)


def mass(light: Light, shades: Sequence[Floats], rng: np.random.Generator) -> Mass:
    """Gather a liquid mass in the colours given."""
    count = 11
    drops = np.stack(
        [
            np.concatenate([[0.05], rng.uniform(0.12, 0.36, count - 1)]),
            np.concatenate([[0.26], rng.uniform(0.09, 0.19, count - 1)]),
            *rng.uniform(0.25, 0.55, (2, count)) * rng.choice([-1, 1], (2, count)),
            *rng.random((2, count)),
        ],
        axis=1,
    )
    return Mass(drops=drops, mirror=_mirror(light, shades, rng))


def _mirror(light: Light, shades: Sequence[Floats], rng: np.random.Generator) -> Bytes:
    grid = np.linspace(-1, 1, MIRROR, dtype=np.float32)
    x, y = np.meshgrid(grid, grid)
    ring = [
        shades[0] * 0.45,
        shades[0],
        shades[1 % len(shades)],
        mix(light.light, shades[0], 0.4),
        light.top,
        shades[0],
    ]
    bend = noise(rng, MIRROR, MIRROR, (70, 40), 3)
    place = np.clip((0.5 + 0.36 * y + 0.2 * x + 0.5 * (bend - 0.5)) * (len(ring) - 1), 0, len(ring) - 1.001)
    if light.cel:
        place = np.round(place)
    whole = place.astype(int)
    stops = np.array(ring)
    picture = mix(stops[whole], stops[np.minimum(whole + 1, len(ring) - 1)], (place - whole)[..., None])
    spot = np.exp(-(((x - 0.38) / 0.16) ** 2 + ((y - 0.5) / 0.12) ** 2))[..., None]
    return (np.clip(mix(picture, np.ones(3), 0.9 * spot), 0, 1) * 255).astype(np.uint8)
