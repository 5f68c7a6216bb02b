"""Indoors and close by: rooms, shelves, tables, old houses, market stalls, and grounds without a place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, colour, mix, profile
from pytest_videobench.backends.procedural.canvas import Canvas, gradient, ink
from pytest_videobench.backends.procedural.skies import opaque

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDE = 1.78
"""Width of a picture in picture heights, which counts per picture are told for."""


def room(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint the far wall of a room: plaster above, panels below, a rail between, and lit windows."""
    light = canvas.light
    base = _tinted(mix(light.low, light.haze, 0.5), spec, light.night)
    picture = gradient(np.array([base * 0.72, base, base * 0.9]), canvas.width, canvas.height)
    picture = canvas.textured(picture, 0.34, 0.12)
    for index in range(-1, int(spec.get("windows", 0)) + 2):
        if spec.get("windows"):
            _window(picture, canvas, canvas.column((index + 0.5) * WIDE / int(spec["windows"])))
    rail = round(canvas.row(0.60))
    wood = base * 0.62
    cv2.rectangle(picture, (0, rail), (canvas.width, canvas.height), ink(wood), -1)
    cv2.rectangle(picture, (0, rail), (canvas.width, rail + round(0.02 * canvas.unit)), ink(wood * 1.3), -1)
    step = max(6, round(0.13 * canvas.unit))
    for x in range(round(canvas.column(0.0)) % step, canvas.width, step):
        bounds = ((x + step // 8, rail + step // 3), (x + step - step // 8, canvas.height))
        cv2.rectangle(picture, *bounds, ink(wood * 1.12), -1)
        cv2.rectangle(picture, *bounds, ink(wood * 0.7), 1)
    return opaque(canvas.textured(picture, 0.22, 0.05, 0.4))


def _tinted(base: Floats, spec: Mapping[str, Any], night: bool) -> Floats:
    if "tint" not in spec:
        return base
    return mix(base, colour(spec["tint"]) * (0.45 if night else 1.0), 0.6)


def _window(picture: Bytes, canvas: Canvas, centre: float) -> None:
    light, half = canvas.light, 0.13 * canvas.unit
    top, bottom = canvas.row(0.10), canvas.row(0.48)
    bounds = ((round(centre - half), round(top)), (round(centre + half), round(bottom)))
    glow: Bytes = np.zeros((canvas.height // 4 + 1, canvas.width // 4 + 1, 3), np.uint8)
    small = [tuple(value // 4 for value in corner) for corner in bounds]
    cv2.rectangle(glow, small[0], small[1], ink(light.light * 0.5), -1)
    glow = cv2.GaussianBlur(glow, (0, 0), max(1.0, 0.03 * canvas.unit))
    cv2.add(picture, cv2.resize(glow, (canvas.width, canvas.height)), dst=picture)
    pane = mix(light.light, light.top, 0.35) if not light.night else mix(light.top, light.light, 0.18)
    cv2.rectangle(picture, *bounds, ink(pane), -1)
    frame = ink(light.ground * 0.9 + 0.08)
    cv2.rectangle(picture, *bounds, frame, max(2, round(0.014 * canvas.unit)))
    for share in (1 / 3, 2 / 3):
        y = round(top + (bottom - top) * share)
        cv2.line(picture, (bounds[0][0], y), (bounds[1][0], y), frame, max(1, round(0.006 * canvas.unit)))
    x = round(centre)
    cv2.line(picture, (x, bounds[0][1]), (x, bounds[1][1]), frame, max(1, round(0.008 * canvas.unit)))


def plain(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint a ground without a place: one tone that falls off, with a faint grain, and points of light."""
    light = canvas.light
    base = mix(light.top, colour(spec["tint"]), float(spec.get("share", 0.85)))
    x = (canvas.columns - canvas.column(0.89)) / canvas.unit
    y = (canvas.rows - canvas.row(0.5)) / canvas.unit
    fall = np.clip(1.12 - 0.5 * np.hypot(x, 1.2 * y), 0.3, 1.1)[..., None]
    picture = np.clip(base * 255 * fall + 6 * (canvas.noise(0.3, 4, 1.5)[..., None] - 0.5), 0, 255).astype(
        np.uint8
    )
    for cx, cy, size, _ in canvas.rng.random(
        (round(int(spec.get("dots", 0)) * canvas.width / canvas.unit), 4)
    ):
        place = (round(cx * canvas.width * 8), round(cy * canvas.height * 8))
        shade = ink(mix(light.haze, light.light, size) * (0.25 + 0.5 * size))
        cv2.circle(
            picture, place, round(8 * (0.5 + 1.4 * size**3) * canvas.unit / 400), shade, -1, cv2.LINE_AA, 3
        )
    return opaque(canvas.textured(picture, float(spec.get("texture", 0.12)), 0.06))


def shelves(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint shelves with books, pots, bottles or parts standing on them."""
    picture, mask = canvas.blank()
    wood = canvas.colour(mix(canvas.light.ground, colour("#7a5233"), 0.55))
    count = int(spec["rows"])
    top, bottom = canvas.row(spec["top"]), canvas.row(spec["base"])
    gap = (bottom - top) / count
    thick = max(2, round(0.014 * canvas.unit))
    level = profile(canvas.rng, canvas.width, 0.5 * canvas.unit, 2)
    for row in range(1, count + 1):
        y = round(top + row * gap)
        x = 0.0
        while x < canvas.width:
            wide = canvas.unit * canvas.rng.uniform(0.018, 0.05) * float(spec.get("size", 1.0))
            if level[min(canvas.width - 1, int(x))] > spec.get("gaps", 0.2):
                tall = gap * canvas.rng.uniform(0.45, 0.82)
                _item(picture, mask, canvas, (x, y - thick, wide, tall), str(spec["items"]))
            x += wide * (1.12 if spec["items"] == "books" else 1.6)
        cv2.rectangle(picture, (0, y - thick), (canvas.width, y), ink(wood), -1)
        cv2.rectangle(mask, (0, y - thick), (canvas.width, y), (255,), -1)
    return canvas.finish(canvas.textured(picture, 0.25, 0.03), mask)


def _item(
    picture: Bytes, mask: Bytes, canvas: Canvas, box: tuple[float, float, float, float], kind: str
) -> None:
    x, foot, wide, tall = box
    tint = canvas.colour(mix(canvas.accent(), canvas.light.ground, canvas.rng.uniform(0.1, 0.6)))
    if kind == "books":
        points = np.array(
            [[x, foot], [x, foot - tall], [x + wide * 0.9, foot - tall], [x + wide * 0.9, foot]]
        )
    elif kind == "parts":
        turns = np.linspace(0, 2 * np.pi, 9)[:-1] + canvas.rng.random()
        points = np.stack([x + wide + wide * np.cos(turns), foot - wide - wide * np.sin(turns)], axis=1)
    else:
        neck = 0.3 if kind == "bottles" else 0.8
        points = np.array(
            [
                *([x, foot], [x, foot - tall * 0.55], [x + wide * (1 - neck), foot - tall * 0.7]),
                *([x + wide * (1 - neck), foot - tall], [x + wide * (1 + neck), foot - tall]),
                *([x + wide * (1 + neck), foot - tall * 0.7], [x + 2 * wide, foot - tall * 0.55]),
                [x + 2 * wide, foot],
            ]
        ) * (1.0, 1.0)
        points[:, 0] = x + (points[:, 0] - x) * 0.7
    corners = [(points * 8).astype(np.int32)]
    cv2.fillPoly(picture, corners, ink(tint), cv2.LINE_AA, 3)
    cv2.fillPoly(mask, corners, (255,), cv2.LINE_AA, 3)
    edge = (points[:2] + np.array([wide * 0.18, 0])) * 8
    cv2.polylines(
        picture, [edge.astype(np.int32)], False, ink(mix(tint, canvas.light.light, 0.35)), 1, cv2.LINE_AA, 3
    )


def table(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint the top of a table or counter, or of a bench, with a lit edge."""
    picture, mask = canvas.blank()
    top = round(canvas.row(spec["base"]))
    wood = mix(canvas.light.ground, colour(spec.get("tint", "#8a5c38")), 0.7) * (
        0.55 if canvas.light.night else 1.0
    )
    picture[max(0, top) :] = gradient(
        np.array([mix(wood, canvas.light.light, 0.3), wood, wood * 0.6]),
        canvas.width,
        max(2, canvas.height - max(0, top)),
    )
    mask[max(0, top) :] = 255
    edge = round(0.05 * canvas.unit)
    cv2.rectangle(picture, (0, top + edge), (canvas.width, top + edge + 2), ink(wood * 0.45), -1)
    return canvas.finish(canvas.textured(picture, 0.5, 0.03, 6.0), mask)


def houses(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint a row of old houses with gables and warm windows."""
    picture, mask = canvas.blank()
    foot, x = canvas.row(spec["base"]), -0.1 * canvas.unit
    while x < canvas.width:
        wide = spec["width"] * canvas.unit * canvas.rng.uniform(0.8, 1.3)
        tall = spec["height"] * canvas.unit * canvas.rng.uniform(0.7, 1.0)
        _house(picture, mask, canvas, (x, foot, wide, tall))
        x += wide * 1.01
    mask[max(0, round(foot)) :] = 255
    return canvas.finish(canvas.textured(picture, 0.3, 0.04), mask)


def _house(picture: Bytes, mask: Bytes, canvas: Canvas, box: tuple[float, float, float, float]) -> None:
    x, foot, wide, tall = box
    wall = canvas.colour(mix(mix(canvas.accent(), canvas.light.haze, 0.55), canvas.light.ground, 0.2))
    roof = canvas.colour(mix(canvas.light.accents[0], canvas.light.ground, 0.55))
    eave, ridge = foot - tall * 0.68, foot - tall
    shapes: tuple[tuple[list[tuple[float, float]], Floats], ...] = (
        ([(x, canvas.height), (x, eave), (x + wide, eave), (x + wide, canvas.height)], wall),
        ([(x - wide * 0.05, eave), (x + wide / 2, ridge), (x + wide * 1.05, eave)], roof),
    )
    for points, shade in shapes:
        corners = [(np.array(points) * 8).astype(np.int32)]
        cv2.fillPoly(picture, corners, ink(shade), cv2.LINE_AA, 3)
        cv2.fillPoly(mask, corners, (255,), cv2.LINE_AA, 3)
    pane = mix(canvas.light.light, canvas.light.haze, 0.2) if canvas.light.night else canvas.light.top * 0.6
    rows, columns = max(1, int(tall * 0.6 / (0.11 * canvas.unit))), max(1, int(wide / (0.09 * canvas.unit)))
    for row in range(rows):
        for column in range(columns):
            left = round(x + wide * (column + 0.28) / columns)
            y = round(eave + (foot - eave) * (row + 0.25) / rows)
            size = (round(wide * 0.44 / columns), round((foot - eave) * 0.5 / rows))
            lit = canvas.rng.random() < (0.7 if canvas.light.night else 1.0)
            filled = ink(pane if lit else wall * 0.5)
            cv2.rectangle(picture, (left, y), (left + size[0], y + size[1]), filled, -1)
            cv2.rectangle(picture, (left, y), (left + size[0], y + size[1]), ink(wall * 0.6), 1)


def awnings(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint rows of market stalls with striped awnings."""
    picture, mask = canvas.blank()
    foot, step = canvas.row(spec["base"]), spec["width"] * canvas.unit
    tall = spec["height"] * canvas.unit
    for x in np.arange(-step, canvas.width + step, step * 1.35):
        tint, white = canvas.colour(canvas.accent()), canvas.colour(np.full(3, 0.92, np.float32))
        body = ((round(x + step * 0.06), round(foot - tall * 0.5)), (round(x + step * 0.94), round(foot)))
        cv2.rectangle(picture, *body, ink(canvas.colour() * 0.7), -1)
        cv2.rectangle(mask, *body, (255,), -1)
        for number in range(8):
            left, right = x + step * number / 8, x + step * (number + 1) / 8
            narrow = [x + step * (0.12 + 0.76 * (number + k) / 8) for k in (0, 1)]
            points = np.array(
                [
                    [left, foot - tall * 0.45],
                    [narrow[0], foot - tall],
                    [narrow[1], foot - tall],
                    [right, foot - tall * 0.45],
                ]
            )
            corners = [(points * 8).astype(np.int32)]
            cv2.fillPoly(picture, corners, ink(white if number % 2 else tint), cv2.LINE_AA, 3)
            cv2.fillPoly(mask, corners, (255,), cv2.LINE_AA, 3)
    return canvas.finish(canvas.textured(picture, 0.2, 0.03), mask)


def pillars(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint a vaulted arcade: round arches on pillars, dark behind."""
    picture, mask = canvas.blank()
    stone = canvas.colour(mix(canvas.paving(), canvas.light.haze, 0.35))
    picture[:] = ink(stone)
    step, foot = WIDE / int(spec["count"]) * canvas.unit, canvas.row(spec["base"])
    mask[: max(0, round(foot))] = 255
    half, spring = step * 0.36, canvas.row(spec["top"])
    for x in np.arange(canvas.column(0.0) % step - step, canvas.width + step, step):
        turns = np.linspace(np.pi, 2 * np.pi, 24)
        arch = np.stack([x + half * np.cos(turns), spring + half * np.sin(turns)], axis=1)
        outline = np.vstack([arch, [[x + half, foot], [x - half, foot]]])
        corners = [(outline * 8).astype(np.int32)]
        cv2.fillPoly(mask, corners, (0,), cv2.LINE_AA, 3)
        cv2.polylines(
            picture, corners, True, ink(stone * 1.25), max(2, round(0.012 * canvas.unit)), cv2.LINE_AA, 3
        )
    return canvas.finish(canvas.textured(picture, 0.4, 0.07), mask)


def heaps(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint heaps of small things that glint: coins, ash, rubble."""
    picture, mask = canvas.blank()
    tint = colour(spec["tint"])
    line = profile(canvas.rng, canvas.width, 0.5 * canvas.unit, 3)
    edge = canvas.row(spec["base"]) - line * spec["height"] * canvas.unit
    mask[:] = np.clip((canvas.rows - edge[None].astype(np.float32)) * 255, 0, 255).astype(np.uint8)
    picture[:] = ink(canvas.colour(tint * 0.55))
    for _ in range(round(2200 * canvas.width / (WIDE * canvas.unit) * spec["height"])):
        x = canvas.rng.uniform(0, canvas.width - 1)
        y = edge[int(x)] + canvas.rng.uniform(0, 0.4) * canvas.unit
        shade = ink(canvas.colour(mix(tint * 0.6, tint * 1.15, canvas.rng.random())))
        size = canvas.unit * canvas.rng.uniform(0.006, 0.013)
        axes = (round(size * 8), round(size * 4))
        cv2.ellipse(picture, (round(x * 8), round(y * 8)), axes, 0, 0, 360, shade, -1, cv2.LINE_AA, 3)
    return canvas.finish(picture, mask)
