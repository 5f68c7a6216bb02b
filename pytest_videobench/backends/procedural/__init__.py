"""The embedded generator: an honest synthetic renderer that knows its own ground truth.

It is not a model of anything. It draws what it understands of a prompt, so that the road from a prompt to
a report can be walked offline, and so that metrics can be held against what was really drawn.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_videobench.backends.base import NOTHING_ASKED, BackendSpec, Generation, Request
from pytest_videobench.backends.params import merged, read_delivery, size_of
from pytest_videobench.backends.procedural.extension import own_vocabulary
from pytest_videobench.backends.procedural.flaws import PARAMS, read_flaws, version
from pytest_videobench.backends.procedural.vocabulary import lexicon
from pytest_videobench.errors import DeliveryError, SpecError
from pytest_videobench.files import file_digest
from pytest_videobench.prompts.model import Delivery
from pytest_videobench.threads import one_opencv_thread

if TYPE_CHECKING:
    from pathlib import Path

RENDERER = "procedural-7"
"""Part of every clip's key in the store: it changes whenever the pictures do."""

MODELS = ("reference", "flawed")
DURATIONS = (0.2, 60.0)
RATES = (1.0, 120.0)
SIDES = (64, 3840)
DEFAULT = Delivery(duration=5.0, fps=24.0, width=640, height=360)
PIXELS = 640 * 360
"""Of a picture of which only the ratio is asked."""


class Procedural:
    """Renders clips here and now, for nothing.

    ``procedural:reference`` draws without faults. ``procedural:flawed`` puts known faults into some clips,
    tuned by ``rate``, ``only`` and ``severity``. ``flow=yes`` keeps the exact optical flow beside a clip, and
    ``vocabulary=FILE`` goes before the built-in words.
    """

    synthetic = True
    seconds_per_clip = 1.5

    def __init__(self, spec: BackendSpec) -> None:
        self.spec = spec
        self.model = spec.model or MODELS[0]
        if self.model not in MODELS:
            raise SpecError(
                f"backend {str(spec)!r}: unknown model {self.model!r}; known: {', '.join(MODELS)}"
            )
        known = ("flow", "vocabulary", *(PARAMS if self.model == "flawed" else ()))
        self._asked = read_delivery(spec, also=known)
        self._flaws = read_flaws(spec) if self.model == "flawed" else None
        self._flow = _switch(spec, "flow")
        self._own = own_vocabulary(spec)
        if self._own is not None:
            lexicon(self._own)  # what is wrong with it is said before anything is made
        self.delivery()  # refuses a spec of its own accord

    def delivery(self, asked: Delivery = NOTHING_ASKED) -> Delivery:
        """Say what the clips will be: duration, frames per second and size, whatever shape was asked for."""
        return _delivery(self.spec, merged(self._asked, asked, DEFAULT))

    def price(self, delivery: Delivery) -> float:  # noqa: ARG002
        """Return 0: drawing costs nothing."""
        return 0.0

    def revision(self, request: Request) -> str:
        """Give the renderer's version, and what it reads of a prompt besides its words."""
        prompt, expect = request.prompt, request.prompt.expect
        read = [RENDERER, prompt.style, expect.shot or "", expect.camera, expect.motion, expect.amount]
        if self._own is not None:
            read.append(file_digest(self._own))
        if self._flaws:
            read += [version(), prompt.covers.subject or "", prompt.covers.interaction or ""]
        return " ".join(read)

    def generate(self, request: Request, workdir: Path) -> Generation:
        """Render the clip as ``clip.mp4`` in ``workdir``."""
        from pytest_videobench.backends.procedural.renderer import film
        from pytest_videobench.backends.procedural.studio import save_flow, shoot, shoot_spoilt

        begun = time.perf_counter()
        path, injected = workdir / "clip.mp4", []
        flaw = self._flaws.choose(request) if self._flaws else None
        with one_opencv_thread():
            drawn = film(request)
            if flaw is None:
                shoot(drawn, path)
            else:
                injected = shoot_spoilt(drawn, path, flaw)
            if self._flow:
                save_flow(drawn, workdir)
        return Generation(
            path=path,
            model=self.model,
            seed=request.seed,
            latency={"running": time.perf_counter() - begun},
            synthetic=True,
            truth=drawn.truth(RENDERER) | {"injected": [one.truth() for one in injected]},
        )


def _switch(spec: BackendSpec, name: str) -> bool:
    text = dict(spec.params).get(name, "no")
    if text not in ("yes", "no"):
        raise SpecError(f"backend {str(spec)!r}: parameter {name!r}: expected yes or no, got {text!r}")
    return text == "yes"


def _delivery(spec: BackendSpec, asked: Delivery) -> Delivery:
    _check(spec, asked.duration or 0.0, DURATIONS, "s")
    _check(spec, asked.fps or 0.0, RATES, "fps")
    width, height = size_of(asked.ratio, PIXELS) if asked.ratio else (asked.width, asked.height)
    low, high = SIDES
    if not all(side and low <= side <= high and side % 2 == 0 for side in (width, height)):
        shape = "a ratio of {}:{}".format(*asked.ratio) if asked.ratio else f"{width}x{height}"
        raise DeliveryError(
            f"backend {str(spec)!r}: cannot deliver {shape}; it can even sides of {low} to {high} pixels"
        )
    return replace(asked, width=width, height=height, ratio=None)


def _check(spec: BackendSpec, asked: float, bounds: tuple[float, float], unit: str) -> None:
    low, high = bounds
    if not low <= asked <= high:
        raise DeliveryError(
            f"backend {str(spec)!r}: cannot deliver {asked:g} {unit}; it can {low:g} to {high:g} {unit}"
        )
