"""Seas: bands of waves, one before the other, that roll and heave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, mix, noise
from pytest_videobench.backends.procedural.canvas import gradient, ink

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.backends.procedural.canvas import Light
    from pytest_videobench.backends.procedural.sheet import Sheet

ROWS = 96
"""Rows of a painted band."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sea:
    """Painted bands that slide to and fro and up and down."""

    half: tuple[float, float]
    bands: tuple[Bytes, ...]
    swell: Floats
    """n times (top, height, reach across, reach down, turns per cycle, phase)."""

    def draw(self, sheet: Sheet, matrix: Floats, cycle: float) -> None:
        """Draw the bands from the back to the front."""
        for image, (top, tall, across, down, turns, phase) in zip(self.bands, self.swell, strict=True):
            turn = 2 * np.pi * (turns * cycle + phase)
            x, y = across * np.sin(turn), top + down * np.cos(turn)
            scale = 2 * (self.half[0] + 0.2) / image.shape[1]
            own = np.array([[scale, 0, x - self.half[0] - 0.2], [0, tall / ROWS, y], [0, 0, 1]])
            sheet.paste(image, matrix @ own)

    def bounds(self, matrix: Floats, cycle: float) -> Floats:  # noqa: ARG002 - it keeps its place
        """Give left, top, right and bottom in pixels."""
        reach = np.array(self.half) * float(np.hypot(*matrix[:2, 0]))
        return np.concatenate([matrix[:2, 2] - reach, matrix[:2, 2] + reach])

    def box(self) -> Floats:
        """Give left, top, right and bottom in own units."""
        return np.array([-self.half[0], -self.half[1], *self.half])

    def joints(self, matrix: Floats, cycle: float) -> dict[str, Floats]:  # noqa: ARG002 - as for figures
        """Give none."""
        return {}


def sea(spec: Mapping[str, Any], light: Light, shades: Sequence[Floats], rng: np.random.Generator) -> Sea:
    """Paint a sea as the table of stuff tells."""
    half, count = (float(spec["half"][0]), float(spec["half"][1])), int(spec["count"])
    swell, bands = [], []
    for number in range(count):
        near = number / max(1, count - 1)
        top = -half[1] * (1 - 1.5 * near)
        swell.append(
            [
                top,
                half[1] - top + 0.12,
                0.03 + 0.09 * near,
                0.012 + 0.03 * near,
                rng.uniform(0.8, 1.2) * (1 if number % 2 else -1),
                rng.random(),
            ]
        )
        bands.append(_band(near, half[0], spec, light, shades, rng))
    return Sea(half=half, bands=tuple(bands), swell=np.array(swell))


def _band(
    near: float,
    half: float,
    spec: Mapping[str, Any],
    light: Light,
    shades: Sequence[Floats],
    rng: np.random.Generator,
) -> Bytes:
    width = round(900 * (half / 1.0))
    water = mix(mix(light.low, light.top, 0.55), shades[0], 0.35)
    base = mix(water, light.haze, 0.45 * (1 - near)) * (0.92 - 0.22 * near)
    picture = gradient(np.array([mix(base, light.light, 0.18), base, base * 0.82]), width, ROWS)
    x = np.arange(width, dtype=np.float32)
    crests = 5 + 4 * (1 - near)
    steep = float(spec["crest"])
    lines = sum(
        share * (1 - np.abs(np.sin(np.pi * (crests * times * x / width + rng.random()))))
        for share, times in ((0.7, 1.0), (0.3, 2.3))
    )
    top = (ROWS * steep * (1 - np.asarray(lines)) + 4)[None]
    below = np.arange(ROWS, dtype=np.float32)[:, None] - top
    mask = (np.clip(below + 0.5, 0, 1) * 255).astype(np.uint8)
    if spec.get("paper") or light.cel:
        foam = ((below > 0) & (below < 4)).astype(np.float32)
    else:
        rough = noise(rng, width, ROWS, (26, 7), 3)
        foam = (
            np.clip(1.1 - below / (3 + 15 * rough), 0, 1) * np.clip((rough - 0.2) * 4, 0.25, 1) * (below > 0)
        )
        ripple = np.clip((noise(rng, width, ROWS, (80, 6), 3) - 0.6) * 2, 0, 0.22)
        foam = np.maximum(foam, ripple * (below > 6))
    white = np.array(ink(mix(light.light, np.ones(3, np.float32), 0.6)), np.float32)
    picture = (picture + (white - picture) * (foam * 0.85)[..., None]).astype(np.uint8)
    return cv2.merge([cv2.multiply(picture, cv2.merge([mask] * 3), scale=1 / 255), mask])
