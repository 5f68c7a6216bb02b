"""A small clip as providers would give it, and a backend pointed at a fake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import drifting, encode

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def clip_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """One second of 128 × 72, H.264 in MP4."""
    path: Path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    return encode(path, drifting(frames=24, height=72, width=128), faststart=True).read_bytes()
