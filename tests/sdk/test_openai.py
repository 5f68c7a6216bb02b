"""The official SDK of OpenAI makes a clip at our fake; its maker has shut the service down, so it complains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.openai_videos import FakeOpenAIVideos
from tests.remote.driving import drive, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

openai: Any = pytest.importorskip("openai")
pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAIVideos]:
    with FakeOpenAIVideos(clip_bytes, seconds=0) as fake:
        point(monkeypatch, "openai_videos:wan", fake)
        yield fake


@pytest.fixture
def client(fake: FakeOpenAIVideos) -> Iterator[Any]:
    with openai.OpenAI(api_key=fake.key, base_url=fake.base_url, max_retries=2) as client:
        yield client


def test_the_sdk_gets_its_clip_and_sends_what_we_send(
    fake: FakeOpenAIVideos, client: Any, tmp_path: Path
) -> None:
    drive("openai_videos:wan?num_frames=81", tmp_path)
    video = client.videos.create(
        prompt="a red fox runs through snow.",
        model="wan",
        seconds="5",
        size="1280x720",
        extra_body={"seed": 42, "num_frames": 81},
    )
    assert client.videos.retrieve(video.id).status == "completed"
    assert client.videos.download_content(video.id).read() == fake.clip
    ours, theirs = fake.of("submit")
    assert ours.form() == theirs.form()
    assert ours.headers["authorization"] == theirs.headers["authorization"]
    ours, theirs = fake.of("download")
    assert ours.headers["authorization"] == theirs.headers["authorization"]


def test_the_sdk_loses_the_failure_that_we_read(fake: FakeOpenAIVideos, client: Any) -> None:
    fake.fail = lambda _job: True
    video = client.videos.create(prompt="x", model="wan")
    with pytest.raises(openai.InternalServerError):
        client.videos.retrieve(video.id)
    assert len(fake.of("poll")) == 3, "it asks again and again, which our adapter does not"


@pytest.mark.parametrize(("dialect", "deleted"), [("vllm", True), ("sglang", None)])
def test_the_sdk_deletes_whatever_is_answered(
    fake: FakeOpenAIVideos, client: Any, dialect: Any, deleted: bool | None
) -> None:
    fake.dialect = dialect
    video = client.videos.create(prompt="x", model="wan")
    assert getattr(client.videos.delete(video.id), "deleted", None) is deleted
