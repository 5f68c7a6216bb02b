"""A copy of a clip that every browser plays, where the clip itself is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from pytest_videobench.footage.probe import Probe

PLAYABLE = "playable.mp4"
_PLAYED = {
    ".mp4": ("h264", "vp9", "av1"),
    ".m4v": ("h264",),
    ".webm": ("vp8", "vp9", "av1"),
}
"""What Chromium, Firefox and Safari play, with 8 bits and 4:2:0; the AV1 of old Safaris apart."""


def write_playable(path: Path, probe: Probe, folder: Path) -> None:
    """Leave a copy in H.264 beside the clip where browsers would not play it, unless it is there.

    An animated GIF plays, but it cannot be stopped or stepped.
    """
    if plays(path, probe) or (folder / PLAYABLE).exists():
        return
    from pytest_videobench.media import encode

    part = folder / f"part-{PLAYABLE}"
    size = (probe.width // 2 * 2, probe.height // 2 * 2)
    if min(size) > 0:
        encode(_even(path, probe, size), part, size=size, fps=probe.fps)
        part.replace(folder / PLAYABLE)


def plays(path: Path, probe: Probe) -> bool:
    """Say whether browsers play a clip as it is."""
    fits = probe.pix_fmt in ("yuv420p", "yuvj420p")
    return fits and probe.codec in _PLAYED.get(path.suffix.lower(), ())


def _even(path: Path, probe: Probe, size: tuple[int, int]) -> Iterator[NDArray[np.uint8]]:
    """Give pictures at an even rate, each shown for as long as its time stamps say."""
    from pytest_videobench.footage.reader import Reader

    shown, last = 0, None
    for picture in Reader(path):
        while last is not None and shown < round(picture.time * probe.fps):
            yield last
            shown += 1
        last = picture.bgr[: size[1], : size[0]].copy()
    while last is not None and shown < max(1, round(probe.duration * probe.fps)):
        yield last
        shown += 1
