"""The subject of a clip: which form it has, how large it is, and the path it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pytest_videobench.backends.procedural.arrays import Floats, colour
from pytest_videobench.backends.procedural.figures import figure, figures, palette
from pytest_videobench.backends.procedural.fluids import mass
from pytest_videobench.backends.procedural.lights import swarm
from pytest_videobench.backends.procedural.sheet import Ledger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.procedural.camera import Camera
    from pytest_videobench.backends.procedural.canvas import Light
    from pytest_videobench.backends.procedural.sheet import Sheet
    from pytest_videobench.backends.procedural.vocabulary import Reading
    from pytest_videobench.prompts.model import Expectations

HEIGHTS = {
    "extreme_close_up": 1.0,
    "close_up": 0.86,
    "medium": 0.66,
    "full": 0.58,
    "wide": 0.34,
    "aerial": 0.22,
}
"""Height of a subject by shot, as a share of the picture's height."""
DEFAULT_HEIGHT = 0.5
LEAST = {"orbs": 0.8, "mass": 0.62, "smoke": 0.7}
"""What spreads over the scene is never smaller than this."""
WIDEST = 0.52
"""Share of the picture's width that a subject may fill."""
SPEEDS = {"none": 0.12, "low": 0.55, "medium": 1.0, "high": 1.6, "any": 0.9}
TRAVEL = 0.30
"""Share of the picture's width that a travelling subject crosses in five seconds at medium speed."""
CYCLES = {"walk": 0.85, "drive": 0.45, "soar": 0.75, "hover": 0.7, "stay": 0.5}
"""Cycles per second at medium speed."""
MARGIN = 0.04


class Shape(Protocol):
    """Something that can be drawn at a point of its cycle."""

    def draw(self, sheet: Sheet, matrix: Floats, cycle: float) -> Floats:
        """Draw through a matrix from own units to pixels; give left, top, right and bottom."""

    def box(self) -> Floats:
        """Give left, top, right and bottom in own units."""

    def joints(self, matrix: Floats, cycle: float) -> Mapping[str, Floats]:
        """Give the places of the joints by name, in pixels; empty for what has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A shape on its way through the clip."""

    form: str
    shape: Shape
    camera: Camera
    size: float
    """Pixels per unit in the resting view."""
    places: Floats
    """Frames times (x, y) in pixels of the resting view."""
    cycles: Floats
    mirrored: bool
    depth: float = 1.0

    @property
    def name(self) -> str:
        """Give the form's name."""
        return self.form

    def draw(self, sheet: Sheet, camera: Camera, index: int) -> None:
        """Draw one frame as the camera sees it."""
        self.shape.draw(sheet, self._matrix(camera, index), float(self.cycles[index]))

    def truth(self) -> dict[str, Any]:
        """Tell where the subject and its joints are in every frame, in JSON types."""
        frames = range(len(self.places))
        joints = [self.shape.joints(self._matrix(self.camera, i), float(self.cycles[i])) for i in frames]
        size = np.array([self.camera.width, self.camera.height])
        return {
            "form": self.form,
            "depth": self.depth,
            "columns": ["x", "y", "w", "h"],
            "boxes": np.round([self._box(i) for i in frames], 4).tolist(),
            "joints": {
                name: np.round([at[name] / size for at in joints], 4).tolist()
                for name in (joints[0] if joints else ())
            },
        }

    def _box(self, index: int) -> Floats:
        """Give x, y, width and height as shares of the picture."""
        blank = Ledger(width=self.camera.width, height=self.camera.height)
        box = self.shape.draw(blank, self._matrix(self.camera, index), float(self.cycles[index]))
        left, top, right, bottom = np.clip(box / np.tile([self.camera.width, self.camera.height], 2), 0, 1)
        return np.array([left, top, right - left, bottom - top])

    def _matrix(self, camera: Camera, index: int) -> Floats:
        x, y = self.places[index]
        wide = -self.size if self.mirrored else self.size
        own = np.array([[wide, 0, x], [0, self.size, y], [0, 0, 1]])
        return camera.matrix(index, self.depth) @ own


def cast(
    reading: Reading,
    expect: Expectations,
    floor: float,
    camera: Camera,
    light: Light,
    fps: float,
    rng: np.random.Generator,
) -> tuple[Subject, ...]:
    """Choose everybody who appears, the main subject first."""
    return (_lead(reading, expect, floor, camera, light, fps, rng),)


def _lead(
    reading: Reading,
    expect: Expectations,
    floor: float,
    camera: Camera,
    light: Light,
    fps: float,
    rng: np.random.Generator,
) -> Subject:
    """Choose form, size and path."""
    named = [colour(text) for text in reading.colours]
    path = figures().get(reading.form, {}).get("path", "stay")
    stands = bool(figures().get(reading.form, {}).get("stand"))
    height = HEIGHTS.get(expect.shot or "", DEFAULT_HEIGHT) * rng.uniform(0.92, 1.06)
    height = max(height, LEAST.get(reading.form, 0.0)) / float(np.sqrt(camera.path[:, 2].max()))
    draft = _shape(reading.form, 8.0, light, named, np.random.default_rng(0))
    left, top, right, bottom = draft.box()
    span = max(abs(left), abs(right)) * 2
    size = min(height * camera.height / (bottom - top), WIDEST * camera.width / span)
    size = size * (1.5 if reading.form == "portrait" else 1.0)
    seed = np.random.default_rng(rng.integers(2**32))
    shape = _shape(reading.form, size * camera.density(), light, named, seed)
    way = _way(camera, rng)
    speed = SPEEDS[expect.amount]
    half = min(0.46, span * size / 2 / camera.width)
    places = _places(camera, path, half, speed * len(camera.path) / fps / 5, way, rng)
    places[:, 1] += (
        _stand(floor, size, camera.height)
        if stands
        else _level(reading.form, size, top, bottom, camera.height)
    )
    return Subject(
        form=reading.form,
        shape=shape,
        camera=camera,
        size=size,
        places=places,
        cycles=rng.random()
        + np.arange(len(camera.path))
        / fps
        * CYCLES[path]
        * (0.5 + 0.5 * speed if path == "hover" else speed),
        mirrored=way < 0,
    )


def _shape(form: str, size: float, light: Light, named: list[Floats], rng: np.random.Generator) -> Shape:
    if form in ("mass", "smoke"):
        return mass(light, [*named, *light.accents], rng, soft=form == "smoke")
    if form == "orbs":
        return swarm([*named, *light.accents], light.light, rng)
    return figure(form, size, palette(light, named, rng), light, int(rng.integers(2**31)))


def _way(camera: Camera, rng: np.random.Generator) -> float:
    """Go against the drift of the picture, as one does whom a camera follows."""
    drift = float(camera.path[-1, 0] - camera.path[0, 0])
    guess = float(rng.choice([-1.0, 1.0]))
    return guess if abs(drift) < 0.05 else -float(np.sign(drift))


def _places(
    camera: Camera, path: str, half: float, speed: float, way: float, rng: np.random.Generator
) -> Floats:
    """Plan x and y so that the subject keeps inside the picture, whatever the camera does."""
    frames = len(camera.path)
    time = np.linspace(-0.5, 0.5, frames)
    room = max(0.0, 1 - 2 * half - 2 * MARGIN)
    drift = camera.path[:, 0] * (1 + (1 - camera.reference) * camera.spread)
    travels = path in ("walk", "drive", "soar") and camera.move not in ("tracking", "orbit")
    own = way * time * min(room, TRAVEL * speed) if travels else np.zeros(frames)
    if camera.move == "tracking":
        own = own - drift
    seen = own + drift
    free = max(0.0, room - float(np.ptp(seen))) * (
        0.3 if camera.move in ("zoom_in", "zoom_out", "dolly_in", "dolly_out", "roll", "orbit") else 0.8
    )
    sway = 0.012 * np.sin(2 * np.pi * (0.9 * time * speed + rng.random()))
    bob = (
        0.035 * np.sin(2 * np.pi * (1.1 * time * max(0.5, speed) + rng.random()))
        if path == "soar"
        else np.zeros(frames)
    )
    x = 0.5 + rng.uniform(-0.5, 0.5) * free + own + (sway if path in ("hover", "stay") else 0.0)
    return np.stack([x * camera.width, bob * camera.height], axis=1)


def _stand(floor: float, size: float, height: int) -> float:
    return max(floor * height, 0.07 * height + min(size, 1.05 * height))


def _level(form: str, size: float, top: float, bottom: float, height: int) -> float:
    if form == "portrait":
        return 0.07 * height - top * size
    return 0.47 * height - (top + bottom) / 2 * size
