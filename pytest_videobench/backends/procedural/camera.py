"""The camera: a smooth path of poses, and what each pose does to a layer at a given depth."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.procedural.arrays import Floats
    from pytest_videobench.prompts.model import Delivery

EASE = 0.35
"""How much slower than on the average a move begins and ends, as a share."""
WAVES = ((0.25, 0.45, 1.0), (0.6, 0.9, 0.6), (1.2, 1.7, 0.25))
"""Lowest and highest Hz, and relative amplitude, of the waves that a hand shakes by."""


@cache
def moves() -> dict[str, dict[str, Any]]:
    """Load the table of moves once."""
    return tomllib.loads((files(__package__) / "moves.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """One move: what it does to the content of the picture, frame by frame."""

    move: str
    path: Floats
    """Frames times (dx, dy, scale, roll): shift in picture widths, magnification, degrees clockwise."""
    reference: float
    """The depth at which the path holds; 1 is the subject's, 0 the backdrop's."""
    spread: float
    """How much the displacement changes from the backdrop to the subject."""
    width: int
    height: int

    def pose(self, index: int, depth: float) -> tuple[float, float, float, float]:
        """Give dx and dy in pixels, scale and roll for a layer at ``depth``."""
        share = 1.0 + (depth - self.reference) * self.spread
        dx, dy, scale, roll = (float(value) for value in self.path[index])
        return dx * self.width * share, dy * self.width * share, scale**share, roll

    def matrix(self, index: int, depth: float) -> Floats:
        """Give the 3 x 3 matrix from places in the scene, in pixels of the resting view, to the picture."""
        dx, dy, scale, roll = self.pose(index, depth)
        angle = np.deg2rad(roll)
        c, s = scale * np.cos(angle), scale * np.sin(angle)
        cx, cy = self.width / 2, self.height / 2
        return np.array(
            [[c, -s, cx + dx - c * cx + s * cy], [s, c, cy + dy - s * cx - c * cy], [0.0, 0.0, 1.0]]
        )

    def extent(self, depth: float) -> tuple[int, int, int, int]:
        """Give left, top, right and bottom of all that the view passes over at ``depth``."""
        corners = np.array([[0, self.width, 0, self.width], [0, 0, self.height, self.height], [1, 1, 1, 1]])
        steps = {*range(0, len(self.path), max(1, len(self.path) // 24)), len(self.path) - 1}
        seen = np.hstack([np.linalg.inv(self.matrix(i, depth)) @ corners for i in sorted(steps)])
        low, high = np.floor(seen[:2].min(axis=1)) - 8, np.ceil(seen[:2].max(axis=1)) + 8
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])

    def truth(self) -> dict[str, Any]:
        """Tell the path, in JSON types."""
        return {
            "move": self.move,
            "columns": ["dx", "dy", "scale", "roll"],
            "about": "displacement of the content in picture widths, magnification about the centre, "
            "degrees clockwise; at the reference depth",
            "reference_depth": self.reference,
            "path": np.round(self.path, 6).tolist(),
        }

    def density(self) -> float:
        """Give the pixels that a layer needs per pixel of the resting view, midway through a zoom."""
        return float(np.sqrt(self.path[:, 2].min() * self.path[:, 2].max()))


def camera(move: str, delivery: Delivery, strength: float, rng: np.random.Generator) -> Camera:
    """Plan a move over the whole clip; ``strength`` below 1 makes it gentler."""
    kind, fps = moves()[move], delivery.fps or 1.0
    frames = round((delivery.duration or 0) * fps)
    share = strength * min(1.5, max(0.35, (delivery.duration or 0) / 5)) * rng.uniform(0.93, 1.07)
    way = float(rng.choice([-1.0, 1.0])) if kind.get("either") else 1.0
    path = _planned(kind, frames, share * way)
    if "shake" in kind:
        path += _shaken(kind["shake"], np.arange(frames) / fps, strength, rng)
    return Camera(
        move=move,
        path=path,
        reference=float(kind.get("reference", 1.0)),
        spread=float(kind.get("spread", 0.0)),
        width=delivery.width or 0,
        height=delivery.height or 0,
    )


def _planned(kind: Mapping[str, Any], frames: int, share: float) -> Floats:
    time = np.arange(frames) / max(1, frames - 1)
    eased = time - EASE * np.sin(2 * np.pi * time) / (2 * np.pi)
    zoom = float(kind.get("zoom", 1.0)) ** share
    return np.stack(
        [
            kind.get("across", 0.0) * share * (eased - 0.5),
            kind.get("down", 0.0) * share * (eased - 0.5),
            zoom**eased / min(1.0, zoom),  # never below 1, so that the scene fills the picture
            kind.get("roll", 0.0) * share * (eased - 0.5),
        ],
        axis=1,
    )


def _shaken(shake: Mapping[str, float], seconds: Floats, strength: float, rng: np.random.Generator) -> Floats:
    path = np.zeros((len(seconds), 4))
    path[:, 2] = shake["margin"] - 1.0
    for column, reach in ((0, shake["across"]), (1, shake["down"]), (3, shake["roll"])):
        for low, high, part in WAVES:
            wave = 2 * np.pi * (rng.uniform(low, high) * seconds + rng.random())
            path[:, column] += strength * reach * part * np.sin(wave)
    return path
