"""Frames into a file that every browser plays."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import cv2
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from av.video.stream import VideoStream

    from pytest_videobench.backends.procedural.arrays import Bytes

BT709 = 1
CRF = 21
"""x264's constant rate factor for drawn clips: no loss that the eye sees, and little to store."""
TUNING = {
    "preset": "superfast",
    "threads": "1",
    "x264-params": "colorprim=bt709:transfer=bt709:colormatrix=bt709:fullrange=off:"
    "ref=1:subme=1:me=dia:trellis=0:weightp=0:mbtree=0",
}
"""Chosen so that the same frames give the same file: one thread, and no ``mbtree``, which together with
B-frames reads memory that x264 has not set."""


def encode(frames: Iterable[Bytes], path: Path, *, size: tuple[int, int], fps: float, crf: int = CRF) -> None:
    """Write BGRA or BGR frames as H.264 in MP4, 4:2:0, BT.709, with the index in front."""
    rate = Fraction(fps).limit_denominator(1001)
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=rate, options=TUNING | {"crf": str(crf)})
        _describe(stream, size)
        reformatter = VideoReformatter()  # one for all, because each prepares its own tables
        for image in frames:
            container.mux(stream.encode(_converted(reformatter, image)))
        container.mux(stream.encode())


def _describe(stream: VideoStream, size: tuple[int, int]) -> None:
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = BT709
    context.color_range = ColorRange.MPEG


def _converted(reformatter: VideoReformatter, image: Bytes) -> av.VideoFrame:
    # Three channels, because the converter takes three times as long over four.
    bgr: Bytes = cv2.cvtColor(image, cv2.COLOR_BGRA2BGR) if image.shape[2] == 4 else image
    frame = av.VideoFrame.from_ndarray(bgr, "bgr24")
    return reformatter.reformat(
        frame, format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )
