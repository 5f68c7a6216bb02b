"""The shipped suites keep their promises: the review's prompts, honest expectations, reasons everywhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.prompts.load import find_styles, load_style, load_styles, suites_root
from pytest_videobench.prompts.model import Delivery
from pytest_videobench.prompts.spoken import spoken_camera
from pytest_videobench.prompts.vocabulary import (
    CAMERA_MOVES,
    INTERACTIONS,
    LIGHTS,
    MOTION_KINDS,
    SHOTS,
    SUBJECTS,
)

if TYPE_CHECKING:
    from pytest_videobench.prompts.model import Prompt, Style

STYLES = {path.parent.name: load_style(path) for path in find_styles(suites_root())}
PROMPTS = [prompt for style in STYLES.values() for prompt in style.prompts]

SPOKEN_MOVES = {
    "static": ("static",),
    "pan_left": ("pan", "left"),
    "pan_right": ("pan", "right"),
    "tilt_up": ("tilting up",),
    "tilt_down": ("tilting down",),
    "zoom_in": ("zoom in",),
    "zoom_out": ("zoom out",),
    "dolly_in": ("dolly in",),
    "dolly_out": ("dolly out",),
    "truck_left": ("trucking left",),
    "truck_right": ("trucking right",),
    "roll": ("rolling",),
    "tracking": ("tracking",),
    "orbit": ("orbiting",),
    "handheld": ("handheld",),
    "any": (),
}
SPOKEN_SHOTS = {
    "extreme_close_up": "extreme close-up",
    "close_up": "close-up",
    "medium": "medium shot",
    "full": "full shot",
    "wide": "wide",
    "aerial": "aerial shot",
}

each_style = pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
each_prompt = pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt.key)


def test_the_five_styles_are_there() -> None:
    assert sorted(STYLES) == ["abstract", "animation", "fantasy", "realistic", "scifi"]
    assert list(load_styles(suites_root()).values()) == list(STYLES.values())


@pytest.mark.parametrize("folder", STYLES)
def test_a_style_is_named_after_its_folder_and_has_a_test_module(folder: str) -> None:
    assert STYLES[folder].name == folder
    source = (suites_root() / folder / f"test_{folder}.py").read_text(encoding="utf-8")
    assert f"def test_{folder}(footage: Footage, expected: Expectations) -> None:" in source
    assert source.startswith(f'"""{STYLES[folder].title}: ')
    assert "\nWhat is demanded: " in source
    assert "\nWhat is permitted: " in source
    assert len(source.splitlines()) < 30


@each_style
def test_five_prompts_of_each_style_come_from_the_review(style: Style) -> None:
    assert [prompt.source for prompt in style.prompts[:5]] == ["review"] * 5
    assert all(prompt.source == "" for prompt in style.prompts[5:])
    assert len(style.prompts) >= 14


def test_the_review_gave_twenty_five_prompts() -> None:
    assert sum(prompt.source == "review" for prompt in PROMPTS) == 25


def test_scifi_is_the_largest_with_every_move_shot_and_motion() -> None:
    ours = [prompt.expect for prompt in STYLES["scifi"].prompts[5:]]
    assert len(ours) >= 17
    assert {expect.camera for expect in ours} == set(CAMERA_MOVES) - {"any"}
    assert {expect.shot for expect in ours} == set(SHOTS)
    assert {expect.motion for expect in ours} == set(MOTION_KINDS) - {"none"}


def test_every_move_is_asked_for_three_times_and_ours_name_one() -> None:
    asked = Counter(prompt.expect.camera for prompt in PROMPTS)
    assert [move for move in CAMERA_MOVES if asked[move] < 3] == []
    assert [prompt.key for prompt in PROMPTS if not prompt.source and prompt.expect.camera == "any"] == []


@each_style
def test_a_style_has_every_shot_a_dolly_and_a_truck(style: Style) -> None:
    asked = [prompt.expect for prompt in style.prompts]
    assert {expect.shot for expect in asked} >= set(SHOTS)
    moves = {expect.camera for expect in asked}
    assert len(moves - {"any"}) >= 8
    assert moves & {"dolly_in", "dolly_out"}
    assert moves & {"truck_left", "truck_right"}


@each_style
def test_a_style_has_every_kind_of_motion_that_it_can_have(style: Style) -> None:
    bodies = set() if style.name == "abstract" else {"face", "limb", "animal"}
    assert {prompt.expect.motion for prompt in style.prompts} == {"rigid", "fluid", "light"} | bodies


@each_prompt
def test_every_prompt_says_what_it_covers(prompt: Prompt) -> None:
    assert None not in asdict(prompt.covers).values()


def test_every_light_subject_and_interaction_is_covered() -> None:
    covers = [prompt.covers for prompt in PROMPTS]
    assert {cover.light for cover in covers} == set(LIGHTS)
    assert {cover.subject for cover in covers} == set(SUBJECTS)
    assert {cover.interaction for cover in covers} == set(INTERACTIONS)


@each_style
def test_one_prompt_of_ours_asks_for_another_length_or_shape(style: Style) -> None:
    asking = [prompt for prompt in style.prompts if prompt.delivery != Delivery()]
    assert [prompt.source for prompt in asking] == [""]


def test_one_prompt_in_all_takes_longer() -> None:
    assert [prompt.delivery.duration for prompt in PROMPTS if prompt.delivery.duration] == [10.0]


def test_keys_and_texts_are_unique() -> None:
    for values in ([prompt.key for prompt in PROMPTS], [prompt.text() for prompt in PROMPTS]):
        assert [value for value, count in Counter(values).items() if count > 1] == []


@each_prompt
def test_every_permission_and_threshold_has_a_reason(prompt: Prompt) -> None:
    assert all(permission.reason.strip() for permission in prompt.expect.permitted)
    assert all(threshold.reason.strip() for threshold in prompt.expect.thresholds)


@each_prompt
def test_no_defect_is_both_permitted_and_watched_for(prompt: Prompt) -> None:
    assert not {permission.defect for permission in prompt.expect.permitted} & {
        w.defect for w in prompt.watch
    }
    assert prompt.source == "review" or not prompt.watch


@each_prompt
def test_a_watch_note_is_one_short_clause(prompt: Prompt) -> None:
    assert [w.note for w in prompt.watch if len(w.note) > 70 or w.note[0].isupper() or "." in w.note] == []


def test_the_reviews_remarks_are_all_there() -> None:
    """Sixteen of its prompts showed a fault; the other nine held."""
    assert sum(bool(prompt.watch) for prompt in PROMPTS) == 16
    assert sum(len(prompt.watch) for prompt in PROMPTS) == 25


@each_prompt
def test_the_text_is_one_clean_sentence(prompt: Prompt) -> None:
    text = prompt.text()
    assert text[0].isupper()
    assert text.endswith(" mood.")
    assert text.count(".") == 1
    assert text.isascii() or "café" in text
    assert all(part and part == part.strip(" ,.") for part in prompt.parts().values())


@each_prompt
def test_only_what_is_spoken_is_demanded(prompt: Prompt) -> None:
    camera, text = prompt.camera.lower(), prompt.text().lower()
    assert all(word in camera for word in SPOKEN_MOVES[prompt.expect.camera])
    assert prompt.expect.shot is None or SPOKEN_SHOTS[prompt.expect.shot] in camera
    assert [e for e in prompt.expect.elements if e.lower() not in text.replace("elves", "elf")] == []


@each_prompt
def test_a_bare_text_is_heard_as_it_is_meant(prompt: Prompt) -> None:
    assert spoken_camera(prompt.text()) in {prompt.expect.camera, "any"}


@each_prompt
def test_a_move_that_is_spoken_is_demanded(prompt: Prompt) -> None:
    named = {
        move
        for move, words in SPOKEN_MOVES.items()
        if words and all(w in prompt.camera.lower() for w in words)
    }
    assert named == {prompt.expect.camera} - {"any"}
