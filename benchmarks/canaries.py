"""The canary clips of the package: for every detector that may fail a clip, one on either side of its limit.

    python -m benchmarks.canaries            # measure the shipped clips: which side of the limit, how close
    python -m benchmarks.canaries --record   # find them anew, after a rule or a detector changed

A knob is turned on a small drawn clip: the severity of an injected fault, how much of the faulty picture is
mixed in, the number of frames, or what was asked for. The limit lies where the detector's finding begins to
fail the clip; bisection closes in on it through the encoder and the whole analysis.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from pytest_videobench.backends.base import BackendSpec, Request
from pytest_videobench.backends.procedural.renderer import film
from pytest_videobench.backends.procedural.studio import take_of
from pytest_videobench.defects.base import DEFECTS
from pytest_videobench.errors import VideobenchError
from pytest_videobench.faults import FAULTS, Take, inject
from pytest_videobench.faults.delivery import cut_off
from pytest_videobench.files import file_digest
from pytest_videobench.gate.canary import measure
from pytest_videobench.gate.canary_clips import LIMITS, at_limits
from pytest_videobench.media import H264, write_video
from pytest_videobench.prompts.load import load_styles, suites_root
from pytest_videobench.prompts.model import Delivery

SIZE, FPS, SECONDS = (112, 64), 12.0, 2.25
ENCODING = H264 | {"preset": "veryslow", "crf": "34"}
CHOICES = 3
"""Pairs that are looked for, of which the smallest files are kept."""
STEPS = 10
"""Halvings of the tenth of a knob's range in which the limit lies."""
SCENES = (
    "realistic/coffee-at-sunset",
    "animation/glider-loop",
    "scifi/harbour-in-orbit",
    "realistic/two-on-the-ridge",
    "animation/paper-boat",
)
MIXED = ("black_frames", "blank_frames", "letterbox")
"""Faults that are there or not, whatever their severity: the faulty picture is mixed in instead."""
_STYLES = {style.name: style for style in load_styles(suites_root()).values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A clip as a knob leaves it."""

    take: Take
    expect: dict[str, Any]
    lost: float = 0.0
    """Share of the file that is cut off."""


Knob = Callable[[float], Written]
"""Turns from 0, where all is well, to 1."""


def knobs(detector: str) -> Iterator[Knob]:
    """Yield ways to bring a clip to a detector's limit, the plainest first."""
    if detector in _OWN:
        yield from _OWN[detector]
        return
    names = [fault.name for fault in FAULTS.values() if fault.defect == detector]
    for name, scene, seed in itertools.product(names, SCENES, range(1, 3)):
        seconds = 4.0 if name == "loop" else SECONDS
        yield partial(_injected, _scene(scene, seconds), name, seed)


def _injected(take: Take, fault: str, seed: int, turn: float) -> Written:
    expect = {"camera": "static"} if fault == "wrong_move" else {}
    if turn == 0.0:
        return Written(take=take, expect=expect)
    if fault in MIXED:
        faulty, _ = inject(take, fault, seed=seed, severity=0.5)
        frames = np.rint(take.frames * (1.0 - turn) + faulty.frames * turn).astype(np.uint8)
        return Written(take=replace(take, frames=frames), expect=expect)
    faulty, _ = inject(replace(take, move="static"), fault, seed=seed, severity=turn)
    return Written(take=faulty, expect=expect)


def _asked(name: str, least: float, most: float) -> Knob:
    """Ask for something else than the clip has."""

    def turned(turn: float) -> Written:
        number = least + (most - least) * turn
        value = round(number) if name in ("width", "height") else round(number, 4)
        delivery = {"duration": SECONDS, "fps": FPS, "width": SIZE[0], "height": SIZE[1]} | {name: value}
        return Written(take=_scene(SCENES[0]), expect={"delivery": delivery})

    return turned


def _shortened(turn: float) -> Written:
    take = _scene(SCENES[0])
    kept = round(12 - 10 * turn)
    return Written(take=replace(take, frames=take.frames[:kept], boxes=None, other=None), expect={})


def _doubled(scene: str) -> Knob:
    """Bring every second picture near to the one before it."""

    def turned(turn: float) -> Written:
        take = _scene(scene)
        frames = take.frames.astype(np.float32)
        frames[1::2] += turn * (frames[::2][: len(frames[1::2])] - frames[1::2])
        return Written(take=replace(take, frames=np.rint(frames).astype(np.uint8)), expect={})

    return turned


def _cut(turn: float) -> Written:
    return Written(take=_scene(SCENES[0]), expect={}, lost=0.6 * turn)


_OWN: dict[str, tuple[Knob, ...]] = {
    "wrong_duration": (_asked("duration", SECONDS, 2 * SECONDS),),
    "wrong_fps": (_asked("fps", FPS, 2 * FPS),),
    "wrong_size": (_asked("width", SIZE[0], 2 * SIZE[0]),),
    "too_few_frames": (_shortened,),
    "truncated": (_cut,),
    "duplicate_frames": tuple(map(_doubled, SCENES)),
}
_drawn: dict[tuple[str, float], Take] = {}


def _scene(name: str, seconds: float = SECONDS) -> Take:
    if (name, seconds) not in _drawn:
        style, _, prompt = name.partition("/")
        asked = next(one for one in _STYLES[style].prompts if one.id == prompt)
        delivery = Delivery(duration=seconds, fps=FPS, width=SIZE[0], height=SIZE[1])
        request = Request(prompt=asked, roll=0, seed=7, spec=BackendSpec("procedural"), delivery=delivery)
        _drawn[name, seconds] = take_of(film(request))
    return _drawn[name, seconds]


def write(made: Written, path: Path) -> Path:
    """Encode a clip, and cut off what it has lost."""
    take = made.take
    write_video(take.frames, path, size=take.size, fps=take.fps, codec="libx264", options=ENCODING)
    if made.lost:
        cut_off(path, made.lost)
    return path


def fails(detector: str, made: Written, workdir: Path) -> bool:
    """Return whether a detector's finding fails the clip."""
    return detector in measure(write(made, workdir / "try.mp4"), made.expect).failing


def close_in(detector: str, knob: Knob, workdir: Path) -> tuple[Written, Written] | None:
    """Return the clips just inside and just outside a detector's limit; ``None`` where the knob misses it."""
    inside, outside = 0.0, None
    for turn in (0.0, *np.linspace(0.05, 1.0, 20)):
        try:
            failing = fails(detector, knob(float(turn)), workdir)
        except VideobenchError:  # more than the clip can carry
            continue
        if failing:
            outside = float(turn)
            break
        inside = float(turn)
    if not outside:
        return None
    for _ in range(STEPS):
        middle = (inside + outside) / 2
        if fails(detector, knob(middle), workdir):
            outside = middle
        else:
            inside = middle
    if inside == 0.0 and detector != "truncated":  # the least that can be injected: no limit is near
        return None
    print(f"{detector:18} fails from {outside:.5f}, not at {inside:.5f}", flush=True)
    return knob(inside), knob(outside)


def record() -> int:
    """Find the clips anew, and write them into the package."""
    entries = []
    for path in LIMITS.glob("*.mp4"):
        path.unlink()
    with TemporaryDirectory() as folder:
        for detector in (name for name in DEFECTS.names() if DEFECTS.get(name).gate):
            found = (close_in(detector, knob, Path(folder)) for knob in knobs(detector))
            pairs = list(itertools.islice(filter(None, found), CHOICES))
            if not pairs:
                print(f"{detector}: no knob reaches its limit", file=sys.stderr)
                continue
            smallest = min(pairs, key=lambda pair: _size(pair[1], Path(folder)))
            for side, made in zip(("inside", "outside"), smallest, strict=True):
                part = write(made, Path(folder) / "part.mp4")
                same = "delivery" in made.expect
                name = f"{'asked' if same else f'{detector}-{side}'}-{file_digest(part)[:8]}.mp4"
                part.replace(LIMITS / name)
                entries.append({"file": name, "detector": detector, "side": side, "expect": made.expect})
    text = ",\n  ".join(json.dumps(entry) for entry in entries)
    (LIMITS / "limits.json").write_text(f'{{"clips": [\n  {text}\n]}}\n', encoding="utf-8")
    return check()


def _size(made: Written, workdir: Path) -> int:
    return write(made, workdir / "try.mp4").stat().st_size


def check() -> int:
    """Print where each shipped clip lies; exit status 1 where one is on the wrong side of its limit."""
    clips, wrong = list(at_limits()), 0
    for clip in clips:
        found = measure(clip.path, clip.expect)
        wrong += not clip.holds(found)
        word, size = "" if clip.holds(found) else "WRONG ", clip.path.stat().st_size
        severity = found.severities.get(clip.detector, 0.0)
        others = ", ".join(name for name in found.severities if name != clip.detector)
        print(f"{word}{clip.about:45} {size:6} B  severity {severity:.3f}  {others}")
    total = sum(path.stat().st_size for path in LIMITS.glob("*.mp4"))
    print(f"{len(clips)} canaries, {total} bytes, {wrong} on the wrong side")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--record", action="store_true", help="find the clips anew and write them")
    sys.exit(record() if parser.parse_args().record else check())
