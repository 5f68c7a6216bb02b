"""The same small clip as for the adapters."""

from __future__ import annotations

from tests.remote.conftest import clip_bytes

__all__ = ["clip_bytes"]
