"""Metrics against what was drawn: samples of the benchmarks, which do the same on hundreds of clips."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.camera import Result, crossed, measure
from benchmarks.clean import judge, prompts
from pytest_videobench.prompts.vocabulary import CAMERA_MOVES

MOVES = [move for move in CAMERA_MOVES if move != "any"]
TURNING = {"pan_left", "pan_right", "tilt_up", "tilt_down", "zoom_in", "zoom_out", "roll", "handheld"}
"""Moves that shift all depths alike, so that there is one true path."""
UNSEEN = 500
"""A roll that no run has."""


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    asked = zip(MOVES, crossed(), strict=False)
    return {move: measure(request) for move, request in asked}


def test_every_move_is_named_right(results: dict[str, Result]) -> None:
    assert {move: result.seen for move, result in results.items() if not result.right} == {}


@pytest.mark.parametrize("move", sorted(TURNING))
def test_the_measured_path_is_the_drawn_one(results: dict[str, Result], move: str) -> None:
    assert results[move].path_error < 0.05


def test_the_measured_flow_is_near_the_exact_one(results: dict[str, Result]) -> None:
    assert np.nanmedian([result.flow_error for result in results.values()]) < 1.0


@pytest.mark.parametrize("key", sorted(prompts())[::9])
def test_clean_clips_pass_their_own_suite(key: str) -> None:
    problems, _ = judge((key, UNSEEN))
    assert problems == []
