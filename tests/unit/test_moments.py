"""Moments worth a look, and things that vanish or pop in: found where they are, and nothing else is accused."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_videobench.defects.look import find_defects
from pytest_videobench.moments.limits import limits
from pytest_videobench.moments.moments import moment_cells, moments
from pytest_videobench.prompts.model import Expectations
from tests.unit.moving_clips import (
    FPS,
    HEIGHT,
    WIDTH,
    cut,
    faded,
    filled,
    flickering,
    footage_of,
    frozen,
    ground,
    moving,
    shaken,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_videobench.defects.base import Finding
    from pytest_videobench.footage.footage import Footage
    from tests.unit.moving_clips import Pictures

FRAMES, AT, SIDE = 60, 30, 64
FEW = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("moments")


def with_object(
    shown: Callable[[int], float], place: Callable[[int], tuple[int, int]], *, pan: float = 0.5
) -> Pictures:
    """A drifting ground with a textured thing on it; ``shown`` is its opacity in a frame, ``place`` its corner."""
    out = moving(frames=FRAMES, pan=pan, seed=4).copy()
    thing = np.clip(2 * ground(11)[40 : 40 + SIDE, 40 : 40 + SIDE] - 110, 0, 255)
    for i in range(FRAMES):
        x, y = place(i)
        left, top = max(0, x), max(0, y)
        right, bottom = min(WIDTH, x + SIDE), min(HEIGHT, y + SIDE)
        if shown(i) <= 0 or right <= left or bottom <= top:
            continue
        part = thing[top - y : bottom - y, left - x : right - x]
        under = out[i, top:bottom, left:right]
        out[i, top:bottom, left:right] = under + shown(i) * (part - under)
    return out


def resting(i: int) -> tuple[int, int]:
    return 190, 58


def vanishing(frames: int = 1) -> Pictures:
    return with_object(lambda i: float(np.clip((AT + frames - 1 - i) / frames, 0, 1)), resting)


def backwards(pictures: Pictures) -> Pictures:
    return pictures[::-1].copy()


def accused(pictures: Pictures, folder: Path) -> list[Finding]:
    found = find_defects(footage_of(pictures, folder), Expectations())
    return [finding for finding in found if finding.defect in ("vanish", "pop_in")]


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("frames", [1, 3])
def test_a_thing_that_goes_vanishes_and_backwards_it_pops_in(
    folder: Path, frames: int, backward: bool
) -> None:
    clip = vanishing(frames)
    (finding,) = accused(backwards(clip) if backward else clip, folder)
    at = (FRAMES - AT if backward else AT) / FPS
    assert finding.defect == ("pop_in" if backward else "vanish")
    assert finding.start - 3 / FPS <= at <= finding.end + 3 / FPS
    assert finding.box is not None
    x, y, wide, high = finding.box
    assert x < (190 + SIDE / 2) / WIDTH < x + wide
    assert y < (58 + SIDE / 2) / HEIGHT < y + high
    assert wide * high < 0.3
    assert not finding.gate
    assert finding.note.endswith(".")
    assert finding.frames


def wall(pictures: Pictures) -> Pictures:
    """A post in front of everything."""
    out = pictures.copy()
    out[:, :, 120:200] = np.clip(ground(5)[:HEIGHT, :80], 0, 255)
    return out


def bursting(seed: int) -> Pictures:
    """Sparks: hundreds of small things that live for a few frames."""
    rng, out = np.random.default_rng(seed), moving(frames=FRAMES, pan=0.0).copy()
    born = rng.integers(0, FRAMES, 500)
    spots, ways = rng.uniform((80, 40), (240, 140), (500, 2)), rng.normal(0, 2.5, (500, 2))
    for i in range(FRAMES):
        for spark in np.flatnonzero((born <= i) & (i < born + 6)):
            x, y = spots[spark] + ways[spark] * (i - born[spark])
            cv2.circle(out[i], (round(x), round(y)), 3, (120, 220, 255), -1, cv2.LINE_AA)
    return out


def boiling(seed: int) -> Pictures:
    """Fire or water: a part of the picture that is new in every frame."""
    rng, out = np.random.default_rng(seed), moving(frames=FRAMES, pan=0.0).copy()
    cells = cv2.GaussianBlur(rng.normal(size=(FRAMES, 90 * 120)).astype(np.float32), (1, 5), 1.2)
    for i in range(FRAMES):
        flame = cv2.GaussianBlur(cells[i].reshape(90, 120), (0, 0), 3)
        out[i, 60:150, 100:220] = np.clip(128 + 700 * flame, 0, 255)[..., None]
    return out


def lighter(gain: float) -> Pictures:
    """The light is turned up in one step, as between chunks of a clip."""
    out = moving(frames=FRAMES).astype(np.float32)
    out[AT:] *= gain
    return np.asarray(np.clip(out, 0, 255), np.uint8)


CONTROLS: dict[str, Callable[[], Pictures]] = {
    "pan": lambda: moving(frames=FRAMES, pan=3.0),
    "fast pan": lambda: moving(frames=FRAMES, pan=9.0),
    "zoom": lambda: moving(frames=FRAMES, grow=0.006),
    "shake": lambda: shaken(moving(frames=FRAMES), 3.0, 20, 20),
    "cut": lambda: cut(moving(frames=FRAMES), AT),
    "fade": lambda: faded(moving(frames=FRAMES), 12),
    "flash": lambda: filled(moving(frames=FRAMES), AT, 2, 250),
    "light": lambda: lighter(1.25),
    "flicker": lambda: flickering(moving(frames=FRAMES), 0.08, 20, 20),
    "freeze": lambda: frozen(moving(frames=FRAMES), 25, 8),
    "leaves over the edge": lambda: with_object(lambda i: 1, lambda i: (150 + 5 * i, 58)),
    "enters over the edge": lambda: with_object(lambda i: 1, lambda i: (-150 + 6 * i, 58)),
    "goes behind": lambda: wall(with_object(lambda i: 1, lambda i: (5 + 4 * i, 58), pan=0.0)),
    "crosses fast": lambda: with_object(lambda i: 1, lambda i: (-400 + 16 * i, 58)),
    "rests": lambda: with_object(lambda i: 1, resting),
    "sparks": lambda: bursting(0),
    "fire": lambda: boiling(1),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_what_explains_a_change_is_not_accused(folder: Path, name: str) -> None:
    assert accused(CONTROLS[name](), folder) == []


def test_the_first_moment_is_the_event(folder: Path) -> None:
    first = moments(footage_of(vanishing(), folder))[0]
    assert first.time == pytest.approx(AT / FPS, abs=2 / FPS)
    assert first.box is not None
    x, y, wide, high = first.box
    assert 190 / WIDTH < x + wide / 2 < (190 + SIDE) / WIDTH
    assert 58 / HEIGHT < y + high / 2 < (58 + SIDE) / HEIGHT


@pytest.mark.parametrize(
    ("pictures", "at"),
    [
        (lambda: filled(moving(frames=FRAMES), 40, 2, 250), 40),
        (lambda: cut(moving(frames=FRAMES), 25), 25),
        (lambda: frozen(moving(frames=FRAMES), 25, 10), 25),
    ],
    ids=["flash", "cut", "freeze"],
)
def test_other_events_are_moments_too(folder: Path, pictures: Callable[[], Pictures], at: int) -> None:
    times = [moment.time for moment in moments(footage_of(pictures(), folder))[:2]]
    assert any(abs(time - at / FPS) <= 2 / FPS for time in times)


def assert_is_a_list_of_moments(footage: Footage) -> None:
    found, rule = moments(footage), limits("moments")
    assert len(found) <= rule["most"]
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)
    times = sorted(moment.time for moment in found)
    assert all(late - soon >= rule["apart"] for soon, late in itertools.pairwise(times))
    for moment in found:
        assert 0 <= moment.time <= footage.probe.duration
        assert 0 <= moment.score <= 1
        if moment.box is not None:
            x, y, wide, high = moment.box
            assert min(x, y) >= 0 < min(wide, high)
            assert max(x + wide, y + high) <= 1 + 1e-9
    cells = moment_cells(found)
    assert json.loads(json.dumps(cells)) == cells
    assert moment_cells(moments(footage)) == cells


@FEW
@given(pan=st.floats(-6, 6), grow=st.floats(-0.004, 0.008), seed=st.integers(0, 9))
def test_moments_are_few_ranked_apart_and_inside(folder: Path, pan: float, grow: float, seed: int) -> None:
    assert_is_a_list_of_moments(footage_of(moving(frames=40, pan=pan, grow=grow, seed=seed), folder))


@pytest.mark.parametrize(
    "pictures",
    [
        np.zeros((30, HEIGHT, WIDTH, 3), np.uint8),
        moving(frames=1),
        moving(frames=2),
        moving(frames=5),
        moving(frames=30)[:, :24, :40].copy(),
        moving(frames=30)[:, :, :32].copy(),
    ],
    ids=["black", "one frame", "two frames", "five frames", "tiny", "narrow"],
)
def test_clips_with_little_in_them_have_moments_or_none(folder: Path, pictures: Pictures) -> None:
    assert_is_a_list_of_moments(footage_of(pictures, folder))
    assert accused(pictures, folder) == []
