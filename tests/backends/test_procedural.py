"""The embedded generator: what it draws is what it says it drew."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
import pytest

from pytest_videobench.backends.base import BackendSpec
from pytest_videobench.backends.procedural import RENDERER, Procedural
from pytest_videobench.backends.procedural.scene import PAINTERS
from pytest_videobench.backends.procedural.vocabulary import read, vocabulary
from pytest_videobench.errors import SpecError
from pytest_videobench.prompts.vocabulary import CAMERA_MOVES, MOTION_KINDS
from tests.backends.drawing import a_prompt, clip, decoded, flow, truth_of

if TYPE_CHECKING:
    from pathlib import Path


def test_same_request_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (tmp_path / name for name in ("first", "second"))
    first.mkdir()
    second.mkdir()
    one, two = clip(first, a_prompt()), clip(second, a_prompt())
    assert one.path.read_bytes() == two.path.read_bytes()
    assert one.truth == two.truth


@pytest.mark.parametrize("other", [{"roll": 1}, {"seed": 4}])
def test_rolls_and_seeds_differ_visibly(tmp_path: Path, other: dict[str, int]) -> None:
    spec = "procedural?duration=0.3&fps=10&size=320x180"
    one = decoded(clip(tmp_path, a_prompt(), spec=spec).path)
    two = decoded(clip(tmp_path, a_prompt(), spec=spec, **other).path)
    assert np.abs(one[0].astype(int) - two[0]).mean() > 6


def test_container_is_what_was_asked_for(tmp_path: Path) -> None:
    made = clip(tmp_path, a_prompt(), spec="procedural:reference?duration=2&fps=25&size=320x240")
    assert (made.path.name, made.model, made.synthetic, made.cost_usd) == ("clip.mp4", "reference", True, 0.0)
    with av.open(str(made.path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.name, stream.frames) == ("h264", 50)
        assert stream.average_rate == 25
        assert (context.pix_fmt, context.width, context.height) == ("yuv420p", 320, 240)
        assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1)
        assert stream.duration is not None
        assert stream.time_base is not None
        assert float(stream.duration * stream.time_base) == pytest.approx(2.0)
    content = made.path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat"), (
        "the index comes first, so that browsers start at once"
    )


@pytest.mark.parametrize("motion", MOTION_KINDS)
def test_truth_is_json_and_boxes_lie_in_the_picture(tmp_path: Path, motion: str) -> None:
    made = clip(tmp_path, a_prompt(motion=motion), spec="procedural?duration=1&fps=10&size=192x108")
    truth = truth_of(made)
    assert json.loads(json.dumps(truth)) == truth
    assert truth["injected"] == []
    assert truth["renderer"] == RENDERER
    assert len(truth["subjects"][0]["boxes"]) == len(truth["camera"]["path"]) == 10
    x, y, w, h = np.array(truth["subjects"][0]["boxes"]).T
    assert (min(x), min(y)) >= (0, 0)
    assert max(*(x + w), *(y + h)) <= 1.0001
    assert min(*w, *h) > 0.02


def test_box_holds_what_moves(tmp_path: Path) -> None:
    made = clip(tmp_path, a_prompt(style="animation", amount="high"))
    frames, boxes = decoded(made.path), truth_of(made)["subjects"][0]["boxes"]
    change = cv2.GaussianBlur(np.abs(frames[9].astype(np.float32) - frames[8]).sum(axis=2), (0, 0), 2)
    y, x = np.unravel_index(int(change.argmax()), change.shape)
    left, top, wide, high = boxes[8]
    assert left - 0.05 <= x / 320 <= left + wide + 0.05
    assert top - 0.05 <= y / 180 <= top + high + 0.05


@pytest.mark.parametrize(
    ("move", "way"),
    [("pan_left", (1, 0)), ("pan_right", (-1, 0)), ("tilt_up", (0, 1)), ("tilt_down", (0, -1))],
)
def test_picture_drifts_as_the_truth_says(tmp_path: Path, move: str, way: tuple[int, int]) -> None:
    made = clip(tmp_path, a_prompt(move=move))
    frames = decoded(made.path)
    path = np.array(truth_of(made)["camera"]["path"])
    seen = np.median(
        np.concatenate([flow(frames[i], frames[i + 1])[::4, ::4].reshape(-1, 2) for i in (4, 8, 12)]), axis=0
    )
    told = np.mean([(path[i + 1] - path[i])[:2] * 320 for i in (4, 8, 12)], axis=0)
    assert np.sign(np.round(told, 3)).tolist() == [float(value) for value in way]
    assert seen @ np.array(way) == pytest.approx(told @ np.array(way), rel=0.45)


@pytest.mark.parametrize("move", ["zoom_in", "zoom_out"])
def test_picture_grows_as_the_truth_says(tmp_path: Path, move: str) -> None:
    made = clip(tmp_path, a_prompt(move=move))
    frames, path = decoded(made.path), np.array(truth_of(made)["camera"]["path"])
    moved = flow(frames[6], frames[10])
    y, x = np.mgrid[0:180, 0:320]
    outward = np.stack([x - 160, y - 90], axis=-1)
    growth = float(
        np.median((moved * outward).sum(axis=-1)[::4, ::4] / (outward**2).sum(axis=-1).clip(1)[::4, ::4])
    )
    told = path[10, 2] / path[6, 2] - 1
    assert np.sign(told) == (1 if move == "zoom_in" else -1)
    assert growth == pytest.approx(told, rel=0.5)


def test_static_camera_stands_still(tmp_path: Path) -> None:
    made = clip(tmp_path, a_prompt())
    frames = decoded(made.path)
    assert np.ptp(np.array(truth_of(made)["camera"]["path"]), axis=0).max() == 0
    assert np.abs(np.median(flow(frames[4], frames[12])[::4, ::4].reshape(-1, 2), axis=0)).max() < 0.15


@pytest.mark.parametrize("motion", ["none", "face"])
def test_no_frame_repeats_and_light_is_steady(tmp_path: Path, motion: str) -> None:
    made = clip(
        tmp_path, a_prompt(motion=motion, amount="none"), spec="procedural?duration=2&fps=24&size=640x360"
    )
    frames = decoded(made.path).astype(np.int16)
    change = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2, 3))
    assert np.median(change) > 0.5
    assert change.min() > 0.2
    assert np.abs(np.diff(frames.mean(axis=(1, 2, 3)))).max() < 1.5
    assert frames.std(axis=(1, 2, 3)).min() > 15


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("procedural:other", "unknown model 'other'"),
        ("procedural?colour=red", "unknown parameter 'colour'"),
        ("procedural?duration=long", "parameter 'duration': expected a number above 0"),
        ("procedural?duration=-1", "parameter 'duration': expected a number above 0"),
        ("procedural?fps=nan", "parameter 'fps'"),
        ("procedural?size=641x360", "cannot deliver 641x360; it can even sides of 64 to 3840 pixels"),
        ("procedural?size=big", "expected WIDTHxHEIGHT"),
        ("procedural?size=16x16", "cannot deliver 16x16; it can even sides of 64 to 3840 pixels"),
        ("procedural?duration=90", "cannot deliver 90 s; it can 0.2 to 60 s"),
        ("procedural?fps=240", "cannot deliver 240 fps; it can 1 to 120 fps"),
        ("procedural?ratio=99:1", "cannot deliver a ratio of 99:1"),
    ],
)
def test_senseless_specs_are_refused_in_one_line(spec: str, says: str) -> None:
    with pytest.raises(SpecError, match=says) as caught:
        Procedural(BackendSpec.parse(spec))
    assert "\n" not in str(caught.value)


def test_words_of_the_prompt_are_recorded() -> None:
    reading = read(a_prompt(camera="slow pan right over the scene", move="any"))
    assert (reading.move, reading.gentle) == ("pan_right", True)
    assert reading.words["scene"] == ("city", "street")
    assert reading.words["subject"] == ("woman", "red")
    assert reading.air == "rain"


def test_a_users_own_style_is_drawn_realistically() -> None:
    assert read(a_prompt(style="watercolour")).look == "realistic"


def test_the_vocabulary_names_only_what_can_be_drawn() -> None:
    known = vocabulary()
    assert {layer["paint"] for scene in known["scenes"].values() for layer in scene["layers"]} == set(
        PAINTERS
    )
    assert {scene["air"] for scene in known["scenes"].values()} | set(known["weather"]) <= set(known["air"])
    assert set(known["moves"]) <= set(CAMERA_MOVES)
    assert {kind for form in known["forms"].values() for kind in form["kinds"]} == set(MOTION_KINDS)
    for look in known["looks"].values():
        assert look["palette"] in known["palettes"]
        assert {look["scene"], *look.get("instead", {}), *look.get("instead", {}).values()} <= set(
            known["scenes"]
        )
        assert set(look.get("forms", {}).values()) <= set(known["forms"])


def test_importing_the_backend_loads_nothing_heavy() -> None:
    code = (
        "import sys, pytest_videobench.backends.procedural as p; "
        "assert p.Procedural; print(sorted({'cv2', 'av', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
