"""The poster and the strip of a clip: small pictures that people look at before they press play."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.files import publish

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Footage

POSTER = "poster.jpg"
STRIP = "filmstrip.jpg"
FRAMES = 8
"""Pictures of a strip; fewer where the clip has fewer."""
_HEIGHT = 90
_WIDEST = 120
"""Pixels of one picture of a strip: wide enough to see what it is, small enough for hundreds on a page."""


def write_strip(footage: Footage, folder: Path) -> None:
    """Leave a poster and a strip of evenly spaced frames, all of one width, unless they are there."""
    if (folder / STRIP).exists() and (folder / POSTER).exists():
        return
    publish(folder / POSTER, footage.thumbnails[len(footage.thumbnails) // 3])
    publish(folder / STRIP, _strip([footage.thumbnails[index] for index in _chosen(footage)]))


def strip_times(footage: Footage) -> list[float]:
    """Give the seconds of the strip's frames."""
    return [round(float(footage.thumbnail_times[index]), 4) for index in _chosen(footage)]


def _chosen(footage: Footage) -> list[int]:
    last = len(footage.thumbnails) - 1
    return sorted({round(i * last / (FRAMES - 1)) for i in range(FRAMES)})


def _strip(pictures: list[bytes]) -> bytes:
    import cv2
    import numpy as np

    frames = [cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) for jpeg in pictures]
    joined = cv2.hconcat([_reduced(np.asarray(frame, np.uint8)) for frame in frames])
    return cv2.imencode(".jpg", joined, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()


def _reduced(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2
    import numpy as np

    height, width = frame.shape[:2]
    scale = min(_HEIGHT / height, _WIDEST / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
