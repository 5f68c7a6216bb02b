"""The Kling adapter against a faithful server."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.backends.base import Request
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.backends.remote.backend import Remote
from pytest_videobench.backends.remote.wire import RemoteError
from pytest_videobench.prompts.model import Prompt
from tests.fakes.kling import ACCESS_KEY, FakeKling
from tests.remote.driving import ORDER_KEY, MemoryLog, drive, ordered, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROMPT = Prompt(
    id="fox", style="x", subject="a fox", camera="", lighting="", motion="", scene="", atmosphere=""
)


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeKling]:
    with FakeKling(clip_bytes) as fake:
        point(monkeypatch, "kling", fake)
        yield fake


def test_a_clip_comes_without_sound_and_watermark(fake: FakeKling, tmp_path: Path) -> None:
    made = drive("kling?duration=7&size=1080x1920", tmp_path)
    assert made.path.read_bytes() == fake.clip
    assert fake.of("submit")[0].json() == {
        "model_name": "kling-v3",
        "prompt": "a red fox runs through snow.",
        "duration": "7",
        "mode": "pro",
        "aspect_ratio": "9:16",
        "sound": "off",
        "watermark_info": {"enabled": False},
        "external_task_id": ORDER_KEY,
    }
    assert (made.model, made.seed, made.job_id) == ("kling-v3", None, "job-0000")
    assert made.cost_usd == pytest.approx(7 * 0.112)
    assert made.cost_source == "computed"
    assert any("may rewrite prompts" in note for note in made.notes)


def test_without_a_journal_every_task_has_a_name_of_its_own(fake: FakeKling, tmp_path: Path) -> None:
    backend = make_backend("kling?poll=0.05")
    assert isinstance(backend, Remote)
    request = Request(prompt=PROMPT, roll=0, seed=1, spec=backend.spec, delivery=backend.delivery())
    with closing(backend):
        for roll in ("first", "second"):
            (tmp_path / roll).mkdir()
            backend.generate(request, tmp_path / roll)
    first, second = (call.json()["external_task_id"] for call in fake.of("submit"))
    assert first
    assert first != second


def test_a_pair_of_keys_signs_a_token(
    fake: FakeKling, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KLINGAI_API_KEY")
    monkeypatch.setenv("KLINGAI_ACCESS_KEY", ACCESS_KEY)
    monkeypatch.setenv("KLINGAI_SECRET_KEY", fake.key)
    assert drive("kling:kling-v2-6", tmp_path).path.read_bytes() == fake.clip
    assert fake.of("submit")[0].headers["authorization"].count(".") == 2


def test_a_token_that_a_complaint_repeats_is_hidden(
    fake: FakeKling, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KLINGAI_API_KEY")
    monkeypatch.setenv("KLINGAI_ACCESS_KEY", ACCESS_KEY)
    monkeypatch.setenv("KLINGAI_SECRET_KEY", "no-such-secret")
    with pytest.raises(RemoteError, match=r"Incorrect API key provided: Bearer \[key\]") as caught:
        drive("kling", tmp_path)
    assert caught.value.kind == "auth"


def test_a_task_that_failed_says_why(fake: FakeKling, tmp_path: Path) -> None:
    fake.fail = lambda _job: True
    with pytest.raises(RemoteError, match="the picture fell apart") as caught:
        drive("kling", tmp_path)
    assert caught.value.kind == "generation_failed"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 1301, "moderated"),
        (200, 1301, "moderated"),
        (400, 1201, "bad_request"),
        (401, 1004, "auth"),
        (429, 1101, "quota_exhausted"),
        (429, 1102, "quota_exhausted"),
        (200, 1102, "quota_exhausted"),
    ],
)
def test_trap_8_its_own_code_counts_and_not_the_status(
    fake: FakeKling, tmp_path: Path, status: int, code: int, kind: str
) -> None:
    fake.next_fault("submit", answer=fake.refusal(status, "no", code))
    with pytest.raises(RemoteError) as caught:
        drive("kling", tmp_path)
    assert caught.value.kind == kind
    assert len(fake.of("submit")) == 1


def test_trap_8_too_many_tasks_at_once_is_waited_out(fake: FakeKling, tmp_path: Path) -> None:
    for status in (429, 200):
        refused = fake.refusal(status, "parallel task over resource pack limit", 1303)
        fake.next_fault("submit", answer=replace(refused, headers={"retry-after": "0.05"}))
    assert drive("kling", tmp_path).path.read_bytes() == fake.clip
    assert len(fake.jobs) == 1


@pytest.mark.parametrize(("status", "code"), [(401, 1004), (429, 1102)])
def test_a_key_or_account_that_fails_meanwhile_loses_no_task(
    fake: FakeKling, tmp_path: Path, status: int, code: int
) -> None:
    fake.next_fault("poll", answer=fake.refusal(status, "no", code))
    log = MemoryLog()
    with pytest.raises(RemoteError, match="job job-0000 is kept"):
        drive("kling", tmp_path, log=log)
    assert log.steps == ["submitting", "submitted job-0000"]


def test_a_complaint_with_status_200_to_a_poll_ends_no_task(fake: FakeKling, tmp_path: Path) -> None:
    fake.next_fault("poll", answer=fake.refusal(200, "too fast", 1302))
    assert drive("kling", tmp_path).path.read_bytes() == fake.clip


def test_a_submission_that_broke_off_is_found_by_our_name(fake: FakeKling, tmp_path: Path) -> None:
    log = MemoryLog(broken_off=time.time() - 60)
    fake.create({"external_task_id": ORDER_KEY}, "earlier")
    assert drive("kling", tmp_path, log=log).job_id == "earlier"
    assert log.steps == ["submitted earlier"]
    assert fake.of("submit") == []


def test_a_submission_that_never_arrived_is_sent_again(fake: FakeKling, tmp_path: Path) -> None:
    log = MemoryLog(broken_off=time.time() - 60)
    assert drive("kling", tmp_path, log=log).path.read_bytes() == fake.clip
    assert log.steps == ["clear", "submitting", "submitted job-0000"]


def test_a_search_that_is_refused_proves_nothing(fake: FakeKling, tmp_path: Path) -> None:
    log = MemoryLog(broken_off=time.time() - 60)
    fake.next_fault("poll", answer=fake.refusal(400, "no such field", 1200))
    with ordered("kling", log=log) as errand, pytest.raises(RemoteError) as caught:
        errand.run(tmp_path)
    assert caught.value.kind == "submit_unknown"
    assert fake.of("submit") == []
