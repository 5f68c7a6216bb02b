"""Synthetic clips with known faults: a textured ground that drifts, a disc that crosses it, mild noise."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import av
import cv2
import numpy as np

from pytest_videobench.footage.analyse import analyse

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Footage

Pictures: TypeAlias = "NDArray[np.uint8]"
"""Frames × height × width × 3, BGR."""

WIDTH, HEIGHT, FPS, FRAMES = 320, 180, 24, 48


@cache
def ground(seed: int) -> NDArray[np.float32]:
    """A coloured texture of several scales, larger than any pan."""
    rng = np.random.default_rng(seed)
    shape = (2 * HEIGHT, 4 * WIDTH)
    picture = np.zeros((*shape, 3), np.float32)
    for cell, weight in ((96, 40), (32, 36), (12, 26), (5, 18)):
        coarse = rng.normal(size=(shape[0] // cell + 2, shape[1] // cell + 2, 3)).astype(np.float32)
        picture += weight * cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC)
    for x, y, wide, high in rng.integers((0, 0, 6, 6), (*shape[::-1], 60, 60), size=(160, 4)).tolist():
        cv2.rectangle(picture, (x, y), (x + wide, y + high), rng.uniform(-60, 60, 3).tolist(), -1)
    return picture + rng.uniform(100, 150, 3).astype(np.float32)


@cache
def _grain(noise: float) -> NDArray[np.float32]:
    """Sixteen pictures of noise, enough for the eye not to see them come back."""
    return np.asarray(np.random.default_rng(5).normal(0, noise, (16, HEIGHT, WIDTH, 3)), np.float32)


@cache
def moving(
    *, frames: int = FRAMES, pan: float = 1.6, grow: float = 0.0, noise: float = 1.5, seed: int = 0
) -> Pictures:
    """A clean clip; ``pan`` is the view's drift to the right in pixels, ``grow`` the content's per frame."""
    grain = _grain(noise)
    out = np.zeros((frames, HEIGHT, WIDTH, 3), np.uint8)
    for i in range(frames):
        scale = (1 + grow) ** i
        middle = (WIDTH + pan * i, HEIGHT)
        turn = np.array(
            [[scale, 0, WIDTH / 2 - scale * middle[0]], [0, scale, HEIGHT / 2 - scale * middle[1]]],
            np.float32,
        )
        picture = cv2.warpAffine(ground(seed), turn, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
        place = (40 + round(3.0 * i) % (WIDTH - 80), round(HEIGHT / 2 + 30 * np.sin(i / 7)))
        cv2.circle(picture, place, 30, (40, 60, 220), -1, cv2.LINE_AA)
        out[i] = np.clip(picture + grain[(7 * i + seed) % 16], 0, 255)
    out.flags.writeable = False  # it is remembered
    return out


def frozen(pictures: Pictures, start: int, count: int) -> Pictures:
    """The clip stands still for ``count`` frames and goes on where it was."""
    held = np.concatenate([pictures[: start + 1], np.repeat(pictures[start : start + 1], count, axis=0)])
    return np.concatenate([held, pictures[start + 1 : len(pictures) - count]])


def filled(pictures: Pictures, start: int, count: int, level: int) -> Pictures:
    """Some frames of one grey level."""
    out = pictures.copy()
    out[start : start + count] = level
    return out


def faded(pictures: Pictures, count: int) -> Pictures:
    """The clip rises from black over its first frames and sinks into it over its last."""
    gain = np.clip(np.minimum(np.arange(len(pictures)), np.arange(len(pictures))[::-1]) / count, 0, 1)
    return np.asarray(pictures * gain[:, None, None, None], np.uint8)


def flickering(pictures: Pictures, amplitude: float, start: int, count: int) -> Pictures:
    """Every second frame of a span is brighter by a share of its luma."""
    gain = np.ones(len(pictures))
    gain[start : start + count : 2] += amplitude
    return np.asarray(np.clip(pictures * gain[:, None, None, None], 0, 255), np.uint8)


def cut(pictures: Pictures, at: int) -> Pictures:
    """Another shot from frame ``at`` on."""
    return np.concatenate([pictures[:at], moving(frames=len(pictures) - at, seed=7, pan=-1.2)])


def boxed(pictures: Pictures, rows: int, columns: int = 0) -> Pictures:
    """Black bars above and below, or left and right."""
    out = pictures.copy()
    if rows:
        out[:, :rows] = out[:, -rows:] = 0
    if columns:
        out[:, :, :columns] = out[:, :, -columns:] = 0
    return out


def shaken(pictures: Pictures, size: float, start: int, count: int) -> Pictures:
    """Every frame of a span is shifted by up to ``size`` pixels in a direction of its own."""
    rng, out = np.random.default_rng(3), pictures.copy()
    for i in range(start, start + count):
        angle = rng.uniform(0, 2 * np.pi)
        shift = np.array([[1, 0, size * np.cos(angle)], [0, 1, size * np.sin(angle)]], np.float32)
        out[i] = cv2.warpAffine(pictures[i], shift, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
    return out


def repeated(pictures: Pictures, times: int) -> Pictures:
    """Every new picture is shown ``times`` times; the clip keeps its length."""
    return np.asarray(pictures[np.arange(len(pictures)) // times * times], np.uint8)


def hanging(pictures: Pictures, every: int) -> Pictures:
    """One frame of every few repeats the one before."""
    index = np.arange(len(pictures))
    return np.asarray(pictures[index - (index % every == every - 1)], np.uint8)


def blurred(pictures: Pictures, sigma: float) -> Pictures:
    """Every frame is soft."""
    return np.stack([np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8) for picture in pictures])


def write(pictures: Pictures, path: Path, *, fps: int = FPS, crf: int = 16) -> Path:
    """Store the pictures as H.264."""
    # No frames between frames: they would smooth the very faults that are to be seen.
    options = {"crf": str(crf), "preset": "veryfast", "bf": "0", "threads": "1"}
    with av.open(path.as_posix(), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options=options)
        stream.height, stream.width = pictures.shape[1:3]
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(planes, "yuv420p")))
        container.mux(stream.encode())
    return path


def footage_of(pictures: Pictures, folder: Path, *, fps: int = FPS, crf: int = 16) -> Footage:
    """Store the pictures and analyse what a player would see."""
    return analyse(write(pictures, folder / "clip.mp4", fps=fps, crf=crf))
