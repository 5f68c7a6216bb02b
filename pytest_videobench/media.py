"""The one module that touches PyAV: opening, decoding, encoding, and what differs between its releases."""

from __future__ import annotations

import os
from contextlib import contextmanager
from fractions import Fraction
from importlib.metadata import version
from typing import IO, TYPE_CHECKING, Any, Literal, TypeAlias, cast

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from av.container import InputContainer
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

Container: TypeAlias = "InputContainer"
Stream: TypeAlias = "VideoStream"
Frame = av.VideoFrame
MediaError = FFmpegError
"""Raised for what cannot be opened or decoded."""

CRF = 21
"""x264's constant rate factor for drawn clips: no loss that the eye sees, and little to store."""
H264 = {
    "preset": "superfast",
    "threads": "1",
    "x264-params": "colorprim=bt709:transfer=bt709:colormatrix=bt709:fullrange=off:"
    "ref=1:subme=1:me=dia:trellis=0:weightp=0:mbtree=0",
}
"""Chosen so that the same frames give the same file: one thread, and no ``mbtree``, which together with
B-frames reads memory that x264 has not set."""

_BT709 = 1
_YUV_SPACES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020nc", 10: "bt2020c"}
_NEAREST = {8: 1, 10: 9, 11: 1, 12: 1, 13: 9, 14: 9}
"""Matrices that libswscale cannot convert, and the nearest that it can: BT.2020's constant luminance is read
as its other form, as browsers do."""
# Up to 18, tags that are not UTF-8 end in an error unless this is said; 19 knows no such argument and
# reads them with surrogates.
_MAJOR = int(av.__version__.partition(".")[0])
_LENIENT = {"metadata_errors": "ignore"} if _MAJOR < 19 else {}
# From 17 on, pictures are converted by as many threads as there are cores, and to 10 bits never twice alike.
_ONE_THREAD: dict[str, Any] = {"threads": 1} if _MAJOR >= 17 else {}


def decoder() -> str:
    """Return the versions of PyAV and its libavcodec, as ``PyAV 18.1.0, libavcodec 62.28.102``."""
    codec = ".".join(map(str, av.library_versions["libavcodec"]))
    return f"PyAV {version('av')}, libavcodec {codec}"


def open_video(source: Path | IO[bytes], *, formats: Iterable[str] = ()) -> Container:
    """Open a file for decoding; its metadata tags may be in any encoding.

    ``formats`` limits the container formats that are tried, by FFmpeg's names. Close the container, or use
    it in a ``with`` statement. Raises :class:`MediaError` or ``OSError``.
    """
    # "file:" keeps a name such as "take:2.mp4" from being read as a protocol.
    name = source if hasattr(source, "read") else f"file:{source.absolute()}"
    allowed = {"format_whitelist": ",".join(formats), "protocol_whitelist": "file"} if formats else {}
    return av.open(name, "r", options=allowed, **_LENIENT)  # type: ignore[call-overload,no-any-return]  # see _LENIENT


def moving_pictures(container: Container) -> Iterator[Stream]:
    """Yield the video streams that are no cover image."""
    for stream in container.streams.video:
        if not stream.disposition & type(stream.disposition).attached_pic:
            yield stream


def duration_of(container: Container) -> float:
    """Return the seconds that the container's header promises, 0 where it promises none."""
    return (container.duration or 0) / av.time_base


def colour_space(frame: Frame) -> str:
    """Return FFmpeg's name of the frame's YUV matrix, or ``unspecified``."""
    return _YUV_SPACES.get(int(frame.colorspace), "unspecified")


class ToBgr:
    """Converts decoded frames; one for a whole clip, because it prepares tables for a pair of formats."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def __call__(self, frame: Frame) -> NDArray[np.uint8]:
        """Return height × width × 3 of 8 bits, a view of the converted picture unless its rows are padded."""
        if frame.colorspace in _NEAREST:
            frame.colorspace = _NEAREST[frame.colorspace]
        # Up to 16, a frame's own matrix and range count only where these two are given.
        plane = self._reformatter.reformat(
            frame,
            format="bgr24",
            dst_colorspace=Colorspace.ITU601,
            src_color_range=frame.color_range,
            **_ONE_THREAD,
        ).planes[0]
        data = cast("bytes", plane)  # a buffer, which not all stubs know
        rows = np.frombuffer(data, np.uint8).reshape(frame.height, plane.line_size)
        return np.ascontiguousarray(rows[:, : frame.width * 3]).reshape(frame.height, frame.width, 3)


def encode(
    frames: Iterable[NDArray[np.uint8]], path: Path, *, size: tuple[int, int], fps: float, crf: int = CRF
) -> None:
    """Write BGRA or BGR frames as H.264 in MP4, 4:2:0, BT.709, index in front: every browser plays it."""
    options = H264 | {"crf": str(crf)}
    write_video(frames, path, size=size, fps=fps, codec="libx264", options=options)


def write_video(
    frames: Iterable[NDArray[np.uint8]],
    path: Path,
    *,
    size: tuple[int, int],
    fps: float,
    codec: str,
    pix_fmt: str = "yuv420p",
    options: Mapping[str, str],
    bitexact: bool = False,
) -> None:
    """Write BGRA or BGR frames by one of FFmpeg's encoders; the file's suffix names the container.

    ``bitexact`` leaves out what differs each time, such as the identifiers in a WebM.
    """
    how = {"movflags": "+faststart"} if path.suffix in (".mp4", ".mov") else {}
    how |= {"fflags": "+bitexact"} if bitexact else {}
    with _priority_kept(), av.open(str(path), "w", options=how) as container:
        stream = container.add_stream(
            codec, rate=Fraction(fps).limit_denominator(1001), options=dict(options)
        )
        assert isinstance(stream, av.VideoStream)
        _describe(stream, size, pix_fmt)
        reformatter = VideoReformatter()
        for image in frames:
            container.mux(stream.encode(_converted(reformatter, image, pix_fmt)))
        container.mux(stream.encode())


@contextmanager
def _priority_kept() -> Iterator[None]:
    """Undo what SVT-AV1 does for root: it gives the thread that calls it real-time priority, for good."""
    if not hasattr(os, "sched_getscheduler"):
        yield
        return
    policy, param = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, param)


def can(codec: str, mode: Literal["r", "w"]) -> bool:
    """Return whether this PyAV has a codec of FFmpeg's to read (``"r"``) or to write (``"w"``) with."""
    try:
        av.codec.Codec(codec, mode)
    except av.codec.codec.UnknownCodecError:
        return False
    return True


def _describe(stream: VideoStream, size: tuple[int, int], pix_fmt: str) -> None:
    stream.width, stream.height = size
    stream.pix_fmt = pix_fmt
    if _is_yuv(pix_fmt):
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.color_range = ColorRange.MPEG


def _converted(reformatter: VideoReformatter, image: NDArray[np.uint8], pix_fmt: str) -> Frame:
    # Three channels, because the converter takes three times as long over four.
    bgr = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGRA2BGR), np.uint8) if image.shape[2] == 4 else image
    frame = av.VideoFrame.from_ndarray(bgr, "bgr24")
    if not _is_yuv(pix_fmt):
        return reformatter.reformat(frame, format=pix_fmt, **_ONE_THREAD)
    return reformatter.reformat(
        frame,
        format=pix_fmt,
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        **_ONE_THREAD,
    )


def _is_yuv(pix_fmt: str) -> bool:
    return pix_fmt.startswith("yuv")
