"""Google's own SDK makes clips on the fakes that our adapters are tested with."""

from __future__ import annotations

import base64
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.google import FakeGoogle, FakeVertex
from tests.fakes.server import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

genai: Any = pytest.importorskip("google.genai")
credentials: Any = pytest.importorskip("google.oauth2.credentials")
FORM = {"type": "video", "aspect_ratio": "16:9", "duration": "5s", "resolution": "720p"}


@pytest.fixture
def omni() -> Iterator[FakeGoogle]:
    with FakeGoogle(b"clip") as fake:
        yield fake


@pytest.fixture
def veo() -> Iterator[FakeVertex]:
    with FakeVertex(b"clip") as fake:
        yield fake


def client(fake: Any, **account: Any) -> Any:
    return closing(genai.Client(**account, http_options=genai.types.HttpOptions(base_url=fake.base_url)))


@pytest.mark.parametrize("delivery", ["uri", "inline"])
def test_the_sdk_completes_an_interaction(omni: FakeGoogle, delivery: str) -> None:
    with client(omni, api_key=KEY) as google:
        made = google.interactions.create(
            model="gemini-omni-1.2-flash",
            input="a fox",
            background=True,
            store=True,
            generation_config={"seed": 42, "video_config": {"task": "text_to_video"}},
            response_format={**FORM, "delivery": delivery},
        )
        while (shown := google.interactions.get(made.id)).status in ("queued", "in_progress"):
            pass
        assert shown.status == "completed"
        video = shown.output_video
        data = google.files.download(file=video.uri) if delivery == "uri" else base64.b64decode(video.data)
    assert data == b"clip"


def test_the_sdk_cancels_an_interaction(omni: FakeGoogle) -> None:
    omni.seconds = 60
    with client(omni, api_key=KEY) as google:
        made = google.interactions.create(
            model="gemini-omni-1.2-flash", input="a fox", background=True, response_format=FORM
        )
        assert google.interactions.cancel(made.id).status == "cancelled"


def test_the_sdk_completes_an_operation(veo: FakeVertex) -> None:
    token = credentials.Credentials(token=KEY)
    with client(veo, vertexai=True, project="films", location="us-central1", credentials=token) as google:
        made = google.models.generate_videos(
            model="veo-3.1-fast-generate-001",
            source={"prompt": "a fox"},
            config={"number_of_videos": 1, "duration_seconds": 8, "seed": 42, "generate_audio": False},
        )
        while not made.done:
            made = google.operations.get(made)
        assert made.response.generated_videos[0].video.video_bytes == b"clip"
