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
STRIP = "strip.jpg"
_FRAMES = 6
_HEIGHT = 90
_GAP = 2


def write_strip(footage: Footage, folder: Path) -> None:
    """Leave a poster and a strip of six frames beside the clip, unless they are there."""
    if (folder / STRIP).exists() and (folder / POSTER).exists():
        return
    count = len(footage.thumbnails)
    publish(folder / POSTER, footage.thumbnails[count // 3])
    chosen = sorted({round(i * (count - 1) / (_FRAMES - 1)) for i in range(_FRAMES)})
    publish(folder / STRIP, _strip([footage.thumbnails[index] for index in chosen]))


def _strip(pictures: list[bytes]) -> bytes:
    import cv2
    import numpy as np

    frames = [cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR) for jpeg in pictures]
    scaled = [_to_height(np.asarray(frame, np.uint8)) for frame in frames]
    joined = cv2.hconcat([_padded(frame, last=i == len(scaled) - 1) for i, frame in enumerate(scaled)])
    return cv2.imencode(".jpg", joined, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()


def _to_height(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2
    import numpy as np

    width = max(1, round(frame.shape[1] * _HEIGHT / frame.shape[0]))
    return np.asarray(cv2.resize(frame, (width, _HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def _padded(frame: NDArray[np.uint8], *, last: bool) -> NDArray[np.uint8]:
    import cv2
    import numpy as np

    return np.asarray(
        cv2.copyMakeBorder(frame, 0, 0, 0, 0 if last else _GAP, cv2.BORDER_CONSTANT, value=(24, 24, 24)),
        np.uint8,
    )
