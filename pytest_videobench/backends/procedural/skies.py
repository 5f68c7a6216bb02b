"""Backdrops: skies, and the horizonless fields of abstract pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, mix, noise, smoothstep
from pytest_videobench.backends.procedural.canvas import Canvas, gradient, ink

if TYPE_CHECKING:
    from collections.abc import Mapping


def sky(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint a sky with what stands in it."""
    light = canvas.light
    horizon = max(2, round(canvas.row(0.78)))
    stops = np.array([light.top, mix(light.top, light.low, 0.35), mix(light.top, light.low, 0.75), light.low])
    picture: Bytes = np.empty((canvas.height, canvas.width, 3), np.uint8)
    picture[:] = ink(light.low)
    picture[: min(horizon, canvas.height)] = gradient(stops, canvas.width, horizon)[: canvas.height]
    if light.night and spec.get("stars", 60):
        _stars(picture, canvas, int(spec.get("stars", 60)))
    if light.sun or light.moon:
        picture = _disc(picture, canvas)
    if canvas.rng.random() < spec.get("globe", 0.0):
        globe(picture, None, canvas, (0.3 + canvas.rng.random() * 1.2, 0.22), 0.12)
    picture = _clouds(picture, canvas, float(spec.get("clouds", 0.5)))
    if spec.get("shafts"):
        picture = _shafts(picture, canvas, float(spec["shafts"]))
    return opaque(picture)


def swirl(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint flowing bands of colour: noise looked up through noise."""
    width, height = canvas.width // 2, canvas.height // 2
    cell = canvas.unit * 0.5
    first, second = (noise(canvas.rng, width, height, (cell, cell), 3) for _ in range(2))
    bend = canvas.unit * 0.45
    grid_x = np.arange(width, dtype=np.float32)[None] + bend * (first - 0.5)
    grid_y = np.arange(height, dtype=np.float32)[:, None] + bend * (second - 0.5)
    source = noise(canvas.rng, width, height, (cell * 1.2, cell * 1.2), 4)
    field = cv2.remap(source, grid_x, grid_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return opaque(coloured(cv2.resize(field, (canvas.width, canvas.height)), canvas, float(spec["bands"])))


def coloured(field: Floats, canvas: Canvas, bands: float) -> Bytes:
    """Look a field from 0 to 1 up in a ring of the palette's colours, with relief."""
    light = canvas.light
    first, second, third = light.accents
    ring = np.array(
        [
            light.top,
            mix(light.top, first, 0.7),
            first,
            mix(first, light.light, 0.5),
            mix(second, light.low, 0.5),
            third,
            light.low,
            light.top,
        ]
    )
    place = (field - field.min()) / max(1e-6, float(field.max() - field.min())) * bands + canvas.rng.random()
    table = cv2.resize(ring[:, None].astype(np.float32), (1, 256), interpolation=cv2.INTER_LINEAR)
    picture = (table.reshape(256, 3) * 255).astype(np.uint8)[(place * 256).astype(np.int32) % 256]
    relief = cv2.GaussianBlur(cv2.Sobel(field, cv2.CV_32F, 1, 1, ksize=5), (0, 0), 1.5)
    shade = np.clip(128 + relief / max(1e-6, float(np.abs(relief).max())) * 60, 0, 255).astype(np.uint8)
    return canvas.textured(cv2.multiply(picture, cv2.merge([shade] * 3), scale=1 / 128), 0.25, 0.05)


def opaque(picture: Bytes) -> Bytes:
    """Give a picture full coverage."""
    return cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA)


def _stars(picture: Bytes, canvas: Canvas, count: int) -> None:
    spots = canvas.rng.random((round(count * canvas.width / (1.78 * canvas.unit)), 4))
    for x, y, size, tint in spots:
        place = (round(x * canvas.width * 8), round(y**1.3 * min(canvas.height, canvas.row(1.0)) * 8))
        shade = mix(canvas.light.light, canvas.light.accents[0], tint * 0.6) * (0.35 + 0.65 * size**2)
        radius = round(8 * (0.5 + 1.1 * size**6) * max(0.7, canvas.unit / 400))
        cv2.circle(picture, place, radius, ink(shade), -1, cv2.LINE_AA, 3)


def _disc(picture: Bytes, canvas: Canvas) -> Bytes:
    light, low = canvas.light, 0.44 if canvas.light.sun else 0.22
    centre = (canvas.column(canvas.rng.uniform(0.3, 1.45)), canvas.row(low + canvas.rng.uniform(-0.1, 0.06)))
    radius = 0.055 * canvas.unit
    step = 4
    away = np.hypot(canvas.columns[:, ::step] - centre[0], canvas.rows[::step] - centre[1]) / radius
    glow = np.clip(150 / (1 + (away * 0.55) ** 2), 0, 255)
    halo = cv2.resize(glow, (canvas.width, canvas.height)).astype(np.uint8)
    tint = np.full_like(picture, ink(light.light))
    picture = cv2.add(picture, cv2.multiply(cv2.merge([halo] * 3), tint, scale=0.55 / 255))
    place = (round(centre[0] * 16), round(centre[1] * 16))
    cv2.circle(
        picture,
        place,
        round(radius * 16),
        ink(mix(light.light, np.ones(3, np.float32), 0.4)),
        -1,
        cv2.LINE_AA,
        4,
    )
    return picture


def _clouds(picture: Bytes, canvas: Canvas, amount: float) -> Bytes:
    light = canvas.light
    field = canvas.noise(0.34, 5, 2.2)
    sharp = (0.50, 0.56) if light.cel else (0.42, 0.78)
    cover = smoothstep(sharp[0], sharp[1], field) * smoothstep(1.05, 0.25, canvas.rows / canvas.row(0.8))
    body = light.haze if light.night else mix(light.haze, np.ones(3, np.float32), 0.55)
    share = np.clip(cover * amount * (0.75 if light.night else 1.0), 0, 1)[..., None]
    return (picture * (1 - share) + (body * 255).astype(np.float32) * share).astype(np.uint8)


def _shafts(picture: Bytes, canvas: Canvas, amount: float) -> Bytes:
    origin = canvas.column(canvas.rng.uniform(0.3, 1.4))
    slope = (canvas.columns[:, ::4] - origin) / (canvas.rows[::4] + 0.6 * canvas.unit)
    waves = sum(np.sin(slope * f + p) for f, p in zip((23, 37, 61), canvas.rng.uniform(0, 6, 3), strict=True))
    rays = np.clip(waves / 3, 0, 1) * np.exp(-4 * slope**2) * (255 if canvas.light.night else 150) * amount
    beam = cv2.resize(rays.astype(np.uint8), (canvas.width, canvas.height))
    tint = np.full_like(picture, ink(canvas.light.light))
    return cv2.add(picture, cv2.multiply(cv2.merge([beam] * 3), tint, scale=1 / 255))


def globe(
    picture: Bytes, mask: Bytes | None, canvas: Canvas, place: tuple[float, float], radius: float
) -> None:
    """Paint a planet lit from one side, banded, in a colour of the palette."""
    size = max(4, round(radius * canvas.unit))
    grid = (np.arange(2 * size + 3, dtype=np.float32) - size - 1) / size
    x, y = np.meshgrid(grid, grid)
    r = np.hypot(x, y)
    height = np.sqrt(np.clip(1 - r * r, 0, 1))
    lit = np.clip(0.06 + 0.95 * (x * -0.62 + y * -0.45 + height * 0.62), 0.03, 1)
    bands = noise(canvas.rng, len(grid), len(grid), (size * 1.5, size * 0.22), 4)
    shades = mix(canvas.accent(), canvas.accent() * 0.6 + 0.15, bands[..., None])
    cover = np.clip((1 - r) * size + 0.5, 0, 1)
    left, top = round(canvas.column(place[0])) - size, round(canvas.row(place[1])) - size
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(canvas.width, left + len(grid)), min(canvas.height, top + len(grid))
    if x1 <= x0 or y1 <= y0:
        return
    inside = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    target, share = picture[y0:y1, x0:x1], cover[inside][..., None]
    target[:] = (target * (1 - share) + np.clip(shades * lit[..., None], 0, 1)[inside] * 255 * share).astype(
        np.uint8
    )
    if mask is not None:
        np.maximum(mask[y0:y1, x0:x1], (cover[inside] * 255).astype(np.uint8), out=mask[y0:y1, x0:x1])
