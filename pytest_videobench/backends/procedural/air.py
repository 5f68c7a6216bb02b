"""What hangs between scene and lens: drifting haze, floating particles, the lens's own falloff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, colour, noise
from pytest_videobench.backends.procedural.canvas import ink

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.procedural.camera import Camera
    from pytest_videobench.backends.procedural.canvas import Light

COARSE = 4
THICKNESS = 0.25
HAZE_SPEED = 0.085
"""Picture heights per second that the haze drifts, one half of it to either side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Air:
    """Haze and particles, drawn small and laid over the frame as light."""

    camera: Camera
    haze: tuple[Bytes, Bytes]
    motes: Floats
    """n times (x, y, size, phase, speed), places from 0 to 1."""
    kind: Mapping[str, Any]
    tint: tuple[int, int, int]
    vignette: Bytes | None
    strength: float
    """Share of the haze laid over the picture; small, so that it moves in steps below a grey level."""
    level: float
    """What the haze adds on the average, taken off again."""
    fps: float

    def veil(self, target: Bytes, index: int) -> None:
        """Lay the haze of one frame over what is behind the subject."""
        height, width = target.shape[:2]
        haze = cv2.resize(self._haze(width, height, index / self.fps, index), (width, height))
        cv2.addWeighted(target, 1.0, haze, self.strength, -self.level, dst=target)

    def draw(self, target: Bytes, index: int) -> None:
        """Lay the particles of one frame over the picture, and the lens's falloff."""
        height, width = target.shape[:2]
        motes = np.zeros((height // 2, width // 2, 4), np.uint8)
        self._float(motes, index / self.fps, index)
        cv2.add(target, cv2.resize(motes, (width, height), interpolation=cv2.INTER_LINEAR), dst=target)
        if self.vignette is not None:
            cv2.multiply(target, self.vignette, dst=target, scale=1 / 255)

    def _haze(self, width: int, height: int, seconds: float, index: int) -> Bytes:
        area = (width // COARSE + 1, height // COARSE + 1)
        dx, dy, _, _ = self.camera.pose(index, 1.0)
        layers = []
        for way, sheet in zip((1.0, -1.0), self.haze, strict=True):
            x = (way * HAZE_SPEED * height * seconds + 0.5 * dx) / COARSE - (sheet.shape[1] - area[0]) / 2
            y = 0.5 * dy / COARSE - (sheet.shape[0] - area[1]) / 2
            move = np.array([[1, 0, x], [0, 1, y]])
            layers.append(cv2.warpAffine(sheet, move, area, borderMode=cv2.BORDER_REFLECT))
        return cv2.addWeighted(layers[0], 0.5, layers[1], 0.5, 0)

    def _float(self, sheet: Bytes, seconds: float, index: int) -> None:
        height, width = sheet.shape[:2]
        dx, dy, _, _ = self.camera.pose(index, 1.2)
        kind = self.kind
        phase = 2 * np.pi * (self.motes[:, 3] + seconds * (0.12 + 0.1 * self.motes[:, 4]))
        x = (
            self.motes[:, 0] * 1.3 * width
            + (kind["wind"] * self.motes[:, 4] * seconds + kind["sway"] * np.sin(phase)) * height
        )
        y = self.motes[:, 1] * 1.2 * height + kind["fall"] * (0.6 + 0.4 * self.motes[:, 4]) * seconds * height
        xs = np.mod(x + dx / 2, 1.3 * width) - 0.15 * width
        ys = np.mod(y + dy / 2 + 0.3 * kind["sway"] * np.cos(phase) * height, 1.2 * height) - 0.1 * height
        sizes = np.maximum(0.55, kind["size"] * height * (0.5 + self.motes[:, 2]))
        spots = np.stack([xs, ys, sizes], axis=1) * 16
        for px, py, radius in np.rint(spots).astype(int).tolist():
            cv2.circle(sheet, (px, py), radius, self.tint, -1, cv2.LINE_AA, 4)


def air(
    kind: Mapping[str, Any],
    camera: Camera,
    light: Light,
    vignette: float,
    fps: float,
    rng: np.random.Generator,
) -> Air:
    """Fill the air of a scene."""
    tint = light.light if kind["tint"] == "light" else colour(kind["tint"])
    haze = (_sheet(camera, light, rng), _sheet(camera, light, rng))
    strength = THICKNESS * float(kind.get("haze", 1.0)) * (0.8 if light.cel or light.night else 1.0)
    return Air(
        camera=camera,
        haze=haze,
        strength=strength,
        level=strength * float(haze[0].mean() + haze[1].mean()) / 2 * 0.8,
        motes=rng.random((int(kind["count"]), 5)),
        kind=kind,
        tint=ink(tint * float(kind["strength"]) * (1.0 if light.night else 0.6)),
        vignette=_vignette(camera.width, camera.height, vignette) if vignette else None,
        fps=fps,
    )


def _sheet(camera: Camera, light: Light, rng: np.random.Generator) -> Bytes:
    width, height = round(camera.width * 1.9 / COARSE), round(camera.height * 1.4 / COARSE)
    cell = camera.height * 0.075 / COARSE
    field = np.clip((noise(rng, width, height, (cell * 1.5, cell), 2) - 0.5) * 1.5 + 0.5, 0, 1)
    hue = light.haze / max(0.05, float(light.haze.max()))
    return (np.dstack([field[..., None] * hue, field]) * 255).astype(np.uint8)


def _vignette(width: int, height: int, strength: float) -> Bytes:
    x = np.linspace(-1, 1, width, dtype=np.float32)[None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    fall = 255 * (1 - strength * np.clip((x * x + y * y) * 0.6 - 0.12, 0, 1))
    return cv2.cvtColor(fall.astype(np.uint8), cv2.COLOR_GRAY2BGRA)
