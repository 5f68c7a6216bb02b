"""Clips with known pictures in known containers, and a small style run by a pytest of its own."""

from __future__ import annotations

import json
import signal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

import av
import numpy as np
import pytest
import scipy.ndimage  # noqa: F401  # a run inside this process forgets what it loads first, and numpy loads once

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray


class WriteClip(Protocol):
    def __call__(
        self,
        path: Path,
        frames: Iterable[NDArray[np.uint8]],
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


class Drift(Protocol):
    def __call__(self, *, frames: int, height: int, width: int, step: int = 2) -> NDArray[np.uint8]: ...


@pytest.fixture
def drift() -> Drift:
    return drifting


def drifting(*, frames: int, height: int, width: int, step: int = 2) -> NDArray[np.uint8]:
    """Textured pictures that move by whole pixels, so that their flow is known."""
    noise = np.random.default_rng(7).integers(0, 256, (height // 4 + 1, (width + frames * step) // 4 + 1, 3))
    plane = np.kron(noise, np.ones((4, 4, 1))).astype(np.float64)
    for axis in (0, 1):
        plane = np.mean([np.roll(plane, k, axis) for k in range(-2, 3)], axis=0)
    return np.stack([plane[:height, t * step : t * step + width] for t in range(frames)]).astype(np.uint8)


@pytest.fixture
def write_clip() -> WriteClip:
    return encode


def encode(
    path: Path,
    frames: Iterable[NDArray[np.uint8]],
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
        assert isinstance(stream, av.VideoStream)
        frames = list(frames)
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


def hears_interrupts() -> None:
    """Let a new process take SIGINT as at a terminal, though ours may ignore it, as in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


PROMPTS = """
[style]
name = "tiny"
title = "Tiny"
about = "Two prompts for tests."

[[prompt]]
id = "red-ball"
camera = "Wide shot, panning right"
lighting = "noon sun"
subject = "a red ball"
motion = "rolls over the grass"
scene = "in a meadow"
atmosphere = "calm"
tags = ["toy"]
expect = { shot = "wide", camera = "pan_right", motion = "rigid", amount = "medium" }

[[prompt]]
id = "night-city"
camera = "Static medium shot"
lighting = "neon light"
subject = "a walker"
motion = "crosses the street"
scene = "in a city at night"
atmosphere = "<script>alert('x')</script> & \\"quotes\\""
expect = { shot = "medium", camera = "static", motion = "limb", amount = "medium" }
"""
MODULE = '''"""Tiny: two prompts for tests."""

from pytest_videobench import Expectations, Footage, problems


def test_tiny(footage: Footage, expected: Expectations) -> None:
    """The clip is without fault."""
    assert problems(footage, expected) == []
'''
BACKEND = "procedural?duration=1&fps=12&size=192x108"


class Suite:
    """A rootdir with one style, and the results of the last run in it."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.root = pytester.path
        self.folder = self.root / "suites" / "tiny"
        self.folder.mkdir(parents=True)
        self.prompts(PROMPTS)
        self.module(MODULE)
        pytester.makepyprojecttoml('[tool.pytest]\nstrict = true\naddopts = ["--import-mode=importlib"]\n')

    def prompts(self, text: str) -> None:
        (self.folder / "prompts.toml").write_text(text, encoding="utf-8")

    def text(self) -> str:
        return (self.folder / "prompts.toml").read_text(encoding="utf-8")

    def clips(self) -> Path:
        """Give a folder for clips that somebody already has."""
        folder = self.root / "clips"
        folder.mkdir(exist_ok=True)
        return folder

    def module(self, text: str) -> None:
        (self.folder / "test_tiny.py").write_text(text, encoding="utf-8")

    def run(self, *args: str, backend: str | None = BACKEND) -> pytest.RunResult:
        """Run pytest in a process of its own, as users do."""
        chosen = ("--vb-backend", backend) if backend else ()
        return self.pytester.runpytest_subprocess("suites", *chosen, *args)

    @property
    def report(self) -> Path:
        return self.root / "videobench-report"

    def rows(self) -> list[dict[str, Any]]:
        text = (self.report / "rows.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def record(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads((self.report / "run.json").read_text(encoding="utf-8"))
        return data


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    monkeypatch.setenv("COLUMNS", "120")
    return Suite(pytester)
