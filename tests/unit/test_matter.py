"""Events of matter: what decides, what they show, and what fast things are not accused of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_videobench.defects.base import rules
from pytest_videobench.defects.matter import events
from pytest_videobench.defects.pop_in import pop_in
from pytest_videobench.defects.vanish import vanish
from pytest_videobench.prompts.model import Expectations
from tests.unit.moving_clips import FPS, footage_of, ground, moving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_videobench.defects.base import Finding
    from pytest_videobench.footage.footage import Footage
    from tests.unit.moving_clips import Pictures

FRAMES, AT, SIDE = 60, 30, 64
FEW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def thing(seed: int = 11) -> Pictures:
    return np.clip(2 * ground(seed)[40 : 40 + SIDE, 40 : 40 + SIDE] - 110, 0, 255).astype(np.uint8)


def clip(shown: Callable[[int], Pictures | None], place: Callable[[int], tuple[int, int]]) -> Pictures:
    """A still ground with a thing on it: what it looks like in a frame, and its corner."""
    out = moving(frames=FRAMES, pan=0.4, seed=4).copy()
    for i in range(FRAMES):
        look, (x, y) = shown(i), place(i)
        if look is not None:
            out[i, y : y + SIDE, x : x + SIDE] = look
    return out


def resting(_: int) -> tuple[int, int]:
    return 190, 58


def going(opacity: float = 1.0) -> Pictures:
    """A thing of some opacity that is gone from one frame to the next."""
    ground_only = moving(frames=FRAMES, pan=0.4, seed=4)
    full = clip(lambda i: thing() if i < AT else None, resting)
    mixed = ground_only + opacity * (full.astype(np.float32) - ground_only)
    return np.asarray(np.clip(mixed, 0, 255), np.uint8)


def accused(footage: Footage) -> list[Finding]:
    return [*vanish(footage, Expectations()), *pop_in(footage, Expectations())]


def test_a_finding_shows_the_frames_before_and_after_and_the_place(tmp_path: Path) -> None:
    (finding,) = accused(footage_of(going(), tmp_path))
    before, after = finding.frames
    assert before < AT <= after <= before + 3
    assert finding.start == pytest.approx(AT / FPS, abs=2 / FPS)
    assert finding.box is not None
    assert not finding.gate


def test_what_is_found_has_the_sum_that_its_note_says(tmp_path: Path) -> None:
    footage = footage_of(going(), tmp_path)
    (event,), (finding,) = events(footage), accused(footage)
    assert event.sum >= rules("matter")["sum"]
    assert f"{event.sum:.2f} together" in finding.note


@FEW
@given(opacity=st.floats(0.15, 0.9), more=st.floats(0.1, 0.8))
def test_what_goes_more_plainly_is_found_as_well(tmp_path: Path, opacity: float, more: float) -> None:
    if accused(footage_of(going(opacity), tmp_path)):
        assert accused(footage_of(going(min(1.0, opacity + more)), tmp_path))


def thrown(i: int) -> tuple[int, int]:
    """From one place to another within four frames."""
    return 190 - round(70 * float(np.clip((i - AT) / 4, 0, 1))), 58


def lifted(i: int) -> tuple[int, int]:
    return 120, 90 - round(50 * float(np.clip((i - AT) / 5, 0, 1)))


CONTROLS: dict[str, Callable[[], Pictures]] = {
    "thrown": lambda: clip(lambda _: thing(), thrown),
    "lifted fast": lambda: clip(lambda _: thing(), lifted),
    "is lit": lambda: clip(lambda i: thing() if i < AT else thing() // 2 + 60, resting),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_what_neither_goes_nor_comes_is_not_accused(name: str, tmp_path: Path) -> None:
    assert accused(footage_of(CONTROLS[name](), tmp_path)) == []


def test_the_same_clip_has_the_same_events(tmp_path: Path) -> None:
    one, two = (events(footage_of(going(), tmp_path)) for _ in range(2))
    assert one == two
