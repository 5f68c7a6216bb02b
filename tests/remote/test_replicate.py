"""The Replicate adapter against a faithful server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from pytest_videobench.backends.base import BackendSpec
from pytest_videobench.backends.providers.replicate import Replicate
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.backends.remote.account import Stopped
from pytest_videobench.backends.remote.wire import Job, RemoteError
from pytest_videobench.errors import SpecError
from tests.fakes.replicate import FakeReplicate
from tests.remote.driving import Impatient, MemoryLog, drive, ordered, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPEC = "replicate:owner/name"
VERSION = "5c" * 32


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeReplicate]:
    with FakeReplicate(clip_bytes) as fake:
        point(monkeypatch, SPEC, fake)
        yield fake


@pytest.mark.parametrize("lists", [False, True])
def test_a_clip_comes_alone_or_in_a_list(fake: FakeReplicate, tmp_path: Path, lists: bool) -> None:
    fake.lists = lists
    fields = quote('{"duration":"{seconds}","aspect_ratio":"{ratio}","seed":"{seed}"}')
    made = drive(f"{SPEC}?duration=5&ratio=1:1&input={fields}", tmp_path)
    assert made.path.read_bytes() == fake.clip
    [submission] = fake.of("submit")
    assert submission.path == "/v1/models/owner/name/predictions"
    assert submission.json() == {
        "input": {
            "prompt": "a red fox runs through snow.",
            "duration": 5,
            "aspect_ratio": "1:1",
            "seed": 42,
        }
    }
    assert (made.model, made.seed, made.job_id) == ("owner/name", 42, "job-0000")
    assert made.latency["running"] == pytest.approx(fake.seconds)
    assert made.cost_source == "unknown"


def test_fields_may_stand_in_a_file_whose_change_makes_another_clip(
    fake: FakeReplicate, tmp_path: Path
) -> None:
    file = tmp_path / "wan.json"
    digests = set()
    for frames in (81, 121):
        file.write_text(f'{{"num_frames": {frames}, "seed": "{{seed}}"}}', encoding="utf-8")
        with ordered(f"{SPEC}?input={quote(str(file))}") as errand:
            assert errand.run(tmp_path).seed == 42
        digests.add(Replicate(BackendSpec.parse(f"{SPEC}?input={quote(str(file))}")).revision())
        assert fake.of("submit")[-1].json()["input"]["num_frames"] == frames
    assert len(digests) == 2


def test_a_file_that_is_not_there_is_one_line() -> None:
    with pytest.raises(SpecError, match=r"parameter 'input': no\.json: No such file"):
        make_backend(f"{SPEC}?input=no.json")


def test_a_seed_that_was_not_sent_is_not_claimed(fake: FakeReplicate, tmp_path: Path) -> None:
    made = drive(SPEC, tmp_path)
    assert made.seed is None
    assert fake.of("submit")[0].json() == {"input": {"prompt": "a red fox runs through snow."}}


def test_a_version_is_pinned(fake: FakeReplicate, tmp_path: Path) -> None:
    made = drive(f"{SPEC}:{VERSION}", tmp_path)
    assert fake.of("submit")[0].path == "/v1/predictions"
    assert fake.of("submit")[0].json()["version"] == VERSION
    assert made.model == f"owner/name:{VERSION}"


@pytest.mark.parametrize(
    ("status", "kind"),
    [("failed", "generation_failed"), ("canceled", "cancelled"), ("aborted", "expired")],
)
def test_trap_7_every_end_is_an_end(fake: FakeReplicate, tmp_path: Path, status: str, kind: str) -> None:
    fake.create({"input": {}}, "ended")
    fake.ends = {"ended": status}
    with pytest.raises(RemoteError) as caught:
        drive(SPEC, tmp_path, log=MemoryLog(Job(id="ended")))
    assert caught.value.kind == kind
    assert len(fake.of("poll")) == 1


def test_a_prediction_that_is_older_than_an_hour_has_expired(fake: FakeReplicate, tmp_path: Path) -> None:
    fake.removed = True
    with pytest.raises(RemoteError, match="removed") as caught:
        drive(SPEC, tmp_path)
    assert caught.value.kind == "expired"


def test_an_empty_account_is_told_apart(fake: FakeReplicate, tmp_path: Path) -> None:
    fake.next_fault("submit", answer=fake.refusal(402, "Insufficient credit"))
    with pytest.raises(RemoteError, match="Insufficient credit") as caught:
        drive(SPEC, tmp_path)
    assert caught.value.kind == "quota_exhausted"


def test_too_many_requests_are_waited_out(fake: FakeReplicate, tmp_path: Path) -> None:
    refused = fake.refusal(429, "Request was throttled. Your rate limit resets in ~1s.")
    fake.next_fault("submit", answer=replace(refused, headers={"retry-after": "0.05"}))
    assert drive(SPEC, tmp_path).path.read_bytes() == fake.clip
    assert len(fake.jobs) == 1


def test_trap_6_only_the_server_that_was_configured_is_polled(fake: FakeReplicate, tmp_path: Path) -> None:
    drive(SPEC, tmp_path)
    assert {call.path for call in fake.of("poll")} == {"/v1/predictions/job-0000"}
    assert all("authorization" not in call.headers for call in fake.of("download"))


def test_a_prediction_that_waits_can_be_cancelled(fake: FakeReplicate, tmp_path: Path) -> None:
    fake.at_once, fake.seconds = 1, 60
    fake.create({"input": {}}, "somebody-else")
    with ordered(SPEC, log=MemoryLog(), account=Impatient()) as errand:
        with pytest.raises(Stopped):
            errand.run(tmp_path)
        assert errand.cancel()
    assert fake.jobs["job-0001"].cancelled
