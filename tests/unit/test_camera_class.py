"""The camera's move is named by what is intended: neither jitter nor a subject that hops changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_videobench.footage.camera_class import camera_move
from pytest_videobench.footage.footage import CameraPath

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Floats

RATE, PAIRS = 24.0, 72
GAPS = np.full(PAIRS, 1 / RATE)
MOVES = {"pan_right": (-1, 0), "pan_left": (1, 0), "tilt_down": (0, -1), "tilt_up": (0, 1)}
TIME = np.arange(PAIRS + 1) / RATE


def word(places: Floats) -> str:
    """The move of a content that is at these places, frames × 2 picture widths."""
    dx, dy = np.diff(places, axis=0).T
    still = np.zeros(PAIRS)
    path = CameraPath(dx=dx, dy=dy, zoom=still, roll=still, fit=np.ones(PAIRS))
    return camera_move(path, GAPS, 9 / 16).word


def travelling(move: str, far: float) -> Floats:
    return np.asarray(np.linspace(0, far, PAIRS + 1)[:, None] * np.array(MOVES[move]))


def jittering(seed: int, size: float) -> Floats:
    """Every frame of the middle is shifted in a direction of its own."""
    angles = np.random.default_rng(seed).uniform(0, 2 * np.pi, PAIRS + 1)
    places = size * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    places[: PAIRS // 6] = places[-PAIRS // 6 :] = 0
    return places


@pytest.mark.parametrize("move", MOVES)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), far=st.floats(0.1, 0.4), size=st.floats(0.0, 0.02))
def test_a_shaken_camera_goes_where_it_goes(move: str, seed: int, far: float, size: float) -> None:
    assert word(travelling(move, far) + jittering(seed, size)) == move


@given(seed=st.integers(0, 10_000), size=st.floats(0.01, 0.03))
@settings(max_examples=20, deadline=None)
def test_jitter_alone_is_no_direction(seed: int, size: float) -> None:
    assert word(jittering(seed, size)) == "handheld"


@pytest.mark.parametrize("rate", [0.5, 1.0, 2.0])
def test_a_hand_that_sways_is_no_direction(rate: float) -> None:
    sway = 0.03 * np.sin(2 * np.pi * rate * TIME)
    assert word(np.stack([sway, 0.5 * sway], axis=1)) == "handheld"


def test_a_subject_that_hops_does_not_turn_a_pan_into_a_shake() -> None:
    hop = 0.008 * np.sin(2 * np.pi * 5 * TIME)
    assert word(travelling("pan_left", 0.1) + np.stack([0 * hop, hop], axis=1)) == "pan_left"
