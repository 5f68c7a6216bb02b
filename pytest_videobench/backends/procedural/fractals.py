"""Julia sets that drift: fields made beforehand, blended into one another, in colours that turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, mix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.backends.procedural.canvas import Light
    from pytest_videobench.backends.procedural.sheet import Sheet

STEPS = 5
ROWS = 150
ROUNDS = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Fractal:
    """Fields along a short path of the set's constant."""

    half: tuple[float, float]
    fields: tuple[Bytes, ...]
    cover: Bytes
    """A round window onto the set, with a soft edge."""
    table: Bytes
    pulse: float

    def draw(self, sheet: Sheet, matrix: Floats, cycle: float) -> None:
        """Draw what lies within the picture."""
        left, top, right, bottom = self.bounds(matrix, cycle)
        x0, y0 = max(0, int(left)), max(0, int(top))
        x1, y1 = min(sheet.width, int(right)), min(sheet.height, int(bottom))
        if x1 - x0 < 8 or y1 - y0 < 8:
            return
        share = (0.5 - 0.5 * np.cos(2 * np.pi * 0.10 * cycle)) * (STEPS - 1.001)
        number = int(share)
        field = cv2.addWeighted(
            self.fields[number], 1 - (share - number), self.fields[number + 1], share - number, 0
        )
        shown = cv2.LUT(cv2.merge([field] * 4), np.roll(self.table, -round(9 * cycle), axis=0)[None])
        shown = cv2.multiply(shown, self.cover, scale=1 / 255)
        grow = 1 + self.pulse * np.sin(2 * np.pi * 0.5 * cycle)
        scale = (right - left) / shown.shape[1] * grow
        centre = (left + right) / 2 - x0, (top + bottom) / 2 - y0
        place = np.array(
            [
                [scale, 0, centre[0] - scale * shown.shape[1] / 2],
                [0, scale, centre[1] - scale * shown.shape[0] / 2],
            ]
        )
        sheet.lay(cv2.warpAffine(shown, place, (x1 - x0, y1 - y0)), x0, y0)

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


def fractal(
    spec: Mapping[str, Any], light: Light, shades: Sequence[Floats], rng: np.random.Generator
) -> Fractal:
    """Reckon the fields as the table of stuff tells."""
    half = (float(spec["half"][0]), float(spec["half"][1]))
    angle = rng.choice((2.16, 1.86, 2.62)) + rng.uniform(-0.02, 0.02)
    fields = [_field(angle + 0.05 * step, half) for step in range(STEPS)]
    return Fractal(
        half=half,
        fields=tuple(fields),
        cover=_window(fields[0].shape),
        table=_table(light, shades),
        pulse=float(spec["pulse"]),
    )


def _window(shape: tuple[int, ...]) -> Bytes:
    y, x = np.mgrid[: shape[0], : shape[1]]
    away = np.hypot((x - shape[1] / 2) * 2 / shape[1], (y - shape[0] / 2) * 2 / shape[0])
    cover = (np.clip((0.98 - away) * 14, 0, 1) * 255).astype(np.uint8)
    return np.asarray(cv2.merge([cover] * 4))


def _field(angle: float, half: tuple[float, float]) -> Bytes:
    constant = np.complex64(0.7885 * np.exp(1j * angle))
    x = np.linspace(-1.55, 1.55, round(ROWS * half[0] / half[1]))
    y = np.linspace(-1.15, 1.15, ROWS)
    z = (x[None] + 1j * y[:, None]).astype(np.complex64)
    count = np.zeros(z.shape, np.float32)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(ROUNDS):
            z = z * z + constant
            size = z.real**2 + z.imag**2
            count += 1 / (1 + np.exp(np.clip(size - 8, -20, 20)))
            z = np.where(size < 1e6, z, np.complex64(1e3))
    soft = cv2.GaussianBlur(np.sqrt(count / ROUNDS), (0, 0), 0.8)
    return np.asarray((np.clip(soft, 0, 1) * 255).astype(np.uint8))


def _table(light: Light, shades: Sequence[Floats]) -> Bytes:
    """Give 256 colours: rings of the palette."""
    first, second, third = (shades[i % len(shades)] for i in range(3))
    ring = np.array(
        [light.top * 0.5, first, mix(first, light.light, 0.6), second, third, light.low * 0.6, first * 0.5]
    )
    places = np.mod(np.linspace(0, 2.0, 256), 1.0) * (len(ring) - 1)
    whole = places.astype(int)
    rows = mix(ring[whole], ring[np.minimum(whole + 1, len(ring) - 1)], (places - whole)[:, None])
    return np.asarray((np.column_stack([rows, np.ones(256)]) * 255).astype(np.uint8))
