"""What looks like a fault and is none: no finding may fail it, or what the prompt permits saves it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_videobench.backends.procedural.renderer import film
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import Case
from pytest_videobench.defects.look import find_defects
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.footage.reader import Reader
from pytest_videobench.prompts.load import load_styles, suites_root
from pytest_videobench.prompts.model import Expectations, Permission
from tests.unit import control_clips as drawn
from tests.unit.moving_clips import write

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Prompt
    from tests.conftest import WriteClip
    from tests.unit.moving_clips import Pictures

CLIPS = Path(__file__).parents[3] / "shared" / "clips"
ANYTHING = Expectations()
LITTLE = Expectations(amount="low")
NOTHING = Expectations(amount="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A clip without a fault, and what was asked for."""

    make: Callable[[], Pictures]
    expected: Expectations = ANYTHING
    warns: frozenset[str] = frozenset()
    """What may be shown as a warning."""
    permitted: tuple[str, ...] = ()
    """Defects of which one at least would fail the clip, and which the prompt has to permit."""


FLASH = frozenset({"flash"})
CONTROLS = {
    "a figure on twos over a smooth pan": Control(make=drawn.figure_on_twos),
    "drawings on twos": Control(make=drawn.on_twos, permitted=("duplicate_frames",)),
    "drawings on threes": Control(make=drawn.on_threes, permitted=("duplicate_frames",)),
    "strobing neon": Control(make=drawn.neon, permitted=("flicker", "flash")),
    "lightning": Control(make=drawn.lightning, warns=FLASH),
    "lightning that lights up all there is": Control(
        make=partial(drawn.lightning, near=True), permitted=("flash",)
    ),
    "explosions": Control(make=drawn.explosions),
    "slow motion": Control(make=drawn.slow_motion, expected=LITTLE),
    "time lapse": Control(make=drawn.time_lapse),
    "a still life": Control(make=partial(drawn.still_life, 0.0), expected=NOTHING),
    "a still life on film": Control(make=partial(drawn.still_life, 4.0), expected=NOTHING),
    "film grain": Control(make=drawn.grainy),
    "rain": Control(make=drawn.rain),
    "snow": Control(make=drawn.snow),
    "fireworks": Control(make=drawn.fireworks, warns=FLASH | {"stutter"}),
    "a fade from and to black": Control(make=drawn.fade_through_black),
    "a fade from and to white": Control(make=drawn.fade_through_white),
    "water": Control(make=drawn.water),
    "smoke": Control(make=drawn.smoke),
    "a dive into a fractal": Control(make=drawn.fractal_zoom),
    "a hard black background": Control(make=drawn.on_black),
}
DRAWN_PROMPTS = (
    "abstract/fractal-pulse",
    "abstract/strobing-grid",
    "abstract/ink-in-water",
    "abstract/light-strings",
    "abstract/folding-flame",
    "animation/fox-in-the-snow",
    "fantasy/island-waterfall",
    "fantasy/potion-brews",
    "realistic/fireworks-over-the-bay",
    "realistic/tide-on-rocks",
    "scifi/mech-duel",
    "scifi/rain-through-the-levels",
    "scifi/reactor-ignites",
    "scifi/rocket-lifts-off",
)
REAL = {
    "consisti2v/I2V_generation_8.mp4": "lightning",
    "intel/book.mkv": "sign language",
    "mdn/flower.mp4": "time lapse",
    "turbodiffusion/t2av_teacher_p99.mp4": "a fade from and to black",
    "turbodiffusion/wan22_suminagashi.gif": "ink on water",
    "videophy/a_canoeist.mp4": "a paddle before the lens",
    "videophy/a_construction_worker.mp4": "a plume of dust",
}
PEOPLE_COME_AND_GO = "intel/one-by-one-person-detection.mp4"

beside_a_checkout = pytest.mark.skipif(
    not CLIPS.is_dir(), reason="the labelled clips lie beside a development checkout only"
)


def failing(footage: Footage, expected: Expectations) -> set[str]:
    """The defects that would fail a case."""
    return {
        finding.defect
        for finding in find_defects(footage, expected)
        if finding.gate and not expected.permission(finding.defect)
    }


def warned(footage: Footage, expected: Expectations) -> set[str]:
    return {finding.defect for finding in find_defects(footage, expected) if not finding.gate}


@pytest.mark.parametrize("name", CONTROLS)
def test_no_finding_fails_what_is_no_fault(name: str, tmp_path: Path, write_clip: WriteClip) -> None:
    control = CONTROLS[name]
    footage = analyse(write_clip(tmp_path / "clip.mp4", control.make()))
    permitted = tuple(Permission(defect=word, reason=name) for word in control.permitted)
    assert failing(footage, replace(control.expected, permitted=permitted)) == set()
    assert warned(footage, control.expected) <= control.warns | set(control.permitted)
    assert bool(failing(footage, control.expected) & set(control.permitted)) == bool(permitted)


@pytest.mark.parametrize("key", DRAWN_PROMPTS)
def test_what_a_prompt_asks_for_is_permitted_by_it(key: str, tmp_path: Path, write_clip: WriteClip) -> None:
    prompt = prompt_of(key)
    backend = make_backend("procedural?duration=2&fps=24&size=320x180")
    made = film(Case(prompt=prompt, roll=0, backend=backend).request())
    frames = [np.array(picture[..., :3]) for picture in made.frames()]
    footage = analyse(write_clip(tmp_path / "clip.mp4", frames))
    assert failing(footage, prompt.expect) == set()


def prompt_of(key: str) -> Prompt:
    prompts = (prompt for style in load_styles(suites_root()).values() for prompt in style.prompts)
    return next(prompt for prompt in prompts if prompt.key == key)


@beside_a_checkout
@pytest.mark.parametrize("path", REAL)
def test_no_finding_fails_a_hard_case(path: str) -> None:
    assert failing(analyse(CLIPS / path), ANYTHING) == set(), REAL[path]


@beside_a_checkout
def test_people_who_come_and_go_have_not_vanished(tmp_path: Path) -> None:
    frames = np.stack([picture.bgr for picture in islice(Reader(CLIPS / PEOPLE_COME_AND_GO), 300)])
    footage = analyse(write(frames, tmp_path / "clip.mp4", fps=10))
    assert failing(footage, ANYTHING) == set()
    assert warned(footage, ANYTHING) & {"vanish", "pop_in"} == set()
