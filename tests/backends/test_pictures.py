"""The pictures of the embedded generator: who appears, what they carry, and that nothing flashes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pytest_videobench.backends.base import BackendSpec, Request
from pytest_videobench.backends.procedural import Procedural
from pytest_videobench.backends.procedural.figures import figures, inks, poses
from pytest_videobench.backends.procedural.flocks import COURSES
from pytest_videobench.backends.procedural.orbits import ORBITS
from pytest_videobench.backends.procedural.renderer import Film, film
from pytest_videobench.backends.procedural.stuff import kinds
from pytest_videobench.backends.procedural.vocabulary import read, vocabulary
from pytest_videobench.prompts.model import Expectations, Prompt

if TYPE_CHECKING:
    from numpy.typing import NDArray

TINY = "procedural?duration=0.4&fps=10&size=192x108"
SMALL = "procedural?duration=1.5&fps=24&size=320x180"


def a_prompt(subject: str, motion: str = "walks", scene: str = "on a street", **more: Any) -> Prompt:
    return Prompt(
        id=more.get("id", "a-picture"),
        style=more.get("style", "realistic"),
        camera="a shot",
        lighting=more.get("lighting", "golden light"),
        subject=subject,
        motion=motion,
        scene=scene,
        atmosphere=more.get("atmosphere", "calm mood"),
        expect=Expectations(
            shot=more.get("shot", "full"),
            camera=more.get("camera", "static"),
            motion=more.get("kind", "limb"),
            amount=more.get("amount", "medium"),
        ),
    )


def a_film(prompt: Prompt, spec: str = TINY, roll: int = 0) -> Film:
    backend = Procedural(BackendSpec.parse(spec))
    asked = Request(prompt=prompt, roll=roll, seed=5, spec=backend.spec, delivery=backend.delivery())
    return film(asked)


def frames(drawn: Film) -> NDArray[np.uint8]:
    return np.stack([frame[..., :3].copy() for frame in drawn.frames()])


def forms(drawn: Film) -> list[str]:
    return [subject.form for subject in drawn.cast]


def boxes(drawn: Film) -> list[NDArray[np.float64]]:
    return [np.array(subject.truth()["boxes"]) for subject in drawn.cast]


@pytest.mark.parametrize(
    ("subject", "motion", "cast"),
    [
        ("two mechs", "trading fast blows", ["mech", "mech"]),
        ("a robot and a human girl", "walking side by side", ["walker", "android"]),
        ("an elderly couple", "dancing a tango", ["walker", "walker"]),
        ("an old mechanic and a dented robot", "shaking hands", ["walker", "android"]),
        ("a knight", "walks", ["walker"]),
    ],
)
def test_as_many_appear_as_are_named(subject: str, motion: str, cast: list[str]) -> None:
    assert forms(a_film(a_prompt(subject, motion))) == cast


@pytest.mark.parametrize(("subject", "motion"), [("two mechs", "in a duel"), ("a couple", "dancing a waltz")])
def test_two_stand_beside_each_other_and_both_in_the_picture(subject: str, motion: str) -> None:
    drawn = a_film(a_prompt(subject, motion), SMALL)
    first, second = boxes(drawn)
    assert min(first[:, 2].min(), second[:, 2].min()) > 0.03
    bodies = [np.array(subject["joints"]["torso"])[:, 0] for subject in drawn.truth("x")["subjects"]]
    assert np.abs(bodies[0] - bodies[1]).min() > 0.02


def test_a_crowd_is_many_and_its_joints_are_few() -> None:
    subjects = a_film(a_prompt("a squad of space marines", "stepping forward")).truth("x")["subjects"]
    assert len(subjects) >= 6
    assert 1 <= sum(bool(subject["joints"]) for subject in subjects) <= 4
    assert len({subject["depth"] for subject in subjects}) > 3


@pytest.mark.parametrize(
    ("prop", "subject", "motion"),
    [
        ("blade", "a warrior girl with a glowing sword", "running"),
        ("staff", "a wizard with a staff", "walks"),
        ("knife", "a chef", "chopping vegetables"),
        ("torch", "a thief with a torch", "walks"),
    ],
)
def test_what_is_carried_stays_in_the_hand(prop: str, subject: str, motion: str) -> None:
    drawn = a_film(a_prompt(subject, motion), SMALL)
    joints = drawn.truth("x")["subjects"][0]["joints"]
    size = np.array([drawn.camera.width, drawn.camera.height])
    apart = (np.array(joints[prop]) - np.array(joints["hand"])) * size
    assert np.hypot(*apart.T).max() < 0.2 * drawn.cast[0].size
    assert np.ptp(np.array(joints[prop]) * size, axis=0).max() > 1.0


def test_a_close_up_of_a_person_is_a_face_and_of_hands_are_hands() -> None:
    assert forms(a_film(a_prompt("a man with a razor", "shaving", shot="close_up"))) == ["portrait"]
    assert forms(a_film(a_prompt("the hand of a painter", "mixing colours", shot="close_up"))) == ["hands"]
    assert forms(a_film(a_prompt("an android", "blinks", shot="close_up", kind="face"))) == ["mask"]


@pytest.mark.parametrize("scene", ["in the city", "in a forest", "in a palace hall", "at a kitchen table"])
def test_nothing_stands_before_a_face(scene: str) -> None:
    drawn = a_film(a_prompt("a woman", "smiles", scene, shot="close_up", kind="face"))
    image = drawn.layers[-1].image if drawn.layers[-1].depth > 1 else None
    _, top, _, high = boxes(drawn)[0][0]
    if image is None:
        return
    reach = drawn.camera.matrix(0, drawn.layers[-1].depth) @ drawn.layers[-1].place
    assert reach[1, 2] / drawn.camera.height > top + 0.5 * high, "only the lower half may be behind a table"


@pytest.mark.parametrize("scene", ["in the city", "in a forest", "near a castle", "in a megacity"])
def test_what_is_near_keeps_to_the_sides(scene: str) -> None:
    drawn = a_film(a_prompt("a man", "walks", scene, camera="static"), SMALL)
    for layer in drawn.layers:
        if layer.name in ("lamps", "trunks", "columns", "conifers") and layer.depth > 1.1:
            place = drawn.camera.matrix(0, layer.depth) @ layer.place
            columns = np.flatnonzero(layer.image[: layer.image.shape[0] // 2 + 1, :, 3].max(axis=0) > 128)
            seen = (columns * place[0, 0] + place[0, 2]) / drawn.camera.width
            assert not ((seen > 0.25) & (seen < 0.75)).any()


@pytest.mark.parametrize("style", ["realistic", "animation", "scifi", "fantasy", "abstract"])
def test_two_finishes_of_one_prompt_differ(style: str) -> None:
    plain = frames(a_film(a_prompt("a fox", style=style, kind="animal")))[0].astype(int)
    inked = frames(a_film(a_prompt("a fox in black ink-wash style", style=style, kind="animal")))[0]
    pixels = frames(a_film(a_prompt("a fox in pixel art style", style=style, kind="animal")))[0]
    assert np.abs(plain - inked).mean() > 8
    assert np.abs(plain - pixels).mean() > 2


def test_ink_has_no_colour_and_pixel_art_few_tones() -> None:
    inked = frames(a_film(a_prompt("a heron in black ink-wash style", kind="animal")))[0].astype(int)
    assert np.ptp(inked, axis=2).mean() < 20
    pixels = frames(a_film(a_prompt("a knight in pixel art style")))[0]
    assert len(np.unique(pixels)) <= 16


SHINING = [
    ("fireworks", "light"), ("glowing particles", "light"), ("a bonfire of flames", "fluid"),
    ("a waterfall", "fluid"), ("ink", "fluid"), ("sheets of rain", "fluid"), ("fractal patterns", "fluid"),
    ("a grid of square lamps", "light"), ("a woman", "limb"), ("sharp angular patterns", "rigid"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "kind"), SHINING)
def test_nothing_flashes(subject: str, kind: str) -> None:
    style = "abstract" if kind != "limb" else "realistic"
    drawn = frames(a_film(a_prompt(subject, kind=kind, style=style, amount="high"), SMALL))
    means = drawn.mean(axis=(1, 2, 3))
    assert np.abs(np.diff(means)).max() < 1.5


EVERY_FORM = [(form, entry["kinds"][0]) for form, entry in vocabulary()["forms"].items()]


@pytest.mark.parametrize(("form", "kind"), EVERY_FORM)
def test_every_form_is_drawn_where_its_word_stands_and_always_the_same(form: str, kind: str) -> None:
    word = max(vocabulary()["forms"][form]["words"], key=len)
    prompt = a_prompt(f"{word}", "moves", "over there", kind=kind)
    drawn = a_film(prompt)
    assert np.array_equal(frames(drawn), frames(a_film(prompt)))
    assert drawn.cast[0].form == read(prompt).form
    left, top, wide, high = boxes(drawn)[0].T
    assert min(wide.min(), high.min()) > 0.01
    assert max((left + wide).max(), (top + high).max()) <= 1.0001


@pytest.mark.parametrize("pose", sorted(poses()))
def test_every_pose_is_taken(pose: str) -> None:
    word = vocabulary()["poses"][pose][0]
    subject = "a man" if pose not in ("sleeper",) else "a man in stasis"
    prompt = a_prompt(subject, word, "over there")
    assert read(prompt).roles.pose == pose
    walking = frames(a_film(a_prompt("a man", "walks", "over there")))
    assert not np.array_equal(frames(a_film(prompt)), walking)


@pytest.mark.parametrize("finish", sorted(vocabulary()["finishes"]))
@pytest.mark.parametrize("kind", ["limb", "face"])
def test_every_finish_draws_people(finish: str, kind: str) -> None:
    word = vocabulary()["finishes"][finish]["words"][0]
    prompt = a_prompt(f"a man in {word} style", kind=kind)
    assert read(prompt).finish == finish
    assert frames(a_film(prompt))[0].std() > 12


def test_every_trait_changes_some_figure() -> None:
    worn = {
        trait for entry in figures().values() for part in entry["parts"] for trait in part.get("when", ())
    }
    worn |= {
        trait for entry in figures().values() for part in entry["parts"] for trait in part.get("unless", ())
    }
    assert set(vocabulary()["traits"]) <= worn


def test_tables_name_only_what_is_there() -> None:
    drawable, known = {*figures(), *kinds()}, vocabulary()
    assert set(known["forms"]) <= drawable
    assert {*known["first"].values(), *known["close"], *known["close"].values(), *known["others"]} <= drawable
    assert set(known["poses"]) == set(poses())
    shades = {
        "main",
        "deep",
        "second",
        "light",
        "metal",
        "glass",
        "glow",
        "dusk",
        "tan",
        "lock",
        "lips",
        "blush",
        "shine",
    }
    shades |= {name for table in inks().values() for name in table}
    for form, entry in figures().items():
        used = {shape[-1] for part in entry["parts"] for shape in part["shapes"]}
        assert used <= shades, form
    for spec in kinds().values():
        assert spec.get("orbit", "rings") in ORBITS
        assert spec.get("course", "school") in COURSES
        assert spec.get("piece", "fish") in figures()


def test_rolls_differ_in_every_style() -> None:
    for style in ("realistic", "animation", "scifi", "fantasy", "abstract"):
        first, second = (frames(a_film(a_prompt("a woman", style=style), roll=roll))[0] for roll in (0, 1))
        assert np.abs(first.astype(int) - second).mean() > 5
