"""A download is what its bytes are, whatever name and type came with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIXES = {
    "mp4": ".mp4",
    "matroska": ".webm",
    "webm": ".webm",
    "gif": ".gif",
    "avi": ".avi",
    "mpegts": ".ts",
}
_FORMATS = ("mov", *_SUFFIXES)
"""A playlist would have us fetch whatever it names."""


def checked_clip(path: Path) -> Path:
    """Decode the first picture, read to the end, and name the file after its container.

    Raises ``ValueError`` with a few words for people where it is no video.
    """
    from pytest_videobench.media import MediaError, open_video

    try:
        with open_video(path, formats=_FORMATS) as container:
            kinds = set(container.format.name.split(","))
            if not container.streams.video or next(container.decode(video=0), None) is None:
                raise ValueError("what came back has no picture that can be decoded")
            for _ in container.demux(video=0):
                pass
            suffix = next((_SUFFIXES[kind] for kind in _SUFFIXES if kind in kinds), ".mp4")
    except (MediaError, OSError) as error:
        raise ValueError(f"what came back is no video ({_start(path)}; {error})") from None
    return path.rename(path.with_name(f"clip{suffix}"))


def _start(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(24)
    return f"{path.stat().st_size} bytes, beginning with {head!r}" if head else "0 bytes"
