"""The embedded generator: an honest synthetic renderer that knows its own ground truth.

It is not a model of anything. It draws what it understands of a prompt, so that the road from a prompt to
a report can be walked offline, and so that metrics can be held against what was really drawn.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pytest_videobench.backends.base import BackendSpec, Generation, Request
from pytest_videobench.backends.params import read_delivery
from pytest_videobench.errors import SpecError
from pytest_videobench.prompts.model import Delivery
from pytest_videobench.threads import one_opencv_thread

if TYPE_CHECKING:
    from pathlib import Path

RENDERER = "procedural-4"
"""Part of every clip's key in the store: it changes whenever the pictures do."""

MODELS = ("reference",)
DURATIONS = (0.2, 60.0)
RATES = (1.0, 120.0)
SIDES = (64, 3840)
DEFAULT = Delivery(duration=5.0, fps=24.0, width=640, height=360)


class Procedural:
    """Renders clips here and now, for nothing; ``procedural:reference`` draws without faults."""

    synthetic = True
    seconds_per_clip = 1.5
    cost_per_clip_usd = 0.0

    def __init__(self, spec: BackendSpec) -> None:
        self.spec = spec
        self.model = spec.model or MODELS[0]
        if self.model not in MODELS:
            raise SpecError(
                f"backend {str(spec)!r}: unknown model {self.model!r}; known: {', '.join(MODELS)}"
            )
        self._delivery = _delivery(spec)

    def delivery(self) -> Delivery:
        """Say what the clips will be: duration, frames per second and size."""
        return self._delivery

    def revision(self, request: Request) -> str:
        """Give the renderer's version, and what it reads of a prompt besides its words."""
        expect = request.prompt.expect
        return " ".join(
            (RENDERER, request.prompt.style, expect.shot or "", expect.camera, expect.motion, expect.amount)
        )

    def generate(self, request: Request, workdir: Path) -> Generation:
        """Render the clip as ``clip.mp4`` in ``workdir``."""
        from pytest_videobench.backends.procedural.encoder import encode
        from pytest_videobench.backends.procedural.renderer import film

        begun = time.perf_counter()
        path = workdir / "clip.mp4"
        with one_opencv_thread():
            clip = film(request)
            size = clip.camera.width, clip.camera.height
            encode(clip.frames(), path, size=size, fps=request.delivery.fps or 24.0)
        return Generation(
            path=path,
            model=self.model,
            seed=request.seed,
            latency={"running": time.perf_counter() - begun},
            synthetic=True,
            truth=clip.truth(RENDERER),
        )


def _delivery(spec: BackendSpec) -> Delivery:
    asked = read_delivery(spec, DEFAULT)
    _check(spec, "duration", asked.duration, DURATIONS)
    _check(spec, "fps", asked.fps, RATES)
    for side in (asked.width, asked.height):
        _check(spec, "size", side, SIDES)
        if side is not None and side % 2:
            raise SpecError(f"backend {str(spec)!r}: parameter 'size': expected even sides, got {side}")
    return asked


def _check(spec: BackendSpec, name: str, value: float | None, bounds: tuple[float, float]) -> None:
    low, high = bounds
    if value is not None and not low <= value <= high:
        raise SpecError(
            f"backend {str(spec)!r}: parameter {name!r}: expected {low:g} to {high:g}, got {value:g}"
        )
