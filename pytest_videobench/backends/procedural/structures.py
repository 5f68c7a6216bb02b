"""What is built, or hangs in the air: towers, castles, lamps, globes, rocks and plain shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, mix, profile
from pytest_videobench.backends.procedural.canvas import Canvas, ink
from pytest_videobench.backends.procedural.skies import globe

if TYPE_CHECKING:
    from collections.abc import Mapping


def towers(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint a row of buildings with lit windows."""
    picture, mask = canvas.blank()
    foot, x = canvas.row(spec["base"]), -0.05 * canvas.unit
    gaps = profile(canvas.rng, canvas.width, 0.4 * canvas.unit, 3)
    level = np.quantile(gaps, spec.get("gaps", 0.0))
    while x < canvas.width:
        wide = spec["width"] * canvas.unit * canvas.rng.uniform(0.6, 1.5)
        tall = spec["height"] * canvas.unit * canvas.rng.uniform(0.35, 1.0)
        if gaps[int(np.clip(x + wide / 2, 0, canvas.width - 1))] >= level:
            _tower(picture, mask, canvas, (x, foot - tall, wide, tall), spec)
        x += wide * canvas.rng.uniform(0.9, 1.1)
    return glowing(canvas.finish(canvas.textured(picture, 0.3, 0.05), mask), canvas)


def glowing(image: Bytes, canvas: Canvas) -> Bytes:
    """Let what is bright on a layer shine into its surroundings, by night."""
    if not canvas.light.night:
        return image
    bright = cv2.subtract(image[..., :3], np.full_like(image[..., :3], 110))
    small = cv2.resize(bright, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    halo = cv2.GaussianBlur(small, (0, 0), 0.006 * canvas.unit) * 0.8 + cv2.GaussianBlur(
        small, (0, 0), 0.016 * canvas.unit
    )
    wide = cv2.resize(np.clip(halo * 1.4, 0, 255).astype(np.uint8), image.shape[1::-1])
    return cv2.merge([*cv2.split(cv2.add(image[..., :3], wide)), image[..., 3]])


def _tower(
    picture: Bytes,
    mask: Bytes,
    canvas: Canvas,
    box: tuple[float, float, float, float],
    spec: Mapping[str, Any],
) -> None:
    x, y, wide, tall = box
    base = canvas.colour(mix(canvas.paving(), canvas.accent(), 0.12))
    shade = mix(base, canvas.light.light, canvas.rng.uniform(0, 0.08))
    bounds = ((round(x), round(y)), (round(x + wide), canvas.height))
    cv2.rectangle(picture, *bounds, ink(shade), -1)
    cv2.rectangle(mask, *bounds, (255,), -1)
    side = round(x + wide * 0.72)
    cv2.rectangle(picture, (side, round(y)), bounds[1], ink(shade * 0.8), -1)
    if canvas.rng.random() < spec.get("spire", 0.0):
        top = (round(x + wide / 2), round(y - tall * 0.18))
        cv2.line(mask, (top[0], round(y)), top, (255,), 2, cv2.LINE_AA)
    _windows(picture, canvas, (x, y, wide, tall), float(spec["lit"]))


def _windows(picture: Bytes, canvas: Canvas, box: tuple[float, float, float, float], lit: float) -> None:
    x, y, wide, tall = box
    cell = max(5.0, (0.018 + 0.012 * canvas.depth) * canvas.unit)
    columns, rows = int(wide / cell) - 1, int(min(tall, canvas.height - y) / cell) - 1
    if columns < 1 or rows < 1:
        return
    chances = canvas.rng.random((rows, columns))
    warm = canvas.light.light if canvas.rng.random() < 0.6 else canvas.accent()
    bright = ink(mix(canvas.colour(warm), warm, 0.6) * (1.0 if canvas.light.night else 0.9))
    dark = ink(canvas.colour(canvas.light.ground) * 0.75)
    inset = (wide - columns * cell) / 2
    for row, column in np.argwhere(chances < 0.92):
        left, top = round(x + inset + column * cell + cell * 0.2), round(y + (row + 0.7) * cell)
        value = bright if chances[row, column] < lit * (1.0 if canvas.light.night else 0.4) else dark
        cv2.rectangle(picture, (left, top), (left + round(cell * 0.5), top + round(cell * 0.4)), value, -1)


def castle(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint a castle: keeps with battlements and pointed roofs on a rock."""
    picture, mask = canvas.blank()
    centre, foot = canvas.column(canvas.rng.uniform(0.45, 1.35)), canvas.row(spec["base"])
    size = spec["height"] * canvas.unit
    rock = np.array([[-0.75, 0.35], [-0.5, -0.02], [-0.1, -0.12], [0.3, -0.08], [0.55, 0.02], [0.8, 0.35]])
    points = rock * size + (centre, foot)
    cv2.fillPoly(mask, [(points * 8).astype(np.int32)], (255,), cv2.LINE_AA, 3)
    for place in sorted(canvas.rng.uniform(-0.46, 0.46, 7), key=abs, reverse=True):
        tall = size * (0.85 - 1.1 * abs(place)) * canvas.rng.uniform(0.75, 1.0)
        _keep(
            picture, mask, canvas, (centre + place * size, foot, size * canvas.rng.uniform(0.05, 0.09), tall)
        )
    return canvas.finish(canvas.textured(picture, 0.45, 0.04), mask)


def _keep(picture: Bytes, mask: Bytes, canvas: Canvas, box: tuple[float, float, float, float]) -> None:
    x, foot, half, tall = box
    wall = canvas.colour(mix(canvas.light.ground, canvas.light.haze, canvas.rng.uniform(0.15, 0.35)))
    top = foot - tall
    body = np.array([[x - half, foot], [x - half, top], [x + half, top], [x + half, foot]])
    shadow = np.array([[x + half * 0.3, foot], [x + half * 0.3, top], [x + half, top], [x + half, foot]])
    roof = np.array([[x - half * 1.35, top], [x, top - half * 3.4], [x + half * 1.35, top]])
    tiles = canvas.colour(mix(canvas.light.accents[0], canvas.light.ground, 0.35))
    for points, shade in ((body, wall), (shadow, wall * 0.8), (roof, tiles)):
        corners = [(points * 8).astype(np.int32)]
        cv2.fillPoly(picture, corners, ink(shade), cv2.LINE_AA, 3)
        cv2.fillPoly(mask, corners, (255,), cv2.LINE_AA, 3)
    for share in np.arange(0.2, 0.9, 0.22):
        spot = (round(x), round(foot - tall * share))
        cv2.rectangle(
            picture, (spot[0] - 1, spot[1] - 3), (spot[0] + 1, spot[1] + 1), ink(canvas.light.light), -1
        )


def lamps(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint street lamps that glow."""
    picture, mask = canvas.blank()
    count = int(spec["count"])
    tall = spec["height"] * canvas.unit
    for index in range(-1, count + 2):
        x = round(canvas.column((index + canvas.rng.uniform(0.2, 0.8)) * 1.78 / count))
        if canvas.middle(x):
            continue
        foot, top = round(canvas.row(spec["base"])), round(canvas.row(spec["base"]) - tall)
        arm = x + round(0.07 * canvas.unit)
        thick = max(2, round(0.010 * canvas.unit))
        cv2.line(mask, (x, foot), (x, top), (255,), thick, cv2.LINE_AA)
        cv2.line(mask, (x, top), (arm, top), (255,), thick, cv2.LINE_AA)
        for sheet, value in ((picture, ink(canvas.light.light)), (mask, (255,))):
            cv2.ellipse(
                sheet, (arm, top + thick), (3 * thick, round(1.4 * thick)), 0, 0, 360, value, -1, cv2.LINE_AA
            )
    return glowing(canvas.finish(picture, mask), canvas)


def globes(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint planets and moons."""
    picture, mask = canvas.blank()
    for index in range(int(spec["count"])):
        place = (canvas.rng.uniform(0.15, 1.6), canvas.rng.uniform(0.1, 0.75))
        globe(picture, mask, canvas, place, spec["size"] * canvas.rng.uniform(0.7, 1.1) / (1 + 2.2 * index))
    return canvas.finish(picture, mask)


def rocks(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint drifting rocks."""
    picture, mask = canvas.blank()
    base = canvas.colour(mix(canvas.light.ground, canvas.light.haze, 0.5))
    for _ in range(round(int(spec["count"]) * canvas.width / (1.78 * canvas.unit))):
        middle = np.array(
            [
                canvas.rng.uniform(0, canvas.width),
                canvas.row(spec["base"] + canvas.rng.uniform(-1, 1) * spec["spread"]),
            ]
        )
        size = spec["size"] * canvas.unit * canvas.rng.uniform(0.3, 1.0)
        turns = np.sort(canvas.rng.uniform(0, 2 * np.pi, 9))
        outline = np.stack([np.cos(turns), 0.75 * np.sin(turns)], axis=1)
        for share, shade in ((1.0, base * 0.6), (0.72, mix(base, canvas.light.light, 0.25))):
            corners = [((middle - size * 0.14 * (1 - share) + outline * size * share) * 8).astype(np.int32)]
            cv2.fillPoly(picture, corners, ink(shade), cv2.LINE_AA, 3)
            cv2.fillPoly(mask, corners, (255,), cv2.LINE_AA, 3)
    return canvas.finish(canvas.textured(picture, 0.7, 0.02), mask)


def shapes(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint plain shapes that float: discs, rings or polygons."""
    picture, mask = canvas.blank()
    for _ in range(round(int(spec["count"]) * canvas.width / (1.78 * canvas.unit))):
        middle = canvas.rng.random(2) * (canvas.width, canvas.height)
        if canvas.depth > 1 and abs(middle[0] - canvas.column(0.89)) < 0.45 * canvas.unit:
            continue
        size = spec["size"] * canvas.unit * canvas.rng.uniform(0.4, 1.0)
        tint = mix(canvas.accent(), canvas.light.light, canvas.rng.uniform(0, 0.35))
        _shape(
            picture,
            mask,
            middle,
            size,
            ink(mix(tint, canvas.light.haze, 0.4 * max(0.0, 1 - canvas.depth))),
            spec["form"],
            canvas,
        )
    return canvas.finish(canvas.textured(picture, 0.35, 0.05), mask)


def _shape(
    picture: Bytes,
    mask: Bytes,
    middle: Floats,
    size: float,
    shade: tuple[int, int, int],
    form: str,
    canvas: Canvas,
) -> None:
    sides = int(canvas.rng.integers(3, 7)) if form == "polygon" else 40
    turns = np.arange(sides) * 2 * np.pi / sides + canvas.rng.uniform(0, 6)
    outline = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    corners = [((middle + outline * size) * 8).astype(np.int32)]
    thick = max(2, round(size * 0.16))
    if form == "ring":
        cv2.polylines(picture, corners, True, shade, thick + 2, cv2.LINE_AA, 3)
        cv2.polylines(mask, corners, True, (255,), thick, cv2.LINE_AA, 3)
        return
    cv2.fillPoly(picture, corners, tuple(int(v * 0.72) for v in shade), cv2.LINE_AA, 3)
    inner = [((middle + outline * size * 0.7 - size * 0.12) * 8).astype(np.int32)]
    cv2.fillPoly(picture, inner, shade, cv2.LINE_AA, 3)
    cv2.fillPoly(mask, corners, (255,), cv2.LINE_AA, 3)
