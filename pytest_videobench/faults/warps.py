"""Faults in which matter flows: it melts, grows together, and faces and small things will not keep still."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.faults.background import Background, around
from pytest_videobench.faults.boxes import grown, in_pixels, shares, window, within
from pytest_videobench.faults.matte import Matte, spread
from pytest_videobench.faults.model import Change, Take, fault
from pytest_videobench.faults.motion import measure
from pytest_videobench.faults.pixels import blob, mixed, ramp, smooth_noise, smoothstep, softened, wandering
from pytest_videobench.faults.places import small_boxes, subject_boxes

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_videobench.faults.boxes import Box
    from pytest_videobench.faults.dose import Dose
    from pytest_videobench.faults.model import Floats, Picture
    from pytest_videobench.faults.motion import Motion

NOWHERE = (np.nan,) * 4
UPRIGHT = 1.15
"""Height over width from which a box may hold a standing body, with its head above."""
TERMS = 3


@fault("melt", "morph", "matter", local=True)
def melt(take: Take, dose: Dose) -> Change:
    """The subject's outline flows and droops into what is around it, more and more."""
    first = int(take.count * dose.rng.uniform(0.2, 0.45))
    motion = measure(take)
    boxes = subject_boxes(take, (first + take.count) // 2, motion)
    fields = _Fields(dose, take.count - first, dose["pace"] / take.fps, cells=(4, 4))
    growth = smoothstep((np.arange(take.count - first) + 1) / (take.count - first))

    def flow(i: int, size: tuple[int, int], box: Box) -> tuple[Floats, Floats]:
        across, down = fields(i - first, size)
        sag = dose["droop"] * box[3] * growth[i - first] * (0.55 + 0.45 * down)
        return dose["swirl"] * box[2] * growth[i - first] * across, -np.abs(sag)

    note = f"The subject droops by {100 * dose['droop']:.0f} % of its height until the clip's end."
    layer = _Layer(take, boxes, motion)
    return _warped(take, boxes, (first, take.count), 1 + 2 * dose["pad"], flow, note, layer)


@fault("small_subject_warp", "small_subject_deformation", "matter", local=True)
def small_subject_warp(take: Take, dose: Dose) -> Change:
    """A small thing changes its shape from moment to moment."""
    first, last = dose.span(take, dose["span"], least=4)
    boxes = small_boxes(take, (first + last) // 2, dose["largest"])
    return _wobbling(take, dose, boxes, (first, last), cells=(3, 3), what="A small thing")


@fault("face_warp", "face_morph", "people", local=True)
def face_warp(take: Take, dose: Dose) -> Change:
    """The face, or what is in its place, shifts its features as it goes."""
    first, last = dose.span(take, dose["span"], least=4)
    boxes = subject_boxes(take, (first + last) // 2).copy()
    tall = boxes[:, 3] * take.size[1] > UPRIGHT * boxes[:, 2] * take.size[0]
    boxes[tall, 3] *= dose["upper"]
    return _wobbling(take, dose, boxes, (first, last), cells=(4, 4), what="The upper part of the subject")


def _wobbling(
    take: Take, dose: Dose, boxes: Floats, span: tuple[int, int], *, cells: tuple[int, int], what: str
) -> Change:
    first, last = span
    fields = _Fields(dose, last - first, dose["pace"] / take.fps, cells=cells)
    share = ramp(last - first, 0.25 * take.fps)

    def flow(i: int, size: tuple[int, int], box: Box) -> tuple[Floats, Floats]:
        across, down = fields(i - first, size)
        reach = dose["shift"] * min(box[2], box[3]) * share[i - first]
        return reach * across, reach * down

    note = f"{what} is displaced by up to {100 * dose['shift']:.0f} % of its size."
    return _warped(take, boxes, span, 1.5, flow, note)


class _Fields:
    """Two displacement fields of about -1 to 1 that drift over time."""

    def __init__(self, dose: Dose, count: int, pace: float, *, cells: tuple[int, int]) -> None:
        side = 32
        make = [smooth_noise(dose.rng, (side, side), cells) for _ in range(2 * TERMS)]
        self._fields = np.stack(make).reshape(2, TERMS, side, side)
        self._weights = list(wandering(dose.rng, count, pace, TERMS))

    def __call__(self, index: int, size: tuple[int, int]) -> tuple[Floats, Floats]:
        across, down = np.einsum("t,ktyx->kyx", self._weights[index], self._fields) / np.sqrt(TERMS / 2)
        wide = [cv2.resize(f.astype(np.float32), size, interpolation=cv2.INTER_CUBIC) for f in (across, down)]
        return np.asarray(wide[0]), np.asarray(wide[1])


class _Layer:
    """Moves the object alone, and shows what is behind it where it was."""

    def __init__(self, take: Take, boxes: Floats, motion: Motion) -> None:
        self._background = Background(take, boxes, motion)
        self._matte = Matte(take)
        self._take = take

    def __call__(
        self,
        index: int,
        place: tuple[slice, slice],
        box: Box,
        moved: Picture,
        flow: tuple[Floats, Floats],
    ) -> Picture:
        """Lay the displaced object over the background; both as large as the window."""
        cover = spread(self._matte(index, place, box), 0.03 * min(box[2:]))
        behind = self._take.frames[index][place].copy()
        hole = around(box, self._take.size)
        if hole is not None:
            part = tuple(slice(h.start - p.start, h.stop - p.start) for h, p in zip(hole, place, strict=True))
            filled = self._background(index, *hole, box, cover[part])
            behind[part] = mixed(behind[part], filled, cover[part])
        return mixed(behind, moved, np.clip(_displaced(cover, *flow), 0, 1))


def _warped(
    take: Take,
    boxes: Floats,
    span: tuple[int, int],
    pad: float,
    flow: Callable[[int, tuple[int, int], Box], tuple[Floats, Floats]],
    note: str,
    layer: _Layer | None = None,
) -> Change:
    """Displace the window around each box by what ``flow`` gives in pixels, fading out to its rim."""
    frames, regions = take.frames.copy(), []
    for i in range(*span):
        box = in_pixels(boxes[i], take.size)
        place = window(grown(box, pad), take.size) if np.isfinite(box).all() else None
        regions.append(NOWHERE if place is None else shares(*place, take.size))
        if place is None:
            continue
        size = place[1].stop - place[1].start, place[0].stop - place[0].start
        soft = blob(size, grown(within(box, *place), 0.85), (pad - 0.85) / 0.85 - 0.02, power=2.5)
        across, down = flow(i, size, box)
        soft_flow = across * soft, down * soft
        moved = _displaced(take.frames[i][place], *soft_flow)
        frames[i][place] = layer(i, place, box, moved, soft_flow) if layer else moved
    made = replace(take, frames=frames)
    return Change(take=made, first=span[0], last=span[1], note=note, regions=np.array(regions))


def _displaced(picture: Floats, across: Floats, down: Floats) -> Floats:
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    where = (x + across).astype(np.float32), (y + down).astype(np.float32)
    return np.asarray(cv2.remap(picture, *where, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101))


@fault("merge", "merge", "matter", local=True)
def merge(take: Take, dose: Dose) -> Change:
    """The subject and another thing are drawn towards each other and grow together."""
    first, last = int(take.count * dose.rng.uniform(0.25, 0.45)), take.count
    boxes = subject_boxes(take, first)
    partners = _partners(take, boxes, first)
    grow = smoothstep((np.arange(last - first) + 1) / max(2.0, dose["grow"] * take.fps))
    frames, regions = take.frames.copy(), []
    for i in range(first, last):
        one, two = in_pixels(boxes[i], take.size), in_pixels(partners[i], take.size)
        place = _common_window(one, two, take.size)
        regions.append(NOWHERE if place is None else shares(*place, take.size))
        if place is not None:
            pair = within(one, *place), within(two, *place)
            frames[i][place] = _drawn_together(frames[i][place], pair, dose, float(grow[i - first]))
    made = replace(take, frames=frames)
    note = f"The subject and its neighbour close {100 * dose['pull']:.0f} % of the gap between them."
    event = first, min(last, first + max(2, round(dose["grow"] * take.fps)))
    return Change(take=made, first=first, last=last, event=event, note=note, regions=np.array(regions))


def _partners(take: Take, boxes: Floats, anchor: int) -> Floats:
    """Give the second subject's boxes, or those of what has the most detail beside the first one."""
    if take.other is not None and np.isfinite(take.other[anchor]).all():
        return np.asarray(take.other)
    x, y, w, h = boxes[anchor]
    grey = cv2.cvtColor(take.frames[anchor], cv2.COLOR_BGR2GRAY)
    sides = [(x + way * 1.15 * w, y + up * 0.2 * h) for way in (-1, 1) for up in (-1, 0, 1)]

    def worth(corner: tuple[float, float]) -> float:
        place = window(in_pixels(np.array([*corner, w, h]), take.size), take.size)
        seen = max(0.0, min(corner[0] + w, 1) - max(corner[0], 0)) / w
        return float(grey[place].std()) * seen**2 if place else -1.0

    best = max(sides, key=worth)
    return np.asarray(boxes + np.array([best[0] - x, best[1] - y, 0, 0]))


def _common_window(one: Box, two: Box, size: tuple[int, int]) -> tuple[slice, slice] | None:
    both = np.array([grown(one, 1.4), grown(two, 1.4)])
    if not np.isfinite(both).all():
        return None
    low, high = both[:, :2].min(axis=0), (both[:, :2] + both[:, 2:]).max(axis=0)
    return window((low[0], low[1], high[0] - low[0], high[1] - low[1]), size)


def _drawn_together(picture: Picture, pair: tuple[Box, Box], dose: Dose, share: float) -> Picture:
    """Move both towards the middle between them, and let them run into each other there."""
    height, width = picture.shape[:2]
    middles = np.array([(x + w / 2, y + h / 2) for x, y, w, h in pair])
    apart = middles[1] - middles[0]
    across, down = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    pull = 0.5 * dose["pull"] * share * apart
    for box, way in zip(pair, (1, -1), strict=True):
        x, y, w, h = box
        shifted = (x + way * pull[0], y + way * pull[1], w, h)
        near = blob((width, height), grown(shifted, 0.7), 0.95, power=2.5) * _inside((width, height))
        across -= way * pull[0] * near
        down -= way * pull[1] * near
    moved = _displaced(picture, across, down)
    meet = middles.mean(axis=0)
    size = 0.5 * float(np.hypot(*apart)), 0.8 * min(pair[0][3], pair[1][3])
    seam = blob((width, height), (meet[0] - size[0] / 2, meet[1] - size[1] / 2, *size), 0.8, power=2)
    soft = softened(moved, 0.09 * float(np.hypot(*apart)))
    return mixed(moved, soft, seam * dose["haze"] * share * _inside((width, height)))


def _inside(size: tuple[int, int]) -> Floats:
    """Fade out to a window's rim, so that nothing shows where it ends."""
    across = np.minimum(np.arange(size[0]), np.arange(size[0])[::-1]) / (0.1 * size[0])
    down = np.minimum(np.arange(size[1]), np.arange(size[1])[::-1]) / (0.1 * size[1])
    return smoothstep(np.minimum(across[None], down[:, None])).astype(np.float32)
