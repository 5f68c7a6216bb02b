"""The official SDK of fal makes a clip at our fake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.fal import FakeFal
from tests.remote.driving import drive, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

fal_client: Any = pytest.importorskip("fal_client")
MODEL = "bytedance/seedance-2.5/text-to-video"
INPUT = {
    "prompt": "a red fox runs through snow.",
    "duration": "5",
    "resolution": "720p",
    "aspect_ratio": "16:9",
    "generate_audio": False,
    "seed": 42,
}


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeFal]:
    with FakeFal(clip_bytes) as fake:
        point(monkeypatch, f"fal:{MODEL}", fake)
        monkeypatch.setattr(fal_client.client, "QUEUE_URL_FORMAT", f"{fake.origin}/")
        yield fake


@pytest.fixture
def client(fake: FakeFal) -> Iterator[Any]:
    client = fal_client.SyncClient(key=fake.key)
    yield client
    client._client.close()  # it has no way of its own to be closed


def test_the_sdk_gets_its_clip_and_sends_what_we_send(fake: FakeFal, client: Any, tmp_path: Path) -> None:
    drive(f"fal:{MODEL}", tmp_path)
    handle = client.submit(MODEL, INPUT)
    seen = [type(event).__name__ for event in handle.iter_events(interval=0.02)]
    made = handle.get()
    assert seen[-1] == "Completed"
    assert made["video"]["url"].startswith(fake.origin)
    ours, theirs = fake.of("submit")
    assert (ours.path, ours.json()) == (theirs.path, theirs.json())
    assert ours.headers["authorization"] == theirs.headers["authorization"]
    assert {call.path for call in fake.of("result")} == {
        f"/bytedance/seedance-2.5/requests/{job}" for job in fake.jobs
    }


def test_the_sdk_hears_of_a_failure_from_the_result(fake: FakeFal, client: Any) -> None:
    fake.fail = lambda _job: True
    with pytest.raises(fal_client.FalClientHTTPError, match="flagged"):
        client.submit(MODEL, INPUT).get()


def test_the_sdk_cancels(fake: FakeFal, client: Any) -> None:
    fake.seconds = 60
    handle = client.submit(MODEL, INPUT)
    handle.cancel()
    assert fake.jobs[handle.request_id].cancelled
