"""Faults that show although the scene has a beat of its own, moves on, or has come to rest by then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from pytest_videobench.defects.banding import banding
from pytest_videobench.defects.freeze import freeze
from pytest_videobench.defects.late_decay import late_decay
from pytest_videobench.defects.loop import loop
from pytest_videobench.defects.overexposed import overexposed
from pytest_videobench.prompts.model import Expectations
from tests.unit.moving_clips import FPS, HEIGHT, WIDTH, footage_of, ground, moving

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.unit.moving_clips import Pictures

ANYTHING = Expectations()


def swaying(frames: int, *, turn: int) -> Pictures:
    """A view that sways with a beat of 20 frames and, more slowly, another of ``turn``."""
    beats = 2 * np.pi * np.arange(frames)[:, None] / (20, turn)
    places = 300 + np.rint(np.sin(beats) @ (60, 20)).astype(int)
    view = np.clip(ground(2)[90 : 90 + HEIGHT], 0, 255).astype(np.uint8)
    return np.stack([view[:, x : x + WIDTH] for x in places])


def test_a_loop_is_found_although_the_scene_has_a_beat_of_half_its_length(tmp_path: Path) -> None:
    (finding,) = loop(footage_of(swaying(84, turn=40), tmp_path), ANYTHING)
    assert finding.start == pytest.approx(40 / FPS, abs=0.3)


def test_a_beat_alone_is_no_loop(tmp_path: Path) -> None:
    assert loop(footage_of(swaying(84, turn=170), tmp_path), ANYTHING) == []


def test_an_empty_scene_after_somebody_has_left_it_is_no_loop(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    out = np.repeat(moving(frames=1, noise=0), 144, axis=0)
    for start in (0, 70):
        for step in range(12):
            left = WIDTH - 80 + 7 * step
            out[start + step, 20 : HEIGHT - 10, left : left + 70] = 15
    out[40:70, 20 : HEIGHT - 10, 60:160] = 15  # somebody else, in between
    pictures = np.clip(out + rng.normal(0, 1.0, out.shape), 0, 255).astype(np.uint8)
    assert loop(footage_of(pictures, tmp_path), ANYTHING) == []


def glittering() -> Pictures:
    """A thing that glitters stands in a still view, and is gone after 30 frames; a disc crosses below it."""
    rng = np.random.default_rng(1)
    out = np.repeat(moving(frames=1, noise=0), 72, axis=0)
    for index, picture in enumerate(out):
        cells = rng.uniform(110, 250, (10, 13, 1)).repeat(10, axis=0).repeat(10, axis=1)
        if index < 30:
            picture[40:140, 100:230] = cells
        cv2.circle(picture, (40 + 4 * index, 165), 14, (230, 240, 220), -1, cv2.LINE_AA)
    return out


def test_a_region_that_is_let_go_after_its_thing_has_left_is_found(tmp_path: Path) -> None:
    pictures = glittering()
    assert freeze(footage_of(pictures, tmp_path), ANYTHING) == []
    pictures[16:48, 40:140, 100:230] = pictures[16, 40:140, 100:230]
    (finding,) = freeze(footage_of(pictures, tmp_path), ANYTHING)
    assert (finding.start, finding.end) == pytest.approx((16 / FPS, 48 / FPS), abs=0.1)
    assert finding.box is not None


def test_a_surge_of_light_is_found_although_the_view_moves_on(tmp_path: Path) -> None:
    pictures = moving(frames=72, pan=9.0)
    assert overexposed(footage_of(pictures, tmp_path), ANYTHING) == []
    light = np.interp(np.arange(72), (20, 25, 46, 51), (1.0, 1.9, 1.9, 1.0))[:, None, None, None]
    (finding,) = overexposed(
        footage_of(np.clip(pictures * light, 0, 255).astype(np.uint8), tmp_path), ANYTHING
    )
    assert (finding.start, finding.end) == pytest.approx((23 / FPS, 48 / FPS), abs=0.25)
    assert finding.gate


def test_bands_have_one_step_in_all_pictures(tmp_path: Path) -> None:
    clean = footage_of(moving(), tmp_path)
    count = len(clean.samples.index)
    regular = np.where(np.arange(count) % 2, 0.45, 0.0)
    alike, unlike = np.full(count, 9.0), np.where(np.arange(count) % 4 < 2, 8.0, 10.5)
    for step, found in ((alike, 1), (unlike, 0)):
        samples = replace(clean.samples, banding=regular, band_step=step)
        assert len(banding(replace(clean, samples=samples), ANYTHING)) == found


def tinted(share: NDArray[np.float64]) -> Pictures:
    """A clip that turns red by a share of 0–1 of 40 levels, frame by frame."""
    cast = share[:, None, None, None] * np.array([-20.0, -20.0, 40.0])
    return np.asarray(np.clip(moving(frames=len(share), pan=0.05) + cast, 0, 255), np.uint8)


@pytest.mark.parametrize(
    ("times", "shares", "found"),
    [((60, 119), (0, 1), 1), ((58, 59), (0, 1), 0), ((10, 11, 30, 31, 90, 91), (0, 1, 1, 0, 0, 1), 0)],
    ids=["drift", "a lamp is switched on", "a lamp goes on and off"],
)
def test_colours_drift_bit_by_bit_and_for_good(
    times: tuple[int, ...], shares: tuple[int, ...], found: int, tmp_path: Path
) -> None:
    pictures = tinted(np.interp(np.arange(120), times, shares))
    findings = late_decay(footage_of(pictures, tmp_path), ANYTHING)
    assert [finding.gate for finding in findings] == [True] * found
    assert all(finding.start == pytest.approx(60 / FPS, abs=0.6) for finding in findings)


def test_a_clip_too_short_for_decay_is_not_called_sound(tmp_path: Path) -> None:
    assert late_decay.blind(footage_of(moving(frames=40), tmp_path), ANYTHING) == "shorter than 2 s"
    assert late_decay.blind(footage_of(moving(frames=60), tmp_path), ANYTHING) == ""
