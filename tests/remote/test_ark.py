"""The Ark adapter against a faithful server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_videobench.backends.remote.account import Stopped
from pytest_videobench.backends.remote.wire import Job, RemoteError
from tests.fakes.ark import FakeArk
from tests.fakes.server import Answer
from tests.remote.driving import Impatient, MemoryLog, drive, ordered, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeArk]:
    with FakeArk(clip_bytes) as fake:
        point(monkeypatch, "ark", fake)
        yield fake


def test_a_clip_comes_with_all_that_the_provider_told(fake: FakeArk, tmp_path: Path) -> None:
    made = drive("ark?duration=4&ratio=9:16", tmp_path)
    assert made.path.read_bytes() == fake.clip
    assert fake.of("submit")[0].json() == {
        "model": "dreamina-seedance-2-5-260628",
        "content": [{"type": "text", "text": "a red fox runs through snow."}],
        "resolution": "720p",
        "ratio": "9:16",
        "duration": 4,
        "seed": 42,
        "watermark": False,
        "generate_audio": False,
    }
    assert (made.model, made.job_id) == ("dreamina-seedance-2-5-260628", "cgt-2026-0")
    assert made.cost_usd == pytest.approx(0.864)
    assert made.cost_source == "computed"
    assert "authorization" not in fake.of("download")[0].headers


def test_the_seed_is_the_one_that_the_task_echoes(fake: FakeArk, tmp_path: Path) -> None:
    made = drive("ark:dreamina-seedance-2-0-260128", tmp_path)
    assert "seed" not in fake.of("submit")[0].json()
    assert made.seed == 7


def test_trap_11_a_field_that_the_model_does_not_know_stays_away(fake: FakeArk, tmp_path: Path) -> None:
    drive("ark:seedance-1-0-pro-250528", tmp_path)
    assert "generate_audio" not in fake.of("submit")[0].json()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("OutputVideoSensitiveContentDetected", "moderated"),
        ("InputTextSensitiveContentDetected.PolicyViolation", "moderated"),
        ("InternalServiceError", "generation_failed"),
    ],
)
def test_a_failure_has_its_kind(fake: FakeArk, tmp_path: Path, code: str, kind: str) -> None:
    fake.failure = (code, "It went wrong.")
    fake.fail = lambda _job: True
    with pytest.raises(RemoteError, match=r"It went wrong\.") as caught:
        drive("ark", tmp_path)
    assert caught.value.kind == kind


def test_a_prompt_that_is_refused_at_once_is_moderated(fake: FakeArk, tmp_path: Path) -> None:
    error = {"code": "InputTextSensitiveContentDetected", "message": "No.", "param": "", "type": "BadRequest"}
    fake.next_fault("submit", answer=Answer(status=400, json={"error": error}))
    with pytest.raises(RemoteError) as caught:
        drive("ark", tmp_path)
    assert caught.value.kind == "moderated"
    assert not fake.jobs


def test_a_task_that_was_dropped_has_expired(fake: FakeArk, tmp_path: Path) -> None:
    fake.expired = True
    with pytest.raises(RemoteError) as caught:
        drive("ark", tmp_path)
    assert caught.value.kind == "expired"


def test_an_address_that_has_expired_is_asked_for_again(fake: FakeArk, tmp_path: Path) -> None:
    fake.next_fault("download", answer=fake.refusal(403, "expired"))
    drive("ark", tmp_path)
    first, second = fake.of("download")
    assert first.query != second.query


def test_a_task_that_an_earlier_run_left_is_not_submitted_again(fake: FakeArk, tmp_path: Path) -> None:
    fake.create({"model": "m"}, "cgt-old")
    assert drive("ark", tmp_path, log=MemoryLog(Job(id="cgt-old"))).job_id == "cgt-old"
    assert not fake.of("submit")


def test_a_task_that_waits_can_be_cancelled(fake: FakeArk, tmp_path: Path) -> None:
    fake.at_once, fake.seconds = 1, 60
    fake.create({"model": "m"}, "somebody-else")
    with ordered("ark", account=Impatient()) as errand:
        with pytest.raises(Stopped):
            errand.run(tmp_path)
        assert errand.cancel()
    assert fake.jobs["cgt-2026-1"].cancelled


def test_a_cancelled_task_ends_at_once(fake: FakeArk, tmp_path: Path) -> None:
    fake.create({"model": "m"}, "cgt-old").cancelled = True
    with pytest.raises(RemoteError) as caught:
        drive("ark", tmp_path, log=MemoryLog(Job(id="cgt-old")))
    assert caught.value.kind == "cancelled"
