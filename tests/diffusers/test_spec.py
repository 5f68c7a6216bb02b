"""The backend ``diffusers`` before anything is loaded: what a spec may ask, and what will be delivered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_videobench.backends.base import BackendSpec
from pytest_videobench.backends.diffusers import Diffusers
from pytest_videobench.backends.diffusers.rules import RATES, known_rules
from pytest_videobench.cases import backend_label
from pytest_videobench.errors import DeliveryError, SpecError
from pytest_videobench.prompts.model import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FIND_SPEC = "pytest_videobench.backends.diffusers.find_spec"
asked_of = st.one_of(
    st.builds(Delivery, duration=st.none() | st.floats(0.01, 100), fps=st.none() | st.floats(1, 120)),
    st.builds(Delivery, width=st.integers(16, 8192), height=st.integers(16, 8192)),
    st.builds(Delivery, ratio=st.tuples(st.integers(1, 99), st.integers(1, 99))),
)
names = st.sampled_from(sorted(known_rules()))


Made: TypeAlias = "Callable[..., Diffusers]"


@pytest.fixture(scope="module", autouse=True)
def installed() -> Iterator[None]:
    """The packages of the extra seem to be there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FIND_SPEC, lambda name: name)
        yield


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders that name their classes, and hold nothing to load."""
    root = tmp_path_factory.mktemp("models")
    for name in (*known_rules(), "SomePipeline"):
        (root / name).mkdir()
        (root / name / "model_index.json").write_text(json.dumps({"_class_name": name}), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def made(models: Path) -> Made:
    return lambda name, params="": Diffusers(BackendSpec.parse(f"diffusers:{models / name}?{params}"))


@pytest.fixture
def wan(models: Path) -> Path:
    return models / "WanPipeline"


def test_a_folder_names_its_class(wan: Path) -> None:
    backend = Diffusers(BackendSpec.parse(f"diffusers:{wan}"))
    assert backend.model == "WanPipeline"
    assert backend.delivery() == Delivery(duration=81 / 16, fps=16.0, width=832, height=480)


@pytest.mark.parametrize(
    ("name", "params", "delivered"),
    [
        ("WanPipeline", "duration=5", (81, 16.0, 832, 480)),
        ("WanPipeline", "frames=121&fps=24&size=1280x704", (121, 24.0, 1280, 704)),
        ("LTXPipeline", "duration=5&fps=24", (121, 24.0, 704, 512)),
        ("LTX2Pipeline", "ratio=9:16", (121, 24.0, 448, 800)),
        ("CogVideoXPipeline", "duration=6", (49, 8.0, 720, 480)),
        ("HunyuanVideoPipeline", "ratio=1:1", (129, 24.0, 960, 960)),
        ("SomePipeline", "fps=10&duration=2&size=64x48", (20, 10.0, 64, 48)),
    ],
)
def test_what_a_spec_asks_is_delivered(
    made: Made, name: str, params: str, delivered: tuple[int, float, int, int]
) -> None:
    frames, fps, width, height = delivered
    assert made(name, params).delivery() == Delivery(
        duration=frames / fps, fps=fps, width=width, height=height
    )


def test_of_an_unknown_class_nothing_is_promised_but_its_rate(made: Made) -> None:
    assert made("SomePipeline", "fps=10").delivery() == Delivery(fps=10.0)


@given(names, asked_of)
def test_the_nearest_that_is_promised_obeys_the_rules_of_its_class(
    made: Made, name: str, asked: Delivery
) -> None:
    rules, found = known_rules()[name], made(name).nearest(asked)
    assert found.duration
    assert found.fps
    assert found.width
    assert found.height
    frames = found.duration * found.fps
    assert frames == pytest.approx(round(frames))
    assert (round(frames) - 1) % rules.frame_step == 0
    assert rules.frame_step < round(frames) <= (rules.longest or 0)
    assert found.width % rules.side_step == found.height % rules.side_step == 0


@given(names, asked_of)
def test_what_is_promised_once_can_be_asked_for(made: Made, name: str, asked: Delivery) -> None:
    backend = made(name)
    found = backend.nearest(asked)
    assert backend.delivery(found) == found


@given(names, asked_of)
def test_an_order_is_followed_or_refused(made: Made, name: str, asked: Delivery) -> None:
    backend = made(name)
    try:
        found = backend.delivery(asked)
    except DeliveryError:
        return
    assert found == backend.nearest(asked)
    if asked.width:
        assert (found.width, found.height) == (asked.width, asked.height)
    if asked.fps:
        assert found.fps == asked.fps
    if asked.duration:
        step = known_rules()[name].frame_step / (found.fps or 1)
        assert abs((found.duration or 0) - asked.duration) <= step


@given(names)
def test_the_defaults_of_every_class_obey_its_own_rules(name: str) -> None:
    rules = known_rules()[name]
    rules.check_frames(rules.frames or 0)
    rules.check_frames(rules.longest or 0)
    width, height = rules.size or (0, 0)
    assert rules.size_for(Delivery(width=width, height=height), nearest=False) == rules.size
    assert RATES[0] <= (rules.fps or 0) <= RATES[1]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ("frames=80", "80 frames; it can 4 × n + 1, from 5"),
        ("frames=1", "1 frames; it can 4 × n + 1, from 5"),
        ("size=830x480", "830x480; its sides are multiples of 16, such as 832x480"),
        ("duration=30", "30 s at 16 fps; it can 0.312 to 5.06 s (81 frames), and what ?frames= insists on"),
        ("fps=500", "500 fps; it can 1 to 120 fps"),
    ],
)
def test_what_a_class_cannot_make_is_refused(made: Made, params: str, said: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        made("WanPipeline", params)
    assert str(caught.value).endswith(f"WanPipeline cannot deliver {said}")


def test_only_a_spec_says_at_which_rate_a_checkpoint_moves(made: Made) -> None:
    with pytest.raises(DeliveryError, match="24 fps; it moves at 16 fps, unless"):
        made("WanPipeline").delivery(Delivery(fps=24.0))
    assert made("WanPipeline").nearest(Delivery(fps=24.0)).fps == 16.0
    assert made("WanPipeline", "fps=24").delivery(Delivery(fps=24.0)).fps == 24.0


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ("device=tpu", "parameter 'device': expected cuda, cuda:NUMBER, mps or cpu, got 'tpu'"),
        ("dtype=int8", "parameter 'dtype': expected bfloat16, float16 or float32, got 'int8'"),
        ("steps=0", "parameter 'steps': expected a whole number from 1, got '0'"),
        ("guidance=-1", "parameter 'guidance': expected a number from 0, got '-1'"),
        ("guidance=nan", "parameter 'guidance': expected a number from 0, got 'nan'"),
        ("offload=1", "parameter 'offload': expected yes or no, got '1'"),
        ("revision=", "parameter 'revision': expected a branch, tag or commit, got ''"),
        ("frames=81&duration=5", "parameters 'frames' and 'duration' exclude each other"),
        ("device=cpu&offload=yes", "offload=yes moves weights off a GPU; leave it out with device=cpu"),
        ("size=64x64&ratio=1:1", "parameters 'size' and 'ratio' exclude each other"),
        ("step=3", "unknown parameter 'step'; known: duration, fps, size, ratio, class, device, dtype, *"),
    ],
)
def test_a_spec_that_makes_no_sense_is_refused_in_one_line(made: Made, params: str, said: str) -> None:
    with pytest.raises(SpecError) as caught:
        made("WanPipeline", params)
    begun = said.removesuffix("*")
    assert str(caught.value).partition("': ")[2].startswith(begun)


def test_an_unknown_class_has_to_be_told_its_rate(made: Made) -> None:
    with pytest.raises(SpecError, match="at which rate does SomePipeline move"):
        made("SomePipeline")


@pytest.mark.parametrize("place", ["no-such-folder", "./a/b", "/no/such/folder", "a/b/c", "-x/y"])
def test_a_model_that_is_nowhere_is_refused(place: str) -> None:
    with pytest.raises(SpecError, match=r"no folder /.*; name one, or a repository OWNER/NAME"):
        Diffusers(BackendSpec.parse(f"diffusers:{place}"))


def test_a_model_has_to_be_named() -> None:
    with pytest.raises(SpecError, match="diffusers:FOLDER or diffusers:OWNER/NAME"):
        Diffusers(BackendSpec.parse("diffusers"))


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"has no model_index\.json; name a folder that diffusers saved"):
        Diffusers(BackendSpec.parse(f"diffusers:{tmp_path}"))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"_class_name": ["own_code", "MyPipeline"]}'])
def test_an_index_that_names_no_class_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "model_index.json").write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=r"names no pipeline class of diffusers; say it with \?class=NAME"):
        Diffusers(BackendSpec.parse(f"diffusers:{tmp_path}"))


def test_a_spec_goes_before_what_the_folder_says(made: Made) -> None:
    assert made("SomePipeline", "class=WanPipeline").delivery() == made("WanPipeline").delivery()


def test_a_folder_has_no_revision(wan: Path) -> None:
    with pytest.raises(SpecError, match="is a folder and has none"):
        Diffusers(BackendSpec.parse(f"diffusers:{wan}?revision=main"))


def test_a_missing_extra_is_named_with_the_command_that_installs_it(
    wan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FIND_SPEC, lambda name: None if name == "diffusers" else name)
    with pytest.raises(SpecError) as caught:
        Diffusers(BackendSpec.parse(f"diffusers:{wan}"))
    assert str(caught.value).endswith("not installed: diffusers; pip install 'pytest-videobench[diffusers]'")


def test_where_it_runs_is_no_part_of_a_case(made: Made) -> None:
    elsewhere = made("WanPipeline", "device=cuda:1&offload=yes")
    assert backend_label(elsewhere) == backend_label(made("WanPipeline"))
