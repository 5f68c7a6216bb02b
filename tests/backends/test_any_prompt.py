"""Whatever validates can be drawn: hypothesis writes the prompts."""

from __future__ import annotations

import zlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_videobench.backends.base import BackendSpec, Request
from pytest_videobench.backends.procedural import Procedural
from pytest_videobench.backends.procedural.renderer import film
from pytest_videobench.backends.procedural.vocabulary import vocabulary
from pytest_videobench.prompts.load import load_styles, suites_root
from pytest_videobench.prompts.model import Coverage, Expectations, Prompt
from pytest_videobench.prompts.vocabulary import (
    AMOUNTS,
    CAMERA_MOVES,
    INTERACTIONS,
    MOTION_KINDS,
    PARTS,
    SHOTS,
    SUBJECTS,
)

STYLES = [style.name for style in load_styles(suites_root()).values()]
KNOWN = [
    word
    for table in ("palettes", "scenes", "forms")
    for entry in vocabulary()[table].values()
    for word in entry["words"]
]
anything = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
words = st.lists(st.one_of(st.sampled_from(KNOWN), anything), min_size=1, max_size=4).map(" ".join)
prompts = st.builds(
    Prompt,
    id=st.just("any"),
    style=st.sampled_from([*STYLES, "home_made"]),
    **dict.fromkeys(PARTS, words),
    covers=st.builds(Coverage, subject=st.sampled_from(SUBJECTS), interaction=st.sampled_from(INTERACTIONS)),
    expect=st.builds(
        Expectations,
        shot=st.sampled_from([None, *SHOTS]),
        camera=st.sampled_from(CAMERA_MOVES),
        motion=st.sampled_from(MOTION_KINDS),
        amount=st.sampled_from(AMOUNTS),
    ),
)
shapes = st.sampled_from(["96x64", "64x96", "128x72", "80x80"])


def request_of(prompt: Prompt, size: str) -> Request:
    backend = Procedural(BackendSpec.parse(f"procedural?duration=0.3&fps=10&size={size}"))
    seed = zlib.crc32(prompt.text().encode())
    return Request(prompt=prompt, roll=0, seed=seed, spec=backend.spec, delivery=backend.delivery())


@settings(max_examples=60, deadline=None)
@given(prompts, shapes)
def test_any_prompt_that_validates_is_drawn(prompt: Prompt, size: str) -> None:
    drawn = film(request_of(prompt, size))
    frames = [np.asarray(frame[..., :3]).copy() for frame in drawn.frames()]
    assert len(frames) == 3
    assert min(frame.std() for frame in frames) > 2
    truth = drawn.truth("x")
    assert all(len(subject["boxes"]) == 3 for subject in truth["subjects"])
    named = {word for words in truth["unknown"].values() for word in words}
    assert not named & set(KNOWN)
