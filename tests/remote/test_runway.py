"""The Runway adapter against a faithful server."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.backends.remote.account import Purse, Stopped
from pytest_videobench.backends.remote.wire import Job, RemoteError
from pytest_videobench.errors import DeliveryError
from tests.fakes.runway import FakeRunway
from tests.fakes.server import Answer
from tests.remote.driving import Impatient, MemoryLog, drive, ordered, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRunway]:
    with FakeRunway(clip_bytes) as fake:
        point(monkeypatch, "runway", fake)
        yield fake


def test_a_clip_comes_with_all_that_the_provider_told(fake: FakeRunway, tmp_path: Path) -> None:
    purse = Purse(None)
    made = drive("runway?duration=4&ratio=9:16", tmp_path, purse=purse)
    assert made.path.read_bytes() == fake.clip
    assert fake.of("submit")[0].json() == {
        "model": "gen4.5",
        "promptText": "a red fox runs through snow.",
        "ratio": "720:1280",
        "duration": 4,
        "seed": 42,
    }
    assert (made.model, made.seed, made.job_id) == ("gen4.5", 42, "job-0000")
    assert made.cost_usd == pytest.approx(0.48)
    assert made.cost_source == "reported"
    assert purse.spent_usd == made.cost_usd
    assert made.request is not None
    assert made.request["body"] == fake.of("submit")[0].json()


@pytest.mark.parametrize(
    ("spec", "sent"),
    [
        ("veo3.1?duration=6&ratio=9:16", {"ratio": "720:1280", "duration": 6, "seed": 42, "audio": False}),
        ("veo3.1?negativePrompt=fog", {"negativePrompt": "fog", "duration": 8}),
        ("seedance2_5?size=854x480", {"ratio": "854:480", "audio": False, "seed": 42}),
        ("kling3.0_pro?duration=3", {"ratio": "1920:1080", "audio": False}),
        ("hailuo3?ratio=21:9", {"ratio": "21:9", "resolution": "768p"}),
    ],
)
def test_each_model_gets_the_fields_that_it_knows(
    fake: FakeRunway, tmp_path: Path, spec: str, sent: dict[str, Any]
) -> None:
    made = drive(f"runway:{spec}", tmp_path)
    assert fake.of("submit")[0].json().items() >= sent.items()
    assert made.seed == (42 if "seed" in fake.of("submit")[0].json() else None)


def test_a_size_that_only_another_model_makes_is_refused() -> None:
    make_backend("runway:seedance2?size=864x496")
    with pytest.raises(DeliveryError, match="cannot deliver 864x496"):
        make_backend("runway:seedance2_5?size=864x496")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("SAFETY.INPUT.TEXT", "moderated"),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", "moderated"),
        ("INTERNAL.BAD_OUTPUT.CODE01", "generation_failed"),
        (None, "generation_failed"),
    ],
)
def test_a_failure_has_its_kind_and_is_paid_for(
    fake: FakeRunway, tmp_path: Path, code: str | None, kind: str
) -> None:
    fake.failure = ("It went wrong.", code)
    fake.fail = lambda _job: True
    purse = Purse(None)
    with pytest.raises(RemoteError, match=r"It went wrong\.") as caught:
        drive("runway", tmp_path, purse=purse)
    assert caught.value.kind == kind
    assert purse.spent_usd == pytest.approx(0.6)


def test_an_address_that_has_expired_is_signed_anew(fake: FakeRunway, tmp_path: Path) -> None:
    fake.next_fault("download", answer=fake.refusal(403, "expired"))
    assert drive("runway", tmp_path).path.read_bytes() == fake.clip
    first, second = fake.of("download")
    assert first.query != second.query
    assert "authorization" not in first.headers, "outputs are public; the key stays with the API"


def test_trap_7_a_cancelled_task_ends_at_once(fake: FakeRunway, tmp_path: Path) -> None:
    fake.create({"duration": 5}, "task").cancelled = True
    with pytest.raises(RemoteError) as caught:
        drive("runway", tmp_path, log=MemoryLog(Job(id="task")))
    assert caught.value.kind == "cancelled"
    assert len(fake.of("poll")) == 1


def test_trap_14_throttled_is_time_in_the_queue(fake: FakeRunway, tmp_path: Path) -> None:
    fake.at_once, fake.seconds = 1, 2.0
    now = time.monotonic()
    other = fake.create({"duration": 5}, "somebody-else")
    other.started, other.ended = now, now + 2.0
    made = drive("runway", tmp_path)
    assert made.latency["queued"] > 0.05
    assert made.latency["running"] > 0.1


def test_a_task_that_waits_can_be_cancelled(fake: FakeRunway, tmp_path: Path) -> None:
    fake.at_once, fake.seconds = 1, 60
    fake.create({"duration": 5}, "somebody-else")
    log = MemoryLog()
    with ordered("runway", log=log, account=Impatient()) as errand:
        with pytest.raises(Stopped):
            errand.run(tmp_path)
        assert errand.cancel()
    assert fake.jobs["job-0001"].cancelled
    assert log.steps == ["submitting", "submitted job-0001", "clear"]


def test_a_status_that_nobody_knows_is_an_error(fake: FakeRunway, tmp_path: Path) -> None:
    answer: Any = fake.refusal(200, "")
    answer.json.update(id="x", status="PONDERING")
    fake.next_fault("poll", answer=answer)
    with pytest.raises(RemoteError, match="unknown status 'PONDERING'"):
        drive("runway", tmp_path)


class Strict(Purse):
    """A purse in which nothing that was set aside may be free before it is paid."""

    @contextmanager
    def reserve(self, estimate_usd: float | None, label: str) -> Iterator[None]:
        try:
            with super().reserve(estimate_usd, label):
                yield
                assert self.spent_usd == pytest.approx(0.6)
        except RemoteError:
            assert self.spent_usd == pytest.approx(0.6)
            raise


def test_a_clip_is_paid_before_its_money_is_free_again(fake: FakeRunway, tmp_path: Path) -> None:
    drive("runway?duration=5", tmp_path, purse=Strict(1.0))


def test_a_job_that_is_kept_for_the_next_run_is_paid_in_this_one(fake: FakeRunway, tmp_path: Path) -> None:
    fake.next_fault("poll", answer=Answer(body=b"<html>"))
    with pytest.raises(RemoteError):
        drive("runway?duration=5", tmp_path, purse=Strict(1.0))


def test_a_submission_that_may_have_been_taken_counts_as_paid(fake: FakeRunway, tmp_path: Path) -> None:
    fake.next_fault("submit", drop="after")
    with pytest.raises(RemoteError):
        drive("runway?duration=5", tmp_path, purse=Strict(1.0))
