"""A prompt to draw, and small clips of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np

from pytest_videobench.backends.base import BackendSpec, Generation, Request
from pytest_videobench.backends.procedural import Procedural
from pytest_videobench.prompts.model import Expectations, Prompt

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SMALL = "procedural?duration=1.5&fps=12&size=320x180"


def a_prompt(*, style: str = "realistic", camera: str = "wide shot", **expect: str) -> Prompt:
    return Prompt(
        id="a-walk",
        style=style,
        camera=camera,
        lighting="golden evening light",
        subject="a woman in a red coat",
        motion="walks",
        scene="a street in the city",
        atmosphere="light rain",
        expect=Expectations(
            shot="wide",
            camera=expect.get("move", "static"),
            motion=expect.get("motion", "limb"),
            amount=expect.get("amount", "low"),
        ),
    )


def request_of(prompt: Prompt, *, roll: int = 0, seed: int = 3, spec: str = SMALL) -> Request:
    backend = Procedural(BackendSpec.parse(spec))
    return Request(prompt=prompt, roll=roll, seed=seed, spec=backend.spec, delivery=backend.delivery())


def clip(workdir: Path, prompt: Prompt, *, roll: int = 0, seed: int = 3, spec: str = SMALL) -> Generation:
    asked = request_of(prompt, roll=roll, seed=seed, spec=spec)
    return Procedural(asked.spec).generate(asked, workdir)


def decoded(path: Path) -> NDArray[np.uint8]:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)])


def truth_of(made: Generation) -> dict[str, Any]:
    assert made.truth is not None
    return dict(made.truth)


def flow(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.float32]:
    greys = [cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) for image in (first, second)]
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.asarray(search.calc(greys[0], greys[1], None), np.float32)  # type: ignore[call-overload]
