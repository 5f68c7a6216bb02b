"""What a clip shall be: which source goes before which, and what the embedded backends make of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_videobench.backends.base import BackendSpec
from pytest_videobench.backends.folder import Folder
from pytest_videobench.backends.params import RATIO_TOLERANCE, merged, read_delivery, size_of
from pytest_videobench.backends.procedural import DEFAULT, PIXELS, SIDES, Procedural
from pytest_videobench.cases import Case
from pytest_videobench.collect import refusals
from pytest_videobench.errors import DeliveryError, SpecError
from pytest_videobench.prompts.load import load_style, suites_root
from pytest_videobench.prompts.model import Delivery

if TYPE_CHECKING:
    from pathlib import Path

MECH, *OTHERS = load_style(suites_root() / "scifi" / "prompts.toml").prompts
sides = st.integers(1, 8192)
ratios = st.tuples(st.integers(1, 99), st.integers(1, 99))
shapes = st.one_of(
    st.just(Delivery()),
    st.builds(Delivery, width=sides, height=sides),
    st.builds(Delivery, ratio=ratios),
)
deliveries = st.builds(
    replace,
    shapes,
    duration=st.none() | st.floats(0.1, 100),
    fps=st.none() | st.floats(0.5, 200),
)


def refused(asked: Delivery) -> str | None:
    try:
        Procedural(BackendSpec("procedural")).delivery(asked)
    except DeliveryError as error:
        return str(error)
    return None


def shape(asked: Delivery) -> tuple[object, ...]:
    return asked.width, asked.height, asked.ratio


@given(st.lists(deliveries, max_size=4))
def test_each_thing_comes_from_the_strongest_source_that_says_it(sources: list[Delivery]) -> None:
    found = merged(*sources)
    for name in ("duration", "fps"):
        said = [getattr(s, name) for s in sources if getattr(s, name) is not None]
        assert getattr(found, name) == (said[0] if said else None)
    said = [shape(source) for source in sources if any(shape(source))]
    assert shape(found) == (said[0] if said else (None, None, None))


@given(deliveries, deliveries, deliveries)
def test_it_does_not_matter_which_sources_are_merged_first(a: Delivery, b: Delivery, c: Delivery) -> None:
    assert merged(a, merged(b, c)) == merged(merged(a, b), c) == merged(a, b, c)


@pytest.mark.parametrize(
    ("ratio", "size"),
    [
        ((16, 9), (640, 360)),
        ((9, 16), (360, 640)),
        ((1, 1), (480, 480)),
        ((4, 3), (552, 416)),
        ((21, 9), (736, 312)),
        ((2, 1), (680, 336)),
        ((20, 1), (2146, 108)),
    ],
)
def test_a_ratio_keeps_the_number_of_pixels(ratio: tuple[int, int], size: tuple[int, int]) -> None:
    assert size_of(ratio, PIXELS) == size


@given(ratios)
def test_sides_made_from_a_ratio_are_even_and_keep_it(ratio: tuple[int, int]) -> None:
    width, height = size_of(ratio, PIXELS)
    assert width % 2 == height % 2 == 0
    if min(width, height) >= SIDES[0]:
        assert width / height == pytest.approx(ratio[0] / ratio[1], rel=RATIO_TOLERANCE)
        assert width * height == pytest.approx(PIXELS, rel=0.04)


@given(deliveries.filter(lambda asked: refused(asked) is None))
def test_the_generator_delivers_what_is_asked(asked: Delivery) -> None:
    backend = Procedural(BackendSpec("procedural"))
    found = backend.delivery(asked)
    assert found == backend.delivery(found)
    assert found.duration == (asked.duration or DEFAULT.duration)
    assert found.fps == (asked.fps or DEFAULT.fps)
    assert found.ratio is None
    assert found.width is not None
    assert found.height is not None
    if asked.width is not None:
        assert (found.width, found.height) == (asked.width, asked.height)


@given(deliveries)
def test_the_generator_refuses_in_one_line_that_says_what_it_can(asked: Delivery) -> None:
    message = refused(asked)
    assert message is None or re.fullmatch(
        r"backend 'procedural': cannot deliver [^;]+; it can .+ to \d+ (s|fps|pixels)", message
    )


def test_nothing_asked_is_the_default() -> None:
    assert Procedural(BackendSpec("procedural")).delivery() == DEFAULT


@pytest.mark.parametrize("name", ["procedural", "folder"])
def test_a_spec_goes_before_the_run_and_the_run_before_the_prompt(name: str, tmp_path: Path) -> None:
    spec = BackendSpec.parse(f"{name}:{tmp_path if name == 'folder' else 'reference'}?size=320x180")
    prompt = replace(MECH, delivery=Delivery(duration=9.0, fps=12.0, ratio=(9, 16)))
    asked = Delivery(duration=2.0, ratio=(1, 1))
    backend = Folder(spec) if name == "folder" else Procedural(spec)
    case = Case(prompt=prompt, roll=0, backend=backend, asked=asked)
    assert case.request().delivery == Delivery(duration=2.0, fps=12.0, width=320, height=180)


def test_a_folder_is_held_to_whatever_is_asked(tmp_path: Path) -> None:
    backend = Folder(BackendSpec("folder", str(tmp_path)))
    asked = Delivery(duration=600.0, ratio=(99, 1))
    assert backend.delivery() == Delivery()
    assert backend.delivery(asked) == asked


def test_a_spec_may_ask_for_a_ratio_but_not_for_a_size_as_well() -> None:
    assert read_delivery(BackendSpec.parse("x?ratio=9:16&duration=3")) == Delivery(duration=3, ratio=(9, 16))
    with pytest.raises(SpecError, match="parameters 'size' and 'ratio' exclude each other"):
        read_delivery(BackendSpec.parse("x?ratio=9:16&size=90x160"))
    with pytest.raises(SpecError, match=r"parameter 'ratio': expected W:H .*got 'wide'"):
        read_delivery(BackendSpec.parse("x?ratio=wide"))


def test_refusals_name_the_first_prompt_and_count_the_others() -> None:
    backend = Procedural(BackendSpec("procedural"))
    long = [replace(prompt, delivery=Delivery(duration=90.0)) for prompt in (MECH, OTHERS[0], OTHERS[1])]
    cases = [Case(prompt=p, roll=roll, backend=backend) for p in (*long, OTHERS[2]) for roll in range(2)]
    why = "backend 'procedural': cannot deliver 90 s; it can 0.2 to 60 s"
    assert refusals(cases) == [f"{MECH.key} and 2 more prompts: {why}"]
    assert refusals(cases[:4]) == [f"{MECH.key} and 1 more prompt: {why}"]
    assert refusals(cases[:2]) == [f"{MECH.key}: {why}"]
    assert refusals(cases[-2:]) == []


def test_every_backend_of_a_run_is_asked(tmp_path: Path) -> None:
    specs = ("procedural", "procedural?fps=12", "procedural?duration=1")
    backends = [
        *(Procedural(BackendSpec.parse(spec)) for spec in specs),
        Folder(BackendSpec("folder", str(tmp_path))),
    ]
    prompt = replace(MECH, delivery=Delivery(duration=90.0))
    lines = refusals(Case(prompt=prompt, roll=0, backend=backend) for backend in backends)
    assert [line.split(": ")[1] for line in lines] == ["backend 'procedural'", "backend 'procedural?fps=12'"]
