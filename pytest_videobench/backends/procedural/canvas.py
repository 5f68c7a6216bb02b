"""What a layer is painted on, and the light it is painted in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, colour, mix, noise
from pytest_videobench.backends.procedural.crafts import crafted

if TYPE_CHECKING:
    from collections.abc import Mapping

CRAFTS = ("cut", "wash", "clay")


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """A palette in numbers: blue, green, red from 0 to 1."""

    top: Floats
    low: Floats
    haze: Floats
    ground: Floats
    light: Floats
    accents: tuple[Floats, ...]
    shading: str
    craft: str
    """What the look does to every piece: cut, wash or clay; empty for nothing."""
    night: bool
    sun: bool
    moon: bool

    @property
    def cel(self) -> bool:
        """Say whether the look is flat colour with outlines."""
        return self.shading == "cel"

    def at(self, depth: float, base: Floats | None = None) -> Floats:
        """Give the colour of things at a depth: far ones fade into the haze, near ones into shadow."""
        own = self.ground if base is None else base
        if depth <= 1.0:
            return mix(own, self.haze, 0.9 * (1.0 - depth) ** 0.85)
        return mix(own, self.ground * 0.35, min(1.0, (depth - 1.0) * 2.0))


def dimmed(lit: Light) -> Light:
    """Give the same light at nightfall, so that lights stand out in it."""
    share = 1.0 if lit.night else 0.42
    return replace(
        lit,
        top=lit.top * share * 0.8,
        low=lit.low * share,
        haze=lit.haze * share,
        ground=lit.ground * share,
        night=True,
        sun=False,
    )


def light(palette: Mapping[str, Any], finish: Mapping[str, Any], rng: np.random.Generator) -> Light:
    """Put a palette into numbers, seen as the finish has it and shifted a little so that rolls differ."""
    shift = 1.0 + rng.uniform(-0.06, 0.06, 3)
    if palette.get("mono"):
        shift[:] = shift.mean()

    def tuned(text: str) -> Floats:
        return np.clip(colour(text) * shift, 0.0, 1.0).astype(np.float32)

    accents = [tuned(text) for text in palette["accents"]]
    return Light(
        top=tuned(palette["sky"][0]),
        low=tuned(palette["sky"][1]),
        haze=tuned(palette["haze"]),
        ground=tuned(palette["ground"]),
        light=tuned(palette["light"]),
        accents=tuple(accents[i] for i in rng.permutation(len(accents))),
        shading=str(finish["shading"]),
        craft=next((craft for craft in CRAFTS if finish.get(craft)), ""),
        night=bool(palette.get("night")),
        sun=bool(palette.get("sun")),
        moon=bool(palette.get("moon")),
    )


@dataclass(frozen=True, kw_only=True)
class Canvas:
    """The area of one layer: its pixels, where they lie in the scene, and what to paint with."""

    width: int
    height: int
    left: float
    """Left edge in pixels of the resting view."""
    top: float
    density: float
    """Pixels of the canvas per pixel of the resting view."""
    unit: float
    """Pixels of the canvas per height of the picture."""
    depth: float
    light: Light
    rng: np.random.Generator

    def row(self, share: float) -> float:
        """Give the row at a share of the picture's height."""
        return share * self.unit - self.top * self.density

    def column(self, share: float) -> float:
        """Give the column at a distance from the picture's left edge, in picture heights."""
        return share * self.unit - self.left * self.density

    def middle(self, x: float) -> bool:
        """Say whether something at a column would stand before the subject: near, and not at the side."""
        return self.depth > 1 and 0.22 < (x + self.left * self.density) / self.unit < 1.56

    @cached_property
    def rows(self) -> Floats:
        """Give the row numbers as a column vector."""
        return np.arange(self.height, dtype=np.float32)[:, None]

    @cached_property
    def columns(self) -> Floats:
        """Give the column numbers as a row vector."""
        return np.arange(self.width, dtype=np.float32)[None, :]

    def colour(self, base: Floats | None = None) -> Floats:
        """Give the colour that things have at this depth."""
        return self.light.at(self.depth, base)

    def paving(self) -> Floats:
        """Give the colour of what is built: the ground's, but less green than that of a meadow."""
        grey = np.full(3, float(self.light.ground.mean()), np.float32)
        return mix(mix(self.light.ground, grey, 0.65), self.light.haze, 0.12)

    def accent(self) -> Floats:
        """Pick one of the accents."""
        return self.light.accents[int(self.rng.integers(len(self.light.accents)))]

    def blank(self, base: Floats | None = None) -> tuple[Bytes, Bytes]:
        """Give a picture in one colour and an empty mask to draw on."""
        picture = np.empty((self.height, self.width, 3), np.uint8)
        picture[:] = ink(self.colour() if base is None else base)
        return picture, np.zeros((self.height, self.width), np.uint8)

    def noise(self, cell: float, octaves: int = 4, stretch: float = 1.0, gain: float = 0.5) -> Floats:
        """Give noise with a cell in picture heights, ``stretch`` times wider than high."""
        size = (max(2.0, cell * self.unit * stretch), max(2.0, cell * self.unit))
        return noise(self.rng, self.width, self.height, size, octaves, gain)

    def textured(self, picture: Bytes, strength: float, cell: float = 0.07, stretch: float = 1.0) -> Bytes:
        """Give the surface a grain of its own, less so in a flat look and far away."""
        share = strength * (0.45 if self.light.cel else 1.0)
        grain = (1.0 + share * 1.7 * (self.noise(cell, 4, stretch, 0.7) - 0.5)) * 128
        return cv2.multiply(picture, cv2.merge([np.clip(grain, 0, 255).astype(np.uint8)] * 3), scale=1 / 128)

    def finish(self, picture: Bytes, mask: Bytes) -> Bytes:
        """Add the edges of the look, and join picture and mask to a premultiplied layer."""
        if self.light.cel:
            picture, mask = self._outlined(picture, mask)
        elif self.light.shading == "rim" and self.depth > 0.4:
            picture = self._rimmed(picture, mask)
        solid = cv2.multiply(picture, cv2.merge([mask] * 3), scale=1 / 255)
        return crafted(cv2.merge([*cv2.split(solid), mask]), self.light.craft)

    def _outlined(self, picture: Bytes, mask: Bytes) -> tuple[Bytes, Bytes]:
        wide = cv2.dilate(mask, np.ones((3, 3), np.uint8))
        edge = cv2.subtract(wide, cv2.erode(mask, np.ones((3, 3), np.uint8)))
        share = 0.6 if self.depth > 0.5 else 0.35
        dark = cv2.merge([cv2.GaussianBlur(edge, (0, 0), 0.6)] * 3)
        shade = cv2.multiply(picture, dark, scale=share / 255)
        return cv2.subtract(picture, shade), wide

    def _rimmed(self, picture: Bytes, mask: Bytes) -> Bytes:
        lowered = np.roll(mask, 2, axis=0)
        lowered[:2] = 0
        edge = cv2.GaussianBlur(cv2.subtract(mask, lowered), (0, 0), 1.0)
        tint = ink(self.light.accents[0] * 0.8)
        glow = cv2.merge([edge] * 3)
        return cv2.add(picture, cv2.multiply(glow, np.full_like(glow, tint), scale=1 / 255))


def ink(shade: Floats) -> tuple[int, int, int]:
    """Give a colour as three whole numbers for drawing."""
    b, g, r = (round(float(value) * 255) for value in np.clip(shade, 0, 1))
    return b, g, r


def gradient(stops: Floats, width: int, height: int) -> Bytes:
    """Spread rows of colours over a picture from top to bottom, dithered against banding."""
    column = cv2.resize(stops[:, None, :].astype(np.float32), (1, height), interpolation=cv2.INTER_LINEAR)
    wide = cv2.resize(column.reshape(height, 1, 3), (width, height)) * 255
    pattern = ((np.arange(height)[:, None] * 5 + np.arange(width)[None] * 3) % 8 / 8).astype(np.float32)
    dithered: Bytes = np.clip(wide + pattern[..., None], 0, 255).astype(np.uint8)
    return dithered
