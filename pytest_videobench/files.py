"""Small things about files and records that several rooms need."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def file_digest(path: Path) -> str:
    """Give the SHA-256 of a file's bytes in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def publish(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; what a killed process leaves ends in ``.part``."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)


def writable(value: Any) -> Any:
    """Give a value whose texts can be written: a file name may hold bytes that are no text."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {key: writable(entry) for key, entry in value.items()}
    return [writable(entry) for entry in value] if isinstance(value, list) else value


def time_of_day() -> str:
    """Give the time in UTC, to the second, as records say it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
