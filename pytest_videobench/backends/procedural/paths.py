"""The way of a cast through the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pytest_videobench.backends.procedural.arrays import Floats
    from pytest_videobench.backends.procedural.camera import Camera

TRAVEL = 0.30
"""Share of the picture's width that a travelling subject crosses in five seconds at medium speed."""
MARGIN = 0.04
TRAVELS = ("walk", "drive", "soar", "sail")
SWAYS = ("hover", "stay", "act", "float", "tumble")
LIFT = 0.30
"""Picture heights that a rocket climbs in five seconds at medium speed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where the middle of the cast is in every frame, and which way it looks."""

    places: Floats
    """Frames times (x, y) in pixels of the resting view; y is 0 at the height of the subject's own place."""
    facing: float


def way(camera: Camera, rng: np.random.Generator) -> float:
    """Go against the drift of the picture, as one does whom a camera follows."""
    drift = float(camera.path[-1, 0] - camera.path[0, 0])
    guess = float(rng.choice([-1.0, 1.0]))
    return guess if abs(drift) < 0.05 else -float(np.sign(drift))


def plan(
    camera: Camera, path: str, half: float, speed: float, facing: float, rng: np.random.Generator
) -> Way:
    """Plan x and y so that the cast keeps inside the picture, whatever the camera does.

    ``half`` is half its width, as a share of the picture's.
    """
    frames = len(camera.path)
    time = np.linspace(-0.5, 0.5, frames)
    room = max(0.0, 1 - 2 * half - 2 * MARGIN)
    drift = camera.path[:, 0] * (1 + (1 - camera.reference) * camera.spread)
    follows = camera.move in ("tracking", "truck_left", "truck_right")
    travels = path in TRAVELS and not follows and camera.move != "orbit"
    own = facing * time * min(room, TRAVEL * speed) if travels else np.zeros(frames)
    if follows:
        own = own - drift
    free = max(0.0, room - float(np.ptp(own + drift)))
    free *= 0.3 if camera.move not in ("static", "handheld", "pan_left", "pan_right") else 0.8
    sway = 0.012 * np.sin(2 * np.pi * (0.9 * time * speed + rng.random()))
    x = 0.5 + rng.uniform(-0.5, 0.5) * free + own + (sway if path in SWAYS else 0.0)
    return Way(
        places=np.stack([x * camera.width, _height(path, time, speed, rng) * camera.height], 1), facing=facing
    )


def _height(path: str, time: Floats, speed: float, rng: np.random.Generator) -> Floats:
    wave = np.sin(2 * np.pi * (1.1 * time * max(0.5, speed) + rng.random()))
    if path == "soar":
        return 0.035 * wave
    if path == "float":
        return 0.02 * wave
    return np.zeros_like(time)


def climb(frames: int, speed: float) -> Floats:
    """Give how high a rocket is in every frame, in picture heights."""
    return np.asarray(LIFT * speed * np.linspace(0, 1, frames) ** 1.6 - 0.10)
