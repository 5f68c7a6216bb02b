"""BytePlus' own SDK makes a clip on the fake that our adapter is tested with."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.ark import FakeArk
from tests.fakes.server import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

sdk: Any = pytest.importorskip("byteplussdkarkruntime")


@pytest.fixture
def fake() -> Iterator[FakeArk]:
    with FakeArk(b"clip", seconds=0.05) as fake:
        yield fake


@pytest.fixture
def tasks(fake: FakeArk) -> Iterator[Any]:
    with closing(sdk.Ark(api_key=KEY, base_url=fake.base_url, max_retries=0)) as client:
        yield client.content_generation.tasks


def test_the_sdk_completes_a_generation(fake: FakeArk, tasks: Any) -> None:
    made = tasks.create(
        model="dreamina-seedance-2-5-260628",
        content=[{"type": "text", "text": "a fox"}],
        resolution="720p",
        ratio="16:9",
        duration=5,
        seed=42,
        watermark=False,
        generate_audio=False,
    )
    while (task := tasks.get(task_id=made.id)).status in ("queued", "running"):
        pass
    assert (task.status, task.seed, task.usage.completion_tokens) == ("succeeded", 42, 108900)
    assert task.content.video_url.startswith(fake.origin)


def test_trap_11_the_sdk_sends_null_for_what_is_not_set(fake: FakeArk, tasks: Any) -> None:
    tasks.create(model="seedance-1-0-pro-250528", content=[{"type": "text", "text": "a fox"}])
    assert fake.of("submit")[0].json()["generate_audio"] is None


def test_the_sdk_understands_how_the_fake_refuses_and_cancels(fake: FakeArk, tasks: Any) -> None:
    fake.seconds, fake.at_once = 60, 1
    fake.create({"model": "m"}, "somebody-else")
    made = tasks.create(model="dreamina-seedance-2-5-260628", content=[{"type": "text", "text": "a fox"}])
    assert tasks.get(task_id=made.id).status == "queued"
    tasks.delete(task_id=made.id)
    assert tasks.get(task_id=made.id).status == "cancelled"
    with pytest.raises(sdk._exceptions.ArkBadRequestError, match="must be empty"):
        tasks.create(model="m", content=[{"type": "text", "text": "a fox"}], camera_fixed=True)
