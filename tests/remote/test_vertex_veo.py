"""The Vertex adapter against a faithful server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.backends.remote.backend import Remote
from pytest_videobench.backends.remote.wire import Job, RemoteError
from pytest_videobench.errors import SpecError
from tests.fakes.google import FakeVertex
from tests.fakes.server import KEY, Answer
from tests.remote.driving import MemoryLog, drive, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODEL = "projects/films/locations/us-central1/publishers/google/models/veo-3.1-fast-generate-001"


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeVertex]:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "films")
    monkeypatch.delenv("GOOGLE_CLOUD_LOCATION", raising=False)
    with FakeVertex(clip_bytes) as fake:
        point(monkeypatch, "vertex_veo", fake)
        yield fake


def test_a_clip_comes_with_all_that_the_provider_told(fake: FakeVertex, tmp_path: Path) -> None:
    made = drive("vertex_veo?duration=6&ratio=9:16&negativePrompt=blur", tmp_path)
    assert made.path.read_bytes() == fake.clip
    sent = fake.of("submit")[0]
    assert sent.path == f"/v1/{MODEL}:predictLongRunning"
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.json() == {
        "instances": [{"prompt": "a red fox runs through snow."}],
        "parameters": {
            "sampleCount": 1,
            "durationSeconds": 6,
            "seed": 42,
            "aspectRatio": "9:16",
            "resolution": "720p",
            "negativePrompt": "blur",
            "generateAudio": False,
        },
    }
    assert (made.seed, made.job_id) == (42, f"{MODEL}/operations/0")
    assert made.cost_usd == pytest.approx(0.6)
    assert made.cost_source == "computed"
    assert "rewrites prompts" in made.notes[0]


def test_an_operation_of_an_earlier_run_is_asked_for_where_it_was_started(
    fake: FakeVertex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{MODEL}/operations/7"
    fake.create({}, name)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "other")
    assert drive("vertex_veo", tmp_path, log=MemoryLog(Job(id=name))).path.read_bytes() == fake.clip


def test_a_clip_that_was_filtered_is_moderated(fake: FakeVertex, tmp_path: Path) -> None:
    fake.filtered = ("Support code 58061214",)
    with pytest.raises(RemoteError, match="Support code 58061214") as caught:
        drive("vertex_veo", tmp_path)
    assert caught.value.kind == "moderated"


@pytest.mark.parametrize(("code", "kind"), [(3, "bad_request"), (13, "generation_failed")])
def test_a_failure_has_its_kind(fake: FakeVertex, tmp_path: Path, code: int, kind: str) -> None:
    fake.failure = (code, "It went wrong.")
    fake.fail = lambda _job: True
    with pytest.raises(RemoteError, match=r"It went wrong\.") as caught:
        drive("vertex_veo", tmp_path)
    assert caught.value.kind == kind


def test_a_clip_that_is_no_base64_is_a_bad_answer(fake: FakeVertex, tmp_path: Path) -> None:
    answer = {"done": True, "response": {"videos": [{"bytesBase64Encoded": "***"}]}}
    fake.next_fault("poll", answer=Answer(json=answer))
    with pytest.raises(RemoteError, match="no base64") as caught:
        drive("vertex_veo", tmp_path)
    assert caught.value.kind == "bad_answer"


def test_without_a_project_nothing_is_asked(
    fake: FakeVertex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT")
    with pytest.raises(SpecError, match="which project"):
        drive("vertex_veo", tmp_path)
    assert not fake.calls


@pytest.mark.parametrize(
    ("location", "host"),
    [("europe-west4", "europe-west4-aiplatform.googleapis.com"), ("global", "aiplatform.googleapis.com")],
)
def test_a_location_has_its_own_host(monkeypatch: pytest.MonkeyPatch, location: str, host: str) -> None:
    monkeypatch.delenv("GOOGLE_VERTEX_BASE_URL", raising=False)
    backend = make_backend(f"vertex_veo?location={location}")
    assert isinstance(backend, Remote)
    assert backend.base_url == f"https://{host}"
