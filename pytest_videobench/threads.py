"""Work that runs in many processes at once should not also start threads of its own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def one_opencv_thread() -> Iterator[None]:
    """Keep OpenCV to the calling thread, and give it back its threads at the end.

    On pictures as small as ours, starting and awaiting its threads costs processor time that the other
    workers need.
    """
    import cv2

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)
