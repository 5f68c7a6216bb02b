"""Placeholders, and models of which little is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.backends.remote.offer import Shape
from pytest_videobench.backends.remote.provider import Order
from pytest_videobench.backends.remote.template import filled, placeholders, values_of
from pytest_videobench.prompts.model import Delivery

ORDER = Order(
    prompt="a fox {seed} runs",
    model="m",
    seconds=5.0,
    shape=Shape(width=1280, height=720, say={"ratio": "16:9"}),
    seed=0,
    key="k",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="abc {}:"),
    lambda part: st.lists(part) | st.dictionaries(st.text(alphabet="abc"), part),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{seconds}", 5),
        ("{seconds:text}", "5"),
        ("{seconds}s", "5s"),
        ("{width}x{height}", "1280x720"),
        ("{seed}", 0),
        ("{prompt}", "a fox {seed} runs"),
        ("say: {prompt}", "say: a fox {seed} runs"),
        ("plain", "plain"),
        ([1, {"deep": "{ratio}"}], [1, {"deep": "16:9"}]),
        ({"a": "{fps}", "b": 2}, {"b": 2}),
        (["{fps}", 2], [2]),
    ],
)
def test_a_placeholder_becomes_its_value(template: Any, value: Any) -> None:
    assert filled(template, values_of(ORDER)) == value


def test_a_seed_that_is_not_taken_is_left_out() -> None:
    assert filled({"seed": "{seed}"}, values_of(replace(ORDER, seed=None))) == {}


@settings(deadline=None)
@given(JSON)
def test_what_has_no_placeholder_stays_as_it_is(part: Any) -> None:
    if not placeholders(part):
        assert filled(part, values_of(ORDER)) == part


def test_a_blank_model_is_told_of_prompts_wishes_what_it_can_be_told() -> None:
    wish = Delivery(duration=8, ratio=(9, 16), fps=30)
    spec = "fal:a/b/c?input=" + quote('{"length":"{seconds}"}')
    backend: Any = make_backend(spec)
    assert backend.nearest(wish) == Delivery(duration=8)


def test_where_only_a_class_is_promised_the_ratio_alone_is_expected() -> None:
    promised = make_backend("kling?size=1440x1440").delivery()
    assert (promised.width, promised.height, promised.ratio) == (1440, 1440, (1, 1))
    exact = make_backend("runway").delivery()
    assert (exact.width, exact.height, exact.ratio) == (1280, 720, None)
