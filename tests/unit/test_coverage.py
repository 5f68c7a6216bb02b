"""What was not looked at is not "ok": every clip says what it was looked at for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_videobench.defects import coverage as room
from pytest_videobench.defects.base import DEFECTS, detector
from pytest_videobench.defects.coverage import coverage
from pytest_videobench.defects.measured import Share
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.prompts import vocabulary
from pytest_videobench.prompts.model import Delivery, Expectations

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from pytest_videobench.defects.coverage import Look
    from pytest_videobench.footage.footage import Footage
    from tests.conftest import WriteClip


@pytest.fixture
def footage(tmp_path: Path, write_clip: WriteClip, moving_frames: NDArray[np.uint8]) -> Footage:
    return analyse(write_clip(tmp_path / "clip.mp4", moving_frames))


def looks(footage: Footage, expected: Expectations | None = None, *found: str) -> Mapping[str, Look]:
    return {look.defect: look for look in coverage(footage, expected or Expectations(), found)}


def test_every_word_of_the_vocabulary_has_its_state(footage: Footage) -> None:
    seen = looks(footage)
    assert {*vocabulary.DEFECTS, *DEFECTS.names()} == seen.keys()
    for look in seen.values():
        assert bool(look.why) == (look.state == "unchecked")


def test_what_no_detector_knows_says_who_would_have_to_look(footage: Footage) -> None:
    assert "person" in looks(footage)["hand_deformation"].why


@pytest.mark.parametrize(
    ("asked", "defect"),
    [
        (Expectations(camera="pan_left"), "camera_mismatch"),
        (Expectations(delivery=Delivery(duration=5.0)), "wrong_duration"),
        (Expectations(delivery=Delivery(fps=24.0)), "wrong_fps"),
        (Expectations(delivery=Delivery(ratio=(16, 9))), "wrong_size"),
    ],
)
def test_what_nobody_asked_for_is_not_checked(footage: Footage, asked: Expectations, defect: str) -> None:
    assert looks(footage)[defect].state == "unchecked"
    assert looks(footage, asked)[defect].state != "unchecked"


def test_a_short_clip_cannot_loop(tmp_path: Path, write_clip: WriteClip) -> None:
    short = np.random.default_rng(1).integers(0, 255, (12, 90, 160, 3), np.uint8)
    seen = looks(analyse(write_clip(tmp_path / "short.mp4", short)))
    assert seen["loop"].why == "shorter than 1.4 s"


def test_a_cut_hides_what_compares_the_parts_of_one_shot(footage: Footage) -> None:
    assert looks(footage, None, "hard_cut")["blur"].why == "the clip has several shots"
    assert looks(footage, None, "hard_cut", "blur")["blur"].state != "unchecked"


def test_only_proof_makes_a_look_a_check(footage: Footage, monkeypatch: pytest.MonkeyPatch) -> None:
    published = {
        "freeze": Share(hits=19, of=20),
        "loop": Share(hits=5, of=20),
        "vanish": Share(hits=20, of=20),
    }
    monkeypatch.setattr(room, "recall", published.get)
    seen = looks(footage)
    assert (seen["freeze"].state, seen["freeze"].recall) == ("checked", 0.95)
    assert seen["loop"].state == "weak"  # it misses too much
    assert seen["vanish"].state == "weak"  # it only warns
    assert seen["jitter"].state == "weak"  # nobody knows


def test_a_blind_detector_is_not_asked(footage: Footage) -> None:
    def broken(footage: Footage, expected: Expectations) -> list[None]:
        raise AssertionError

    for_nothing = replace(detector(gate=True, blind=lambda *_: "too dark")(broken), name="x")  # type: ignore[arg-type]
    assert for_nothing(footage, Expectations()) == []
