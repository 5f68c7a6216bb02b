"""An injected fault is found where it was put, and the clean clip is accused of nothing."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_videobench.defects.attribution import attribute
from pytest_videobench.defects.base import DEFECTS, Finding, rules
from pytest_videobench.defects.look import find_defects
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.prompts import vocabulary
from pytest_videobench.prompts.model import Delivery, Expectations
from tests.unit.moving_clips import (
    FPS,
    FRAMES,
    blurred,
    boxed,
    cut,
    faded,
    filled,
    flickering,
    footage_of,
    frozen,
    hanging,
    moving,
    repeated,
    shaken,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.footage.footage import Footage
    from tests.conftest import WriteClip
    from tests.unit.moving_clips import Pictures

ANYTHING = Expectations()
FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
STARTS = st.integers(8, 20)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("defects")


@pytest.fixture(scope="module")
def clean(folder: Path) -> Footage:
    return footage_of(moving(), folder)


def names(pictures: Pictures, folder: Path, expected: Expectations = ANYTHING, fps: int = FPS) -> set[str]:
    return {finding.defect for finding in find_defects(footage_of(pictures, folder, fps=fps), expected)}


def only(pictures: Pictures, folder: Path) -> Finding:
    """The one finding that there must be."""
    (finding,) = find_defects(footage_of(pictures, folder), ANYTHING)
    return finding


def assert_lies_in(finding: Finding, first: int, last: int, slack: int = 2) -> None:
    assert finding.start == pytest.approx(first / FPS, abs=slack / FPS)
    assert finding.end == pytest.approx(last / FPS, abs=slack / FPS)
    assert finding.note.endswith(".")
    assert finding.frames


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("crf", [16, 30])
def test_clean_clips_are_accused_of_nothing(folder: Path, seed: int, crf: int) -> None:
    assert find_defects(footage_of(moving(seed=seed), folder, crf=crf), ANYTHING) == []


@pytest.mark.parametrize("pan", [0.5, 4.0])
@pytest.mark.parametrize("fps", [8, 30])
def test_slow_and_fast_clips_are_accused_of_nothing(folder: Path, pan: float, fps: int) -> None:
    assert names(moving(pan=pan, frames=24 if fps == 8 else 48), folder, fps=fps) == set()


def test_every_detector_is_of_the_vocabulary() -> None:
    assert set(DEFECTS.names()) <= set(vocabulary.DEFECTS)
    for detector in DEFECTS.all():
        assert detector.look.__doc__
        assert rules(detector.name)


@FEW
@given(start=STARTS, count=st.integers(8, 16))
def test_a_freeze_is_found(folder: Path, start: int, count: int) -> None:
    finding = only(frozen(moving(), start, count), folder)
    assert (finding.defect, finding.gate) == ("freeze", True)
    assert_lies_in(finding, start, start + count)


def test_longer_freezes_are_worse(folder: Path) -> None:
    severities = [only(frozen(moving(), 20, count), folder).severity for count in (6, 10, 18)]
    assert severities == sorted(severities)


@FEW
@given(start=STARTS, count=st.integers(1, 12))
def test_black_frames_are_found_and_nothing_else(folder: Path, start: int, count: int) -> None:
    finding = only(filled(moving(), start, count, 0), folder)
    assert (finding.defect, finding.gate) == ("black_frames", True)
    assert_lies_in(finding, start, start + count)


@pytest.mark.parametrize("start", [0, 38])
def test_black_frames_at_an_end_are_found(folder: Path, start: int) -> None:
    assert "black_frames" in names(filled(moving(), start, 10, 0), folder)


@pytest.mark.parametrize("level", [128, 255])
def test_blank_frames_are_found(folder: Path, level: int) -> None:
    finding = only(filled(moving(), 20, 8, level), folder)
    assert (finding.defect, finding.gate) == ("blank_frames", True)
    assert_lies_in(finding, 20, 28)


def test_a_fade_is_a_choice(folder: Path) -> None:
    assert names(faded(moving(), 12), folder) == set()


@FEW
@given(amplitude=st.sampled_from([0.03, 0.05, 0.08]), start=STARTS)
def test_flicker_is_found(folder: Path, amplitude: float, start: int) -> None:
    finding = only(flickering(moving(), amplitude, start, 16), folder)
    assert (finding.defect, finding.gate) == ("flicker", True)
    assert_lies_in(finding, start, start + 16, slack=3)


def test_a_weak_flash_is_told_and_does_not_gate(folder: Path) -> None:
    finding = only(flickering(moving(), 0.4, 30, 2), folder)
    assert (finding.defect, finding.gate) == ("flash", False)
    assert_lies_in(finding, 30, 31)


@FEW
@given(at=st.integers(6, 42))
def test_a_cut_is_found(folder: Path, at: int) -> None:
    finding = only(cut(moving(), at), folder)
    assert (finding.defect, finding.gate) == ("hard_cut", True)
    assert_lies_in(finding, at, at, slack=1)


def test_a_cut_through_a_mixed_frame_is_found(folder: Path) -> None:
    pictures, other = moving().copy(), cut(moving(), 0)
    pictures[30] = pictures[30] // 2 + other[30] // 2
    pictures[31:] = other[31:]
    assert_lies_in(only(pictures, folder), 30, 31)


def test_an_occluder_is_no_cut(folder: Path) -> None:
    pictures = moving().copy()
    pictures[28:31, :, 40:280] = 20
    assert "hard_cut" not in names(pictures, folder)


@pytest.mark.parametrize(("rows", "columns"), [(22, 0), (0, 40)])
def test_bars_are_found(folder: Path, rows: int, columns: int) -> None:
    finding = only(boxed(moving(), rows, columns), folder)
    assert finding.defect == "letterbox"
    assert finding.severity == pytest.approx(0.25, abs=0.05)


@FEW
@given(size=st.floats(4.0, 12.0), start=st.integers(6, 14))
def test_jitter_is_found(folder: Path, size: float, start: int) -> None:
    finding = next(f for f in find_defects(footage_of(shaken(moving(), size, start, 28), folder), ANYTHING))
    assert (finding.defect, finding.gate) == ("jitter", True)
    assert finding.start > start / FPS - 0.6
    assert finding.end < (start + 28) / FPS + 0.6


@pytest.mark.parametrize("times", [2, 3])
def test_repeats_of_every_picture_are_found(folder: Path, times: int) -> None:
    (finding,) = find_defects(footage_of(repeated(moving(noise=0.3), times), folder), ANYTHING)
    assert (finding.defect, finding.gate) == ("duplicate_frames", True)
    assert finding.severity == pytest.approx(1 - 1 / times, abs=0.05)


@pytest.mark.parametrize(("every", "why"), [(4, "frames repeat"), (7, "Frames are lost")])
def test_stutter_is_told_and_a_quick_beat_is_no_loss(folder: Path, every: int, why: str) -> None:
    (finding,) = find_defects(footage_of(hanging(moving(noise=0.3), every), folder), ANYTHING)
    assert (finding.defect, finding.gate) == ("stutter", False)
    assert why in finding.note


def test_a_clip_that_is_soft_throughout_is_told(clean: Footage) -> None:
    samples = clean.samples
    for soft in (
        replace(samples, acutance=0 * samples.acutance + 0.05),
        replace(samples, sharpness=0 * samples.sharpness + 0.5),
    ):
        (finding,) = find_defects(replace(clean, samples=soft), ANYTHING)
        assert (finding.defect, finding.gate) == ("blur", False)
        assert (finding.start, finding.end) == pytest.approx((0, 2))


def test_a_soft_part_is_found(folder: Path) -> None:
    pictures = np.clip(2 * moving(noise=0).astype(int) - 128, 0, 255).astype(np.uint8)
    pictures[12:30] = blurred(pictures[12:30], 6)
    assert_lies_in(only(pictures, folder), 12, 30, slack=7)


def test_burnt_out_pictures_are_found(folder: Path) -> None:
    pictures = moving().copy()
    pictures[:, :90] = 255
    assert names(pictures, folder) == {"overexposed"}


def test_blocks_are_found(folder: Path) -> None:
    pictures = moving(noise=0)
    coarse = pictures[:, :176].reshape(FRAMES, 22, 8, 40, 8, 3).mean(axis=(2, 4), keepdims=True)
    blocks = np.broadcast_to(coarse, (FRAMES, 22, 8, 40, 8, 3)).reshape(FRAMES, 176, 320, 3)
    mixed = np.clip(0.5 * blocks + 0.5 * pictures[:, :176], 0, 255).astype(np.uint8)
    assert "blockiness" in names(mixed, folder)


def test_a_still_clip_is_frozen_unless_stillness_was_asked_for(folder: Path) -> None:
    still = np.repeat(moving(frames=1), 48, axis=0)
    assert "freeze" in names(still, folder)
    assert not {"freeze", "low_motion"} & names(still, folder, Expectations(amount="none"))


def test_little_motion_is_told_unless_it_was_asked_for(folder: Path) -> None:
    slow = moving(pan=0.02, noise=1.0)
    calm = np.stack([slow[0]] * 48)
    calm[:, 80:100, 150:170] = slow[:48, 80:100, 150:170]
    assert "low_motion" in names(calm, folder)
    assert "low_motion" not in names(calm, folder, Expectations(amount="low"))


@pytest.mark.parametrize("backwards", [False, True])
def test_a_loop_is_found(folder: Path, backwards: bool) -> None:
    part = moving(frames=36, pan=3.0)
    pictures = np.concatenate([part, part[-2::-1] if backwards else part])
    (finding,) = [f for f in find_defects(footage_of(pictures, folder), ANYTHING) if f.defect == "loop"]
    assert finding.start == pytest.approx(36 / FPS, abs=0.2)


def test_late_decay_is_told(folder: Path) -> None:
    pictures = moving().copy()
    pictures[24:] = pictures[24:] // 3 + 100
    assert "late_decay" in names(pictures, folder)


@pytest.mark.parametrize(
    ("camera", "mismatch"),
    [
        ("pan_right", False),
        ("tracking", False),
        ("any", False),
        ("pan_left", True),
        ("static", True),
        ("zoom_in", True),
    ],
)
def test_a_camera_that_disobeys_is_told(clean: Footage, camera: str, mismatch: bool) -> None:
    found = {finding.defect for finding in find_defects(clean, Expectations(camera=camera))}
    assert found == ({"camera_mismatch"} if mismatch else set())


@pytest.mark.parametrize(("seen", "fails"), [("pan_right", True), ("handheld", False), ("any", False)])
def test_a_path_that_is_no_plain_move_only_warns(
    clean: Footage, seen: str, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module("pytest_videobench.defects.camera_mismatch")
    measured = module.camera_move
    monkeypatch.setattr(module, "camera_move", lambda *args: replace(measured(*args), word=seen))
    (finding,) = find_defects(clean, Expectations(camera="zoom_in"))
    assert (finding.defect, finding.gate) == ("camera_mismatch", fails)


def test_a_standing_camera_is_no_pan(folder: Path) -> None:
    assert names(moving(pan=0), folder, Expectations(camera="static")) == set()
    assert names(moving(pan=0), folder, Expectations(camera="tracking")) == {"camera_mismatch"}


@pytest.mark.parametrize(
    ("delivery", "found"),
    [
        (Delivery(), set()),
        (Delivery(duration=2.1, fps=23.976, width=320, height=180), set()),
        (Delivery(duration=5), {"wrong_duration"}),
        (Delivery(fps=30), {"wrong_fps"}),
        (Delivery(width=1280), {"wrong_size"}),
        (Delivery(height=720), {"wrong_size"}),
        (Delivery(ratio=(16, 9)), set()),
        (Delivery(ratio=(9, 16)), {"wrong_size"}),
    ],
)
def test_what_was_delivered_is_what_was_asked(clean: Footage, delivery: Delivery, found: set[str]) -> None:
    findings = find_defects(clean, Expectations(delivery=delivery))
    assert {finding.defect for finding in findings} == found
    assert all(finding.gate for finding in findings)


def test_a_file_that_holds_less_than_it_promises_is_found(clean: Footage) -> None:
    def found(promised: int, errors: int = 0) -> list[str]:
        probe = replace(clean.probe, promised_frames=promised, decode_errors=errors)
        return [finding.defect for finding in find_defects(replace(clean, probe=probe), ANYTHING)]

    assert found(49) == []
    assert found(80) == ["truncated"]
    assert found(48, errors=2) == ["truncated"]


def test_too_short_a_clip_is_found(folder: Path) -> None:
    assert "too_few_frames" in names(moving(frames=6), folder)


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 9, 50])
@pytest.mark.parametrize("kind", ["moving", "tiny", "black", "white", "plain", "pages", "noise"])
def test_odd_footage_raises_nothing(folder: Path, kind: str, frames: int) -> None:
    pictures = {
        "moving": moving(frames=frames),
        "tiny": np.ascontiguousarray(moving(frames=frames)[:, :16, :16]),
        "black": np.zeros((frames, 64, 64, 3), np.uint8),
        "white": np.full((frames, 64, 64, 3), 255, np.uint8),
        "plain": np.full((frames, 64, 64, 3), 100, np.uint8),
        "pages": np.repeat(np.array([90, 110, 100], np.uint8), frames)[: 3 * frames : 3, None, None, None]
        + np.zeros((frames, 64, 64, 3), np.uint8),
        "noise": np.random.default_rng(1).integers(0, 256, (frames, 180, 320, 3)).astype(np.uint8),
    }[kind]
    for camera in ("any", "static"):
        expected = Expectations(camera=camera, amount="high", delivery=Delivery(duration=5, fps=24, width=64))
        for finding in find_defects(footage_of(pictures, folder), expected):
            assert 0 <= finding.start <= finding.end
            assert 0 <= finding.severity <= 1
            assert 0 <= finding.confidence <= 1


def test_a_black_or_blank_clip_is_found(folder: Path) -> None:
    assert "black_frames" in names(np.zeros((30, 180, 320, 3), np.uint8), folder)
    assert "blank_frames" in names(np.full((30, 180, 320, 3), 200, np.uint8), folder)


def event(defect: str, start: float, end: float) -> Finding:
    return Finding(defect=defect, start=start, end=end, severity=0.5, confidence=0.9, note="n.")


def test_one_event_is_one_defect() -> None:
    black = event("black_frames", 1.0, 1.5)
    explained = [event("freeze", 1.0, 1.4), event("hard_cut", 1.5, 1.5), event("flash", 0.9, 1.1)]
    apart = [event("hard_cut", 3.0, 3.0), event("freeze", 4.0, 5.0)]
    assert attribute([*explained, *apart, black]) == [black, *apart]


def test_a_long_fault_is_not_explained_by_a_short_one() -> None:
    flicker, slit = event("flicker", 0.0, 4.0), event("hard_cut", 2.0, 2.0)
    assert attribute([flicker, slit]) == [flicker, slit]


def test_a_still_clip_has_one_defect() -> None:
    freeze = event("freeze", 0.0, 3.0)
    same = [event(name, 0.0, 3.0) for name in ("low_motion", "too_few_frames", "duplicate_frames", "stutter")]
    assert attribute([*same, freeze]) == [freeze]


@pytest.mark.parametrize("suffix", ["mkv", "webm"])
def test_a_file_whose_header_counts_no_frames_is_measured_by_its_seconds(
    tmp_path: Path, write_clip: WriteClip, suffix: str
) -> None:
    unlike = [np.roll(frame, 17 * i, 0) for i, frame in enumerate(moving(frames=FRAMES))]
    codec = {"mkv": "libx264", "webm": "libvpx"}[suffix]
    clip = write_clip(tmp_path / f"a.{suffix}", unlike, codec=codec)
    assert "truncated" not in {finding.defect for finding in find_defects(analyse(clip), ANYTHING)}
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    assert "truncated" in {finding.defect for finding in find_defects(analyse(clip), ANYTHING)}
