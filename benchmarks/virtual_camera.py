"""A virtual camera: views along a known path, and what they see of real pictures.

A view is x and y of its middle in view widths, the logarithm of its size, and its angle in radians.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.faults.pixels import smoothstep

if TYPE_CHECKING:
    from pytest_videobench.faults.model import Picture
    from pytest_videobench.footage.footage import Floats

WIDTH = 640
"""Pixels of what a view shows, at most."""
RADIUS = 0.33
"""Picture widths from the middle to an average point of a picture of 16:9."""


def eased(count: int, rng: np.random.Generator) -> Floats:
    """Rise from 0 to 1: evenly, eased in, eased out, or both."""
    time = np.linspace(0, 1, count)
    ways = (time, smoothstep(time), 2 * smoothstep(time / 2), 2 * smoothstep((1 + time) / 2) - 1)
    return np.asarray(ways[int(rng.integers(len(ways)))] * 0.8 + 0.2 * time)


def sway(count: int, fps: float, size: float, rng: np.random.Generator) -> Floats:
    """Move as a hand does: slow waves that fade with their frequency, and a little roll."""
    time, views = np.arange(count) / fps, np.zeros((count, 4))
    for part, share in ((0, 1.0), (1, 0.8), (3, 0.5)):
        for base in (0.5, 0.9, 1.6, 2.4):
            frequency, phase = base * rng.uniform(0.8, 1.2), rng.uniform(0, 2 * np.pi)
            views[:, part] += share / base * np.sin(2 * np.pi * frequency * time + phase)
    views -= views.mean(axis=0)
    return np.asarray(views * (size / np.sqrt((views[:, :2] ** 2).sum(axis=1).mean())))


class Window:
    """A crop window that moves over pictures along a path, as large as they allow."""

    def __init__(self, views: Floats, width: int, height: int) -> None:
        corners = np.array([[x, y, 1] for x in (-0.5, 0.5) for y in (-0.5, 0.5)]) * (1, height / width, 1)
        reach = np.abs(np.stack([corners @ placed(view).T for view in views])).reshape(-1, 2).max(axis=0)
        self._across = 0.995 * min(width / 2 / reach[0], height / 2 / reach[1])
        self._views, self._middle = views, ((width - 1) / 2, (height - 1) / 2)
        across = min(WIDTH, self._across * np.exp(views[:, 2].min()))
        self.size = 2 * round(across / 2), 2 * round(across * height / width / 2)

    def seen(self, pictures: list[Picture]) -> list[Picture]:
        """Give what the window shows of every picture."""
        return [
            through(picture, view, self._across, self._middle, self.size)
            for picture, view in zip(pictures, self._views, strict=True)
        ]


def placed(view: Floats) -> Floats:
    """Give the 2 × 3 matrix that takes a point of a view to the scene, both in view widths."""
    x, y, size, angle = view
    turn = np.exp(size) * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.column_stack([turn, (x, y)])


def through(
    picture: Picture, view: Floats, across: float, middle: tuple[float, float], size: tuple[int, int]
) -> Picture:
    """Resample a picture through a view; on twice the pixels where it shrinks, so that nothing glitters."""
    fine = 2 if across * np.exp(view[2]) > 1.2 * size[0] else 1
    wide, high = fine * size[0], fine * size[1]
    centred = np.array([[1, 0, (1 - wide) / 2], [0, 1, (1 - high) / 2], [0, 0, wide]]) / wide
    matrix = across * placed(view) @ centred
    matrix[:, 2] += middle
    seen: Any = cv2.warpAffine(picture, matrix, (wide, high), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
    return np.asarray(cv2.resize(seen, size, interpolation=cv2.INTER_AREA) if fine > 1 else seen, np.uint8)


def laid_over(
    frames: list[Picture], views: Floats, near: list[Picture], rng: np.random.Generator
) -> list[Picture]:
    """Lay posts and boulders over the frames, cut out of another clip and seen from another depth."""
    height, width = near[0].shape[:2]
    across, middle, size = width / 2, ((width - 1) / 2, (height - 1) / 2), frames[0].shape[1::-1]
    mask, out = cut_out(width, height, rng), []
    for index, (frame, view) in enumerate(zip(frames, views, strict=True)):
        above = through(near[index % len(near)], view, across, middle, size)
        share = through(mask, view, across, middle, size).astype(np.float32) / 255
        out.append(np.asarray(cv2.blendLinear(above, frame, share, 1 - share), np.uint8))
    return out


def cut_out(width: int, height: int, rng: np.random.Generator) -> Picture:
    """Draw where a layer of twice the view's width is: posts aside, and a boulder in the middle."""
    mask = np.zeros((height, width), np.uint8)
    for x in rng.permutation(np.array([0.12, 0.3, 0.68, 0.86]))[:3]:
        wide = rng.uniform(0.02, 0.05) * width
        left, top = int(x * width), int(rng.uniform(0, 0.5) * height)
        cv2.rectangle(mask, (left, top), (int(left + wide), height), 255, -1)
    middle = (int(rng.uniform(0.42, 0.58) * width), int(rng.uniform(0.45, 0.65) * height))
    axes = (int(rng.uniform(0.05, 0.1) * width), int(rng.uniform(0.08, 0.16) * height))
    cv2.ellipse(mask, middle, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 1.5), np.uint8)


def true_steps(views: Floats) -> Floats:
    """Give how the content moves from view to view, in the terms of a measured path."""
    matrices = [np.vstack([placed(view), (0, 0, 1)]) for view in views]
    rows = []
    for before, after in pairwise(matrices):
        step = np.linalg.inv(after) @ before
        rows.append((step[0, 2], step[1, 2], np.hypot(step[0, 0], step[1, 0]) - 1, step[1, 0]))
    return np.array(rows)
