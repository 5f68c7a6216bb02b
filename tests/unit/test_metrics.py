"""Metrics agree with their sources, follow what is done to a clip, and stay silent where they cannot know."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_videobench.footage import motion
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.footage.camera_class import camera_move
from pytest_videobench.footage.footage import CameraPath
from pytest_videobench.footage.motion import dense_flow
from pytest_videobench.metrics import dynamic_degree
from pytest_videobench.metrics.base import METRICS
from pytest_videobench.metrics.measure import measure_all
from pytest_videobench.metrics.series import LONGEST, curve, reading
from pytest_videobench.prompts.model import Expectations
from pytest_videobench.prompts.vocabulary import CAMERA_MOVES
from tests.unit.moving_clips import blurred, faded, flickering, footage_of, moving, repeated

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.footage.footage import Footage
    from tests.conftest import WriteClip
    from tests.unit.moving_clips import Pictures

ANYTHING = Expectations()
FEW = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("metrics")


@pytest.fixture(scope="module")
def clean(folder: Path) -> Footage:
    return footage_of(moving(), folder)


def value(name: str, footage: Footage) -> float:
    found = METRICS.get(name)(footage, ANYTHING).value
    assert found is not None
    return found


def value_of(name: str, pictures: Pictures, folder: Path) -> float:
    return value(name, footage_of(pictures, folder))


SHAPE = (8, 48, 64, 3)
NOISE = np.random.default_rng(0).integers(0, 256, SHAPE, dtype=np.uint8)
RAMP = np.broadcast_to(np.arange(8, dtype=np.uint8)[:, None, None, None], SHAPE)


@pytest.mark.parametrize(
    ("frames", "golden"),
    [
        pytest.param(np.full(SHAPE, 77, np.uint8), 1.0, id="constant"),
        pytest.param(RAMP, 0.996078431372549, id="one level a frame"),
        pytest.param((RAMP % 2) * np.uint8(255), 0.0, id="black and white"),
        pytest.param(NOISE, 0.664815969790694, id="noise"),
    ],
)
def test_temporal_flickering_has_the_golden_values(
    tmp_path: Path, write_clip: WriteClip, frames: Pictures, golden: float
) -> None:
    clip = write_clip(tmp_path / "lossless.mkv", frames, codec="ffv1", pix_fmt="bgr0")
    measure = measure_all(analyse(clip), ANYTHING)["temporal_flickering"]
    assert measure.value == pytest.approx(golden, abs=1e-6)


@pytest.mark.parametrize(
    ("short_side", "fps", "frames", "interval", "kept", "threshold", "count"),
    [(480, 16, 81, 2, 41, 11.25, 10), (720, 24, 129, 3, 43, 16.875, 11), (320, 8, 16, 1, 16, 7.5, 4)],
)
def test_dynamic_degree_has_the_golden_decision(
    short_side: int, fps: int, frames: int, interval: int, kept: int, threshold: float, count: int
) -> None:
    assert motion.sampling_interval(fps) == interval
    assert len(range(0, frames, interval)) == kept
    assert short_side * dynamic_degree.BRISK_PIXELS == pytest.approx(threshold)
    assert dynamic_degree.pairs_asked(kept) == count
    brisk = np.zeros(kept - 1)
    brisk[: count - 1] = 1.01 * threshold / short_side
    assert not dynamic_degree.moves(brisk)
    brisk[count - 1] = 1.01 * threshold / short_side
    assert dynamic_degree.moves(brisk)


def test_every_metric_measures_a_clean_clip(clean: Footage) -> None:
    measures = measure_all(clean, ANYTHING)
    assert list(measures) == sorted(METRICS.names())
    for measure in measures.values():
        assert type(measure.value) is float
        assert math.isfinite(measure.value)
        assert measure.unit
        if measure.series is not None:
            assert len(measure.series.times) == len(measure.series.values) <= LONGEST
            assert np.isfinite(measure.series.values).all()
        if measure.worst is not None:
            assert 0 <= measure.worst[0] <= measure.worst[1] <= clean.probe.duration


def test_every_metric_has_a_card() -> None:
    for metric in METRICS.all():
        assert "Source:" in (metric.read.__doc__ or ""), metric.name


def test_the_file_is_as_delivered(clean: Footage) -> None:
    facts = {name: value(name, clean) for name in ("width", "height", "fps", "true_fps", "duration")}
    assert facts == pytest.approx({"width": 320, "height": 180, "fps": 24, "true_fps": 24, "duration": 2.0})


@FEW
@given(amplitude=st.floats(0.02, 0.2))
def test_flicker_lowers_temporal_flickering_and_smoothness(
    folder: Path, clean: Footage, amplitude: float
) -> None:
    weak = footage_of(flickering(moving(), amplitude, 0, 48), folder)
    strong = footage_of(flickering(moving(), amplitude + 0.05, 0, 48), folder)
    for name in ("temporal_flickering", "motion_smoothness"):
        assert value(name, strong) < value(name, weak) < value(name, clean)
    assert value("warping_error", strong) > value("warping_error", weak) > value("warping_error", clean)


def test_blur_lowers_sharpness(folder: Path, clean: Footage) -> None:
    values = [value("sharpness", clean)]
    values += [value_of("sharpness", blurred(moving(), sigma), folder) for sigma in (1.0, 2.0, 4.0)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.1 * values[0]


def test_faster_pans_raise_motion_and_camera_speed(folder: Path) -> None:
    slow, fast = (footage_of(moving(pan=pan), folder) for pan in (0.8, 2.4))
    assert value("motion_amplitude", fast) > 2 * value("motion_amplitude", slow)
    assert value("camera_speed", fast) == pytest.approx(3 * value("camera_speed", slow), rel=0.15)
    assert value("camera_speed", fast) == pytest.approx(2.4 * 24 / 320, rel=0.1)


def test_the_camera_is_measured_in_its_own_units(folder: Path) -> None:
    pan = footage_of(moving(pan=1.6), folder)
    assert value("camera_pan", pan) == pytest.approx(47 * 1.6 / 320, rel=0.1)
    assert abs(value("camera_tilt", pan)) < 0.02
    zoom = footage_of(moving(pan=0, grow=0.005), folder)
    assert value("camera_zoom", zoom) == pytest.approx(100 * (1.005**47 - 1), rel=0.15)
    assert abs(value("camera_roll", zoom)) < 1


def test_repeats_change_the_rate_and_not_the_motion(folder: Path, clean: Footage) -> None:
    slow = footage_of(repeated(moving(noise=0.3), 3), folder)
    assert value("repeat_share", slow) == pytest.approx(2 / 3, abs=0.05)
    assert value("true_fps", slow) == pytest.approx(8, abs=0.1)
    assert value("motion_amplitude", slow) == pytest.approx(value("motion_amplitude", clean), rel=0.2)


def test_decay_sees_loss_and_no_fade(folder: Path, clean: Footage) -> None:
    pictures = moving().copy()
    pictures[34:] = blurred(pictures[34:], 3.0)
    assert value_of("decay_sharpness", pictures, folder) < 0.75
    assert value("decay_sharpness", clean) == pytest.approx(1, abs=0.1)
    dim = moving().copy()
    dim[32:] = dim[32:] // 3 + 80
    assert value_of("decay_contrast", dim, folder) < 0.5
    assert value_of("decay_contrast", faded(moving(), 8), folder) == pytest.approx(1, abs=0.2)
    grey = moving().copy()
    grey[32:] = grey[32:].mean(axis=3, keepdims=True)
    assert value_of("decay_colourfulness", grey, folder) < 0.3


def test_levels_are_what_was_painted(folder: Path) -> None:
    white = np.full((24, 180, 320, 3), 255, np.uint8)
    assert value_of("overexposure", white, folder) == pytest.approx(1)
    assert value_of("brightness", white // 2, folder) == pytest.approx(127, abs=2)
    assert value_of("contrast", white // 2, folder) == pytest.approx(0, abs=0.5)
    assert value_of("colourfulness", white // 2, folder) == pytest.approx(0, abs=2)
    assert value_of("si", white // 2, folder) == pytest.approx(0, abs=1)
    assert value_of("ti", white // 2, folder) == pytest.approx(0, abs=1)


@pytest.mark.parametrize("frames", [1, 2, 3, 5])
@pytest.mark.parametrize("size", [(16, 16), (180, 320)])
def test_short_and_small_clips_are_measured_or_left_open(
    folder: Path, frames: int, size: tuple[int, int]
) -> None:
    pictures = np.ascontiguousarray(moving(frames=frames)[:, : size[0], : size[1]])
    measures = measure_all(footage_of(pictures, folder), ANYTHING)
    for measure in measures.values():
        assert measure.value is None or math.isfinite(measure.value)
    if frames == 1:
        assert measures["temporal_flickering"].value is None
        assert measures["camera_pan"].value is None


def test_a_tiny_clip_leaves_no_trace_on_the_next(folder: Path, clean: Footage) -> None:
    footage_of(np.ascontiguousarray(moving(frames=3)[:, :48, :48]), folder)
    assert np.array_equal(footage_of(moving(), folder).motion.flow, clean.motion.flow)


def test_a_guessed_flow_leaves_no_trace_on_the_next() -> None:
    pictures = np.random.default_rng(3).integers(0, 255, (3, 90, 160)).astype(np.uint8)
    before, after, other = (cv2.GaussianBlur(picture, (0, 0), 4) for picture in pictures)
    alone = dense_flow(before, after)
    dense_flow(other, before, np.full((90, 160, 2), 9.0, np.float32))
    assert np.array_equal(dense_flow(before, after), alone)


@pytest.mark.parametrize("crf", [10, 16, 23])
def test_repeats_are_told_at_any_quality(folder: Path, crf: int) -> None:
    assert footage_of(repeated(moving(), 3), folder, crf=crf).repeat_share == pytest.approx(2 / 3, abs=0.05)


def test_a_black_clip_is_measured(folder: Path) -> None:
    for measure in measure_all(footage_of(np.zeros((10, 64, 64, 3), np.uint8), folder), ANYTHING).values():
        assert measure.value is None or math.isfinite(measure.value)


def test_a_long_curve_is_averaged() -> None:
    times = np.arange(1000) / 10
    series = curve(times, np.sin(times))
    assert len(series.values) == LONGEST
    assert series.times[0] < series.times[-1] <= times[-1]


def test_the_worst_part_is_where_the_curve_is_worst() -> None:
    times, values = np.arange(50) / 10, np.ones(50)
    values[30] = 0
    low = reading(0.98, times, values, "higher")
    assert low is not None
    assert low.worst is not None
    assert low.worst[0] <= 3.0 <= low.worst[1]
    assert reading(float("nan"), times, values) is None


def path_of(dx: float = 0, dy: float = 0, zoom: float = 0, roll: float = 0, fit: float = 1) -> CameraPath:
    one = np.ones(48)
    return CameraPath(dx=dx * one, dy=dy * one, zoom=zoom * one, roll=roll * one, fit=fit * one)


@pytest.mark.parametrize(
    ("path", "word"),
    [
        (path_of(), "static"),
        (path_of(dx=-0.003), "pan_right"),
        (path_of(dx=0.003), "pan_left"),
        (path_of(dy=0.003), "tilt_up"),
        (path_of(dy=-0.003), "tilt_down"),
        (path_of(zoom=0.01), "zoom_in"),
        (path_of(zoom=-0.01), "zoom_out"),
        (path_of(roll=0.01), "roll"),
        (path_of(dx=0.003, dy=0.0029), "any"),
        (path_of(dx=0.01, fit=0.1), "any"),
    ],
)
def test_the_camera_move_has_a_word(path: CameraPath, word: str) -> None:
    move = camera_move(path, np.full(48, 1 / 24), 9 / 16)
    assert move.word == word
    assert move.word in CAMERA_MOVES
    assert (move.confidence > 0.6) == (word != "any")


def test_a_shaking_hand_has_no_direction() -> None:
    dx = 0.004 * np.sin(np.arange(48))
    path = CameraPath(dx=dx, dy=dx[::-1], zoom=0 * dx, roll=0 * dx, fit=1 + 0 * dx)
    assert camera_move(path, np.full(48, 1 / 24), 9 / 16).word == "handheld"
