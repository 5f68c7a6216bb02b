"""The official SDK of Replicate makes a clip at our fake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.fakes.replicate import FakeReplicate
from tests.remote.driving import drive, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

replicate: Any = pytest.importorskip("replicate")
FIELDS = '{"seed":"{seed}"}'
VERSION = "5c" * 32
INPUT = {"prompt": "a red fox runs through snow.", "seed": 42}


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeReplicate]:
    with FakeReplicate(clip_bytes) as fake:
        point(monkeypatch, "replicate:owner/name", fake)
        yield fake


@pytest.fixture
def client(fake: FakeReplicate) -> Iterator[Any]:
    client = replicate.Client(api_token=fake.key, base_url=fake.base_url)
    client.poll_interval = 0.05
    yield client
    client._client.close()  # it has no way of its own to be closed


@pytest.mark.parametrize("pinned", [False, True])
def test_the_sdk_gets_its_clip_and_sends_what_we_send(
    fake: FakeReplicate, client: Any, tmp_path: Path, pinned: bool
) -> None:
    version = f":{VERSION}" if pinned else ""
    drive(f"replicate:owner/name{version}?input={quote(FIELDS)}", tmp_path)
    if pinned:
        asked = client.predictions.create(version=VERSION, input=INPUT)
    else:
        asked = client.models.predictions.create(("owner", "name"), input=INPUT)
    asked.wait()
    assert asked.status == "succeeded"
    assert asked.output.startswith(fake.origin)
    ours, theirs = fake.of("submit")
    assert (ours.path, ours.json()) == (theirs.path, theirs.json())
    assert ours.headers["authorization"] == theirs.headers["authorization"]


def test_the_sdk_cancels(fake: FakeReplicate, client: Any) -> None:
    fake.seconds = 60
    asked = client.models.predictions.create(("owner", "name"), input=INPUT)
    asked.cancel()
    assert fake.jobs[asked.id].cancelled
