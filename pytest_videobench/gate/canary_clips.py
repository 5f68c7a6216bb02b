"""Where canary clips come from: those at detectors' limits ship, those in a baseline's formats are drawn."""

from __future__ import annotations

import json
import os
import tomllib
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_videobench.backends.base import BackendSpec, Request
from pytest_videobench.backends.procedural.renderer import film
from pytest_videobench.backends.procedural.studio import take_of
from pytest_videobench.files import file_digest
from pytest_videobench.gate.canary import FOLDER, Canary, CanarySet, Reading, measure, write_canaries
from pytest_videobench.gate.endpoints import spreads
from pytest_videobench.gate.sample import samples_of
from pytest_videobench.gate.suite import rule_digests
from pytest_videobench.prompts.model import Delivery, Expectations, Prompt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_videobench.faults import Take
    from pytest_videobench.gate.golden import Golden
    from pytest_videobench.gate.row import Row

LIMITS = Path(str(files("pytest_videobench.gate") / "canaries"))
"""The package's clips, and ``limits.json``, which ``python -m benchmarks.canaries --record`` writes."""
BUDGET = 175_000
"""Bytes that the canary clips of one style may take; with their values they stay below 200 kB."""
_SIDES = (320, 640, 1280, 1920, 3840)
"""Longer sides of the size classes; analysis scales pictures down by other steps in each."""


@dataclass(frozen=True, slots=True, order=True)
class Format:
    """What decides how a clip is decoded and scaled."""

    codec: str
    """FFmpeg's name of the decoder."""
    pix_fmt: str
    side: int
    """Longer side of the picture, rounded up to a size class."""
    upright: bool

    def __str__(self) -> str:
        return f"{self.codec} {self.pix_fmt}, {self.side} px{' upright' if self.upright else ''}"


def formats_of(rows: Iterable[Row]) -> list[Format]:
    """Return the formats of a run's clips, the most frequent first."""
    counted = Counter(_format(row.probe) for row in rows if row.probe)
    return sorted(counted, key=lambda one: (-counted[one], one))


def _format(probe: Mapping[str, Any]) -> Format:
    longer = max(probe["width"], probe["height"])
    side = next((side for side in _SIDES if side >= longer), _SIDES[-1])
    return Format(probe["codec"], probe["pix_fmt"], side, probe["height"] > probe["width"])


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitClip:
    """A clip of the package that lies just inside or just outside the limit of a detector."""

    path: Path
    detector: str
    outside: bool
    """Whether the detector's finding fails the clip."""
    expect: dict[str, Any]

    @property
    def about(self) -> str:
        """Return its purpose in words."""
        return f"{self.detector.replace('_', ' ')}, just {'outside' if self.outside else 'inside'} its limit"

    def holds(self, found: Reading) -> bool:
        """Return whether a measurement puts the clip on its side of the limit."""
        return (self.detector in found.failing) == self.outside


def at_limits() -> Iterator[LimitClip]:
    """Yield the package's clips: two for each detector that may fail a clip."""
    table = json.loads((LIMITS / "limits.json").read_text(encoding="utf-8"))
    for entry in table["clips"]:
        yield LimitClip(
            path=LIMITS / entry["file"],
            detector=entry["detector"],
            outside=entry["side"] == "outside",
            expect=entry["expect"],
        )


def record_canaries(golden: Golden, rows: Sequence[Row], root: Path, workdir: Path) -> None:
    """Write the canaries of a golden that is about to be written, measured by the software that ran.

    Clips are drawn the same every time, so recording the same run again changes no file.
    """
    home = golden.path(root).parent / FOLDER
    formats = tuple(formats_of(rows))
    canaries, clips, unmatched = _gathered(formats, workdir)
    made = CanarySet(
        fingerprint=golden.fingerprint,
        spread=spreads(samples_of(rows)),
        rules=rule_digests(),
        unmatched=unmatched,
        canaries=canaries,
    )
    write_canaries(home, golden.style, made, clips)


@cache
def _gathered(
    formats: tuple[Format, ...], workdir: Path
) -> tuple[tuple[Canary, ...], dict[str, Path], tuple[str, ...]]:
    """Make and measure the canaries for some formats.

    Return also their files by name, and the formats that none has.
    """
    clips = [(clip.path, clip.about, clip.expect) for clip in at_limits()]
    used = sum(path.stat().st_size for path in {path for path, _, _ in clips})
    unmatched = []
    for one in formats:
        path = draw(one, workdir)
        if path is None or used + path.stat().st_size > BUDGET:
            unmatched.append(str(one))
            continue
        used += path.stat().st_size
        clips.append((path, str(one), {}))
    canaries = tuple(
        Canary(
            file=path.name,
            sha256=file_digest(path),
            about=about,
            expect=expect,
            reading=measure(path, expect),
        )
        for path, about, expect in clips
    )
    return canaries, {path.name: path for path, _, _ in clips}, tuple(unmatched)


def draw(one: Format, workdir: Path) -> Path | None:
    """Write a drawn clip in a format, named by its digest; ``None`` where no encoder here can."""
    from pytest_videobench.media import MediaError, can, write_video

    how = _encoders().get(one.codec)
    if how is None or not can(how["encoder"], "w"):
        return None
    os.environ.setdefault("SVT_LOG", "1")  # errors only: it knows no other way to be told
    take = _scene(one, flat=how.get("flat", False))
    part = workdir / f"part{how['suffix']}"
    try:
        write_video(
            take.frames[: how.get("frames", take.count)],
            part,
            size=take.size,
            fps=take.fps,
            codec=how["encoder"],
            pix_fmt=how.get("pix_fmt", one.pix_fmt),
            options=how["options"],
            bitexact=True,
        )
    except (MediaError, ValueError):  # an encoder that does not take this pixel format
        return None
    words = f"{one.codec}-{one.pix_fmt}-{one.side}{'-upright' if one.upright else ''}"
    return part.rename(workdir / f"{words}-{file_digest(part)[:8]}{how['suffix']}")


@cache
def _encoders() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((LIMITS / "encoders.toml").read_text(encoding="utf-8"))


def _scene(one: Format, *, flat: bool) -> Take:
    """Draw something that moves while the camera rolls, so that every signal has something to say.

    Without fine detail, and on request in eight flat colours, because bytes are scarce.
    """
    import cv2

    scene = _encoders()["scene"]
    brief = one.side > scene["small"]
    short = one.side * 9 // 16 // 2 * 2
    prompt = Prompt(id="canary", style="scifi", expect=Expectations(camera=scene["move"]), **scene["prompt"])
    delivery = Delivery(
        duration=scene["seconds_large"] if brief else scene["seconds"],
        fps=scene["fps"],
        width=short if one.upright else one.side,
        height=one.side if one.upright else short,
    )
    spec = BackendSpec("procedural")
    take = take_of(film(Request(prompt=prompt, roll=0, seed=1, spec=spec, delivery=delivery)))
    soft = np.stack(
        [cv2.GaussianBlur(image, (0, 0), scene["blur"] * max(take.size)) for image in take.frames]
    )
    return replace(take, frames=np.where(soft > 127, np.uint8(255), np.uint8(0)) if flat else soft)
