"""Drawn clips for the pictures: small, kept as thumbnails, and looked at as a run looks at them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.faults import write
from benchmarks.moments import requests, take_of
from pytest_videobench.defects.look import find_defects
from pytest_videobench.errors import ClipError
from pytest_videobench.faults import inject
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.gate.thresholds import complete

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_videobench.backends.base import Request
    from pytest_videobench.defects.base import Finding
    from pytest_videobench.faults.model import Pictures, Take
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations

SECONDS = 4.0
FADE = 0.5
"""Seconds from full light to black."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Clip:
    """A clip as it was drawn, or with one fault."""

    name: str
    """Style and id of its prompt."""
    take: Take
    expected: Expectations
    seed: int
    start: float = 0.0
    """Seconds from which a fault is to be seen."""
    end: float = 0.0

    @cached_property
    def footage(self) -> Footage:
        """Give what one decoding pass leaves of the encoded clip."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "clip.mp4"
            write(self.take, path)
            return analyse(path)

    @cached_property
    def liveliness(self) -> float:
        """Give the mean change from frame to frame, in grey levels."""
        return float(np.mean(self.footage.steps.change))

    def thumbnails(self, width: int, *, near: bool) -> Pictures:
        """Give all frames, so many pixels wide; or only their middle, so that fine detail is seen."""
        wide, high = self.take.size
        left, top = (wide // 4, high // 4) if near else (0, 0)
        frames = self.take.frames[:, top : high - top, left : wide - left]
        size = (width, round(width * high / wide))
        return np.asarray([cv2.resize(f, size, interpolation=cv2.INTER_AREA) for f in frames], np.uint8)

    def findings(self, defect: str) -> Sequence[Finding]:
        """Give what is found of a defect."""
        return [one for one in find_defects(self.footage, self.expected) if one.defect == defect]

    def spoilt(self, fault: str, severity: float) -> Clip | None:
        """Put a fault in; ``None`` where the clip cannot carry it."""
        try:
            take, truth = inject(self.take, fault, seed=self.seed, severity=severity)
        except ClipError:
            return None
        return replace(self, take=take, start=truth.start, end=truth.end)

    def faded(self) -> Clip:
        """Let the middle second go to black and come back, bit by bit."""
        middle = self.take.count / self.take.fps / 2
        times = np.arange(self.take.count) / self.take.fps - middle
        light = np.clip(np.abs(times) / FADE, 0, 1)[:, None, None, None]
        take = replace(self.take, frames=(self.take.frames * light).astype(np.uint8))
        return replace(self, take=take, start=middle - FADE, end=middle + FADE)

    def asked(self, amount: str) -> Clip:
        """Ask for another amount of motion."""
        return replace(self, expected=replace(self.expected, amount=amount))


def drawn(count: int) -> Iterator[Clip]:
    """Draw clips of prompts of all styles in turn, and leave out what is higher than wide."""
    clips = (_drawn(request, seed) for seed, request in enumerate(islice(requests(SECONDS), count)))
    return (clip for clip in clips if clip.take.size[0] > clip.take.size[1])


def _drawn(request: Request, seed: int) -> Clip:
    prompt = request.prompt
    expected = complete(prompt.expect, request.delivery)
    # The picture is reduced, so nothing of its size is asked.
    delivery = replace(expected.delivery, width=None, height=None)
    return Clip(
        name=f"{prompt.style}/{prompt.id}",
        take=take_of(request),
        expected=replace(expected, delivery=delivery),
        seed=seed,
    )
