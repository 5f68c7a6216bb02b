"""Faults of matter: it vanishes, pops in, turns into something else."""

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
from pytest_videobench.faults.pixels import blob, mixed, smoothstep
from pytest_videobench.faults.places import subject_boxes

if TYPE_CHECKING:
    from pytest_videobench.faults.boxes import Box
    from pytest_videobench.faults.dose import Dose
    from pytest_videobench.faults.model import Floats, Picture

NOWHERE = (np.nan,) * 4
PLAIN = 6.0
"""Spread of light, in levels of CIELAB, below which a place has no look to take on."""


@fault("vanish", "vanish", "matter", local=True)
def vanish(take: Take, dose: Dose) -> Change:
    """The subject, or a part of it, dissolves into the background and stays away."""
    at, swift = _moment(take, dose)
    gone = smoothstep((np.arange(take.count) - at + 1) / swift)
    change = _without(take, dose, gone, at)
    note = f"{_part(dose)} is gone within {swift} frames."
    boxes = change.take.boxes
    if boxes is not None and dose["part"] > 0.8:
        boxes[at + swift :] = np.nan
    return replace(change, event=(at, at + swift), note=note)


@fault("pop_in", "pop_in", "matter", local=True)
def pop_in(take: Take, dose: Dose) -> Change:
    """The subject, or a part of it, is not there at first and comes out of nothing."""
    at, swift = _moment(take, dose)
    gone = smoothstep((at + swift - np.arange(take.count)) / swift)
    change = _without(take, dose, gone, at)
    note = f"{_part(dose)} appears within {swift} frames."
    boxes = change.take.boxes
    if boxes is not None and dose["part"] > 0.8:
        boxes[:at] = np.nan
    return replace(change, event=(at, at + swift), note=note)


def _moment(take: Take, dose: Dose) -> tuple[int, int]:
    at = int(take.count * dose.rng.uniform(0.35, 0.6))
    return at, max(2, round(dose["swiftness"]))


def _part(dose: Dose) -> str:
    share = min(1.0, dose["part"])
    return "The subject" if share == 1 else f"A part of the subject, {100 * share:.0f} % of it across,"


def _without(take: Take, dose: Dose, gone: Floats, anchor: int) -> Change:
    """Take the subject out where ``gone`` says so, 0–1 per frame."""
    motion = measure(take)
    boxes = subject_boxes(take, anchor, motion)
    background = Background(take, boxes, motion)
    frames, regions, matte = take.frames.copy(), [], Matte(take)
    touched = np.flatnonzero(gone > 0)
    first, last = int(touched[0]), int(touched[-1]) + 1
    for i in range(first, last):
        whole = in_pixels(boxes[i], take.size)
        box = grown(whole, dose["part"])
        place = around(grown(box, 1 + dose["feather"]), take.size) if np.isfinite(box).all() else None
        regions.append(NOWHERE if place is None else shares(*place, take.size))
        if place is None:
            continue
        size = place[1].stop - place[1].start, place[0].stop - place[0].start
        part = blob(size, within(box, *place), dose["feather"], power=4)
        object_there = spread(matte(i, place, whole), dose["rim"] * min(whole[2:]))
        weight = part * np.clip(object_there * 1.15, 0, 1) * float(gone[i])
        frames[i][place] = mixed(frames[i][place], background(i, *place, box, object_there), weight)
    known = None if take.boxes is None else take.boxes.copy()
    made = replace(take, frames=frames, boxes=known)
    return Change(take=made, first=first, last=last, note="", regions=np.array(regions))


@fault("swap", "identity_drift", "matter", local=True)
def swap(take: Take, dose: Dose) -> Change:
    """The subject turns into something else that has its place and motion."""
    at = int(take.count * dose.rng.uniform(0.35, 0.6))
    boxes = subject_boxes(take, at)
    donor = _donor(take, boxes[at], at)
    fade = max(2, round(dose["fade"] * take.fps))
    wider = (1 + dose["shape"]) ** dose.sign()
    frames, regions, matte = take.frames.copy(), [], Matte(take)
    for i in range(at, take.count):
        box = in_pixels(boxes[i], take.size)
        place = window(grown(box, 1.5), take.size) if np.isfinite(box).all() else None
        regions.append(NOWHERE if place is None else shares(*place, take.size))
        if place is not None:
            share = float(smoothstep((i - at + 1) / fade))
            cover = matte(i, place, box)
            frames[i][place] = _turned(take.frames[i], cover, box, place, donor, dose, share, wider)
    made = replace(take, frames=frames)
    note = f"Within {fade} frames the subject takes on the look of another place of the picture."
    event = (at, min(at + fade, take.count))
    return Change(take=made, first=at, last=take.count, event=event, note=note, regions=np.array(regions))


def _turned(
    picture: Picture,
    cover: Floats,
    box: Box,
    place: tuple[slice, slice],
    donor: Floats,
    dose: Dose,
    share: float,
    wider: float,
) -> Picture:
    """Give the window with the subject changed by ``share`` of all that the dose says."""
    own = picture[place]
    around, stretch = within(box, *place), 1 + (wider - 1) * share
    shaped, there = _reshaped(own, around, stretch), _patch(picture, donor, box, place)
    weight = spread(_reshaped(cover, around, stretch), 1) * share
    painted = _recoloured(shaped, there, weight > 0.5, dose["colour"])
    painted = mixed(painted, there, dose["detail"])
    return mixed(shaped, painted, np.clip(weight, 0, 1))


def _reshaped(own: Floats, box: Box, wider: float) -> Floats:
    """Stretch about the box's middle, less and less towards the window's rim."""
    height, width = own.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    near = blob((width, height), grown(box, 0.9), 0.45)
    middle = box[0] + box[2] / 2, box[1] + box[3] / 2
    u = x + near * (x - middle[0]) * (1 / wider - 1)
    v = y + near * (y - middle[1]) * (wider - 1) * 0.6
    return np.asarray(cv2.remap(own, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101))


def _patch(picture: Picture, donor: Floats, box: Box, place: tuple[slice, slice]) -> Picture:
    """Give the donor's surroundings as large as the window, mirrored."""
    size = place[1].stop - place[1].start, place[0].stop - place[0].start
    x, y = within(box, *place)[:2]
    shift = np.array([[-1.0, 0, donor[0] + box[2] + x], [0, 1.0, y - donor[1]]])
    return np.asarray(
        cv2.warpAffine(picture, shift, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101),
        np.uint8,
    )


def _recoloured(own: Picture, there: Picture, inside: Floats, share: float) -> Picture:
    """Give colours the mean and the spread that they have elsewhere."""
    if not inside.any():
        return own
    mine, theirs = own[inside].astype(np.float32), there[inside].astype(np.float32)
    gain = np.clip((theirs.std(axis=0) + 4) / (mine.std(axis=0) + 4), 0.5, 2.0)
    gain = 1 + share * (gain - 1)
    offset = mine.mean(axis=0) * (1 - gain) + share * (theirs.mean(axis=0) - mine.mean(axis=0))
    return np.asarray(np.clip(own * gain + offset, 0, 255), np.uint8)


def _donor(take: Take, box: Floats, anchor: int) -> Floats:
    """Choose a place, its upper left corner in pixels, that looks the least like the subject."""
    if take.other is not None and np.isfinite(take.other[anchor]).all():
        return np.asarray(take.other[anchor, :2] * take.size)
    width, height = take.size
    x, y, w, h = in_pixels(box, take.size)
    lab = cv2.cvtColor(take.frames[anchor], cv2.COLOR_BGR2LAB).astype(np.float32)
    mine = _look(lab, (x, y, w, h), take.size)
    best, chosen = -1.0, np.array([width - x - w, y])
    for across in np.linspace(0, max(0.0, width - w), 9):
        for down in np.linspace(0, max(0.0, height - h), 6):
            look = _look(lab, (across, down, w, h), take.size)
            apart = abs(across - x) > 0.8 * w or abs(down - y) > 0.8 * h
            unlike = float(np.abs(look[:3] - mine[:3]).sum() + 0.8 * look[3])
            if apart and look[3] > PLAIN and unlike > best:
                best, chosen = unlike, np.array([across, down])
    return chosen


def _look(lab: Floats, box: Box, size: tuple[int, int]) -> Floats:
    """Mean colour of a place, and the lesser spread of light of its halves."""
    place = window(box, size)
    pixels = lab[place].reshape(-1, 3) if place else np.zeros((1, 3), np.float32)
    halves = (lab[place][:, side, 0] for side in _halves(place)) if place else ()
    return np.append(pixels.mean(axis=0), min((float(half.std()) for half in halves), default=0.0))


def _halves(place: tuple[slice, slice]) -> tuple[slice, slice]:
    """Left and right half of a window: one of them may be a bar that is no part of the scene."""
    middle = (place[1].stop - place[1].start) // 2
    return slice(None, middle), slice(middle, None)
