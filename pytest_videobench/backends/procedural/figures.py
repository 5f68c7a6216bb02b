"""Figures of joined parts: people, animals, faces and machines, all from tables of shapes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_videobench.backends.procedural.arrays import Floats, colour, mix
from pytest_videobench.backends.procedural.sprites import Sprite, sprite

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pytest_videobench.backends.procedural.canvas import Light
    from pytest_videobench.backends.procedural.sheet import Sheet

Table = dict[str, Any]
TABLES = ("people.toml", "faces.toml", "creatures.toml", "machines.toml", "things.toml")

MOVES = {"swing", "spin", "slide", "hop", "pulse", "squash", "blink"}
"""What makes a part move."""


@cache
def figures() -> Table:
    """Load the tables of figures once; a figure with a ``base`` has its parts too."""
    here = files(__package__) / "drawings"
    tables: Table = {}
    for name in TABLES:
        tables |= tomllib.loads((here / name).read_text("utf-8"))
    return {name: _resolved(entry, tables) for name, entry in tables.items()}


@cache
def inks() -> Table:
    """Load the colours of figures once."""
    return tomllib.loads((files(__package__) / "drawings" / "inks.toml").read_text("utf-8"))


@cache
def poses() -> Table:
    """Load what posable figures may do."""
    table = tomllib.loads((files(__package__) / "drawings" / "poses.toml").read_text("utf-8"))
    return {name: _inherited(pose, table) for name, pose in table.items()}


def _inherited(pose: Table, table: Table) -> Table:
    if "base" not in pose:
        return pose
    base = table[pose["base"]]
    return {**base, **pose, "change": base["change"] | pose["change"]}


def _resolved(entry: Table, tables: Table) -> Table:
    if "base" not in entry:
        return entry
    base = _resolved(tables[entry["base"]], tables)
    dropped = entry.get("drop", ())
    kept = {**base, "parts": [part for part in base["parts"] if part["name"] not in dropped]}
    return {**base, **entry, "parts": _altered(kept, entry)}


def _altered(entry: Table, by: Table) -> list[Table]:
    """Give the parts of a figure with the changes and the further parts of a variant or a pose."""
    changes = by.get("change", {})
    parts = [part | changes.get(part["name"], {}) for part in entry["parts"]]
    for part in by.get("parts", ()):
        names = [known["name"] for known in parts]
        parts.insert(names.index(part["before"]) if "before" in part else len(parts), part)
    return parts


def posed(form: str, pose: str) -> Table:
    """Give the entry of a form in a pose; a form that takes no pose stays as it is."""
    entry: Table = figures()[form]
    if not pose or not entry.get("posable"):
        return entry
    return {**entry, **poses()[pose], "parts": _altered(entry, poses()[pose])}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure drawn at one size: its sprites, and how its joints move."""

    parts: tuple[Mapping[str, Any], ...]
    sprites: Mapping[str, Sprite]

    def draw(self, sheet: Sheet, matrix: Floats, cycle: float) -> None:
        """Draw the figure at a point of its cycle."""
        for name, joint in self._matrices(matrix, cycle).items():
            if name in self.sprites:
                piece = self.sprites[name]
                sheet.paste(piece.image, joint @ piece.place)

    def bounds(self, matrix: Floats, cycle: float) -> Floats:
        """Give left, top, right and bottom of what is drawn, in pixels."""
        joints = self._matrices(matrix, cycle)
        every = np.hstack([joints[name][:2] @ piece.hull for name, piece in self.sprites.items()])
        return np.concatenate([every.min(axis=1), every.max(axis=1)])

    def joints(self, matrix: Floats, cycle: float) -> dict[str, Floats]:
        """Give the places of the joints by the names of the parts that hang on them, in pixels."""
        return {name: joint[:2, 2] for name, joint in self._matrices(matrix, cycle).items()}

    def _matrices(self, matrix: Floats, cycle: float) -> dict[str, Floats]:
        joints: dict[str, Floats] = {}
        for part in self.parts:
            joints[part["name"]] = joints.get(part.get("parent", ""), matrix) @ _joint(part, cycle)
        return joints

    def moves(self) -> bool:
        """Say whether it looks different at different points of its cycle."""
        return any(MOVES & part.keys() for part in self.parts)

    def box(self) -> Floats:
        """Give left, top, right and bottom in units of the figure, over a whole cycle."""
        boxes = np.array([self.bounds(np.eye(3), cycle) for cycle in np.linspace(0, 1, 9)])
        return np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])


def figure(
    entry: Table, size: float, shades: Mapping[str, Floats], light: Light, traits: Collection[str] = ()
) -> Figure:
    """Draw those parts of a figure that belong to its traits, at ``size`` pixels per unit."""
    parts = [part for part in entry["parts"] if _worn(part, traits)]
    drawn = {
        part["name"]: sprite(part["shapes"], size, shades, light, clear=float(part.get("clear", 1.0)))
        for part in parts
        if part["shapes"]
    }
    return Figure(parts=tuple(parts), sprites=drawn)


def _worn(part: Mapping[str, Any], traits: Collection[str]) -> bool:
    wanted = part.get("when")
    return (wanted is None or any(trait in traits for trait in wanted)) and not any(
        trait in traits for trait in part.get("unless", ())
    )


def _joint(part: Mapping[str, Any], cycle: float) -> Floats:
    x, y = part["at"]
    angle = float(part.get("rest", 0.0)) + 360.0 * float(part.get("spin", 0.0)) * cycle
    wide = high = float(part.get("scale", 1.0))
    if "swing" in part:
        angle += part["swing"][0] * _wave(cycle, *part["swing"][1:])
    if "slide" in part:
        wave = _wave(cycle, *part["slide"][2:])
        x, y = x + part["slide"][0] * wave, y + part["slide"][1] * wave
    if "hop" in part:
        x, y = x, y - part["hop"][0] * abs(_wave(cycle, *part["hop"][1:]))
    if "pulse" in part:
        high *= 1.0 + part["pulse"][0] * (_wave(cycle, *part["pulse"][1:]) - 0.25)
    if "squash" in part:
        wide *= 1.0 + part["squash"][0] * _wave(cycle, *part["squash"][1:])
    if "blink" in part:
        high *= 1.0 - 0.92 * max(0.0, _wave(cycle, part["blink"], 0.5)) ** 24
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    return np.array([[c * wide, -s * high, x], [s * wide, c * high, y], [0.0, 0.0, 1.0]])


def _wave(cycle: float, phase: float, times: float) -> float:
    return float(np.sin(2 * np.pi * (cycle * times + phase)))


def palette(
    light: Light, named: Sequence[Floats], hair: str | None, rng: np.random.Generator
) -> dict[str, Floats]:
    """Choose the inks of a figure: named colours first, then the accents, all seen in this light."""
    own, known = [*named, *light.accents], inks()
    fixed = {name: colour(text) for name, text in known["fixed"].items()}
    chosen = {name: colour(str(rng.choice(texts))) for name, texts in known["people"].items()}
    shades = fixed | chosen
    if hair is not None:
        shades["hair"] = colour(hair)
    shades |= {
        "main": own[0],
        "deep": own[0] * 0.62,
        "second": own[1] if named[1:] else mix(light.accents[1], fixed["dark"], 0.45),
        "light": mix(own[0], np.ones(3, np.float32), 0.55),
        "metal": mix(light.haze, np.full(3, 0.55, np.float32), 0.6),
        "glass": mix(light.top, light.light, 0.35),
        "glow": mix(light.light, np.ones(3, np.float32), 0.3),
    }
    shades |= {"dusk": shades["second"] * 0.62, "tan": shades["skin"] * 0.86, "lock": shades["hair"] * 0.7}
    shades["shine"] = mix(shades["skin"], fixed["white"], 0.3)
    shades["lips"] = mix(shades["skin"], colour("#c04048"), 0.5)
    shades["blush"] = mix(shades["skin"], colour("#d8604c"), 0.45)
    return _seen(shades, light)


def _seen(shades: Mapping[str, Floats], light: Light) -> dict[str, Floats]:
    """Let the light of the scene fall on the inks; what glows stays as it is."""
    share, tint = 0.32 if light.night else 0.12, mix(light.haze, light.light, 0.5) * 1.1
    seen = {
        name: mix(value, value * tint, 0.0 if name == "glow" else share) for name, value in shades.items()
    }
    if np.ptp(light.haze) < 0.02:
        seen = {name: np.full(3, float(value.mean()), np.float32) for name, value in seen.items()}
    return seen
