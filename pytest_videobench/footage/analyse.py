"""The one decoding pass: a clip becomes footage."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import cv2
import numpy as np

from pytest_videobench.footage import motion
from pytest_videobench.footage.anchors import REACH, Anchor, anchor
from pytest_videobench.footage.camera import fit_camera
from pytest_videobench.footage.footage import (
    CHROMA_GRID,
    GRID,
    SMALL_SIZE,
    WORK_SIZE,
    CameraPath,
    Footage,
    FrameSignals,
    MotionSignals,
    SampleSignals,
    StepSignals,
)
from pytest_videobench.footage.growing import Growing
from pytest_videobench.footage.pictures import PictureSignals, chroma_means, picture_signals
from pytest_videobench.footage.reader import Reader
from pytest_videobench.footage.repeats import Repeats
from pytest_videobench.footage.scale import shrink
from pytest_videobench.footage.thumbnails import Thumbnails
from pytest_videobench.threads import one_opencv_thread

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    from numpy.typing import NDArray

    from pytest_videobench.footage.reader import Picture

WARP_RATE = 8.0
"""Pairs a second on which the warping error is measured: it needs flow both ways, which is dear."""
S = TypeVar("S", StepSignals, CameraPath)

SAMPLE_RATE = 4.0
"""Hz at which single pictures are measured in full."""


def analyse(path: str | PathLike[str]) -> Footage:
    """Decode a clip once and keep what metrics and detectors need; memory grows by about 25 kB a frame.

    Raises :class:`~pytest_videobench.errors.Unreadable` where no picture can be decoded.
    """
    reader, collector = Reader(Path(path)), _Collector()
    with one_opencv_thread():
        for picture in reader:
            collector.add(picture)
        return collector.footage(reader)


class _Collector:
    """Gathers signals while the pictures go by; holds two full pictures at most."""

    def __init__(self) -> None:
        self.frames: list[tuple[float, float, float, float]] = []
        self.blocks: Growing[np.float32] = Growing()
        self.steps: list[tuple[float, float]] = []
        self.distinct: list[int] = []
        self.small: Growing[np.uint8] = Growing()
        self.chroma: Growing[np.float32] = Growing()
        self.flow: Growing[np.float32] = Growing()
        self.texture: Growing[np.float32] = Growing()
        self.boil: list[float] = []
        self.samples: list[tuple[int, PictureSignals]] = []
        self.thumbnails = Thumbnails()
        self._repeats = Repeats()
        self._next_sample = 0.0
        self._last: tuple[NDArray[np.uint8], NDArray[np.uint8]] | None = None
        self._last_distinct: tuple[NDArray[np.uint8], NDArray[np.float32]] | None = None
        self.anchors: list[Anchor] = []
        self._anchor: tuple[NDArray[np.uint8], float, int] | None = None

    def add(self, picture: Picture) -> None:
        """Take in the next stored frame."""
        bgr, index = picture.bgr, len(self.frames)
        luma = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.uint8)
        work = shrink(luma, WORK_SIZE)
        self._add_frame(picture.time, luma, work)
        self.chroma.append(chroma_means(bgr))
        self._add_step(bgr, luma)
        self.thumbnails.offer(index, picture.time, bgr)
        change = self.steps[-1][0] if self.steps else 0.0
        if self._repeats.is_new(self.blocks[-1], change):
            self._add_distinct(index, work)
            self._add_anchor(picture.time, work)
            if picture.time >= self._next_sample:
                self.samples.append((index, picture_signals(bgr, luma)))
                self._next_sample = picture.time + 1 / SAMPLE_RATE - 1e-6
        self._last = (bgr, luma)

    def footage(self, reader: Reader) -> Footage:
        """Finish: everything that needs the whole clip."""
        probe = reader.probe
        small, distinct = self.small.stack((0, 0), np.uint8), np.array(self.distinct, np.int64)
        pace = len(small) / max(probe.duration, 1e-6)
        warped = np.arange(1, len(small), max(1, round(pace / WARP_RATE)))
        moving = MotionSignals(
            flow=self.flow.stack((*GRID, 2), np.float32),
            texture=self.texture.stack(GRID, np.float32),
            boil=np.array(self.boil),
            warped=warped,
            warp_error=motion.warp_errors(small, warped),
            middle_error=motion.middle_errors(small),
            brisk=motion.brisk_flows(small, distinct, probe.frames, probe.fps),
        )
        return Footage(
            probe=probe,
            frames=self._frame_signals(),
            steps=_columns(StepSignals, self.steps),
            motion=moving,
            camera=self._camera(moving, probe.height / probe.width),
            samples=self._sample_signals(),
            distinct=distinct,
            small=small,
            thumbnails=self.thumbnails.encoded(),
            thumbnail_times=self.thumbnails.times(),
        )

    def _add_frame(self, time: float, luma: NDArray[np.uint8], work: NDArray[np.uint8]) -> None:
        share = np.cumsum(cv2.calcHist([work], [0], None, [256], [0, 256]).ravel()) / work.size
        p01, p99 = np.searchsorted(share, (0.01, 0.99))
        self.frames.append((time, float(cv2.mean(luma)[0]), float(p01), float(p99)))
        self.blocks.append(motion.block_means(work))

    def _add_step(self, bgr: NDArray[np.uint8], luma: NDArray[np.uint8]) -> None:
        if self._last is None:
            return
        last_bgr, last_luma = self._last
        change = cv2.norm(bgr, last_bgr, cv2.NORM_L1) / bgr.size
        power = cv2.norm(luma, last_luma, cv2.NORM_L2SQR) / luma.size
        mean = self.frames[-1][1] - self.frames[-2][1]
        self.steps.append((change, float(np.sqrt(max(power - mean * mean, 0.0)))))

    def _add_distinct(self, index: int, work: NDArray[np.uint8]) -> None:
        fine = motion.fine_detail(work)
        if self._last_distinct is not None:
            last_work, last_fine = self._last_distinct
            flow = motion.dense_flow(last_work, work)
            self.flow.append(motion.flow_grid(flow))
            self.boil.append(motion.boil(last_fine, fine, flow))
            self.texture.append(motion.block_texture(last_work, self.blocks[self.distinct[-1]]))
        self.distinct.append(index)
        self.small.append(shrink(work, SMALL_SIZE))
        self._last_distinct = work, fine

    def _add_anchor(self, time: float, work: NDArray[np.uint8]) -> None:
        pair = len(self.distinct) - 1
        if self._anchor is None:
            self._anchor = (work, time, pair)
            return
        before, since, first = self._anchor
        if time - since < REACH - 1e-6:
            return
        found = anchor(before, work, first, pair)
        if found is not None:
            self.anchors.append(found)
        self._anchor = (work, time, pair)

    def _frame_signals(self) -> FrameSignals:
        time, luma, p01, p99 = np.array(self.frames).T
        return FrameSignals(
            time=time,
            luma=luma,
            p01=p01,
            p99=p99,
            blocks=self.blocks.stack(GRID, np.float32),
            chroma=self.chroma.stack((*CHROMA_GRID, 2), np.float32),
        )

    def _sample_signals(self) -> SampleSignals:
        rows = [signals for _, signals in self.samples]
        columns: dict[str, Any] = {
            name: np.array([getattr(row, name) for row in rows]) for name in PictureSignals._fields
        }
        columns["bgr"] = columns["bgr"].astype(np.float32)
        return SampleSignals(index=np.array([index for index, _ in self.samples], np.int64), **columns)

    def _camera(self, moving: MotionSignals, aspect: float) -> CameraPath:
        if not len(moving.flow):
            return _columns(CameraPath, [])
        return fit_camera(moving.flow, moving.texture, aspect, self.anchors)


def _columns(kind: type[S], rows: Sequence[tuple[float, ...]]) -> S:
    """Turn rows into the columns of a dataclass of arrays."""
    names = [field.name for field in fields(kind)]
    table = np.array(rows, np.float64).reshape(len(rows), len(names))
    return kind(**{name: table[:, i] for i, name in enumerate(names)})
