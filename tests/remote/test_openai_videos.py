"""The adapter of OpenAI's protocol against the dialects of its speakers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.backends.remote.account import Stopped
from pytest_videobench.backends.remote.wire import RemoteError
from pytest_videobench.errors import SpecError
from pytest_videobench.prompts.model import Delivery
from tests.fakes.openai_videos import FakeOpenAIVideos
from tests.remote.driving import Impatient, MemoryLog, drive, ordered, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPEC = "openai_videos:wan"


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAIVideos]:
    with FakeOpenAIVideos(clip_bytes) as fake:
        point(monkeypatch, SPEC, fake)
        yield fake


def test_a_clip_comes_with_all_that_was_asked(fake: FakeOpenAIVideos, tmp_path: Path) -> None:
    spec = "openai_videos:Wan-AI/Wan2.2?size=832x480&fps=16&num_frames=81&guidance_scale=4&price=0"
    made = drive(spec, tmp_path)
    assert made.path.read_bytes() == fake.clip
    assert fake.of("submit")[0].form() == {
        "prompt": "a red fox runs through snow.",
        "model": "Wan-AI/Wan2.2",
        "seconds": "5",
        "size": "832x480",
        "seed": "42",
        "fps": "16",
        "num_frames": "81",
        "guidance_scale": "4",
    }
    assert (made.model, made.seed, made.job_id) == ("Wan-AI/Wan2.2", 42, "video_gen_0000")
    assert made.latency["running"] == pytest.approx(fake.seconds)
    assert (made.cost_usd, made.cost_source) == (0.0, "computed")
    assert "authorization" in fake.of("download")[0].headers


def test_a_server_of_ones_own_needs_no_key(
    fake: FakeOpenAIVideos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    fake.key = ""
    assert drive(SPEC, tmp_path).path.read_bytes() == fake.clip
    assert "authorization" not in fake.of("submit")[0].headers


def test_without_a_server_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    backend: Any = make_backend(SPEC)
    with pytest.raises(SpecError, match="set OPENAI_BASE_URL or add"):
        backend.ready()


def test_a_ratio_is_made_with_about_as_many_pixels() -> None:
    made = make_backend(f"{SPEC}?base_url=http://x/v1").delivery(Delivery(ratio=(1, 1), fps=24))
    assert made.width == made.height
    assert made.width == pytest.approx(960, abs=8)
    assert made.fps == 24


def test_trap_1_a_failed_job_comes_as_an_error_of_the_server(fake: FakeOpenAIVideos, tmp_path: Path) -> None:
    fake.fail, fake.seconds = lambda _job: True, 0.0
    with pytest.raises(RemoteError, match="out of memory") as caught:
        drive(SPEC, tmp_path)
    assert caught.value.kind == "generation_failed"
    assert len(fake.of("poll")) == 1


def test_an_error_of_the_server_itself_is_asked_about_again(fake: FakeOpenAIVideos, tmp_path: Path) -> None:
    fake.next_fault("poll", answer=fake.refusal(500, "worker restarting"))
    assert drive(SPEC, tmp_path).path.read_bytes() == fake.clip


def test_trap_2_a_form_goes_out_though_there_is_no_file(fake: FakeOpenAIVideos, tmp_path: Path) -> None:
    drive(SPEC, tmp_path)
    assert fake.of("submit")[0].headers["content-type"].startswith("multipart/form-data; boundary=")


@pytest.mark.parametrize("dialect", ["vllm", "sglang", "gateway"])
def test_trap_3_whatever_a_deletion_answers_the_job_is_cancelled(
    fake: FakeOpenAIVideos, tmp_path: Path, dialect: Any
) -> None:
    fake.dialect, fake.at_once, fake.seconds = dialect, 1, 60
    fake.create({"prompt": "x"}, "somebody-else")
    log = MemoryLog()
    with ordered(SPEC, log=log, account=Impatient()) as errand:
        with pytest.raises(Stopped):
            errand.run(tmp_path)
        assert errand.cancel()
    assert log.steps[-1] == "clear"


def test_trap_3_content_that_is_not_there_yet_is_asked_for_again(
    fake: FakeOpenAIVideos, tmp_path: Path
) -> None:
    fake.dialect = "sglang"
    fake.next_fault("download", answer=fake.refusal(404, "Generation is still in-progress"))
    assert drive(SPEC, tmp_path).path.read_bytes() == fake.clip


def test_trap_3_a_clip_in_a_store_is_fetched_there_without_the_key(
    fake: FakeOpenAIVideos, tmp_path: Path
) -> None:
    fake.dialect, fake.uploads = "sglang", True
    assert drive(SPEC, tmp_path).path.read_bytes() == fake.clip
    assert "authorization" not in fake.of("store")[0].headers


def test_trap_4_completed_may_mean_blocked(fake: FakeOpenAIVideos, tmp_path: Path) -> None:
    fake.dialect, fake.fail = "gateway", lambda _job: True
    with pytest.raises(RemoteError, match="blocked by moderation") as caught:
        drive(SPEC, tmp_path)
    assert caught.value.kind == "moderated"
    assert fake.of("download") == []


def test_a_refusal_by_moderation_is_no_bad_request(fake: FakeOpenAIVideos, tmp_path: Path) -> None:
    answer = fake.refusal(400, "blocked")
    answer.json["error"]["code"] = "moderation_blocked"
    fake.next_fault("submit", answer=answer)
    with pytest.raises(RemoteError) as caught:
        drive(SPEC, tmp_path)
    assert caught.value.kind == "moderated"
