"""What only many clips of one backend show together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pytest_videobench.footage.analyse import analyse
from pytest_videobench.footage.edges import EDGES, edges, read_edges, write_edges
from pytest_videobench.gate.patterns import Pattern, inherit, patterns
from tests.unit.rows import finding, row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from pytest_videobench.gate.row import Row
    from tests.conftest import WriteClip

RATES: dict[str, float | None] = {"fps": 24.0, "true_fps": 24.0}


def case(
    name: str, *findings: dict[str, object], roll: int = 0, backend: str = "drawn@one", **rates: float
) -> Row:
    return row(name, roll, *findings, backend=backend, metrics={**RATES, **rates}, probe={"fps": 24.0})


def kinds(found: Iterable[Pattern]) -> dict[str, int]:
    return {pattern.defect: len(pattern.cases) for pattern in found}


def still(seed: int, *, mark: bool) -> NDArray[np.int8]:
    """A map of edges of a scene of its own, with or without the same letters at one place."""
    found = np.random.default_rng(seed).normal(0, 25, (90, 160, 2)).clip(-127, 127)
    if mark:
        found[70:80, 110:140] = np.random.default_rng(99).choice([-110, 110], (10, 30, 2))
    return found.astype(np.int8)


def marked(count: int, of: int) -> tuple[list[Row], dict[str, NDArray[np.int8]]]:
    rows = [case(f"p{index}") for index in range(of)]
    return rows, {one.key: still(index, mark=index < count) for index, one in enumerate(rows)}


def test_a_mark_at_one_place_of_most_clips_is_found_there() -> None:
    rows, maps = marked(7, 8)
    (found,) = patterns(rows, maps)
    assert (found.defect, found.of) == ("watermark", 8)
    assert found.cases == tuple(one.key for one in rows[:7])
    assert found.box is not None
    x, y, wide, high = found.box
    assert x <= 125 / 160 <= x + wide
    assert y <= 75 / 90 <= y + high
    assert wide * high < 0.1


def test_clips_without_a_mark_share_none() -> None:
    assert patterns(*marked(0, 12)) == ()


def test_rolls_of_one_prompt_are_one_witness() -> None:
    """A standing camera shows all rolls of a prompt the same scene."""
    rows = [case("p0", roll=roll) for roll in range(8)] + [case(f"p{n}") for n in range(1, 6)]
    maps = {one.key: still(1 if one.prompt == "p0" else ord(one.prompt[1]), mark=False) for one in rows}
    assert patterns(rows, maps) == ()


@pytest.mark.parametrize(("count", "found"), [(4, {}), (5, {"letterbox": 5})])
def test_a_few_prompts_prove_nothing(count: int, found: dict[str, int]) -> None:
    assert kinds(patterns([case(f"p{n}", finding("letterbox")) for n in range(count)], {})) == found


def test_what_nearly_all_clips_have_is_the_backends() -> None:
    rows = [case(f"p{n}", finding("letterbox")) for n in range(8)] + [case("p8"), case("p9", finding("blur"))]
    assert kinds(patterns(rows, {})) == {"letterbox": 8}
    assert patterns(rows[1:], {}) == ()  # 7 of 9 are fewer than 8 of 10
    permitted = [case(f"p{n}", finding("letterbox", permitted="asked for")) for n in range(8)]
    assert patterns(permitted, {}) == ()


def test_every_backend_is_asked_alone() -> None:
    bars = [case(f"p{n}", finding("letterbox"), backend="bars@one") for n in range(5)]
    (found,) = patterns(bars + [case(f"p{n}") for n in range(5)], {})
    assert found.backend == "bars@one"


def test_one_true_rate_of_all_clips_is_said_once() -> None:
    rows = [case(f"p{n}", finding("duplicate_frames"), true_fps=8.0) for n in range(6)]
    (found,) = patterns(rows, {})
    assert (found.defect, len(found.cases)) == ("duplicate_frames", 6)
    assert "0.33 new pictures" in found.note
    mixed = [case(f"p{n}", true_fps=rate) for n, rate in enumerate((24.0, 20.0, 16.0, 12.0, 8.0))]
    assert patterns(mixed, {}) == ()


def test_decay_from_the_same_second_on_is_a_pattern() -> None:
    late = [case(f"p{n}", finding("late_decay", start=4.0 + 0.1 * n, end=9.0)) for n in range(5)]
    fine = [case(f"p{n}") for n in range(5, 12)]
    (found,) = patterns(late + fine, {})
    assert (found.defect, found.of, len(found.cases)) == ("late_decay", 12, 5)
    assert "4.0–4.4 s" in found.note
    any_time = [case(f"p{n}", finding("late_decay", start=2.0 * n, end=20.0)) for n in range(5)]
    assert patterns(any_time + fine, {}) == ()


def test_cases_inherit_what_they_show() -> None:
    rows, maps = marked(6, 7)
    heirs = inherit(rows, patterns(rows, maps), maps)
    assert [bool(one.shared) for one in heirs] == [True] * 6 + [False]
    assert heirs[0].shared[0]["defect"] == "watermark"


def test_a_comparison_is_a_weak_look() -> None:
    unseen: dict[str, dict[str, Any]] = {
        "checked": {},
        "weak": {},
        "unchecked": {"watermark": "a person, or OCR"},
    }
    plain, maps = marked(0, 6)
    rows = [replace(one, coverage=unseen) for one in plain]
    (first, *_) = inherit(rows, (), maps)
    assert (first.coverage["weak"], first.coverage["unchecked"]) == ({"watermark": None}, {})
    (alone, *_) = inherit(rows[:4], (), maps)
    assert "watermark" in alone.coverage["unchecked"]


def test_a_standing_mark_stays_and_what_moves_cancels_out(
    tmp_path: Path, write_clip: WriteClip, moving_frames: NDArray[np.uint8]
) -> None:
    frames = moving_frames.copy()
    size = frames.shape[1:3]
    frames[:, size[0] // 2 : size[0] // 2 + 12, size[1] // 2 : size[1] // 2 + 40] = 255
    found = edges(analyse(write_clip(tmp_path / "clip.mp4", frames))).astype(float)
    strength = np.hypot(found[..., 0], found[..., 1])
    assert strength[43:55, 78:105].max() > 90
    assert np.median(strength) < 40


def test_a_map_is_read_as_it_was_written_or_not_at_all(
    tmp_path: Path, write_clip: WriteClip, moving_frames: NDArray[np.uint8]
) -> None:
    footage = analyse(write_clip(tmp_path / "clip.mp4", moving_frames))
    assert read_edges(tmp_path) is None
    write_edges(footage, tmp_path)
    read = read_edges(tmp_path)
    assert read is not None
    np.testing.assert_array_equal(read, edges(footage))
    (tmp_path / EDGES).write_bytes(b"half a file")
    assert read_edges(tmp_path) is None
