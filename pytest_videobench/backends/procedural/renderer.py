"""From a request to frames, and to the truth about them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_videobench.backends.procedural.air import Air, air
from pytest_videobench.backends.procedural.camera import Camera, camera
from pytest_videobench.backends.procedural.canvas import dimmed, light
from pytest_videobench.backends.procedural.cast import cast
from pytest_videobench.backends.procedural.extension import own_vocabulary
from pytest_videobench.backends.procedural.finishes import Finish, finish
from pytest_videobench.backends.procedural.flat import flattened
from pytest_videobench.backends.procedural.flow import flow
from pytest_videobench.backends.procedural.scene import CLOSE, Layer, layers
from pytest_videobench.backends.procedural.sheet import Ledger, Picture
from pytest_videobench.backends.procedural.vocabulary import Reading, lexicon, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_videobench.backends.base import Request
    from pytest_videobench.backends.procedural.arrays import Bytes, Floats
    from pytest_videobench.backends.procedural.sheet import Sheet
    from pytest_videobench.backends.procedural.subjects import Subject

GENTLE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """Everything that one clip is drawn from."""

    name: str
    """Key of the prompt."""
    fps: float
    reading: Reading
    camera: Camera
    layers: tuple[Layer, ...]
    cast: tuple[Subject, ...]
    """The main subject first."""
    air: Air
    finish: Finish

    def frames(self) -> Iterator[Bytes]:
        """Draw the frames in order, BGRA; each is overwritten by the next."""
        picture = Picture(np.zeros((self.camera.height, self.camera.width, 4), np.uint8))
        behind, before = self._sides()
        behind = flattened(behind, self.camera)
        for index in range(len(self.camera.path)):
            self._draw(behind, picture, index)
            self.air.veil(picture.pixels, index)
            self._draw(before, picture, index)
            self.air.draw(picture.pixels, index)
            self.finish.develop(picture.pixels, index)
            yield picture.pixels

    def flow(self, index: int) -> Floats:
        """Give the motion from a frame to the next, in pixels: height × width × (right, down).

        NaN where a surface has no lasting shape. What floats in the air does not count.
        """
        return flow(self._ledger(index), self._ledger(index + 1))

    def truth(self, version: str) -> dict[str, Any]:
        """Tell what is drawn, in JSON types."""
        order = [*self._sides()[0], *self._sides()[1]]
        return {
            "renderer": version,
            "look": self.reading.look,
            "finish": self.reading.finish,
            "palette": self.reading.palette,
            "scene": self.reading.scene,
            "air": self.reading.air,
            "words": {part: list(words) for part, words in self.reading.words.items()},
            "outvoted": {part: list(words) for part, words in self.reading.outvoted.items()},
            "unknown": {part: list(words) for part, words in self.reading.unknown.items()},
            "camera": self.camera.truth(),
            "subjects": [subject.truth() for subject in self.cast],
            "layers": [{"name": part.name, "depth": part.depth} for part in order],
            "injected": [],
        }

    def _sides(self) -> tuple[list[Layer | Subject], list[Layer | Subject]]:
        """Give what lies behind the haze and what stands before it, each from the back to the front."""
        parts: list[Layer | Subject] = sorted([*self.layers, *self.cast], key=lambda part: part.depth)
        first = min(subject.depth for subject in self.cast)
        return [p for p in parts if p.depth < first], [p for p in parts if p.depth >= first]

    def _draw(self, parts: Iterable[Layer | Subject], sheet: Sheet, index: int) -> None:
        for part in parts:
            part.draw(sheet, self.camera, index)

    def _ledger(self, index: int) -> Ledger:
        ledger = Ledger(width=self.camera.width, height=self.camera.height)
        for side in self._sides():
            self._draw(side, ledger, index)
        return ledger


def film(request: Request) -> Film:
    """Compose the clip that a request asks for; prompt, roll and seed decide every detail."""
    prompt, words = request.prompt, lexicon(own_vocabulary(request.spec))
    reading, known = read(prompt, words), words.tables
    rng = np.random.default_rng([request.seed & 0xFFFFFFFF, request.roll, zlib.crc32(prompt.key.encode())])
    look, scene = known["looks"][reading.look], known["scenes"][reading.scene]
    made = known["finishes"][reading.finish]
    lit = light(known["palettes"][reading.palette], made, rng)
    if prompt.expect.motion == "light" or scene.get("dark"):
        lit = dimmed(lit)
    move = camera(reading.move, request.delivery, GENTLE if reading.gentle else 1.0, rng)
    fps = request.delivery.fps or 1.0
    return Film(
        name=prompt.key,
        fps=fps,
        reading=reading,
        camera=move,
        layers=tuple(layers(scene["layers"], move, lit, rng, close=prompt.expect.shot in CLOSE)),
        cast=cast(reading, prompt.expect, float(scene["floor"]), move, lit, fps, rng),
        air=air(known["air"][reading.air], move, lit, float(look["vignette"]), fps, rng),
        finish=finish(made, move, rng),
    )
