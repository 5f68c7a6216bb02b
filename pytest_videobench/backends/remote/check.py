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
_OPEN = {"format_whitelist": ",".join(("mov", *_SUFFIXES)), "protocol_whitelist": "file"}
"""A playlist would have us fetch whatever it names."""


def checked_clip(path: Path) -> Path:
    """Decode the first picture, read to the end, and name the file after its container.

    Raises ``ValueError`` with a few words for people where it is no video.
    """
    import av

    try:
        with av.open(str(path), options=_OPEN) as container:
            kinds = set(container.format.name.split(","))
            if not container.streams.video or next(container.decode(video=0), None) is None:
                raise ValueError("what came back has no picture that can be decoded")
            for _ in container.demux(video=0):
                pass
            suffix = next((_SUFFIXES[kind] for kind in _SUFFIXES if kind in kinds), ".mp4")
    except (av.FFmpegError, OSError) as error:
        raise ValueError(f"what came back is no video ({_start(path)}; {error})") from None
    return path.rename(path.with_name(f"clip{suffix}"))


def _start(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(24)
    return f"{path.stat().st_size} bytes, beginning with {head!r}" if head else "0 bytes"
