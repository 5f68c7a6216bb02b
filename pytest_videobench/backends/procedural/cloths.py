"""Cloth that waves: a painted sheet, pulled about and shaded by waves that run through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, mix, noise
from pytest_videobench.backends.procedural.canvas import ink

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.backends.procedural.canvas import Light
    from pytest_videobench.backends.procedural.sheet import Sheet

PAINTED = 300
"""Rows of the painted sheet."""
STEP = 8
"""Pixels of the half-sized picture per point of the waves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloth:
    """A sheet that hangs by its upper edge, or floats."""

    half: tuple[float, float]
    image: Bytes
    waves: Floats
    """n times (across, down, turns per cycle, phase, reach): waves per unit, and the share of a unit."""
    hung: bool
    shade: float

    def draw(self, sheet: Sheet, matrix: Floats, cycle: float) -> None:
        """Draw what lies within the picture."""
        box = self.bounds(matrix, cycle)
        low = np.maximum(box[:2] // 16 * 16, 0).astype(int)
        high = np.minimum(box[2:] // 16 * 16 + 16, (sheet.width, sheet.height)).astype(int)
        wide, tall = (high - low) // 2
        if wide < 8 or tall < 8:
            return
        scale = float(np.hypot(*matrix[:2, 0]))
        x = np.arange(0, wide + STEP, STEP, dtype=np.float32)[None] * 2 + low[0] - matrix[0, 2]
        y = np.arange(0, tall + STEP, STEP, dtype=np.float32)[:, None] * 2 + low[1] - matrix[1, 2]
        dx, dy, lit = self._pulled((x / scale).astype(np.float32), (y / scale).astype(np.float32), cycle)
        rows = self.image.shape[0] / (2 * self.half[1])
        map_x = (x / scale + dx + self.half[0]) * rows
        map_y = (y / scale + dy + self.half[1]) * rows
        maps = [self._fine(field, int(wide), int(tall)) for field in (map_x, map_y, lit)]
        shown = cv2.remap(self.image, maps[0], maps[1], cv2.INTER_LINEAR)
        tone = np.clip(128 + self.shade * maps[2], 40, 250).astype(np.uint8)
        shown = cv2.multiply(shown, cv2.merge([tone, tone, tone, np.full_like(tone, 128)]), scale=1 / 128)
        shown[..., :3] = cv2.min(shown[..., :3], cv2.merge([shown[..., 3]] * 3))
        sheet.lay(cv2.resize(shown, (int(high[0] - low[0]), int(high[1] - low[1]))), int(low[0]), int(low[1]))

    def _fine(self, field: Floats, wide: int, tall: int) -> Floats:
        whole = np.broadcast_to(field, np.broadcast_shapes(field.shape, (1, 1))).astype(np.float32)
        size = (whole.shape[1] * STEP, whole.shape[0] * STEP)
        shift = np.array([[STEP, 0, 0], [0, STEP, 0]], np.float32)
        fine = cv2.warpAffine(whole, shift, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.ascontiguousarray(fine[:tall, :wide])

    def _pulled(self, x: Floats, y: Floats, cycle: float) -> tuple[Floats, Floats, Floats]:
        free = (y + self.half[1]) / (2 * self.half[1]) if self.hung else np.ones_like(y)
        dx, dy, lit = (np.zeros(np.broadcast_shapes(x.shape, y.shape), np.float32) for _ in range(3))
        for across, down, turns, phase, reach in self.waves:
            wave = 2 * np.pi * (across * x + down * y - turns * cycle + phase)
            dx += free * reach * np.sin(wave)
            dy += free * 0.6 * reach * np.cos(wave)
            lit += (0.35 + 0.65 * free) * np.cos(wave + 0.8) * reach
        return dx, dy, lit * (1 / float(self.waves[:, 4].sum()))

    def bounds(self, matrix: Floats, cycle: float) -> Floats:  # noqa: ARG002 - it keeps its place
        """Give left, top, right and bottom in pixels."""
        reach = np.array(self.half) * float(np.hypot(*matrix[:2, 0])) * 1.08
        return np.concatenate([matrix[:2, 2] - reach, matrix[:2, 2] + reach])

    def box(self) -> Floats:
        """Give left, top, right and bottom in own units."""
        return np.array([-self.half[0], -self.half[1], *self.half])

    def joints(self, matrix: Floats, cycle: float) -> dict[str, Floats]:  # noqa: ARG002 - as for figures
        """Give none."""
        return {}


def cloth(spec: Mapping[str, Any], light: Light, shades: Sequence[Floats], rng: np.random.Generator) -> Cloth:
    """Weave a cloth as the table of stuff tells."""
    half = (float(spec["half"][0]), float(spec["half"][1]))
    waves = np.array(spec["waves"], float)
    waves[:, 3] = rng.random(len(waves))
    width = round(PAINTED * half[0] / half[1])
    painted = _painted(str(spec["cut"]), width, light, shades, rng)
    return Cloth(
        half=half, image=painted, waves=waves, hung=bool(spec.get("hung")), shade=float(spec["shade"])
    )


def _painted(cut: str, width: int, light: Light, shades: Sequence[Floats], rng: np.random.Generator) -> Bytes:
    picture: Bytes = np.empty((PAINTED, width, 3), np.uint8)
    picture[:] = ink(mix(shades[0], light.light, 0.15))
    mask: Bytes = np.zeros((PAINTED, width), np.uint8)
    if cut == "sheets":
        _sheets(picture, mask, shades)
    elif cut == "sail":
        _sail(picture, mask, mix(shades[0], light.light, 0.15))
    else:
        _ribbons(picture, mask, light, shades, rng)
    grain = (118 + 20 * noise(rng, width, PAINTED, (6, 30), 2)).astype(np.uint8)
    picture = cv2.multiply(picture, cv2.merge([grain] * 3), scale=1 / 128)
    return cv2.merge([cv2.multiply(picture, cv2.merge([mask] * 3), scale=1 / 255), mask])


def _sheets(picture: Bytes, mask: Bytes, shades: Sequence[Floats]) -> None:
    width, edge = mask.shape[1], round(0.06 * PAINTED)
    wide = width // 3
    for number in range(3):
        left = number * wide + edge // 2
        shade = ink(mix(shades[(number * 2) % len(shades)], np.ones(3, np.float32), 0.62))
        for sheet, value in ((picture, shade), (mask, (255,))):
            cv2.rectangle(sheet, (left, edge), (left + wide - edge, PAINTED - edge), value, -1)
    for sheet, value in ((picture, (60, 60, 60)), (mask, (255,))):
        cv2.line(sheet, (0, edge), (width, edge), value, 3)


def _sail(picture: Bytes, mask: Bytes, base: Floats) -> None:
    width = mask.shape[1]
    corners = np.array([[0.5, 0.05], [0.95, 0.5], [0.5, 0.95], [0.05, 0.5]]) * (width, PAINTED)
    cv2.fillPoly(mask, [corners.astype(np.int32)], (255,), cv2.LINE_AA)
    for share in np.linspace(0.12, 0.88, 7):
        x, y = round(share * width), round(share * PAINTED)
        cv2.line(picture, (x, 0), (x, PAINTED), ink(base * 0.8), 2, cv2.LINE_AA)
        cv2.line(picture, (0, y), (width, y), ink(base * 0.86), 1)


def _ribbons(
    picture: Bytes, mask: Bytes, light: Light, shades: Sequence[Floats], rng: np.random.Generator
) -> None:
    width = mask.shape[1]
    for number in range(4):
        left = round((0.10 + 0.22 * number + rng.uniform(-0.03, 0.03)) * width)
        right = left + round(rng.uniform(0.07, 0.12) * width)
        shade = ink(mix(shades[number % min(2, len(shades))], light.light, 0.08 * number))
        for sheet, value in ((picture, shade), (mask, (255,))):
            cv2.rectangle(sheet, (left, 0), (right, PAINTED), value, -1)
