"""The real clips of ``../shared/clips``: what people saw in them, their half and their pieces."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from pytest_videobench.errors import ClipError
from pytest_videobench.faults import Take
from pytest_videobench.footage.reader import Reader
from pytest_videobench.footage.scale import shrink

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

CLIPS = Path(__file__).parents[3] / "shared" / "clips"
Half: TypeAlias = Literal["development", "test"]
HALVES: tuple[Half, ...] = ("development", "test")
NO_LABEL = ("", "none_seen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A row of the manifest in our words."""

    path: str
    """Below ``../shared/clips``."""
    origin: str
    """What it was taken from; clips of one origin are in one half."""
    half: Half
    camera: bool
    """Whether it is from a camera or a film, and not from a model."""
    style: str
    labels: tuple[frozenset[str], ...]
    """For each label, the defects that it may be called by."""
    sure: bool
    """Whether the labels are of high confidence."""
    side: int
    """Pixels of its shorter side."""
    fps: float
    frames: int
    seconds: float

    @property
    def clean(self) -> bool:
        """Say whether nobody saw a fault in it."""
        return not self.labels

    @property
    def defects(self) -> frozenset[str]:
        """Give everything that it may rightly be accused of."""
        return frozenset[str]().union(*self.labels, settings()["seen"].get(self.path, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a clip that faults are put into, or that a virtual camera is driven through."""

    clip: Clip
    start: float
    """Seconds of the clip."""
    end: float

    @property
    def name(self) -> str:
        """Give a name that can be a file's: the clip and when it begins."""
        return f"{self.clip.path.replace('/', '~')}@{self.start:.2f}"

    @property
    def seed(self) -> int:
        """Give the dice of its faults."""
        return draw(self.name)

    def take(self, times_side: int = 1) -> Take:
        """Decode it, reduced to sides of even length, the long one so many times that of a piece."""
        pictures, times = [], []
        for picture in Reader(CLIPS / self.clip.path):
            if picture.time >= self.end:
                break
            if picture.time >= self.start:
                pictures.append(_reduced(picture.bgr, times_side * settings()["pieces"]["side"]))
                times.append(picture.time)
        if len(pictures) < 2:
            raise ClipError(self.clip.path, f"has no two frames from {self.start:g} to {self.end:g} s")
        fps = 1 / float(np.median(np.diff(times)))
        return Take(frames=np.stack(pictures), fps=round(fps, 3), name=self.name)


@cache
def settings() -> Mapping[str, Any]:
    """Read ``corpus.toml``."""
    return tomllib.loads(Path(__file__).with_name("corpus.toml").read_text(encoding="utf-8"))


@cache
def clips() -> tuple[Clip, ...]:
    """Read the manifest, sorted by path."""
    with (CLIPS / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["path"])
    return tuple(clip_of(row) for row in rows)


def clip_of(row: Mapping[str, str]) -> Clip:
    """Translate a row of the manifest."""
    origin = origin_of(row["path"])
    return Clip(
        path=row["path"],
        origin=origin,
        half=half_of(origin),
        camera=row["kind"] == "camera_or_film",
        style=row["style"],
        labels=tuple(map(_names, row["defects"].split(";"))) if row["defects"] not in NO_LABEL else (),
        sure=row["label_confidence"] == "high",
        side=min(int(row["width"]), int(row["height"])),
        fps=float(row["fps"]),
        frames=int(row["frames"]),
        seconds=float(row["duration"]),
    )


def origin_of(path: str) -> str:
    """Name what a clip was taken from."""
    origins: Mapping[str, Sequence[str]] = settings()["origins"]
    return next((name for name, members in origins.items() if path in members), path)


def half_of(origin: str, salt: str | None = None) -> Half:
    """Toss the coin that an origin's name and the salt make."""
    salt = settings()["salt"] if salt is None else salt
    return HALVES[draw(f"{salt} {origin}") % 2]


def pieces(half: Half) -> list[Piece]:
    """Cut clean pieces out of a half's clips, at random times, the first of every clip before any second."""
    ranked = [(rank, piece) for clip in clips() if clip.half == half for rank, piece in enumerate(_cut(clip))]
    return [piece for _, piece in sorted(ranked, key=lambda one: (one[0], one[1].name))]


def stretches(clip: Clip) -> list[Piece]:
    """Part all of a clean clip of a camera or a film into stretches; none where it is not clean."""
    rule = settings()["driven"]
    shots: Sequence[Sequence[float]] = settings()["shots"].get(clip.path, ())
    if not shots and clip.clean:
        shots = [(0.0, clip.seconds)]
    if not clip.camera or clip.path in (*settings()["seen"], *rule["left_out"]):
        return []
    return [piece for start, end in shots for piece in _evenly(clip, start, end, rule["seconds"])]


def _evenly(clip: Clip, start: float, end: float, longest: float) -> list[Piece]:
    count = int(np.ceil((end - start) / longest))
    edges = np.round(np.linspace(start, end, count + 1), 3).tolist()
    return [Piece(clip=clip, start=one, end=other) for one, other in pairwise(edges)]


def draw(name: str) -> int:
    """Give a number of 32 bits that only the name decides."""
    return int.from_bytes(sha256(name.encode()).digest()[:4], "big")


def _cut(clip: Clip) -> list[Piece]:
    rule = settings()["pieces"]
    shots: Sequence[Sequence[float]] = settings()["shots"].get(clip.path, ())
    if shots:
        return [Piece(clip=clip, start=start, end=end) for start, end in shots]
    if not clip.clean or clip.frames < rule["frames"]:
        return []
    count = min(rule["most"], 1 + int(clip.seconds / rule["every"]))
    share, length = clip.seconds / count, min(clip.seconds / count, rule["seconds"])
    rng = np.random.default_rng(draw(clip.path))
    starts = [turn * share + rng.uniform(0, share - length) for turn in range(count)]
    return [Piece(clip=clip, start=round(start, 3), end=round(start + length, 3)) for start in starts]


def _names(label: str) -> frozenset[str]:
    return frozenset(settings()["labels"].get(label, (label,)))


def _reduced(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    small = shrink(picture, side)
    return small[: small.shape[0] // 2 * 2, : small.shape[1] // 2 * 2].copy()
