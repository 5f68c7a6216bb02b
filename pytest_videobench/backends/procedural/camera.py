"""The camera: a smooth path of poses, and what each pose does to a layer at a given depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pytest_videobench.backends.procedural.arrays import Floats
    from pytest_videobench.prompts.model import Delivery

TRAVEL = {
    "pan_left": 0.30,
    "pan_right": 0.30,
    "tilt_up": 0.17,
    "tilt_down": 0.17,
    "tracking": 0.34,
    "orbit": 0.34,
}
"""Distance that the picture content covers in five seconds, in picture widths."""

ZOOM = 1.34
ROLL_DEGREES = 20.0
EASE = 0.35
SPREAD = {"tracking": 0.8, "orbit": -1.0, "zoom_in": 0.3, "zoom_out": 0.3, "roll": 0.0, "handheld": 0.15}
DEFAULT_SPREAD = 0.25


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

    def density(self) -> float:
        """Give the pixels that a layer needs per pixel of the resting view, midway through a zoom."""
        return float(np.sqrt(self.path[:, 2].min() * self.path[:, 2].max()))


def camera(move: str, delivery: Delivery, strength: float, rng: np.random.Generator) -> Camera:
    """Plan a move over the whole clip; ``strength`` below 1 makes it gentler."""
    frames = round((delivery.duration or 0) * (delivery.fps or 0))
    share = strength * min(1.5, max(0.35, (delivery.duration or 0) / 5)) * rng.uniform(0.93, 1.07)
    time = np.arange(frames) / max(1, frames - 1)
    eased = time - EASE * np.sin(2 * np.pi * time) / (2 * np.pi)
    if move == "handheld":
        path = _handheld(np.arange(frames) / (delivery.fps or 1), strength, rng)
    else:
        path = _planned(move, eased, share, rng)
    return Camera(
        move=move,
        path=path,
        reference=0.0 if move == "orbit" else 1.0,
        spread=SPREAD.get(move, DEFAULT_SPREAD),
        width=delivery.width or 0,
        height=delivery.height or 0,
    )


def _planned(move: str, eased: Floats, share: float, rng: np.random.Generator) -> Floats:
    path = np.zeros((len(eased), 4))
    path[:, 2] = 1.0
    centred = (eased - 0.5) * share * TRAVEL.get(move, 0.0)
    way = float(rng.choice([-1.0, 1.0]))
    if move in ("pan_right", "pan_left"):
        path[:, 0] = -centred if move == "pan_right" else centred
    elif move in ("tilt_up", "tilt_down"):
        path[:, 1] = centred if move == "tilt_up" else -centred
    elif move in ("tracking", "orbit"):
        path[:, 0] = way * centred
    elif move in ("zoom_in", "zoom_out"):
        path[:, 2] = ZOOM ** (share * (eased if move == "zoom_in" else 1 - eased))
    elif move == "roll":
        path[:, 3] = way * ROLL_DEGREES * share * (eased - 0.5)
    return path


def _handheld(seconds: Floats, strength: float, rng: np.random.Generator) -> Floats:
    path = np.zeros((len(seconds), 4))
    path[:, 2] = 1.015
    for column, reach in ((0, 0.009), (1, 0.007), (3, 0.45)):
        for low, high, part in ((0.25, 0.45, 1.0), (0.6, 0.9, 0.6), (1.2, 1.7, 0.25)):
            wave = 2 * np.pi * (rng.uniform(low, high) * seconds + rng.random())
            path[:, column] += strength * reach * part * np.sin(wave)
    return path
