"""The last step over a whole frame: film grain, paper, few colours, large pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, colour, mix, noise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.procedural.camera import Camera


_SLACK = 64
"""Pixels by which a sheet of grain is larger than the picture: every frame gets another place of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """What is done to every frame alike, so that nothing in it moves by itself but the grain of a film."""

    grain: Bytes | None
    """Taken off the frame, from another place in every frame."""
    paper: Bytes | None
    """Taken off the frame: the grain of the paper that it is painted on."""
    tones: Bytes | None
    """256 x 4: two inks by how light the frame is, or the few steps that each channel has."""
    mono: bool
    pixels: int
    """Side of one pixel in pixels of the frame; 1 leaves it as it is."""

    def develop(self, target: Bytes, index: int) -> None:
        """Finish one frame in place, BGRA."""
        if self.pixels > 1:
            _enlarged(target, self.pixels, self.tones)
        elif self.tones is not None:
            grey = cv2.cvtColor(target, cv2.COLOR_BGRA2GRAY) if self.mono else target
            cv2.LUT(cv2.merge([grey] * 4) if self.mono else target, self.tones[None], dst=target)
        if self.paper is not None:
            cv2.subtract(target, self.paper, dst=target)
        if self.grain is not None:
            left, top = index * 37 % _SLACK, index * 23 % _SLACK
            height, width = target.shape[:2]
            cv2.subtract(target, self.grain[top : top + height, left : left + width], dst=target)


def _enlarged(target: Bytes, side: int, tones: Bytes | None) -> None:
    height, width = target.shape[:2]
    size = (max(2, width // side), max(2, height // side))
    small = cv2.resize(target, size, interpolation=cv2.INTER_AREA)
    if tones is not None:
        small = cv2.LUT(small, tones[None])
    cv2.resize(small, (width, height), dst=target, interpolation=cv2.INTER_NEAREST)


def finish(spec: Mapping[str, Any], camera: Camera, rng: np.random.Generator) -> Finish:
    """Prepare the finish of the vocabulary's table for a camera's frames."""
    strength, grain = float(spec.get("paper", 0.0)), float(spec.get("grain", 0.0))
    return Finish(
        grain=_grain(camera.width + _SLACK, camera.height + _SLACK, grain, rng) if grain else None,
        paper=_paper(camera.width, camera.height, strength, rng) if strength else None,
        tones=_tones(spec),
        mono="mono" in spec,
        pixels=max(1, round(float(spec.get("pixels", 1)) * camera.height / 360)),
    )


def _grain(width: int, height: int, strength: float, rng: np.random.Generator) -> Bytes:
    """Paint grains of about a pixel and a half, alike in all channels as those of a film's luma are."""
    field = cv2.GaussianBlur(rng.standard_normal((height, width), dtype=np.float32), (0, 0), 0.7)
    levels = strength * (2.0 + field / field.std())
    grain = np.clip(np.round(levels), 0, 255).astype(np.uint8)
    return np.asarray(cv2.merge([grain, grain, grain, np.zeros_like(grain)]), np.uint8)


def _paper(width: int, height: int, strength: float, rng: np.random.Generator) -> Bytes:
    fibres = noise(rng, width, height, (5, 4), 2) + noise(rng, width, height, (90, 70), 3)
    grain = np.clip((fibres - 0.6) * strength * 1.6, 0, 255).astype(np.uint8)
    return cv2.merge([grain, grain, grain, np.zeros_like(grain)])


def _tones(spec: Mapping[str, Any]) -> Bytes | None:
    steps = np.linspace(0, 1, 256, dtype=np.float32)
    if "mono" in spec:
        dark, pale = (colour(text) for text in spec["mono"])
        contrast = np.clip((steps - 0.5) * 1.35 + 0.56, 0, 1)[:, None]
        return _table(mix(dark, pale, contrast))
    if "tones" in spec:
        count = int(spec["tones"]) - 1
        return _table(np.repeat((np.round(steps * count) / count)[:, None], 3, axis=1))
    return None


def _table(rows: Bytes) -> Bytes:
    return np.asarray((np.column_stack([rows, np.ones(256)]) * 255).astype(np.uint8))
