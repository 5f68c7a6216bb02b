"""From a request to frames, and to the truth about them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_videobench.backends.procedural.air import Air, air
from pytest_videobench.backends.procedural.camera import Camera, camera
from pytest_videobench.backends.procedural.canvas import dimmed, light
from pytest_videobench.backends.procedural.scene import Layer, layers
from pytest_videobench.backends.procedural.subjects import Subject, subject
from pytest_videobench.backends.procedural.vocabulary import Reading, read, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_videobench.backends.base import Request
    from pytest_videobench.backends.procedural.arrays import Bytes

GENTLE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """Everything that one clip is drawn from."""

    reading: Reading
    camera: Camera
    layers: tuple[Layer, ...]
    subject: Subject
    air: Air
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    """The subject's box in every frame drawn so far."""

    def frames(self) -> Iterator[Bytes]:
        """Draw the frames in order; each is overwritten by the next."""
        sheet = np.zeros((self.camera.height, self.camera.width, 4), np.uint8)
        self.boxes.clear()
        behind = [layer for layer in self.layers if layer.depth <= 1.0]
        before = [layer for layer in self.layers if layer.depth > 1.0]
        for index in range(len(self.camera.path)):
            for layer in behind:
                layer.draw(sheet, self.camera, index)
            self.air.veil(sheet, index)
            self.boxes.append(self.subject.draw(sheet, index))
            for layer in before:
                layer.draw(sheet, self.camera, index)
            self.air.draw(sheet, index)
            yield sheet

    def truth(self, version: str) -> dict[str, Any]:
        """Tell what was drawn, in JSON types; complete once the frames are drawn."""
        names = [layer.name for layer in self.layers if layer.depth <= 1.0]
        front = [layer.name for layer in self.layers if layer.depth > 1.0]
        return {
            "renderer": version,
            "look": self.reading.look,
            "palette": self.reading.palette,
            "scene": self.reading.scene,
            "air": self.reading.air,
            "words": {part: list(words) for part, words in self.reading.words.items()},
            "camera": {
                "move": self.camera.move,
                "columns": ["dx", "dy", "scale", "roll"],
                "about": "displacement of the content in picture widths, magnification about the centre, "
                "degrees clockwise; at the reference depth",
                "reference_depth": self.camera.reference,
                "path": np.round(self.camera.path, 6).tolist(),
            },
            "subject": {
                "form": self.subject.form,
                "columns": ["x", "y", "w", "h"],
                "boxes": [[round(value, 5) for value in box] for box in self.boxes],
            },
            "layers": [*names, self.subject.form, *front],
            "injected": [],
        }


def film(request: Request) -> Film:
    """Compose the clip that a request asks for; prompt, roll and seed decide every detail."""
    prompt, known = request.prompt, vocabulary()
    reading = read(prompt)
    rng = np.random.default_rng([request.seed & 0xFFFFFFFF, request.roll, zlib.crc32(prompt.key.encode())])
    look, scene = known["looks"][reading.look], known["scenes"][reading.scene]
    lit = light(known["palettes"][reading.palette], look["shading"], rng)
    if reading.form == "orbs":
        lit = dimmed(lit)
    move = camera(reading.move, request.delivery, GENTLE if reading.gentle else 1.0, rng)
    fps = request.delivery.fps or 1.0
    return Film(
        reading=reading,
        camera=move,
        layers=tuple(layers(scene["layers"], move, lit, rng)),
        subject=subject(reading, prompt.expect, float(scene["floor"]), move, lit, fps, rng),
        air=air(known["air"][reading.air], move, lit, float(look["vignette"]), fps, rng),
    )
