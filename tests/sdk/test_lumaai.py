"""The SDK of Luma's older API makes a clip at our fake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.luma import FakeLumaLegacy
from tests.remote.driving import drive, point

if TYPE_CHECKING:
    from pathlib import Path

lumaai: Any = pytest.importorskip("lumaai")


def test_the_sdk_gets_its_clip_and_sends_what_we_send(
    clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with FakeLumaLegacy(clip_bytes, seconds=0) as fake:
        point(monkeypatch, "luma_legacy", fake)
        drive("luma_legacy", tmp_path)
        with lumaai.LumaAI(auth_token=fake.key, base_url=fake.base_url, max_retries=0) as client:
            asked = client.generations.video.create(
                prompt="a red fox runs through snow.",
                model="ray-2",
                aspect_ratio="16:9",
                duration="5s",
                resolution="720p",
            )
            made = client.generations.get(asked.id)
        ours, theirs = fake.of("submit")
        assert made.state == "completed"
        assert made.assets.video.startswith(fake.origin)
        assert (ours.path, ours.json()) == (theirs.path, theirs.json())
