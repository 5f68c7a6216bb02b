"""Every provider's data file: what it offers can be asked for, and is asked for in words that fit a request."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from typing import get_args

import pytest

from pytest_videobench.backends.base import Request
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.backends.remote.backend import Remote
from pytest_videobench.backends.remote.offer import read_offer
from pytest_videobench.backends.remote.wire import FailureKind
from pytest_videobench.prompts.model import Delivery, Prompt

FILES = sorted(
    path.name.removesuffix(".toml")
    for path in files("pytest_videobench.backends.providers").iterdir()
    if path.name.endswith(".toml")
)
MODELS = [(name, model) for name in FILES for model in read_offer(name).models]
PROMPT = Prompt(
    id="fox", style="x", subject="a fox", camera="", lighting="", motion="", scene="", atmosphere=""
)


@pytest.mark.parametrize("name", FILES)
def test_a_data_file_uses_our_words_and_names_its_source(name: str) -> None:
    offer = read_offer(name)
    assert set(offer.errors.values()) <= set(get_args(FailureKind))
    assert set(offer.params.values()) <= {"text", "int", "number", "yes/no"}
    assert date.fromisoformat(offer.as_of)
    assert offer.source
    assert offer.title
    assert offer.base_url_env
    assert not offer.key_needed or offer.key_env
    assert all(model.rewriting in ("off", "unknown", "on") for model in offer.models.values())


@pytest.mark.parametrize(("name", "model"), MODELS)
def test_every_size_and_length_of_a_model_can_be_ordered(name: str, model: str) -> None:
    backend = make_backend(f"{name}:{model}?base_url=https://example.org/v1")
    assert isinstance(backend, Remote)
    offered = backend.provider.offer.models[model]
    lengths = [*offered.lengths, *(offered.length_range or ()), offered.default_length]
    for shape in offered.shapes:
        for seconds in lengths:
            asked = Delivery(duration=seconds, width=shape.width, height=shape.height)
            made = backend.delivery(asked)
            assert (made.duration, made.width, made.height) == (seconds, shape.width, shape.height)
            request = Request(prompt=PROMPT, roll=0, seed=2**32 - 1, spec=backend.spec, delivery=made)
            sent = backend.provider.submission(backend._order(request, "key", "case"))
            assert "a fox." in json.dumps(sent.told())
            price = backend.price(made)
            assert price is None or 0 < price < 100


@pytest.mark.parametrize(("name", "model"), MODELS)
def test_no_size_is_hidden_behind_another_of_the_same_pixels(name: str, model: str) -> None:
    sizes = [(shape.width, shape.height) for shape in read_offer(name).models[model].shapes]
    assert len(sizes) == len(set(sizes))
