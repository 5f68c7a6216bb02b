"""Veils: what has no edge, such as fire, smoke, falling water and ink, as noise that drifts through noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, colour, mix

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.backends.procedural.canvas import Light
    from pytest_videobench.backends.procedural.sheet import Sheet

COARSE = 4
TILE = 192
CELLS = {"broad": (5, 5), "tall": (12, 4), "fine": (14, 10), "wide": (4, 12), "streaks": (30, 2)}
"""Grains of noise by name: cells across and down a tile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Veil:
    """Noise within a mask, its strength looked up in a table of colours."""

    half: tuple[float, float]
    """Half its width and height, in own units."""
    mask: Floats
    sheets: tuple[Floats, Floats]
    drift: Floats
    """2 x 2: tiles per cycle that each sheet of noise moves, right and down."""
    rough: float
    bend: float
    """How far the noise is pulled about by itself, in coarse pixels."""
    relief: float
    table: Bytes
    """256 x 4, premultiplied."""
    light: bool
    """True for what adds light instead of covering."""
    start: float

    def draw(self, sheet: Sheet, matrix: Floats, cycle: float) -> None:
        """Draw what lies within the picture."""
        left, top, right, bottom = self._area(matrix, sheet.width, sheet.height)
        if right - left < 8 or bottom - top < 8:
            return
        image = self._image(matrix, cycle, (left, top, right, bottom))
        (sheet.shine if self.light else sheet.lay)(image, left, top)

    def _area(self, matrix: Floats, width: int, height: int) -> tuple[int, int, int, int]:
        box = self.bounds(matrix, 0.0)
        low, high = np.maximum(box[:2] // 8 * 8, 0), np.minimum(box[2:] // 8 * 8 + 8, (width, height))
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])

    def _image(self, matrix: Floats, cycle: float, area: tuple[int, int, int, int]) -> Bytes:
        left, top, right, bottom = area
        size = ((right - left) // COARSE, (bottom - top) // COARSE)
        box = self.bounds(matrix, 0.0)
        field = self._placed(self.mask, box, area, size) + self._noise(cycle, box, area, size)
        place = np.clip(field * 255, 0, 255).astype(np.uint8)
        shown = cv2.LUT(cv2.merge([place] * 4), self.table[None])
        if self.relief:
            shown = self._lit(shown, field)
        return cv2.resize(shown, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)

    def _placed(
        self, image: Floats, box: Floats, area: tuple[int, int, int, int], size: tuple[int, int]
    ) -> Floats:
        """See the mask in the part of it that lies within the picture."""
        scale = (box[2:] - box[:2]) / COARSE / image.shape[1::-1]
        shift = (box[:2] - area[:2]) / COARSE
        place = np.array([[scale[0], 0, shift[0]], [0, scale[1], shift[1]]])
        return cv2.warpAffine(image, place, size, borderMode=cv2.BORDER_CONSTANT, borderValue=-1.0)

    def _noise(
        self, cycle: float, box: Floats, area: tuple[int, int, int, int], size: tuple[int, int]
    ) -> Floats:
        scale = float((box[3] - box[1]) / (2 * self.half[1])) / (COARSE * TILE)
        origin = (np.array(area[:2]) - (box[:2] + box[2:]) / 2) / COARSE
        seen = []
        for sheet, drift in zip(self.sheets, self.drift, strict=True):
            offset = origin - np.mod((self.start + cycle) * drift, 1.0) * TILE * max(scale, 1e-6)
            place = np.array([[1 / scale, 0, offset[0] / scale], [0, 1 / scale, offset[1] / scale]])
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            seen.append(cv2.warpAffine(sheet, place, size, flags=flags, borderMode=cv2.BORDER_WRAP))
        first, second = seen
        if self.bend:
            x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
            first = cv2.remap(
                first,
                x + self.bend * second,
                y + self.bend * second,
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REFLECT,
            )
        return np.asarray(self.rough * (first + second))

    def _lit(self, shown: Bytes, field: Floats) -> Bytes:
        """Light the swells from the upper left."""
        slope = cv2.Sobel(field, cv2.CV_32F, 1, 0) + cv2.Sobel(field, cv2.CV_32F, 0, 1)
        tone = np.clip(128 + self.relief * 90 * slope, 60, 200).astype(np.uint8)
        keep = np.full_like(tone, 128)
        lit = cv2.multiply(shown, cv2.merge([tone, tone, tone, keep]), scale=1 / 128)
        return cv2.min(lit, cv2.merge([lit[..., 3]] * 4))

    def bounds(self, matrix: Floats, cycle: float) -> Floats:  # noqa: ARG002 - it keeps its place
        """Give left, top, right and bottom in pixels."""
        size = float(np.hypot(*matrix[:2, 0]))
        reach = np.array(self.half) * size
        return np.concatenate([matrix[:2, 2] - reach, matrix[:2, 2] + reach])

    def box(self) -> Floats:
        """Give left, top, right and bottom in own units."""
        return np.array([-self.half[0], -self.half[1], *self.half])

    def joints(self, matrix: Floats, cycle: float) -> dict[str, Floats]:  # noqa: ARG002 - as for figures
        """Give none."""
        return {}


def veil(spec: Mapping[str, Any], light: Light, shades: Sequence[Floats], rng: np.random.Generator) -> Veil:
    """Weave a veil as the table of stuff tells."""
    half = (float(spec["half"][0]), float(spec["half"][1]))
    first, second = (_tile(CELLS[name], rng) for name in spec["grain"])
    return Veil(
        half=half,
        mask=(_mask(str(spec["mask"])) * float(spec.get("body", 1.0))).astype(np.float32),
        sheets=(first, second),
        drift=np.array(spec["drift"], float),
        rough=float(spec["rough"]),
        bend=float(spec.get("bend", 0.0)),
        relief=0.0 if light.cel else float(spec.get("relief", 0.0)),
        table=_table(spec["colours"], light, shades, flat=light.cel and not spec.get("soft")),
        light=bool(spec.get("light")),
        start=float(rng.random() * 7),
    )


def _tile(cells: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Give noise around 0 that goes on over its edges."""
    total = np.zeros((TILE, TILE), np.float32)
    for octave in range(3):
        across, down = (count * 2**octave for count in cells)
        grid = np.pad(rng.random((down, across), np.float32), 2, mode="wrap")
        pad_x, pad_y = 2 * TILE / across, 2 * TILE / down
        x = (np.arange(TILE, dtype=np.float32) + pad_x) * (across / TILE) - 0.5
        y = (np.arange(TILE, dtype=np.float32) + pad_y) * (down / TILE) - 0.5
        across_map, down_map = np.meshgrid(x, y)
        total += 0.55**octave * cv2.remap(grid, across_map, down_map, cv2.INTER_CUBIC)
    total -= total.mean()
    return np.asarray(total / (2.2 * total.std()))


def _mask(name: str) -> Floats:
    grid = np.linspace(-1, 1, 96, dtype=np.float32)
    x, y = np.meshgrid(grid, grid)
    up = (1 - y) / 2
    if name == "flame":
        wide = np.clip(0.62 * (1 - up) ** 0.55 * (1 - 0.25 * np.cos(6 * up)), 0.02, None)
        return np.asarray(np.clip(1 - (np.abs(x) / wide) ** 2, -1, 1) * np.clip(1.25 - 1.1 * up, 0, 1))
    if name == "plume":
        wide = 0.10 + 0.86 * (1 - up) ** 3
        return np.asarray(np.clip(1 - (np.abs(x) / wide) ** 2, -1, 1))
    if name == "drop":
        wide = 0.16 + 0.62 * np.clip(1.05 - up, 0, 1) ** 1.4
        body = 1 - (np.abs(x) / wide) ** 2
        return np.asarray(np.clip(np.minimum(body, 5 * (y + 0.92) * (0.86 - y) + 0.4), -1, 1))
    if name == "fall":
        wide = 0.34 + 0.30 * (1 - up) ** 2
        body = np.clip(1.3 - (np.abs(x) / wide) ** 4, -1, 1)
        return np.asarray(np.minimum(body, 9 * (1 - np.abs(y)) - 1))
    if name == "band":
        return np.asarray(1 - (y / 0.9) ** 2)
    if name == "curtain":
        return np.asarray(np.clip(1.1 - np.abs(y) ** 1.5 * 1.4, -1, 1) * np.clip(1.2 - x**2, 0, 1))
    if name == "disc":
        return np.asarray(1.05 - np.hypot(x, y) * 1.25)
    return np.full_like(x, 0.5)


def _table(stops: Sequence[Sequence[Any]], light: Light, shades: Sequence[Floats], *, flat: bool) -> Bytes:
    """Spread stops of (place, colour, coverage) over 256 steps; a number means one of the shades."""
    places, rows = [], []
    for place, name, cover in stops:
        shade = shades[name % len(shades)] if isinstance(name, int) else colour(name)
        if isinstance(name, str) and cover < 1 and not flat:
            shade = mix(shade, light.haze, 0.15)
        if np.ptp(light.haze) < 0.02:
            shade = np.full(3, float(shade.mean()), np.float32)
        rows.append([*(shade * cover), cover])
        places.append(place)
    steps = np.linspace(0, 1, 256)
    if flat:
        steps = np.round(steps * 5) / 5
    columns = [np.interp(steps, places, column) for column in np.array(rows).T]
    return np.asarray((np.stack(columns, axis=1) * 255).astype(np.uint8))
