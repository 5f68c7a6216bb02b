"""The official SDK makes a clip at our fake, and knows every field that our adapter sends."""

from __future__ import annotations

import importlib
import typing
from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.backends.providers.runway import Runway
from pytest_videobench.backends.remote.offer import read_offer
from tests.fakes.runway import FakeRunway
from tests.remote.driving import drive, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

runwayml: Any = pytest.importorskip("runwayml")


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRunway]:
    polling: Any = importlib.import_module("runwayml.lib.polling")
    monkeypatch.setattr(polling, "POLL_TIME", 0.05)
    monkeypatch.setattr(polling, "POLL_JITTER", 0)
    with FakeRunway(clip_bytes) as fake:
        point(monkeypatch, "runway", fake)
        yield fake


def test_the_sdk_gets_its_clip_and_sends_what_we_send(fake: FakeRunway, tmp_path: Path) -> None:
    drive("runway", tmp_path)
    with runwayml.RunwayML(api_key=fake.key, base_url=fake.base_url, max_retries=0) as client:
        task = client.text_to_video.create(
            model="gen4.5",
            prompt_text="a red fox runs through snow.",
            ratio="1280:720",
            duration=5,
            seed=42,
        ).wait_for_task_output()
    assert task.status == "SUCCEEDED"
    assert task.output[0].startswith(fake.origin)
    ours, theirs = fake.of("submit")
    assert ours.json() == theirs.json()
    for header in ("authorization", "x-runway-version"):
        assert ours.headers[header] == theirs.headers[header]


def test_the_sdk_reads_a_failure_and_cancels(fake: FakeRunway) -> None:
    fake.fail = lambda _job: True
    with runwayml.RunwayML(api_key=fake.key, base_url=fake.base_url, max_retries=0) as client:
        asked = {"model": "gen4.5", "prompt_text": "x", "ratio": "1280:720", "duration": 5}
        with pytest.raises(runwayml.TaskFailedError) as caught:
            client.text_to_video.create(**asked).wait_for_task_output()
        assert caught.value.task_details.failure_code == "SAFETY.INPUT.TEXT"
        fake.seconds = 60
        client.tasks.delete(client.text_to_video.create(**asked).id)
    assert fake.jobs["job-0001"].cancelled


@pytest.mark.parametrize("name", sorted(read_offer("runway").models))
def test_the_sdk_knows_every_size_and_field_of_the_data_file(name: str) -> None:
    fields = _fields()[name]
    model = Runway.offer.models[name]
    for shape in model.shapes:
        for field, value in shape.say.items():
            assert value in _literals(fields[field]), (field, value)
    known = set(fields) | {"promptText"}
    assert known >= {"ratio", "duration", *model.settings}
    assert (model.seed is not None) == ("seed" in known)


def _fields() -> dict[str, dict[str, Any]]:
    """Give the fields of every request that the SDK knows, by model."""
    types: Any = importlib.import_module("runwayml.types.text_to_video_create_params")
    hints = [typing.get_type_hints(kind) for kind in typing.get_args(types.TextToVideoCreateParams)]
    return {_literals(fields["model"])[0]: fields for fields in hints}


def _literals(hint: Any) -> list[Any]:
    """Give the values that a type allows."""
    args = typing.get_args(hint)
    return [
        value for arg in args for value in (_literals(arg) or ([arg] if isinstance(arg, str | int) else []))
    ]
