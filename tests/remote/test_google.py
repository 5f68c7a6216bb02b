"""The Google adapter against a faithful server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_videobench.backends.remote.account import Stopped
from pytest_videobench.backends.remote.wire import Job, RemoteError
from tests.fakes.google import FakeGoogle
from tests.fakes.server import KEY, Answer
from tests.remote.driving import Impatient, MemoryLog, drive, ordered, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ASKED = {"type": "video", "duration": "5s", "resolution": "720p", "aspect_ratio": "16:9"}


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGoogle]:
    with FakeGoogle(clip_bytes) as fake:
        point(monkeypatch, "google", fake)
        yield fake


def test_a_clip_comes_with_all_that_the_provider_told(fake: FakeGoogle, tmp_path: Path) -> None:
    made = drive("google?duration=4&ratio=9:16", tmp_path)
    assert made.path.read_bytes() == fake.clip
    sent = fake.of("submit")[0]
    assert sent.path == "/v1/interactions"
    assert sent.headers["x-goog-api-key"] == KEY
    assert "authorization" not in sent.headers
    assert sent.json() == {
        "model": "gemini-omni-1.2-flash",
        "input": "a red fox runs through snow.",
        "background": True,
        "store": True,
        "generation_config": {"seed": 42, "video_config": {"task": "text_to_video"}},
        "response_format": {
            "type": "video",
            "aspect_ratio": "9:16",
            "duration": "4s",
            "resolution": "720p",
            "delivery": "uri",
        },
    }
    assert (made.model, made.seed, made.job_id) == ("gemini-omni-1.2-flash", 42, "int0")
    assert made.cost_usd == pytest.approx(0.4)
    assert made.cost_source == "computed"


def test_trap_6_a_file_is_fetched_from_the_server_that_we_know(fake: FakeGoogle, tmp_path: Path) -> None:
    drive("google", tmp_path)
    (fetched,) = fake.of("download")
    assert fetched.path == "/v1/files/int0:download"
    assert fetched.headers["x-goog-api-key"] == KEY


def test_trap_13_a_clip_may_come_inline_within_the_steps(fake: FakeGoogle, tmp_path: Path) -> None:
    fake.create({"response_format": ASKED}, "inline")
    made = drive("google", tmp_path, log=MemoryLog(Job(id="inline")))
    assert made.path.read_bytes() == fake.clip
    assert not fake.of("download")


def test_a_file_that_is_still_stored_is_waited_for(fake: FakeGoogle, tmp_path: Path) -> None:
    fake.file_states = ("PROCESSING", "ACTIVE")
    assert drive("google", tmp_path).path.read_bytes() == fake.clip


def test_a_file_that_could_not_be_stored_is_a_failure(fake: FakeGoogle, tmp_path: Path) -> None:
    fake.file_states = ("FAILED",)
    with pytest.raises(RemoteError) as caught:
        drive("google", tmp_path)
    assert caught.value.kind == "generation_failed"


def test_the_other_version_of_the_api_can_be_chosen(fake: FakeGoogle, tmp_path: Path) -> None:
    drive("google:gemini-omni-1.1-flash?api_version=v1beta", tmp_path)
    sent = fake.of("submit")[0]
    assert sent.path == "/v1beta/interactions"
    assert fake.of("download")[0].path == "/v1beta/files/int0:download"
    assert "seed" not in sent.json()["generation_config"]


def test_words_in_place_of_a_clip_are_passed_on(fake: FakeGoogle, tmp_path: Path) -> None:
    fake.says = "I cannot show that."
    with pytest.raises(RemoteError, match=r"no clip came back: I cannot show that\."):
        drive("google", tmp_path)


def test_a_failure_tells_the_providers_reason(fake: FakeGoogle, tmp_path: Path) -> None:
    fake.fail = lambda _job: True
    with pytest.raises(RemoteError, match="The model could not make it") as caught:
        drive("google", tmp_path)
    assert caught.value.kind == "generation_failed"


def test_a_budget_that_is_spent_is_no_fault_of_the_model(fake: FakeGoogle, tmp_path: Path) -> None:
    fake.next_fault("poll", answer=Answer(json={"id": "int0", "status": "budget_exceeded"}))
    with pytest.raises(RemoteError) as caught:
        drive("google", tmp_path)
    assert caught.value.kind == "quota_exhausted"


def test_a_submission_over_the_quota_is_sent_again(fake: FakeGoogle, tmp_path: Path) -> None:
    refused = fake.refusal(429, "Quota exceeded")
    fake.next_fault("submit", answer=Answer(status=429, json=refused.json, headers={"retry-after": "0.05"}))
    drive("google", tmp_path)
    assert (len(fake.of("submit")), len(fake.jobs)) == (2, 1)


def test_an_interaction_that_waits_can_be_cancelled(fake: FakeGoogle, tmp_path: Path) -> None:
    fake.at_once, fake.seconds = 1, 60
    fake.create({}, "other")
    with ordered("google", account=Impatient()) as errand:
        with pytest.raises(Stopped):
            errand.run(tmp_path)
        assert errand.cancel()
    assert fake.jobs["int1"].cancelled
