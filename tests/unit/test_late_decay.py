"""Late decay: it is found where it is, from when it is, and what only looks like it is not accused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pytest_videobench.defects.late_decay import late_decay
from pytest_videobench.defects.onset import onset
from pytest_videobench.defects.smear import coarse_contrast
from pytest_videobench.prompts.model import Expectations
from tests.unit.moving_clips import FPS, HEIGHT, WIDTH, faded, footage_of, ground, moving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_videobench.defects.base import Finding
    from tests.unit.moving_clips import Pictures

FRAMES, BEGIN = 120, 60
LEFT = (slice(None), slice(0, WIDTH // 2))
FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def found(pictures: Pictures, folder: Path) -> list[Finding]:
    return list(late_decay(footage_of(pictures, folder), Expectations()))


def smeared(
    sigma: float, *, place: tuple[slice, slice] = LEFT, frames: int = 30, back: bool = False
) -> Pictures:
    """A place grows soft within some frames from the clip's middle on, and with ``back`` sharp again at the end."""
    out = moving(frames=FRAMES, pan=0.3, seed=4).copy()
    for i in range(BEGIN, FRAMES):
        share = min(1.0, (i - BEGIN + 1) / frames)
        if back and i > FRAMES - 20:
            share = 0.0
        if share:
            out[i][place] = cv2.GaussianBlur(out[i], (0, 0), sigma * share)[place]
    return out


def test_a_region_that_grows_soft_is_found_from_when_it_does(tmp_path: Path) -> None:
    (finding,) = found(smeared(4.0), tmp_path)
    assert finding.start == pytest.approx(BEGIN / FPS, abs=0.6)
    assert finding.box is not None
    x, _, wide, _ = finding.box
    assert x < 0.1
    assert x + wide < 0.7
    assert not finding.gate
    assert finding.frames
    assert "fine detail" in finding.note


def test_a_picture_that_grows_soft_is_found_from_when_it_does(tmp_path: Path) -> None:
    (finding,) = found(smeared(5.0, place=(slice(None), slice(None)), frames=60), tmp_path)
    assert finding.start == pytest.approx(BEGIN / FPS, abs=0.6)
    assert finding.gate


@FEW
@given(sigma=st.floats(0.2, 5.0), more=st.floats(0.5, 3.0))
def test_what_is_smeared_more_is_found_as_well(tmp_path: Path, sigma: float, more: float) -> None:
    if found(smeared(sigma), tmp_path):
        assert found(smeared(sigma + more), tmp_path)


def leaving() -> Pictures:
    """A textured thing moves out of the picture and leaves a wall of slow colours."""
    wall = np.linspace(30, 220, HEIGHT)[:, None, None] * np.linspace((0.2, 1, 0.6), (1, 0.2, 0.6), WIDTH)
    out = np.tile(wall.astype(np.uint8), (FRAMES, 1, 1, 1))
    thing = np.clip(ground(3)[:HEIGHT, : WIDTH // 2], 0, 255).astype(np.uint8)
    for i in range(FRAMES):
        x = max(0, (i - BEGIN) * 4)
        wide = max(0, WIDTH // 2 - x)
        out[i, :, :wide] = thing[:, x : x + wide]
    return out


CONTROLS: dict[str, Callable[[], Pictures]] = {
    "pan": lambda: moving(frames=FRAMES, pan=2.0),
    "fast pan": lambda: moving(frames=FRAMES, pan=6.0),
    "zoom in": lambda: moving(frames=FRAMES, grow=0.008),
    "still": lambda: moving(frames=FRAMES, pan=0.0),
    "fade": lambda: faded(moving(frames=FRAMES), 24),
    "a thing leaves": leaving,
    "soft and sharp again": lambda: smeared(4.0, back=True),
    "a small place": lambda: smeared(4.0, place=(slice(0, 50), slice(0, 70))),
    "a little": lambda: smeared(0.4),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_what_only_looks_like_decay_is_not_accused(name: str, tmp_path: Path) -> None:
    assert found(CONTROLS[name](), tmp_path) == []


def test_a_flat_picture_with_one_sharp_thing_has_a_measure() -> None:
    """Sums that run along a row of zeros end a little below zero, of which there is no root."""
    dice = np.random.default_rng(3907)
    picture = np.zeros((int(dice.integers(60, 160)), 160), np.uint8)
    y, x = int(dice.integers(0, len(picture) - 20)), int(dice.integers(0, 120))
    picture[y : y + int(dice.integers(8, 40)), x : x + int(dice.integers(8, 40))] = 255
    assert np.isfinite(coarse_contrast(picture)).all()


@given(
    count=st.integers(6, 60),
    where=st.floats(0.1, 0.8),
    fall=st.floats(0.5, 9.0),
    lasts=st.floats(0.15, 1.0),
    noise=st.integers(0, 99),
)
def test_the_onset_is_where_the_line_bends(
    count: int, where: float, fall: float, lasts: float, noise: int
) -> None:
    times = np.linspace(0, 5, count)
    bend = round(where * (count - 1))
    assume(bend < count - 2)
    end = times[bend] + lasts * (5 - times[bend])
    levels = -fall * np.clip((times - times[bend]) / (end - times[bend]), 0, 1)
    levels = levels + np.random.default_rng(noise).normal(0, 0.005 * fall, count)
    assert abs(onset(levels, times) - bend) <= max(1, 0.06 * count)


@pytest.mark.parametrize("levels", [[1.0], [1.0, 1.0], [2.0] * 9])
def test_what_never_changes_begins_at_the_end(levels: list[float]) -> None:
    assert onset(np.array(levels), np.arange(len(levels), dtype=float)) == len(levels) - 1
