"""The generator's truth: exact flow, joints, depth order, and the words that it did not know."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from pytest_videobench.backends.procedural.renderer import Film, film
from pytest_videobench.prompts.vocabulary import CAMERA_MOVES
from tests.backends.drawing import a_prompt, clip, request_of, truth_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CLEAR = "procedural?duration=0.5&fps=24&size=320x180"


def drawn(move: str = "static", motion: str = "limb") -> Film:
    return film(request_of(a_prompt(move=move, motion=motion), spec=CLEAR))


def pictures(made: Film) -> list[NDArray[np.uint8]]:
    return [np.asarray(frame[..., :3].copy(), np.uint8) for frame in made.frames()]


@pytest.mark.parametrize("move", ["pan_left", "tilt_down", "zoom_out", "dolly_in", "truck_right", "roll"])
def test_flow_leads_from_each_frame_to_the_next(move: str) -> None:
    made = drawn(move)
    frames, exact = [frame.astype(np.float32) for frame in pictures(made)], made.flow(5)
    known = np.isfinite(exact[..., 0])
    assert known.mean() > 0.95
    there = np.dstack(np.meshgrid(np.arange(320), np.arange(180))) + np.nan_to_num(exact)
    inside = known & (there >= 0).all(axis=-1) & (there[..., 0] < 319) & (there[..., 1] < 179)
    across, down = np.moveaxis(there.astype(np.float32), -1, 0)
    found = cv2.remap(frames[6], across, down, cv2.INTER_LINEAR)
    followed, stayed = (np.abs(other - frames[5])[inside].mean() for other in (found, frames[6]))
    assert followed < 0.7 * stayed


def test_flow_of_a_standing_scene_moves_nothing_but_the_subject() -> None:
    made = drawn()
    moves = np.linalg.norm(made.flow(5), axis=-1) > 0.02
    x, y, w, h = np.array(made.truth("x")["subjects"][0]["boxes"][5]) * (320, 180, 320, 180)
    rows, columns = np.nonzero(moves)
    assert len(rows) > 20
    assert columns.min() >= x - 3
    assert columns.max() <= x + w + 3
    assert rows.min() >= y - 3
    assert rows.max() <= y + h + 3


def test_flow_of_a_liquid_is_unknown_where_the_liquid_is() -> None:
    made = drawn(motion="fluid")
    assert np.isnan(made.flow(5)[..., 0]).mean() > 0.01


def test_parallax_is_that_of_a_travelling_camera_only() -> None:
    def spread(move: str) -> float:
        steps = drawn(move).flow(5)[..., 0]
        return float(np.nanpercentile(steps, 99) - np.nanpercentile(steps, 1))

    assert spread("truck_left") > 2 * spread("pan_left")


@pytest.mark.parametrize("move", [move for move in CAMERA_MOVES if move != "any"])
def test_every_move_fills_the_picture(move: str) -> None:
    made = drawn(move)
    for frame in pictures(made):
        assert cv2.countNonZero(np.asarray(frame.max(axis=2), np.uint8)) > 0.97 * 320 * 180


def test_joints_lie_in_the_box_and_move() -> None:
    subject = drawn().truth("x")["subjects"][0]
    x, y, w, h = np.array(subject["boxes"]).T
    assert {"head", "hand", "leg"} <= set(subject["joints"])
    for path in subject["joints"].values():
        across, down = np.array(path).T
        assert (across >= x - 0.01).all()
        assert (across <= x + w + 0.01).all()
        assert (down >= y - 0.02).all()
        assert (down <= y + h + 0.02).all()
    assert np.ptp(np.array(subject["joints"]["hand"]), axis=0).max() > 0.003


def test_layers_are_told_from_the_back_to_the_front() -> None:
    order = drawn().truth("x")["layers"]
    depths = [part["depth"] for part in order]
    assert depths == sorted(depths)
    assert {"sky", "walker"} <= {part["name"] for part in order}


def test_flow_is_kept_beside_the_clip_on_request(tmp_path: Path) -> None:
    made = clip(
        tmp_path, a_prompt(move="pan_left"), spec="procedural?duration=0.5&fps=12&size=320x180&flow=yes"
    )
    kept = np.load(tmp_path / "flow.npz")["flow"]
    assert kept.shape == (5, 180, 320, 2)
    path = np.array(truth_of(made)["camera"]["path"])
    assert np.nanmedian(kept[2, ..., 0]) == pytest.approx((path[3, 0] - path[2, 0]) * 320, abs=0.05)


def test_words_that_are_not_known_are_named_by_their_part(tmp_path: Path) -> None:
    prompt = replace(a_prompt(), subject="a woman with a zyxophone", atmosphere="light rain, quobbling")
    truth = truth_of(clip(tmp_path, prompt, spec="procedural?duration=0.3&fps=10&size=192x108"))
    assert truth["unknown"]["subject"] == ["zyxophone"]
    assert truth["unknown"]["atmosphere"] == ["quobbling"]
    assert truth["words"]["subject"] == ["woman"]
    assert "city" not in truth["unknown"]["scene"]
