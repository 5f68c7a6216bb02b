"""Where a local fault strikes: on the subject, or on what moves or stands out where nobody knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.faults.dose import at_severity, strengths
from pytest_videobench.faults.motion import Motion, measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_videobench.faults.model import Floats, Take

SPREAD = 2
"""Pairs on either side of the anchor over which motion is summed."""
STANDS_OUT = 0.35
"""Weight of mere contrast, beside 1 for motion."""
CORE = 0.55
"""Share of the peak down to which cells belong to a place."""


def subject_boxes(take: Take, anchor: int, motion: Motion | None = None) -> Floats:
    """Give a box per frame: the subject's where it is known and seen, else a followed place of our own."""
    if take.boxes is not None and _usable(take.boxes[anchor]):
        return np.asarray(take.boxes, np.float64)
    motion = motion or measure(take)
    return followed(motion, place(take, motion, anchor), anchor)


def small_boxes(take: Take, anchor: int, largest: float) -> Floats:
    """Give a small box per frame: the subject's if it is small, else a followed small place."""
    if take.boxes is not None and _usable(take.boxes[anchor]) and float(take.boxes[anchor][2]) <= largest:
        return np.asarray(take.boxes, np.float64)
    motion = measure(take)
    x, y, w, h = place(take, motion, anchor)
    side = min(largest, w, h * motion.aspect)
    box = np.array([x + (w - side) / 2, y + (h - side / motion.aspect) / 2, side, side / motion.aspect])
    return followed(motion, box, anchor)


def place(take: Take, motion: Motion, anchor: int) -> Floats:
    """Find a box, in shares, around what moves by itself near a frame, or else stands out."""
    pair = min(max(anchor, SPREAD), len(motion.own) - 1 - SPREAD)
    near = slice(max(0, pair - SPREAD), pair + SPREAD + 1)
    heat = (motion.own[near] * motion.texture[near] ** 2).mean(axis=0).astype(np.float32)
    rows, columns = heat.shape
    detail = _detail(take, anchor, (columns, rows))
    heat = heat / max(float(heat.max()), 0.004) + STANDS_OUT * detail / max(float(detail.max()), 1e-6)
    heat = cv2.GaussianBlur(heat, (0, 0), columns / 24) * _away_from_rim(rows, columns)
    _, _, _, peak = cv2.minMaxLoc(heat)
    _, labels = cv2.connectedComponents((heat >= CORE * heat[peak[1], peak[0]]).astype(np.uint8))
    x, y, w, h = cv2.boundingRect((labels == labels[peak[1], peak[0]]).astype(np.uint8))
    return _bounded(np.array([x / columns, y / rows, w / columns, h / rows]), peak, heat.shape, motion.aspect)


def liveliest(take: Take, anchor: int) -> tuple[float, float]:
    """Give the point, in shares, around which the picture moves the most, camera and all."""
    motion = measure(take)
    pair = min(anchor, len(motion.flow) - 1)
    heat = np.linalg.norm(motion.flow[max(0, pair - SPREAD) : pair + SPREAD + 1], axis=-1).mean(axis=0)
    rows, columns = heat.shape
    blurred = cv2.GaussianBlur(heat.astype(np.float32), (0, 0), columns / 8)
    _, _, _, peak = cv2.minMaxLoc(blurred * _away_from_rim(rows, columns))
    return (peak[0] + 0.5) / columns, (peak[1] + 0.5) / rows


def followed(motion: Motion, box: Floats, anchor: int) -> Floats:
    """Carry a box from one frame through all others by the median motion inside it."""
    boxes = np.zeros((len(motion.flow) + 1, 4))
    boxes[anchor] = box
    for i in range(anchor, len(motion.flow)):
        boxes[i + 1] = _carried(motion, boxes[i], i, 1)
    for i in range(anchor - 1, -1, -1):
        boxes[i] = _carried(motion, boxes[i + 1], i, -1)
    return boxes


def _carried(motion: Motion, box: Floats, pair: int, way: int) -> Floats:
    rows, columns = motion.own.shape[1:]
    x, y, w, h = box
    # The inner half, because the rim of a box is background.
    left, top = int((x + 0.25 * w) * columns), int((y + 0.25 * h) * rows)
    right, bottom = int(np.ceil((x + 0.75 * w) * columns)), int(np.ceil((y + 0.75 * h) * rows))
    inside = motion.flow[pair, max(0, top) : max(1, bottom), max(0, left) : max(1, right)]
    if not inside.size:
        return box
    across, down = way * np.median(inside.reshape(-1, 2), axis=0)
    growth = 1 + way * float(np.clip(motion.camera[pair, 0], -0.03, 0.03))
    middle = np.clip((x + w / 2 + across, y + h / 2 + down / motion.aspect), 0.0, 1.0)
    wide, high = w * growth, h * growth
    return np.array([middle[0] - wide / 2, middle[1] - high / 2, wide, high])


def _usable(box: Floats) -> bool:
    """Whether enough of a subject is in the picture, and is not all of it."""
    if not np.isfinite(box).all():
        return False
    x, y, w, h = (float(value) for value in box)
    seen = (min(x + w, 1) - max(x, 0)) * (min(y + h, 1) - max(y, 0))
    return w > 0 and h > 0 and min(x + w, 1) > max(x, 0) and 0.0008 < seen < 0.5 and seen > 0.5 * w * h


def _detail(take: Take, anchor: int, size: tuple[int, int]) -> Floats:
    grey = cv2.cvtColor(take.frames[anchor], cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (size[0] * 4, size[1] * 4), interpolation=cv2.INTER_AREA)
    edges = np.abs(cv2.Laplacian(small, cv2.CV_32F))
    return np.asarray(cv2.resize(edges, size, interpolation=cv2.INTER_AREA))


def _away_from_rim(rows: int, columns: int) -> Floats:
    """Favour the middle a little; a fault at the rim is half outside."""
    across, down = np.hanning(columns + 2)[1:-1], np.hanning(rows + 2)[1:-1]
    return np.sqrt(np.outer(down, across)).astype(np.float32) ** 0.7


def _bounded(box: Floats, peak: Sequence[int], shape: tuple[int, ...], aspect: float) -> Floats:
    """Keep the sides within bounds, the peak inside, and the box in the picture."""
    limits = strengths()["place"]
    smallest, largest, edge = (at_severity(limits[key], 1.0) for key in ("smallest", "largest", "edge"))
    scale = np.array([1.0, 1 / aspect])
    sides = np.clip(box[2:], smallest * scale, np.minimum(largest * scale, 0.6))
    at = np.array([(peak[0] + 0.5) / shape[1], (peak[1] + 0.5) / shape[0]])
    middle = np.clip(box[:2] + box[2:] / 2, at - sides / 2, at + sides / 2)
    rim = np.minimum(edge * scale, 0.1)
    middle = np.clip(middle, np.minimum(sides / 2 + rim, 0.5), np.maximum(1 - sides / 2 - rim, 0.5))
    return np.concatenate([middle - sides / 2, sides])
