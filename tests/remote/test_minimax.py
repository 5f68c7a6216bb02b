"""The MiniMax adapters against faithful servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_videobench.backends.remote.account import Stopped
from pytest_videobench.backends.remote.wire import Job, RemoteError
from tests.fakes.minimax import FakeMiniMax, FakeMiniMaxV1
from tests.fakes.server import Answer
from tests.remote.driving import Impatient, MemoryLog, drive, ordered, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMiniMax]:
    with FakeMiniMax(clip_bytes) as fake:
        point(monkeypatch, "minimax", fake)
        yield fake


@pytest.fixture
def fake_v1(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMiniMaxV1]:
    with FakeMiniMaxV1(clip_bytes) as fake:
        point(monkeypatch, "minimax_v1", fake)
        yield fake


def test_a_clip_comes_with_all_that_the_provider_told(fake: FakeMiniMax, tmp_path: Path) -> None:
    made = drive("minimax?duration=6&ratio=9:16", tmp_path)
    assert made.path.read_bytes() == fake.clip
    assert fake.of("submit")[0].json() == {
        "model": "MiniMax-H3",
        "content": [{"type": "text", "text": "a red fox runs through snow."}],
        "resolution": "768P",
        "ratio": "9:16",
        "duration": 6,
        "aigc_watermark": False,
    }
    assert (made.model, made.seed, made.job_id) == ("MiniMax-H3", None, "424010985738620")
    assert made.cost_usd == pytest.approx(0.48)
    assert made.cost_source == "computed"
    assert "may rewrite prompts" in made.notes[0]


def test_trap_12_a_task_that_is_not_known_is_not_asked_for_again(fake: FakeMiniMax, tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match="there is no task 7") as caught:
        drive("minimax", tmp_path, log=MemoryLog(Job(id="7")))
    assert caught.value.kind == "not_found"
    assert len(fake.of("poll")) == 1


@pytest.mark.parametrize(("code", "kind"), [("1026", "moderated"), ("1000", "generation_failed")])
def test_a_failure_has_its_kind(fake: FakeMiniMax, tmp_path: Path, code: str, kind: str) -> None:
    fake.failure = (code, "It went wrong.")
    fake.fail = lambda _job: True
    with pytest.raises(RemoteError, match=r"It went wrong\.") as caught:
        drive("minimax", tmp_path)
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("status", "kind"), [(422, "moderated"), (402, "quota_exhausted"), (400, "bad_request"), (401, "auth")]
)
def test_a_refusal_has_its_kind(fake: FakeMiniMax, tmp_path: Path, status: int, kind: str) -> None:
    fake.next_fault("submit", answer=fake.refusal(status, "no"))
    with pytest.raises(RemoteError) as caught:
        drive("minimax", tmp_path)
    assert caught.value.kind == kind
    assert len(fake.of("submit")) == 1


def test_an_address_that_has_expired_is_signed_anew(fake: FakeMiniMax, tmp_path: Path) -> None:
    fake.next_fault("download", answer=Answer(status=403, body=b"expired"))
    drive("minimax", tmp_path)
    first, second = fake.of("download")
    assert first.query != second.query


def test_a_task_that_waits_can_be_cancelled(fake: FakeMiniMax, tmp_path: Path) -> None:
    fake.at_once, fake.seconds = 1, 60
    fake.create({}, "somebody-else")
    with ordered("minimax", account=Impatient()) as errand:
        with pytest.raises(Stopped):
            errand.run(tmp_path)
        assert errand.cancel()
    assert fake.jobs["424010985738621"].cancelled


def test_the_first_version_is_three_questions_away(fake_v1: FakeMiniMaxV1, tmp_path: Path) -> None:
    made = drive("minimax_v1", tmp_path)
    assert made.path.read_bytes() == fake_v1.clip
    assert fake_v1.of("submit")[0].json() == {
        "model": "MiniMax-Hailuo-2.3",
        "prompt": "a red fox runs through snow.",
        "duration": 6,
        "resolution": "768P",
        "prompt_optimizer": False,
    }
    assert fake_v1.of("poll")[-1].path == "/v1/files/retrieve"
    assert made.cost_usd == pytest.approx(0.28)


@pytest.mark.parametrize(
    ("code", "kind"), [(1026, "moderated"), (1008, "quota_exhausted"), (2013, "bad_request")]
)
def test_the_first_version_refuses_with_status_200(
    fake_v1: FakeMiniMaxV1, tmp_path: Path, code: int, kind: str
) -> None:
    fake_v1.next_fault("submit", answer=fake_v1.said(code, "no"))
    with pytest.raises(RemoteError) as caught:
        drive("minimax_v1", tmp_path)
    assert caught.value.kind == kind


def test_a_question_that_comes_too_often_loses_no_task(fake_v1: FakeMiniMaxV1, tmp_path: Path) -> None:
    fake_v1.next_fault("poll", answer=fake_v1.said(1002, "rate limit"))
    assert drive("minimax_v1", tmp_path).path.read_bytes() == fake_v1.clip
    assert len(fake_v1.jobs) == 1


def test_an_account_in_trouble_loses_no_task(fake_v1: FakeMiniMaxV1, tmp_path: Path) -> None:
    fake_v1.next_fault("poll", answer=fake_v1.said(1008, "insufficient balance"))
    log = MemoryLog()
    with pytest.raises(RemoteError, match="insufficient balance 1008"):
        drive("minimax_v1", tmp_path, log=log)
    assert log.steps == ["submitting", "submitted job-0000"], "and not cleared: the next run asks again"


def test_an_address_of_the_first_version_is_signed_anew(fake_v1: FakeMiniMaxV1, tmp_path: Path) -> None:
    fake_v1.next_fault("download", answer=Answer(status=403, body=b"expired"))
    assert drive("minimax_v1", tmp_path).path.read_bytes() == fake_v1.clip


def test_a_task_of_the_first_version_may_fail(fake_v1: FakeMiniMaxV1, tmp_path: Path) -> None:
    fake_v1.fail = lambda _job: True
    with pytest.raises(RemoteError) as caught:
        drive("minimax_v1", tmp_path)
    assert caught.value.kind == "generation_failed"
