"""A spoken prompt falls into its six parts again, and never into another sentence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_videobench.prompts.load import load_styles, suites_root
from pytest_videobench.prompts.model import Prompt
from pytest_videobench.prompts.parse import parts_of
from pytest_videobench.prompts.vocabulary import PARTS

SHIPPED = [prompt for style in load_styles(suites_root()).values() for prompt in style.prompts]

clauses = st.text(st.characters(categories=("L", "N", "Zs"), include_characters="-'.;"), min_size=1).filter(
    lambda clause: clause == clause.strip() and not clause.endswith(".")
)
words = st.sampled_from(["a", "dog,", "running", "in", "sun,", ",", "neon", "mood", "slow", "shot,", "grey,"])
sentences = st.one_of(
    st.text(),
    st.lists(clauses, max_size=12).map(", ".join),
    st.lists(words, max_size=40).map(" ".join),
)


def spoken(parts: dict[str, Any]) -> str:
    return Prompt(id="x", style="x", **parts).text()


@pytest.mark.parametrize("prompt", SHIPPED, ids=lambda prompt: prompt.key)
def test_every_shipped_prompt_comes_back(prompt: Prompt) -> None:
    assert parts_of(prompt.text()) == prompt.parts()


@given(sentence=sentences)
def test_the_parts_speak_the_same_sentence(sentence: str) -> None:
    parts = parts_of(sentence)
    assert tuple(parts) == PARTS
    assert spoken(parts) == sentence.strip().removesuffix(".") + "."
    assert parts_of(spoken(parts)) == parts


@given(six=st.lists(clauses, min_size=6, max_size=6))
def test_six_clauses_are_the_six_parts(six: list[str]) -> None:
    assert list(parts_of(", ".join(six)).values()) == six


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        (
            "A cat walks on grass, realistic style.",
            {"subject": "A cat walks on grass", "atmosphere": "realistic style"},
        ),
        ("A dog runs on the beach", {"subject": "A dog runs on the beach"}),
        (
            "Wide shot, golden light, glowing dust, on a plain",
            {
                "camera": "Wide shot",
                "lighting": "golden light",
                "subject": "glowing dust",
                "scene": "on a plain",
            },
        ),
        ("", {}),
        (" . ", {}),
    ],
)
def test_a_part_that_nothing_speaks_of_is_empty(sentence: str, parts: dict[str, str]) -> None:
    assert parts_of(sentence) == dict.fromkeys(PARTS, "") | parts
