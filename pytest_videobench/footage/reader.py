"""Decoding: a file becomes upright BGR pictures with time stamps, whatever its header says.

PyAV decodes, because it gives time stamps, errors and colour tags; its pictures are pixel-identical to
OpenCV's for 8-bit clips, so metrics defined on ``cv2.VideoCapture`` keep their values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.errors import Unreadable
from pytest_videobench.footage.probe import Probe
from pytest_videobench.media import (
    MediaError,
    ToBgr,
    colour_space,
    duration_of,
    moving_pictures,
    open_video,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from pytest_videobench.media import Container, Frame, Stream

_TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
_POINTERS = frozenset({"concat", "hls", "dash", "image2", "image2pipe", "sdp", "rtsp", "webm_dash_manifest"})


@dataclass(frozen=True, slots=True)
class Picture:
    """One stored frame."""

    time: float
    """Seconds since the first frame."""
    bgr: NDArray[np.uint8]
    """Height × width × 3, upright; valid until the next picture is asked for."""


def check_file(path: Path) -> None:
    """Raise :class:`Unreadable` for what cannot be a clip, with the reason in plain words."""
    if path.is_dir():
        raise Unreadable(path, "is a folder, not a clip")
    if not path.exists():
        raise Unreadable(path, "no such file")
    if path.stat().st_size == 0:
        raise Unreadable(path, "is empty (0 bytes); download or render it again")


class Reader:
    """One decoding pass over a file; iterate once, then ask for the :attr:`probe`."""

    def __init__(self, path: Path) -> None:
        check_file(path)
        self.path = path
        self._times: list[float] = []
        self._end = 0.0
        self._errors = 0
        self._shape = (0, 0)
        self._first: Any = None

    def __iter__(self) -> Iterator[Picture]:
        try:
            with open_video(self.path) as container:
                self._stream = _video_stream(container, self.path)
                self._read_header(container)
                for frame in self._frames(container):
                    yield self._picture(frame)
        except MediaError as error:
            raise Unreadable(self.path, f"not a video that can be decoded ({error.strerror})") from error
        if not self._times:
            raise Unreadable(self.path, "holds no frame that can be decoded; it may be cut off")

    @property
    def probe(self) -> Probe:
        """The facts, once every picture was read."""
        times = np.asarray(self._times)
        first = self._first
        duration = max(self._end, 0.0)
        return Probe(
            width=self._shape[1],
            height=self._shape[0],
            fps=_nominal_rate(self._rate, times, duration),
            frames=len(times),
            duration=duration,
            codec=self._codec,
            pix_fmt=first.format.name,
            bit_depth=max(component.bits for component in first.format.components),
            rotation=int(first.rotation) % 360,
            colour_space=self._colour_space,
            variable_rate=_is_variable(times),
            promised_frames=self._promised_frames,
            promised_duration=self._promised_duration,
            decode_errors=self._errors,
        )

    def _read_header(self, container: Container) -> None:
        stream = self._stream
        stream.thread_type = "AUTO"
        # Two threads overlap decoding and analysis without starving other workers' cores.
        stream.codec_context.thread_count = 2
        self._codec = stream.codec_context.name
        self._rate = float(stream.average_rate or stream.guessed_rate or 0)
        self._promised_frames = int(stream.frames or 0)
        alone = len(container.streams) == 1  # else the container's duration may be the sound's
        self._promised_duration = duration_of(container) if alone else 0.0
        if stream.duration and stream.time_base:
            self._promised_duration = float(stream.duration * stream.time_base)
        self._to_bgr = ToBgr()

    def _frames(self, container: Container) -> Iterator[Frame]:
        """Decode packet by packet, so that one broken packet does not end the clip."""
        for packet in container.demux(self._stream):
            try:
                frames = packet.decode()
            except MediaError:
                self._errors += 1
                continue
            for frame in frames:
                self._errors += bool(frame.is_corrupt)
                yield frame

    def _picture(self, frame: Frame) -> Picture:
        if self._first is None:
            self._first = frame
            self._colour_space = colour_space(frame)
            self._origin = frame.time or 0.0
        bgr = _upright(self._to_bgr(frame), int(frame.rotation) % 360)
        if not self._times:
            self._shape = (bgr.shape[0], bgr.shape[1])
        elif bgr.shape[:2] != self._shape:  # a stream may change its size; one clip has one size
            bgr = np.asarray(cv2.resize(bgr, self._shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
        return Picture(self._stamp(frame), bgr)

    def _stamp(self, frame: Frame) -> float:
        """Give the frame's time, and where the container has none, count on at its rate."""
        gap = 1 / self._rate if self._rate else 1 / 24
        last = self._times[-1] if self._times else -gap
        time = last + gap if frame.time is None else frame.time - self._origin
        if time <= last and self._times:
            time = last + gap
        length = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else gap
        self._times.append(time)
        self._end = time + (length if length > 0 else gap)
        return time


def _video_stream(container: Container, path: Path) -> Stream:
    """Choose the moving picture, not a cover image; refuse files that only point to others."""
    if _POINTERS.intersection(container.format.name.split(",")):
        raise Unreadable(path, f"is a list of other files ({container.format.name}), not a clip")
    streams = list(moving_pictures(container))
    if not streams:
        raise Unreadable(path, "holds no video stream")
    if streams[0].codec_context is None:
        raise Unreadable(path, "its codec is unknown to this PyAV")
    return streams[0]


def _upright(bgr: NDArray[np.uint8], rotation: int) -> NDArray[np.uint8]:
    turn = _TURNS.get(rotation)
    return bgr if turn is None else np.asarray(cv2.rotate(bgr, turn), np.uint8)


def _nominal_rate(header: float, times: NDArray[np.float64], duration: float) -> float:
    """Trust the header's rate only where the time stamps agree within a fiftieth."""
    if len(times) < 2:
        return header
    measured = len(times) / duration if duration > 0 else header
    if header and abs(header - measured) <= 0.02 * measured:
        return round(header, 3)
    return round(measured, 3)


def _is_variable(times: NDArray[np.float64]) -> bool:
    gaps = np.diff(times)
    return bool(len(gaps) > 1 and np.ptp(gaps) > 0.5 * float(np.median(gaps)))
