"""Luma's official SDK makes a clip at our fake, and knows the words of our data file."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.backends.remote.offer import read_offer
from tests.fakes.luma import FakeLuma
from tests.remote.driving import drive, point

if TYPE_CHECKING:
    from pathlib import Path

luma_agents: Any = pytest.importorskip("luma_agents")


def test_the_sdk_gets_its_clip_and_sends_what_we_send(
    clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with FakeLuma(clip_bytes, seconds=0) as fake:
        point(monkeypatch, "luma", fake)
        drive("luma?size=540x960", tmp_path)
        with luma_agents.Luma(auth_token=fake.key, base_url=fake.base_url, max_retries=0) as client:
            asked = client.generations.create(
                prompt="a red fox runs through snow.",
                model="ray-3.2",
                type="video",
                aspect_ratio="9:16",
                video={"duration": "5s", "resolution": "540p"},
            )
            made = client.generations.get(asked.id)
        ours, theirs = fake.of("submit")
        assert made.state == "completed"
        assert made.output[0].url.startswith(fake.origin)
        assert ours.json() == theirs.json()
        assert ours.headers["authorization"] == theirs.headers["authorization"]


def test_the_sdk_knows_every_word_of_the_data_file() -> None:
    types: Any = luma_agents.types
    offer = read_offer("luma")
    hints = typing.get_type_hints(types.generation_create_params.GenerationCreateParams)
    ratios = {word for hint in typing.get_args(hints["aspect_ratio"]) for word in typing.get_args(hint)}
    resolutions = typing.get_args(types.video_resolution.VideoResolution)
    for shape in offer.models["ray-3.2"].shapes:
        assert shape.say["aspect_ratio"] in ratios
        assert shape.say["resolution"] in resolutions
    assert set(typing.get_args(types.generation_failure_code.GenerationFailureCode)) >= set(offer.errors)
