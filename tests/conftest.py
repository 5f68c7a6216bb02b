"""Clips made on the spot, for tests that need a file with known pictures in a known container."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

import av
import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray


class WriteClip(Protocol):
    def __call__(
        self,
        path: Path,
        frames: Sequence[NDArray[np.uint8]],
        *,
        fps: int = 24,
        codec: str = "libx264",
        pix_fmt: str = "yuv420p",
        times: Sequence[float] | None = None,
        rotation: int = 0,
        faststart: bool = False,
    ) -> Path: ...


@pytest.fixture
def moving_frames() -> NDArray[np.uint8]:
    """48 frames of 128 × 96: a textured plane that drifts to the left, as under a pan to the right."""
    return drifting(frames=48, height=96, width=128)


@pytest.fixture
def drift() -> type[Drift]:
    return Drift


class Drift:
    """Textured pictures that move by whole pixels, so that their flow is known."""

    def __new__(cls, *, frames: int, height: int, width: int, step: int = 2) -> NDArray[np.uint8]:  # type: ignore[misc]  # a function with a name
        return drifting(frames=frames, height=height, width=width, step=step)


def drifting(*, frames: int, height: int, width: int, step: int = 2) -> NDArray[np.uint8]:
    noise = np.random.default_rng(7).integers(0, 256, (height // 4 + 1, (width + frames * step) // 4 + 1, 3))
    plane = np.kron(noise, np.ones((4, 4, 1))).astype(np.float64)
    for axis in (0, 1):
        plane = sum(np.roll(plane, k, axis) for k in range(-2, 3)) / 5
    return np.stack([plane[:height, t * step : t * step + width] for t in range(frames)]).astype(np.uint8)


@pytest.fixture
def write_clip() -> WriteClip:
    return encode


def encode(
    path: Path,
    frames: Sequence[NDArray[np.uint8]],
    *,
    fps: int = 24,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    times: Sequence[float] | None = None,
    rotation: int = 0,
    faststart: bool = False,
) -> Path:
    with av.open(str(path), "w", options={"movflags": "faststart"} if faststart else {}) as container:
        stream = container.add_stream(codec, rate=fps)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = pix_fmt
        if rotation:
            stream.set_display_rotation(rotation)
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000 if times else fps)
        for index, bgr in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(bgr), format="bgr24")
            frame.pts = round(times[index] * 1000) if times else index
            frame.time_base = stream.codec_context.time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
