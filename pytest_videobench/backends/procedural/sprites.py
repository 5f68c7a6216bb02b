"""Small shaded pictures that figures are put together from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, mix
from pytest_videobench.backends.procedural.canvas import Light, ink

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SUPERSAMPLING = 2
PAD = 6
LIGHT_FROM = (-0.55, -0.75)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprite:
    """A premultiplied picture of one part, and how it lies in the part's own units."""

    image: Bytes
    place: Floats
    """3 x 3 matrix from the picture's pixels to units of the figure."""
    hull: Floats
    """3 x n corners around all that is solid, in units of the figure."""


def sprite(
    shapes: Sequence[Sequence[Any]], size: float, inks: Mapping[str, Floats], light: Light, seed: int
) -> Sprite:
    """Draw shapes in figure units at ``size`` pixels per unit, shade them as the look demands."""
    outlines = [_outline(shape) for shape in shapes]
    every = np.vstack(outlines)
    low, high = every.min(axis=0) - PAD / size, every.max(axis=0) + PAD / size
    width, height = np.maximum(np.ceil((high - low) * size).astype(int), 4)
    picture, mask, glow = _drawn(shapes, outlines, low, size, (width, height), inks)
    picture = _shaded(picture, mask, light, seed)
    if light.cel:
        picture, mask = _inked(picture, mask, size)
    image = cv2.merge([cv2.multiply(picture, cv2.merge([mask] * 3), scale=1 / 255), mask])
    image[..., :3] = cv2.add(image[..., :3], cv2.GaussianBlur(glow, (0, 0), max(1.5, PAD / 2.5)))
    place = np.array([[1 / size, 0, low[0]], [0, 1 / size, low[1]], [0, 0, 1]])
    corners = cv2.convexHull(every.astype(np.float32))[:, 0]
    return Sprite(image=image, place=place, hull=np.vstack([corners.T, np.ones(len(corners))]))


def _outline(shape: Sequence[Any]) -> Floats:
    kind, *numbers, _ = shape
    if kind in ("poly", "blob"):
        corners = np.array(numbers[0], float)
        return corners if kind == "poly" else _rounded(corners)
    if kind == "ellipse":
        cx, cy, rx, ry = numbers
        turns = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        return np.stack([cx + rx * np.cos(turns), cy + ry * np.sin(turns)], axis=1)
    return _limb(*numbers)


def _rounded(corners: Floats) -> Floats:
    """Cut the corners three times over, which leaves a smooth outline."""
    for _ in range(3):
        after = np.roll(corners, -1, axis=0)
        corners = np.stack([0.75 * corners + 0.25 * after, 0.25 * corners + 0.75 * after], axis=1).reshape(
            -1, 2
        )
    return corners


def _limb(x1: float, y1: float, r1: float, x2: float, y2: float, r2: float) -> Floats:
    angle = np.arctan2(y2 - y1, x2 - x1)
    first = angle + np.linspace(np.pi / 2, 3 * np.pi / 2, 12)
    second = angle + np.linspace(-np.pi / 2, np.pi / 2, 12)
    return np.vstack(
        [
            np.stack([x1 + r1 * np.cos(first), y1 + r1 * np.sin(first)], axis=1),
            np.stack([x2 + r2 * np.cos(second), y2 + r2 * np.sin(second)], axis=1),
        ]
    )


def _drawn(
    shapes: Sequence[Sequence[Any]],
    outlines: Sequence[Floats],
    low: Floats,
    size: float,
    area: tuple[int, int],
    inks: Mapping[str, Floats],
) -> tuple[Bytes, Bytes, Bytes]:
    width, height = area
    fine = (height * SUPERSAMPLING, width * SUPERSAMPLING)
    picture, mask, glow = (np.zeros((*fine, n), np.uint8) for n in (3, 1, 3))
    picture[:] = ink(inks[shapes[0][-1]])
    for shape, outline in zip(shapes, outlines, strict=True):
        corners = [np.round((outline - low) * size * SUPERSAMPLING * 8).astype(np.int32)]
        shade = ink(inks[shape[-1]])
        cv2.fillPoly(picture, corners, shade, cv2.LINE_AA, 3)
        cv2.fillPoly(mask, corners, (255,), cv2.LINE_AA, 3)
        if shape[-1] == "glow":
            cv2.fillPoly(glow, corners, shade, cv2.LINE_AA, 3)
    small = [
        cv2.resize(sheet, (width, height), interpolation=cv2.INTER_AREA) for sheet in (picture, mask, glow)
    ]
    return small[0], small[1], small[2]


def _shaded(picture: Bytes, mask: Bytes, light: Light, seed: int) -> Bytes:
    depth = cv2.distanceTransform((mask > 127).astype(np.uint8), cv2.DIST_L2, 3)
    share = np.clip(depth / max(1.0, float(depth.max())), 0, 1)
    swell = cv2.GaussianBlur(np.sqrt(share * (2 - share)).astype(np.float32), (0, 0), 1.2)
    reach = max(1.0, float(depth.max()))
    slope = (
        cv2.Sobel(swell, cv2.CV_32F, 1, 0) * LIGHT_FROM[0]
        + cv2.Sobel(swell, cv2.CV_32F, 0, 1) * LIGHT_FROM[1]
    )
    lit = np.clip(-slope * reach / 12, -1, 1)
    if light.cel:
        tone = np.where(lit < -0.14, 0.74, 1.0).astype(np.float32)
    else:
        texture = np.random.default_rng(seed).random(
            (picture.shape[0] // 3 + 2, picture.shape[1] // 3 + 2), np.float32
        )
        cloth = cv2.resize(texture, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_CUBIC)
        tone = 0.86 + 0.42 * lit + 0.06 * (cloth - 0.5)
    shaded = picture.astype(np.float32) * tone[..., None]
    if light.shading in ("rim", "gloss"):
        shaded += np.clip(lit - 0.35, 0, 1)[..., None] * 150 * mix(light.accents[1], light.light, 0.4)
    whole: Bytes = np.clip(shaded, 0, 255).astype(np.uint8)
    return whole


def _inked(picture: Bytes, mask: Bytes, size: float) -> tuple[Bytes, Bytes]:
    line = 3 if size < 260 else 5
    wide = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (line, line)))
    inner = cv2.merge([cv2.erode(mask, np.ones((3, 3), np.uint8))] * 3)
    dark = np.full_like(picture, (42, 30, 38))
    keep = cv2.multiply(picture, inner, scale=1 / 255)
    return cv2.add(keep, cv2.multiply(dark, cv2.bitwise_not(inner), scale=1 / 255)), wide
