"""Clean clips with a virtual camera in them: more minutes in which every finding is a false alarm.

The pictures are those of a camera or a film in which nobody saw a fault, and the moves are smooth, so that
these clips are clean by construction. Moves in depth have a second layer, cut out of a still of another clip.
A camera that stands is left out, for it would show the same seconds once more.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from benchmarks import virtual_camera
from benchmarks.accuracy.corpus import clips, draw, settings, stretches
from benchmarks.camera_real import ONE_LAYER, STANDING, SWAYS, TRAVELS, TWO_LAYERS, Trial, intended
from benchmarks.virtual_camera import RADIUS, Window, laid_over
from pytest_videobench.faults import Take

if TYPE_CHECKING:
    from benchmarks.accuracy.corpus import Clip, Half, Piece
    from pytest_videobench.faults.model import Picture

MOVES = tuple(move for move in (*ONE_LAYER, *TWO_LAYERS) if move != "static")
DETAIL = 2
"""Times the side of a piece at which a stretch is read: the virtual camera sees a part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """One virtual camera in one stretch of a clip."""

    piece: Piece
    near: Piece
    """The stretch of whose first picture the near layer is cut out; of the same half."""
    move: str
    far: float
    """Picture widths of travel, or of sway."""

    @property
    def name(self) -> str:
        """Give a name that can be a file's."""
        return f"{self.piece.name}~{self.move}~{self.far:g}"

    @property
    def asked(self) -> str | None:
        """Give the move that a prompt would ask for; ``None`` where the clip's own camera moves as well."""
        return self.move if self.piece.clip.path in STANDING else None

    @property
    def side(self) -> float:
        """Give about how many pixels the shorter side of what is seen has, all along the way."""
        away = self.move.startswith(("zoom", "dolly"))
        return self.piece.clip.side * (np.exp(-self.far / RADIUS) if away else 1 / (1 + self.far))


def drives(half: Half) -> list[Drive]:
    """Plan the drives of a half, the first of every clip before any second; none that shows too little."""
    sources = [clip for clip in clips() if clip.half == half and stretches(clip)]
    turns = range(settings()["driven"]["rounds"] * len(MOVES))
    planned = [_planned(turn, place, sources) for turn in turns for place in range(len(sources))]
    return [drive for drive in planned if drive.side >= settings()["driven"]["side"]]


def _planned(turn: int, place: int, sources: list[Clip]) -> Drive:
    """Go through moves, ways and stretches in turns, so that none of them always meets the same other."""
    own, near = stretches(sources[place]), stretches(sources[(place + 1) % len(sources)])
    lap, at = divmod(turn + place, len(MOVES))
    sizes = SWAYS if MOVES[at] == "handheld" else TRAVELS
    return Drive(
        piece=own[(turn + lap) % len(own)], near=near[0], move=MOVES[at], far=sizes[(at + lap) % len(sizes)]
    )


def film(drive: Drive, take: Take, near: Picture) -> Take:
    """Give what the virtual camera sees of a stretch, and of the near picture where there is depth."""
    rng = np.random.default_rng(draw(drive.name))
    clip = drive.piece.clip
    path = Trial(clip=clip.path, near="", half=clip.half, round=0, move=drive.move, far=drive.far)
    views = intended(path, take.count, take.fps, rng)
    frames = Window(views, *take.size).seen(list(take.frames))
    if drive.move in TWO_LAYERS:
        frames = laid_over(frames, rng.uniform(*TWO_LAYERS[drive.move]) * views, [near], rng)
    return Take(frames=np.stack(frames), fps=take.fps, name=drive.name)


def recipe(drive: Drive) -> str:
    """Give eight hexadecimal digits that stand for all that makes a drive."""
    return f"{crc32(f'{drive.piece.end} {drive.near.name}'.encode(), _sources()):08x}"


@cache
def _sources() -> int:
    files = [Path(inspect.getfile(maker)).read_bytes() for maker in (virtual_camera, film)]
    return crc32(b"".join(files) + f"{inspect.getsource(intended)}{TWO_LAYERS}".encode())
