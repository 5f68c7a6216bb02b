"""Small shaded pictures that figures are put together from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, mix
from pytest_videobench.backends.procedural.canvas import Light, ink
from pytest_videobench.backends.procedural.crafts import crafted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAD = 6
LIGHT_FROM = (-0.55, -0.75)
HARD = ("metal", "glass", "gold", "steel")
"""Inks that shine."""
LINES = ("line", "ring", "arc")
"""Shapes that are strokes."""
LINE_INK = (42, 30, 38)
FINEST_LINES = 60
"""Pixels per unit below which a cel has no lines inside a part: they would swallow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprite:
    """A premultiplied picture of one part, and how it lies in the part's own units."""

    image: Bytes
    place: Floats
    """3 x 3 matrix from the picture's pixels to units of the figure."""
    hull: Floats
    """3 x n corners around all that is solid, in units of the figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """What a sprite is painted on."""

    picture: Floats
    mask: Bytes
    glow: Bytes
    low: Floats
    size: float
    light: Light


def sprite(
    shapes: Sequence[Sequence[Any]],
    size: float,
    inks: Mapping[str, Floats],
    light: Light,
    *,
    clear: float = 1.0,
) -> Sprite:
    """Draw shapes in figure units at ``size`` pixels per unit, shaded as the look demands.

    ``clear`` is the share of its coverage that a piece keeps: glass and film let through what is behind.
    """
    outlines = [_outline(shape) for shape in shapes]
    every = np.vstack(outlines)
    low, high = every.min(axis=0) - PAD / size, every.max(axis=0) + PAD / size
    width, height = np.maximum(np.ceil((high - low) * size).astype(int), 4)
    sheet = _Sheet(
        picture=np.empty((height, width, 3), np.float32),
        mask=np.zeros((height, width), np.uint8),
        glow=np.zeros((height, width, 3), np.uint8),
        low=low,
        size=size,
        light=light,
    )
    sheet.picture[:] = inks[shapes[0][-1]] * 255
    for shape, outline in zip(shapes, outlines, strict=True):
        _add(sheet, shape, outline, inks)
    place = np.array([[1 / size, 0, low[0]], [0, 1 / size, low[1]], [0, 0, 1]])
    corners = cv2.convexHull(every.astype(np.float32))[:, 0]
    image = _joined(sheet)
    if clear < 1:
        image = cv2.convertScaleAbs(image, alpha=clear)
    return Sprite(image=image, place=place, hull=np.vstack([corners.T, np.ones(len(corners))]))


def _joined(sheet: _Sheet) -> Bytes:
    picture, mask = np.clip(sheet.picture, 0, 255).astype(np.uint8), sheet.mask
    if sheet.light.cel:
        picture, mask = _inked(picture, mask, sheet.size)
    image = cv2.merge([cv2.multiply(picture, cv2.merge([mask] * 3), scale=1 / 255), mask])
    if sheet.glow.any():
        halo = cv2.GaussianBlur(sheet.glow, (0, 0), max(1.5, PAD / 2.5))
        image[..., :3] = cv2.add(image[..., :3], halo)
    return crafted(image, sheet.light.craft)


def _add(sheet: _Sheet, shape: Sequence[Any], outline: Floats, inks: Mapping[str, Floats]) -> None:
    kind, name = shape[0], shape[-1]
    span = (outline - sheet.low) * sheet.size
    wide = sheet.mask.shape
    rim = 3 + (round(0.4 * float(np.ptp(span, axis=0).min())) if kind == "soft" else 0)
    x0, y0 = np.maximum(np.floor(span.min(axis=0)).astype(int) - rim, 0)
    x1, y1 = np.minimum(np.ceil(span.max(axis=0)).astype(int) + rim + 1, (wide[1], wide[0]))
    area = np.s_[y0:y1, x0:x1]
    mask = _mask(shape, span - (x0, y0), (int(y1 - y0), int(x1 - x0)), sheet)
    shade = inks[name] * 255
    if kind == "soft":
        reach = max(1.0, 0.10 * min(mask.shape))
        mask = cv2.min(cv2.GaussianBlur(mask, (0, 0), reach), sheet.mask[area])
        cover: Floats = (mask.astype(np.float32) * (0.5 / 255))[..., None]
        tone: Floats = np.ones((*mask.shape, 1), np.float32)
    else:
        cover = (mask.astype(np.float32) / 255)[..., None]
        tone = _tone(mask, kind, name, sheet.light)
    painted = shade * tone if tone.shape[2] == 1 else shade * tone[..., :1] + tone[..., 1:]
    sheet.picture[area] += (painted - sheet.picture[area]) * cover
    if kind != "soft":
        np.maximum(sheet.mask[area], mask, out=sheet.mask[area])
    if name == "glow":
        lit = np.full((*mask.shape, 3), ink(inks[name]), np.uint8)
        sheet.glow[area] = cv2.max(sheet.glow[area], cv2.copyTo(lit, mask))
    if sheet.light.cel and kind not in ("soft", *LINES) and sheet.size > FINEST_LINES:
        _contour(sheet, span)


def _contour(sheet: _Sheet, span: Floats) -> None:
    """Draw the outline of a shape in a darker tone of what it is on."""
    low, high = np.floor(span.min(axis=0)).astype(int) - 2, np.ceil(span.max(axis=0)).astype(int) + 3
    x0, y0 = np.maximum(low, 0)
    line = np.zeros((int(high[1] - y0), int(high[0] - x0)), np.uint8)
    corners = np.round((span - (x0, y0)) * 8).astype(np.int32)
    cv2.polylines(line, [corners], True, (255,), 1, cv2.LINE_AA, 3)
    area = sheet.picture[y0 : y0 + line.shape[0], x0 : x0 + line.shape[1]]
    area *= 1 - (line[: area.shape[0], : area.shape[1]].astype(np.float32) * (0.55 / 255))[..., None]


def _mask(shape: Sequence[Any], span: Floats, area: tuple[int, int], sheet: _Sheet) -> Bytes:
    mask = np.zeros(area, np.uint8)
    corners = [np.round(span * 8).astype(np.int32)]
    if shape[0] in LINES:
        path, thick = _stroke(shape, span), max(1, round(_width(shape) * sheet.size))
        cv2.polylines(
            mask, [np.round(path * 8).astype(np.int32)], shape[0] == "ring", (255,), thick, cv2.LINE_AA, 3
        )
    else:
        cv2.fillPoly(mask, corners, (255,), cv2.LINE_AA, 3)
    return mask


def _tone(mask: Bytes, kind: str, name: str, light: Light) -> Floats:
    """Give how light a shape is at each pixel, and in three further channels what shines on it."""
    height, width = mask.shape
    if kind in LINES:
        return np.ones((height, width, 1), np.float32)
    reach = max(1.2, (0.07 if kind == "poly" else 0.2) * min(width, height))
    step = 1 if reach < 6 else 4
    small = cv2.resize(mask, (width // step + 1, height // step + 1), interpolation=cv2.INTER_AREA)
    swell = cv2.GaussianBlur(small.astype(np.float32) / 255, (0, 0), reach / step)
    slope = -cv2.Sobel(swell, cv2.CV_32F, 1, 0) * LIGHT_FROM[0] - (
        cv2.Sobel(swell, cv2.CV_32F, 0, 1) * LIGHT_FROM[1]
    )
    lit = np.clip(cv2.resize(slope, (width, height)) * (0.16 * reach / step), -1, 1)
    if light.cel:
        return np.where(lit < -0.16, 0.76, 1.0).astype(np.float32)[..., None]
    fall = np.linspace(0.06, -0.08, height, dtype=np.float32)[:, None]
    tone: Floats = (0.96 + 0.62 * lit + fall).astype(np.float32)[..., None]
    if light.shading in ("rim", "gloss") or name in HARD:
        shine = np.clip(lit - (0.2 if name in HARD else 0.3), 0, 1)[..., None] * 190
        return np.dstack([tone, shine * mix(light.accents[1], light.light, 0.6)])
    return tone


def _stroke(shape: Sequence[Any], span: Floats) -> Floats:
    """Give the middle line of a stroke, whose outline holds it first."""
    count = len(shape[1]) if shape[0] == "line" else 48
    return span[:count]


def _width(shape: Sequence[Any]) -> float:
    return float(shape[2] if shape[0] == "line" else shape[4])


def _outline(shape: Sequence[Any]) -> Floats:
    kind, *numbers, _ = shape
    if kind in ("poly", "blob"):
        corners = np.array(numbers[0], float)
        return corners if kind == "poly" else _rounded(corners)
    if kind in LINES:
        path = np.array(numbers[0], float) if kind == "line" else _arc(kind, numbers)
        return np.vstack([path, path - _width(shape) / 2, path + _width(shape) / 2])
    if kind in ("ellipse", "soft"):
        cx, cy, rx, ry = numbers
        turns = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        return np.stack([cx + rx * np.cos(turns), cy + ry * np.sin(turns)], axis=1)
    return _limb(*numbers)


def _arc(kind: str, numbers: Sequence[float]) -> Floats:
    """Give 48 points of a ring or, between two angles in degrees, of an arc."""
    cx, cy, radius = numbers[:3]
    first, last = (0.0, 360.0 * 47 / 48) if kind == "ring" else numbers[4:6]
    turns = np.deg2rad(np.linspace(first, last, 48))
    return np.stack([cx + radius * np.cos(turns), cy + radius * np.sin(turns)], axis=1)


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


def _inked(picture: Bytes, mask: Bytes, size: float) -> tuple[Bytes, Bytes]:
    line = 3 if size < 260 else 5
    wide = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (line, line)))
    inner = cv2.merge([cv2.erode(mask, np.ones((3, 3), np.uint8))] * 3)
    dark = np.full_like(picture, LINE_INK)
    keep = cv2.multiply(picture, inner, scale=1 / 255)
    return cv2.add(keep, cv2.multiply(dark, cv2.bitwise_not(inner), scale=1 / 255)), wide
