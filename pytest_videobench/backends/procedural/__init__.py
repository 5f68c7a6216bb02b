"""The embedded generator: an honest synthetic renderer that knows its own ground truth.

It is not a model of anything. It draws what it understands of a prompt, so that the road from a prompt to
a report can be walked offline, and so that metrics can be held against what was really drawn.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from pytest_videobench.backends.base import BackendSpec, Generation, Request
from pytest_videobench.errors import SpecError
from pytest_videobench.prompts.model import Delivery

if TYPE_CHECKING:
    from pathlib import Path

RENDERER = "procedural-4"
"""Part of every clip's key in the store: it changes whenever the pictures do."""

MODELS = ("reference",)
DURATIONS = (0.2, 60.0)
RATES = (1.0, 120.0)
SIDES = (64, 3840)


class Procedural:
    """Renders clips here and now, for nothing; ``procedural:reference`` draws without faults."""

    synthetic = True
    seconds_per_clip = 1.5
    cost_per_clip_usd = 0.0

    def __init__(self, spec: BackendSpec) -> None:
        self.spec = spec
        self.model = spec.model or MODELS[0]
        if self.model not in MODELS:
            raise SpecError(f"backend '{spec}': unknown model {self.model!r}; there is {', '.join(MODELS)}")
        self._delivery = _delivery(spec)

    def delivery(self) -> Delivery:
        """Say what the clips will be: duration, frames per second and size."""
        return self._delivery

    def revision(self, request: Request) -> str:  # noqa: ARG002 - the renderer is the same for all
        """Give the renderer's version."""
        return RENDERER

    def generate(self, request: Request, workdir: Path) -> Generation:
        """Render the clip as ``clip.mp4`` in ``workdir``."""
        from pytest_videobench.backends.procedural.encoder import encode
        from pytest_videobench.backends.procedural.renderer import film

        begun = time.perf_counter()
        path = workdir / "clip.mp4"
        clip = film(request)
        encode(
            clip.frames(),
            path,
            size=(clip.camera.width, clip.camera.height),
            fps=request.delivery.fps or 24.0,
        )
        return Generation(
            path=path,
            model=self.model,
            seed=request.seed,
            latency={"running": time.perf_counter() - begun},
            synthetic=True,
            truth=clip.truth(RENDERER),
        )


def _delivery(spec: BackendSpec) -> Delivery:
    params = {"duration": "5", "fps": "24", "size": "640x360"}
    for name, value in spec.params:
        if name not in params:
            raise SpecError(f"backend '{spec}': unknown parameter {name!r}; there are {', '.join(params)}")
        params[name] = value
    width, height = _size(spec, params["size"])
    return Delivery(
        duration=_number(spec, "duration", params["duration"], DURATIONS),
        fps=_number(spec, "fps", params["fps"], RATES),
        width=width,
        height=height,
    )


def _number(spec: BackendSpec, name: str, text: str, bounds: tuple[float, float]) -> float:
    low, high = bounds
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise SpecError(f"backend '{spec}': {name}={text!r}: expected a number from {low:g} to {high:g}")
    return value


def _size(spec: BackendSpec, text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text)
    sides = (int(match[1]), int(match[2])) if match else (0, 0)
    low, high = SIDES
    if any(not low <= side <= high or side % 2 for side in sides):
        raise SpecError(
            f"backend '{spec}': size={text!r}: expected WIDTHxHEIGHT, both even and from {low} to {high}"
        )
    return sides
