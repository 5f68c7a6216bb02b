"""The adapters of Luma's two APIs against faithful servers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.backends.remote.wire import RemoteError
from tests.fakes.luma import FakeLuma, FakeLumaLegacy
from tests.remote.driving import drive, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLuma]:
    with FakeLuma(clip_bytes) as fake:
        point(monkeypatch, "luma", fake)
        yield fake


@pytest.fixture
def legacy(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLumaLegacy]:
    with FakeLumaLegacy(clip_bytes) as fake:
        point(monkeypatch, "luma_legacy", fake)
        yield fake


def test_a_clip_of_ten_seconds_costs_what_the_table_says(fake: FakeLuma, tmp_path: Path) -> None:
    made = drive("luma?duration=10&size=1080x1920", tmp_path)
    assert made.path.read_bytes() == fake.clip
    assert fake.of("submit")[0].json() == {
        "model": "ray-3.2",
        "type": "video",
        "prompt": "a red fox runs through snow.",
        "aspect_ratio": "9:16",
        "video": {"duration": "10s", "resolution": "1080p"},
    }
    assert (made.model, made.seed, made.job_id) == ("ray-3.2", None, "job-0000")
    assert made.cost_usd == pytest.approx(3.60)
    assert made.cost_source == "computed"


def test_the_older_api_dreams_and_delivers(legacy: FakeLumaLegacy, tmp_path: Path) -> None:
    made = drive("luma_legacy:ray-flash-2?ratio=1:1", tmp_path)
    assert made.path.read_bytes() == legacy.clip
    assert legacy.of("submit")[0].json() == {
        "model": "ray-flash-2",
        "prompt": "a red fox runs through snow.",
        "duration": "5s",
        "aspect_ratio": "1:1",
        "resolution": "720p",
    }
    assert (made.model, made.cost_source) == ("ray-flash-2", "unknown")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("content_moderated", "moderated"),
        ("budget_exhausted", "quota_exhausted"),
        ("generation_failed", "generation_failed"),
        ("invalid_request", "bad_request"),
        (None, "generation_failed"),
    ],
)
def test_a_failure_has_its_kind(fake: FakeLuma, tmp_path: Path, code: str | None, kind: str) -> None:
    fake.fail, fake.failure = lambda _job: True, (code, "It did not work.")
    with pytest.raises(RemoteError, match=r"It did not work\.") as caught:
        drive("luma", tmp_path)
    assert caught.value.kind == kind


def test_the_older_api_says_why_it_failed(legacy: FakeLumaLegacy, tmp_path: Path) -> None:
    legacy.fail = lambda _job: True
    with pytest.raises(RemoteError, match=r"The prompt was moderated\.") as caught:
        drive("luma_legacy", tmp_path)
    assert caught.value.kind == "generation_failed"


def test_an_address_that_has_expired_is_signed_anew(fake: FakeLuma, tmp_path: Path) -> None:
    fake.next_fault("download", answer=fake.refusal(403, "expired"))
    assert drive("luma", tmp_path).path.read_bytes() == fake.clip
    first, second = fake.of("download")
    assert first.query != second.query
    assert "authorization" not in first.headers


def test_too_many_jobs_at_once_are_waited_out(fake: FakeLuma, tmp_path: Path) -> None:
    refused = replace(fake.refusal(429, "Too many concurrent jobs"), headers={"retry-after": "0.05"})
    fake.next_fault("submit", answer=refused)
    assert drive("luma", tmp_path).path.read_bytes() == fake.clip
    assert len(fake.jobs) == 1
