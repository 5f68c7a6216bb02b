"""Every provider's data file: what it offers can be asked for, and is asked for in words that fit a request."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, get_args

import pytest

from pytest_videobench.backends.base import Request
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.backends.remote.backend import Remote
from pytest_videobench.backends.remote.data_file import offer_from
from pytest_videobench.backends.remote.offer import read_offer
from pytest_videobench.backends.remote.wire import FailureKind
from pytest_videobench.errors import PromptError
from pytest_videobench.prompts.model import Delivery, Prompt

if TYPE_CHECKING:
    from pathlib import Path

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


WHOLE = """
title = "Theirs"
as_of = "2026-11-22"
source = "their page"
base_url = "https://example.org"
base_url_env = "THEIR_URL"
key_env = ["THEIR_KEY"]
poll_seconds = 5.0
concurrency = 2
[params]
audio = "yes/no"
[errors]
"1*" = "moderated"
[shapes]
small = [{ size = [640, 360], mode = "std" }]
[models.one]
lengths = [5, 10]
shapes = [{ like = "small", usd = { 5 = 0.5 } }, { size = [1280, 720], mode = "pro", usd_per_second = 0.2 }]
"""


def refused(tmp_path: Path, text: str) -> str:
    """Give what is said of a data file, without its name."""
    file = tmp_path / "theirs.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PromptError) as caught:
        offer_from(file)
    name, _, said = str(caught.value).partition(": ")
    assert name == str(file)
    assert "\n" not in said
    return said


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "theirs.toml").write_text(WHOLE, encoding="utf-8")
    model = offer_from(tmp_path / "theirs.toml").models["one"]
    assert [(shape.width, shape.say, shape.price(5)) for shape in model.shapes] == [
        (640, {"mode": "std"}, 0.5),
        (1280, {"mode": "pro"}, 1.0),
    ]


def test_a_frame_rate_stays_as_it_stands_as_stored_clips_are_found_by_it() -> None:
    model = next(iter(read_offer("ark").models.values()))
    assert repr(model.fps) == "24"


def test_an_empty_file_is_refused_in_one_line(tmp_path: Path) -> None:
    assert refused(tmp_path, "") == "key 'title': expected a text, got nothing"


@pytest.mark.parametrize("key", ["title", "as_of", "source", "key_env", "poll_seconds", "concurrency"])
def test_a_key_that_is_needed_is_missed_by_name(key: str, tmp_path: Path) -> None:
    text = "\n".join(line for line in WHOLE.splitlines() if not line.startswith(f"{key} ="))
    said = refused(tmp_path, text)
    assert said.startswith(f"key '{key}': expected ")
    assert said.endswith("got nothing")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("title =", "titel =", "key 'titel': expected one of "),
        ("poll_seconds", "pol_seconds", "did you mean 'poll_seconds'?"),
        ('"2026-11-22"', '"last week"', "key 'as_of': expected a day such as '2026-11-22', got 'last week'"),
        ("concurrency = 2", "concurrency = 0", "key 'concurrency': expected a whole number from 1 to "),
        ("concurrency = 2", "concurrency = 1.5", "key 'concurrency': expected a whole number from 1 to "),
        ("5.0", '"often"', "key 'poll_seconds': expected a finite number, got 'often'"),
        ('["THEIR_KEY"]', '"THEIR_KEY"', "key 'key_env': expected an array of texts, got 'THEIR_KEY'"),
        ('"yes/no"', '"bool"', "key 'params.audio': expected one of text, int, number, yes/no, got 'bool'"),
        ('"moderated"', '"modrated"', "got 'modrated'; did you mean 'moderated'?"),
        ("lengths =", "lenghts =", "key 'models.one.lenghts': expected one of "),
        ("[5, 10]", "5", "key 'models.one.lengths': expected an array of numbers, got 5"),
        ("[5, 10]", "[5, -1]", "key 'models.one.lengths': expected an array of numbers from 0.1 to 600, got -1"),
        ("lengths = [5, 10]", "length_range = [6, 9]", "key 'models.one.default_length': expected a length that it makes, got 5"),
        ("lengths = [5, 10]", "length_range = [9, 2]", "key 'models.one.length_range': expected the lowest and the highest "),
        ("lengths =", "length_range = [1, 9]\nlengths =", "key 'models.one.lengths': expected lengths or a length_range, got both"),
        ("lengths =", "rewriting = 'maybe'\nlengths =", "key 'models.one.rewriting': expected one of off, unknown, on"),
        ("lengths =", "free_size = 1\nlengths =", "key 'models.one.free_size': expected true or false, got 1"),
        ('"small", usd', '"smal", usd', "key 'models.one.shapes #1.like': expected one of small, got 'smal'; did you mean 'small'?"),
        ("usd = {", "usd_ = {", "key 'models.one.shapes #1.usd_': expected one of like, usd_per_second, usd, nominal"),
        ("{ 5 = 0.5 }", "{ long = 0.5 }", "key 'models.one.shapes #1.usd.long': expected a length in seconds"),
        ("usd_per_second", "usd_per_secnd", "key 'models.one.shapes #2.usd_per_secnd': "),
        ("usd_per_second", "usd_per_secnd", "did you mean 'usd_per_second'?"),
        ("[640, 360]", "[640]", "key 'shapes.small #1.size': expected width and height from 16 to 8192, got an array"),
        ("[models.one]", "[model.one]", "key 'model': expected one of "),
        ("title =", "[", "expected TOML, got: "),
    ],
)  # fmt: skip
def test_a_slip_is_named_with_its_key(right: str, wrong: str, said: str, tmp_path: Path) -> None:
    assert right in WHOLE
    assert said in refused(tmp_path, WHOLE.replace(right, wrong, 1))


def test_a_provider_without_a_model_is_refused(tmp_path: Path) -> None:
    said = refused(tmp_path, WHOLE.partition("[models.one]")[0])
    assert said == "key 'models': expected at least one model, or any_model, got none"


def test_a_model_without_a_size_is_refused(tmp_path: Path) -> None:
    said = refused(tmp_path, WHOLE.partition("shapes = [{ like")[0])
    assert said == "key 'models.one.shapes': expected at least one size, or blank = true, got none"
