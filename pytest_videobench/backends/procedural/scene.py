"""A scene: layers painted for one prompt and one roll, from the back to the front."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np

from pytest_videobench.backends.procedural import rooms, skies, structures, terrain
from pytest_videobench.backends.procedural.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_videobench.backends.procedural.arrays import Bytes, Floats
    from pytest_videobench.backends.procedural.camera import Camera
    from pytest_videobench.backends.procedural.canvas import Light
    from pytest_videobench.backends.procedural.sheet import Sheet

CLOSE = ("extreme_close_up", "close_up")
"""Shots so near that only the subject is sharp."""
NEAR = 1.1
"""Depth from which things stand between the subject and the lens."""
APART = 48
"""Empty columns from which things of one layer are drawn one by one."""
SOFTNESS = 0.006
"""Radius of the blur of a backdrop in a close-up, in picture heights."""

Painter: TypeAlias = "Callable[[Canvas, Mapping[str, Any]], Bytes]"

PAINTERS: dict[str, Painter] = {
    painter.__name__: painter
    for painter in (
        *(skies.sky, skies.swirl),
        *(terrain.ridge, terrain.ground, terrain.water, terrain.conifers, terrain.bushes),
        *(terrain.cumulus, terrain.weeds, terrain.trunks),
        *(structures.towers, structures.castle, structures.lamps),
        *(structures.globes, structures.rocks, structures.shapes),
        *(rooms.room, rooms.plain, rooms.shelves, rooms.table, rooms.houses),
        *(rooms.awnings, rooms.pillars, rooms.heaps),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A painted sheet at one depth."""

    name: str
    depth: float
    image: Bytes
    place: Floats
    """3 x 3 matrix from the sheet's pixels to pixels of the resting view."""

    def draw(self, sheet: Sheet, camera: Camera, index: int) -> None:
        """Lay the layer down as the camera sees it; a backdrop replaces all that was there."""
        self.lay(sheet, camera.matrix(index, self.depth) @ self.place)

    def lay(self, sheet: Sheet, matrix: Floats) -> None:
        """Lay the layer down through a matrix from its pixels to the sheet's."""
        if self.depth > 0:
            sheet.paste(self.image, matrix)
        else:
            sheet.backdrop(self.image, matrix)


def layers(
    specs: list[Mapping[str, Any]], camera: Camera, light: Light, rng: np.random.Generator, *, close: bool
) -> list[Layer]:
    """Paint all layers of a scene; in a close-up nothing stands before the subject, and the rest is soft."""
    seeds = [np.random.default_rng(rng.integers(2**32)) for _ in specs]
    painted = [
        piece
        for spec, seed in zip(specs, seeds, strict=True)
        if not (close and float(spec.get("depth", 0.0)) > NEAR)
        for piece in _pieces(_layer(spec, camera, light, seed))
    ]
    return [_softened(layer, camera) for layer in painted] if close and not light.cel else painted


def _softened(layer: Layer, camera: Camera) -> Layer:
    blur = SOFTNESS * camera.height * (1.1 - 0.6 * layer.depth)
    return replace(layer, image=cv2.GaussianBlur(layer.image, (0, 0), max(0.8, blur)))


def _layer(spec: Mapping[str, Any], camera: Camera, light: Light, rng: np.random.Generator) -> Layer:
    depth, density = float(spec.get("depth", 0.0)), camera.density()
    left, top, right, bottom = camera.extent(depth)
    spec = dict(spec)
    if "base" in spec and "height" in spec:
        spec["height"] *= rng.uniform(0.8, 1.15)
        spec["base"] += rng.uniform(-0.02, 0.02)
    canvas = Canvas(
        width=round((right - left) * density),
        height=round((bottom - top) * density),
        left=left,
        top=top,
        density=density,
        unit=camera.height * density,
        depth=depth,
        light=light,
        rng=rng,
    )
    image = PAINTERS[spec["paint"]](canvas, spec)
    place = np.array([[1 / density, 0, left], [0, 1 / density, top], [0, 0, 1]])
    return Layer(name=spec["paint"], depth=depth, image=image, place=place)


def _pieces(layer: Layer) -> list[Layer]:
    """Cut what stands far apart into layers of its own, without the emptiness around it."""
    if layer.depth <= 0:
        return [layer]
    used = np.flatnonzero(layer.image[..., 3].any(axis=0))
    runs = np.split(used, np.flatnonzero(np.diff(used) > APART) + 1)
    return [_cropped(layer, int(run[0]), int(run[-1]) + 1) for run in runs if len(run)]


def _cropped(layer: Layer, left: int, right: int) -> Layer:
    rows = np.flatnonzero(layer.image[:, left:right, 3].any(axis=1))
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    shift = np.array([[1.0, 0.0, left], [0.0, 1.0, top], [0.0, 0.0, 1.0]])
    image = np.ascontiguousarray(layer.image[top:bottom, left:right])
    return replace(layer, image=image, place=layer.place @ shift)
