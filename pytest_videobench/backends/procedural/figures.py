"""Figures of joined parts: people, animals, faces and machines, all from one table of shapes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_videobench.backends.procedural.arrays import Floats, mix
from pytest_videobench.backends.procedural.sheet import Ledger
from pytest_videobench.backends.procedural.sprites import Sprite, sprite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.backends.procedural.canvas import Light
    from pytest_videobench.backends.procedural.sheet import Sheet

Table = dict[str, Any]
SKINS = ("#f0c8a8", "#e0ac84", "#c08a60", "#8a5a3c", "#5c3a28")
HAIRS = ("#2a1c16", "#5a3820", "#c89848", "#8a3a20", "#2c2c34")
IRISES = ("#4a7ab8", "#5a8a50", "#7a5030")


@cache
def figures() -> Table:
    """Load the table of figures once."""
    return tomllib.loads((files(__package__) / "figures.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure drawn at one size: its sprites, and how its joints move."""

    parts: tuple[Mapping[str, Any], ...]
    sprites: Mapping[str, Sprite]

    def draw(self, sheet: Sheet, matrix: Floats, cycle: float) -> Floats:
        """Draw the figure at a point of its cycle; give left, top, right and bottom of what was drawn."""
        corners = []
        for name, joint in self._matrices(matrix, cycle).items():
            if name in self.sprites:
                piece = self.sprites[name]
                sheet.paste(piece.image, joint @ piece.place)
                corners.append(joint[:2] @ piece.hull)
        every = np.hstack(corners)
        return np.concatenate([every.min(axis=1), every.max(axis=1)])

    def joints(self, matrix: Floats, cycle: float) -> dict[str, Floats]:
        """Give the places of the joints by the names of the parts that hang on them, in pixels."""
        return {name: joint[:2, 2] for name, joint in self._matrices(matrix, cycle).items()}

    def _matrices(self, matrix: Floats, cycle: float) -> dict[str, Floats]:
        joints: dict[str, Floats] = {}
        for part in self.parts:
            joints[part["name"]] = joints.get(part.get("parent", ""), matrix) @ _joint(part, cycle)
        return joints

    def box(self) -> Floats:
        """Give left, top, right and bottom in units of the figure, over a whole cycle."""
        blank = Ledger(width=1, height=1)
        boxes = np.array([self.draw(blank, np.eye(3), cycle) for cycle in np.linspace(0, 1, 9)])
        return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def figure(form: str, size: float, inks: Mapping[str, Floats], light: Light, seed: int) -> Figure:
    """Draw the parts of a form at ``size`` pixels per unit."""
    parts: Sequence[Mapping[str, Any]] = figures()[form]["parts"]
    drawn = {
        part["name"]: sprite(part["shapes"], size, inks, light, seed + number)
        for number, part in enumerate(parts)
        if part["shapes"]
    }
    return Figure(parts=tuple(parts), sprites=drawn)


def _joint(part: Mapping[str, Any], cycle: float) -> Floats:
    x, y = part["at"]
    angle = float(part.get("rest", 0.0)) + 360.0 * float(part.get("spin", 0.0)) * cycle
    wide = high = 1.0
    if "swing" in part:
        angle += part["swing"][0] * _wave(cycle, *part["swing"][1:])
    if "slide" in part:
        wave = _wave(cycle, *part["slide"][2:])
        x, y = x + part["slide"][0] * wave, y + part["slide"][1] * wave
    if "pulse" in part:
        high = 1.0 + part["pulse"][0] * (_wave(cycle, *part["pulse"][1:]) - 0.25)
    if "squash" in part:
        wide = 1.0 + part["squash"][0] * _wave(cycle, *part["squash"][1:])
    if "blink" in part:
        high = 1.0 - 0.92 * max(0.0, _wave(cycle, part["blink"], 0.5)) ** 24
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    return np.array([[c * wide, -s * high, x], [s * wide, c * high, y], [0.0, 0.0, 1.0]])


def _wave(cycle: float, phase: float, times: float) -> float:
    return float(np.sin(2 * np.pi * (cycle * times + phase)))


def palette(light: Light, named: Sequence[Floats], rng: np.random.Generator) -> dict[str, Floats]:
    """Choose the inks of a figure: named colours first, then the accents, all seen in this light."""
    from pytest_videobench.backends.procedural.arrays import colour

    own = [*named, *light.accents]
    dark = np.full(3, 0.10, np.float32)
    inks = {
        "main": own[0],
        "deep": own[0] * 0.62,
        "second": own[1] if named[1:] else mix(light.accents[1], dark, 0.45),
        "light": mix(own[0], np.ones(3, np.float32), 0.55),
        "dark": dark,
        "metal": mix(light.haze, np.full(3, 0.55, np.float32), 0.6),
        "glass": mix(light.top, light.light, 0.35),
        "white": np.full(3, 0.95, np.float32),
        "skin": colour(str(rng.choice(SKINS))),
        "hair": colour(str(rng.choice(HAIRS))),
        "iris": colour(str(rng.choice(IRISES))),
    }
    inks |= {"dusk": inks["second"] * 0.62, "tan": inks["skin"] * 0.86}
    inks["lips"] = mix(inks["skin"], colour("#c04048"), 0.5)
    inks["blush"] = mix(inks["skin"], inks["skin"] * np.array([0.86, 0.88, 1.05], np.float32), 0.6)
    cast = 0.32 if light.night else 0.12
    seen = {
        name: mix(value, value * mix(light.haze, light.light, 0.5) * 1.1, cast)
        for name, value in inks.items()
    }
    if np.ptp(light.haze) < 0.02:
        seen = {name: np.full(3, float(value.mean()), np.float32) for name, value in seen.items()}
    return seen | {"glow": mix(light.light, np.ones(3, np.float32), 0.3)}
