"""The DashScope adapter against a faithful server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_videobench.backends.remote.account import Stopped
from pytest_videobench.backends.remote.wire import Job, RemoteError
from tests.fakes.dashscope import FakeDashScope
from tests.fakes.server import Answer
from tests.remote.driving import Impatient, MemoryLog, drive, ordered, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDashScope]:
    with FakeDashScope(clip_bytes) as fake:
        point(monkeypatch, "dashscope", fake)
        yield fake


def test_a_clip_comes_with_all_that_the_provider_told(fake: FakeDashScope, tmp_path: Path) -> None:
    made = drive("dashscope?duration=4&ratio=9:16&negative_prompt=blur", tmp_path)
    assert made.path.read_bytes() == fake.clip
    assert fake.of("submit")[0].json() == {
        "model": "wan3.0-video",
        "input": {"prompt": "a red fox runs through snow.", "negative_prompt": "blur"},
        "parameters": {
            "resolution": "720P",
            "ratio": "9:16",
            "duration": 4,
            "seed": 42,
            "audio": False,
            "prompt_extend": False,
            "watermark": False,
        },
    }
    assert (made.model, made.seed, made.job_id) == ("wan3.0-video", 42, "job-0000")
    assert made.cost_usd == pytest.approx(0.4)
    assert made.cost_source == "computed"
    assert "authorization" not in fake.of("download")[0].headers


def test_older_models_are_asked_in_pixels(fake: FakeDashScope, tmp_path: Path) -> None:
    drive("dashscope:wan2.5-t2v-preview?size=1080x1920", tmp_path)
    parameters = fake.of("submit")[0].json()["parameters"]
    assert parameters["size"] == "1080*1920"
    assert "resolution" not in parameters


def test_a_model_that_may_rewrite_prompts_says_so(fake: FakeDashScope, tmp_path: Path) -> None:
    made = drive("dashscope:happyhorse-1.1-t2v", tmp_path)
    assert "prompt_extend" not in fake.of("submit")[0].json()["parameters"]
    assert "may rewrite prompts" in made.notes[0]


def test_trap_9_a_task_that_is_gone_comes_with_status_200(fake: FakeDashScope, tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match="tasks live 24 hours") as caught:
        drive("dashscope", tmp_path, log=MemoryLog(Job(id="gone")))
    assert caught.value.kind == "expired"
    assert len(fake.of("poll")) == 1


def test_trap_9_a_refusal_may_come_with_status_200(fake: FakeDashScope, tmp_path: Path) -> None:
    refused = {"code": "DataInspectionFailed", "message": "Inappropriate.", "request_id": "rq"}
    fake.next_fault("submit", answer=Answer(json=refused))
    with pytest.raises(RemoteError, match="Inappropriate") as caught:
        drive("dashscope", tmp_path)
    assert caught.value.kind == "moderated"


def test_trap_9_times_without_a_zone_are_only_subtracted(fake: FakeDashScope, tmp_path: Path) -> None:
    assert drive("dashscope", tmp_path).latency["running"] == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("DataInspectionFailed", "moderated"),
        ("Arrearage", "quota_exhausted"),
        ("InternalError.Algo", "generation_failed"),
    ],
)
def test_a_failure_has_its_kind(fake: FakeDashScope, tmp_path: Path, code: str, kind: str) -> None:
    fake.failure = (code, "It went wrong.")
    fake.fail = lambda _job: True
    with pytest.raises(RemoteError, match=r"It went wrong\.") as caught:
        drive("dashscope", tmp_path)
    assert caught.value.kind == kind


def test_a_submission_over_the_limit_is_sent_again(fake: FakeDashScope, tmp_path: Path) -> None:
    refused = fake.refusal(429, "Requests rate limit exceeded")
    fake.next_fault("submit", answer=Answer(status=429, json=refused.json, headers={"retry-after": "0.05"}))
    drive("dashscope", tmp_path)
    assert (len(fake.of("submit")), len(fake.jobs)) == (2, 1)


def test_a_task_that_waits_can_be_cancelled(fake: FakeDashScope, tmp_path: Path) -> None:
    fake.at_once, fake.seconds = 1, 60
    fake.create({}, "somebody-else")
    with ordered("dashscope", account=Impatient()) as errand:
        with pytest.raises(Stopped):
            errand.run(tmp_path)
        assert errand.cancel()
    assert fake.jobs["job-0001"].cancelled


def test_a_cancelled_task_ends_at_once(fake: FakeDashScope, tmp_path: Path) -> None:
    fake.create({}, "task").cancelled = True
    with pytest.raises(RemoteError) as caught:
        drive("dashscope", tmp_path, log=MemoryLog(Job(id="task")))
    assert caught.value.kind == "cancelled"
