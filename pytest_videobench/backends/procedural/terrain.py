"""What grows and lies in a scene: ridges, ground, water, plants and banks of cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, mix, profile, smoothstep
from pytest_videobench.backends.procedural.canvas import Canvas, gradient, ink

if TYPE_CHECKING:
    from collections.abc import Mapping

WHITE = np.ones(3, np.float32)


def ridge(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint a ridge: rough, smooth or flat-topped, with snow, grass and flowers as asked."""
    octaves, gain = (2, 0.4) if spec.get("smooth") else (6, 0.46)
    line = profile(canvas.rng, canvas.width, spec["cell"] * canvas.unit * 1.4, octaves, gain)
    if "mesa" in spec:
        line = smoothstep(0.35, 0.65, line) * spec["mesa"] + line * (1 - spec["mesa"])
    edge = canvas.row(spec["base"]) - line * spec["height"] * canvas.unit
    if spec.get("smooth"):
        edge = cv2.GaussianBlur(edge[None].astype(np.float32), (0, 0), 0.02 * canvas.unit)[0]
    below = canvas.rows - edge.astype(np.float32)
    picture = _slope(canvas, below, spec)
    mask = (np.clip(below + 0.5, 0, 1) * 255).astype(np.uint8)
    if "grass" in spec:
        _grass(picture, mask, canvas, edge, float(spec["grass"]))
    if "flowers" in spec:
        _flowers(picture, canvas, edge, int(spec["flowers"]))
    return canvas.finish(picture, mask)


def _slope(canvas: Canvas, below: Floats, spec: Mapping[str, Any]) -> Bytes:
    base = canvas.colour()
    foot = mix(base, canvas.light.haze, 0.5 * max(0.0, 1.0 - canvas.depth))
    crest = mix(base, canvas.light.light, 0.16 if canvas.depth <= 1 else 0.04)
    stops = np.array([crest, mix(crest, base, 0.7), base, mix(base, foot, 0.6), foot])
    strip = (cv2.resize(stops[:, None].astype(np.float32), (1, 256)).reshape(256, 3) * 255).astype(np.uint8)
    reach = max(0.12, float(spec["height"]) * 1.3) * canvas.unit
    picture = strip[np.clip(below * (255 / reach), 0, 255).astype(np.uint8)]
    if not spec.get("smooth") and spec["height"] > 0.1:
        picture = _lit(picture, canvas, below)
    picture = canvas.textured(picture, 0.4, 0.04, 1.4)
    return _capped(picture, canvas, below, float(spec["caps"])) if "caps" in spec else picture


def _lit(picture: Bytes, canvas: Canvas, below: Floats) -> Bytes:
    """Light the faces of a mountain from one side."""
    folds = canvas.noise(0.24, 5, 0.8, 0.5)
    slope = cv2.Sobel(folds, cv2.CV_32F, 1, 0, ksize=3) + 0.6 * cv2.Sobel(folds, cv2.CV_32F, 0, 1, ksize=3)
    strength = 0.4 if canvas.light.cel else 0.7
    shade = 128 * (
        1 + strength * np.clip(slope * (0.009 * canvas.unit), -0.4, 0.4) * np.clip(below / 6, 0, 1)
    )
    return cv2.multiply(picture, cv2.merge([shade.astype(np.uint8)] * 3), scale=1 / 128)


def _capped(picture: Bytes, canvas: Canvas, below: Floats, amount: float) -> Bytes:
    rough = canvas.noise(0.10, 5, 0.6) - 0.5
    reach = amount * 0.10 * canvas.unit
    altitude = canvas.rows / canvas.unit
    cover = smoothstep(1.0, 0.6, below / reach + rough * 2.2) * smoothstep(0.45, 0.2, altitude)
    snow = mix(canvas.light.haze, WHITE, 0.6 if not canvas.light.night else 0.15) * 255
    share = (cover * 0.85)[..., None]
    return (picture * (1 - share) + snow.astype(np.float32) * share).astype(np.uint8)


def _grass(picture: Bytes, mask: Bytes, canvas: Canvas, edge: Floats, length: float) -> None:
    base = canvas.colour()
    count = round(canvas.width * 0.75)
    spots = canvas.rng.random((count, 4))
    for x, lean, size, tint in spots:
        column = min(canvas.width - 1, int(x * canvas.width))
        foot = edge[column] + 3 + 0.3 * length * canvas.unit * tint
        tall = length * canvas.unit * (0.4 + 0.6 * size)
        tip = (round(column + (lean - 0.5) * tall * 0.7), round(foot - tall))
        shade = ink(mix(base, canvas.light.light, 0.05 + 0.18 * tint * (canvas.depth <= 1)))
        for sheet, value in ((picture, shade), (mask, (255,))):
            cv2.line(sheet, (column, round(foot)), tip, value, 1 + (length > 0.06), cv2.LINE_AA)


def _flowers(picture: Bytes, canvas: Canvas, edge: Floats, count: int) -> None:
    for x, y, size, _ in canvas.rng.random((count, 4)):
        column = min(canvas.width - 1, int(x * canvas.width))
        place = (column * 8, round((edge[column] + (0.01 + 0.16 * y) * canvas.unit) * 8))
        radius = round(8 * canvas.unit * (0.003 + 0.004 * size) * (1.0 + y))
        cv2.circle(picture, place, radius, ink(canvas.colour(canvas.accent())), -1, cv2.LINE_AA, 3)


def ground(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint a floor with lines that run to a vanishing point, and a sheen where it is glossy."""
    light, horizon = canvas.light, canvas.row(spec["base"])
    near, far = canvas.paving(), mix(canvas.paving(), light.haze, 0.5)
    top = max(0, round(horizon))
    picture, mask = canvas.blank(far)
    picture[top:] = gradient(
        np.array([far, mix(far, near, 0.7), near]), canvas.width, max(2, canvas.height - top)
    )
    mask[top:] = 255
    picture = canvas.textured(picture, 0.6, 0.05, 3.5)
    lines = np.zeros_like(picture)
    tint = ink(light.accents[0] * (0.55 if light.shading == "rim" else 0.22) * float(spec["grid"]))
    middle, drop = canvas.column(0.89), 0.4 * canvas.unit
    for index in range(-24, 25):
        foot = (round(middle + index * 0.34 * canvas.unit), round(horizon + drop))
        cv2.line(
            lines, (round(middle + index * 0.10 * canvas.unit), round(horizon)), foot, tint, 1, cv2.LINE_AA
        )
    for step in range(1, 9):
        y = round(horizon + drop * (step / 8) ** 1.8)
        cv2.line(lines, (0, y), (canvas.width, y), tint, 1, cv2.LINE_AA)
    picture = cv2.add(picture, lines)
    return canvas.finish(_sheen(picture, canvas, horizon, float(spec["gloss"])), mask)


def _sheen(picture: Bytes, canvas: Canvas, horizon: float, gloss: float) -> Bytes:
    streaks = profile(canvas.rng, canvas.width, 0.16 * canvas.unit, 4, 0.6) ** 2
    fall = np.exp(-np.clip(canvas.rows - horizon, 0, None) / (0.16 * canvas.unit))
    shine = np.clip(streaks[None] * fall * gloss * 200, 0, 255).astype(np.uint8)
    tint = np.full_like(picture, ink(mix(canvas.light.accents[1], canvas.light.light, 0.4)))
    return cv2.add(picture, cv2.multiply(cv2.merge([shine] * 3), tint, scale=1 / 255))


def water(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint water that mirrors the sky, with crests where it is near."""
    light, edge = canvas.light, canvas.row(spec["base"])
    sheet = mix(light.low, light.top, 0.45) * (0.9 - 0.25 * canvas.depth)
    stops = np.array([mix(light.low, light.haze, 0.3), sheet, mix(sheet, light.ground, 0.5)])
    top = max(0, round(edge))
    picture, mask = canvas.blank(sheet)
    picture[top:] = gradient(stops, canvas.width, max(2, canvas.height - top))
    crest = float(spec.get("crest", 0.004))
    line = edge + crest * canvas.unit * (profile(canvas.rng, canvas.width, 0.25 * canvas.unit, 3) - 0.5)
    mask[:] = np.clip((canvas.rows - line.astype(np.float32) + 0.5) * 255, 0, 255).astype(np.uint8)
    ripples = canvas.noise(0.025, 4, 7.0)
    glint = smoothstep(0.62, 0.80, ripples) * (0.45 if not light.cel else 0.6)
    share = glint[..., None]
    picture = (picture * (1 - share) + ink(mix(light.light, light.haze, 0.35)) * share).astype(np.uint8)
    return canvas.finish(canvas.textured(picture, 0.5, 0.03, 6.0), mask)


def conifers(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint a row of fir trees on a strip of ground."""
    picture, mask = canvas.blank()
    base = canvas.colour(mix(canvas.light.ground, canvas.light.accents[0], 0.12))
    for x, tall in _row_of(canvas, int(spec["count"]), float(spec.get("gaps", 0.0)), sides=True):
        height = spec["height"] * canvas.unit * tall
        foot = canvas.row(spec["base"]) + canvas.rng.uniform(0, 0.03) * canvas.unit
        shade = ink(mix(base, canvas.light.light, canvas.rng.uniform(0.0, 0.12)))
        for tier in range(5):
            low, half = foot - height * (0.10 + 0.17 * tier), height * (0.21 - 0.035 * tier)
            points = np.array(
                [[x - half, low], [x, low - height * 0.36], [x + half, low], [x, low - half * 0.3]]
            )
            for sheet, value in ((picture, shade), (mask, (255,))):
                cv2.fillPoly(sheet, [(points * 8).astype(np.int32)], value, cv2.LINE_AA, 3)
        cv2.line(
            mask,
            (round(x), round(foot)),
            (round(x), round(foot - height * 0.2)),
            (255,),
            max(1, round(height * 0.04)),
        )
    mask[max(0, round(canvas.row(spec["base"]))) :] = 255
    return canvas.finish(canvas.textured(picture, 0.6, 0.035), mask)


def _row_of(canvas: Canvas, count: int, gaps: float, *, sides: bool = False) -> list[tuple[float, float]]:
    """Spread things along a layer; ``gaps`` is the share of it that stays empty, in clumps.

    With ``sides``, near things keep to the sides of the picture.
    """
    needed = max(1, round(count * canvas.width / (1.78 * canvas.unit)))
    clump = profile(canvas.rng, canvas.width, 0.5 * canvas.unit, 2)
    level = np.quantile(clump, gaps)
    spots = (np.arange(needed) + canvas.rng.uniform(0.1, 0.9, needed)) * canvas.width / needed
    tall = canvas.rng.uniform(0.6, 1.0, needed)
    return [
        (float(x), float(t))
        for x, t in zip(spots, tall, strict=True)
        if clump[int(x)] >= level and not (sides and canvas.middle(float(x)))
    ]


def bushes(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint round trees and hedges."""
    picture, mask = canvas.blank()
    base = canvas.colour(mix(canvas.light.ground, canvas.light.accents[1], 0.15))
    foot = canvas.row(spec["base"])
    for x, tall in _row_of(canvas, int(spec["count"]), float(spec.get("gaps", 0.25))):
        size = spec["height"] * canvas.unit * tall
        for _ in range(7):
            place = np.array([x, foot - size * 0.55]) + canvas.rng.uniform(-0.42, 0.42, 2) * size
            shade = ink(mix(base, canvas.light.light, 0.25 * (foot - place[1]) / size))
            _blob(picture, mask, place, size * canvas.rng.uniform(0.25, 0.42), shade)
        cv2.line(
            mask,
            (round(x), round(foot)),
            (round(x), round(foot - size * 0.5)),
            (255,),
            max(2, round(size * 0.1)),
        )
    mask[max(0, round(foot)) :] = 255
    return canvas.finish(canvas.textured(picture, 0.35, 0.03), mask)


def cumulus(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint a bank of heaped clouds."""
    light = canvas.light
    under, over = mix(light.haze, light.low, 0.5), mix(light.haze, light.light, 0.7)
    picture, mask = canvas.blank(under)
    foot = canvas.row(spec["base"])
    for x, tall in _row_of(canvas, 34, 0.0):
        size = spec["height"] * canvas.unit * tall
        for share in (0.0, 0.35, 0.7):
            place = np.array([x + canvas.rng.uniform(-0.4, 0.4) * size, foot - size * share])
            _blob(picture, mask, place, size * (0.62 - 0.35 * share), ink(mix(under, over, 0.25 + share)))
    mask[max(0, round(foot)) :] = 255
    soft = 0.6 if light.cel else 0.008 * canvas.unit
    return canvas.finish(
        canvas.textured(cv2.GaussianBlur(picture, (0, 0), soft * 2), 0.3, 0.09),
        cv2.GaussianBlur(mask, (0, 0), soft),
    )


def weeds(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint water plants that bend in a current."""
    picture, mask = canvas.blank()
    foot = canvas.row(spec["base"])
    for x, tall in _row_of(canvas, int(spec["count"]), 0.2):
        height, bend, phase = (
            spec["height"] * canvas.unit * tall,
            canvas.rng.uniform(-0.2, 0.2),
            canvas.rng.uniform(0, 6),
        )
        steps = np.linspace(0, 1, 14)
        xs = x + height * (bend * steps**2 + 0.05 * np.sin(5 * steps + phase))
        line = np.stack([xs, foot - height * steps], axis=1)
        shade = ink(canvas.colour(mix(canvas.light.ground, canvas.accent(), 0.35)))
        wide = max(2, round(0.012 * canvas.unit * (0.5 + tall)))
        for sheet, value in ((picture, shade), (mask, (255,))):
            cv2.polylines(sheet, [(line * 8).astype(np.int32)], False, value, wide, cv2.LINE_AA, 3)
    return canvas.finish(canvas.textured(picture, 0.4, 0.04), mask)


def trunks(canvas: Canvas, spec: Mapping[str, Any]) -> Bytes:
    """Paint trunks that stand near the lens."""
    picture, mask = canvas.blank()
    for x, tall in _row_of(canvas, int(spec["count"]) * 2, 0.0):
        if canvas.middle(x):
            continue
        half = spec["width"] * canvas.unit * (tall - 0.35)
        lean = canvas.rng.uniform(-0.05, 0.05) * canvas.unit
        points = np.array(
            [
                [x - half + lean, -9],
                [x + half + lean, -9],
                [x + half * 1.5, canvas.height],
                [x - half * 1.5, canvas.height],
            ]
        )
        cv2.fillPoly(mask, [(points * 8).astype(np.int32)], (255,), cv2.LINE_AA, 3)
    return canvas.finish(canvas.textured(picture, 0.9, 0.05, 0.25), mask)


def _blob(picture: Bytes, mask: Bytes, place: Floats, radius: float, shade: tuple[int, int, int]) -> None:
    x, y = (place * 8).astype(int).tolist()
    cv2.circle(picture, (x, y), round(radius * 8), shade, -1, cv2.LINE_AA, 3)
    cv2.circle(mask, (x, y), round(radius * 8), (255,), -1, cv2.LINE_AA, 3)
