"""Faults in which a thing goes slowly: it fades away, or its surroundings take it in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.faults.background import Background, around
from pytest_videobench.faults.boxes import grown, in_pixels, shares, within
from pytest_videobench.faults.matte import Matte, spread
from pytest_videobench.faults.model import Change, Take, fault
from pytest_videobench.faults.motion import measure
from pytest_videobench.faults.pixels import blob, mixed, smooth_noise, smoothstep, softened
from pytest_videobench.faults.places import subject_boxes

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_videobench.faults.boxes import Box
    from pytest_videobench.faults.dose import Dose
    from pytest_videobench.faults.model import Floats, Picture

NOWHERE = (np.nan,) * 4
WHOLE = 0.8
"""Share from which nothing is left that could be called the subject."""
HELD = 0.98
"""Share of an outline that stays until the next frame, so that no subject returns where the cut loses it."""
FULL = 1.15
"""Gain of an outline, so that nothing shines through an object that it covers nearly."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sight:
    """The window around a subject in one frame."""

    here: Picture
    behind: Picture
    """The same without the subject."""
    cover: Floats
    """Where the subject is, 0–1."""
    box: Box
    """The subject's, in pixels of the window."""
    share: float
    """How far the fault has come, 0–1."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.here.shape[1], self.here.shape[0]


@fault("fade_out", "vanish", "matter", local=True)
def fade_out(take: Take, dose: Dose) -> Change:
    """The subject, or most of it, fades slowly into what is behind it and stays away."""
    first, last = dose.span(take, dose["span"], least=4)

    def faded(sight: _Sight) -> Picture:
        part = blob(sight.size, grown(sight.box, dose["part"]), dose["feather"], power=4)
        return mixed(sight.here, sight.behind, part * sight.cover * sight.share)

    part = min(1.0, dose["part"])
    who = "The subject" if part == 1 else f"A part of the subject, {100 * part:.0f} % of it across,"
    note = f"{who} fades away over {(last - first) / take.fps:.1f} s."
    return _going(take, dose, (first, last), faded, gone=part, note=note)


@fault("absorb", "morph", "matter", local=True)
def absorb(take: Take, dose: Dose) -> Change:
    """What is around the subject flows into it until the two cannot be told apart."""
    first, last = dose.span(take, dose["span"], least=4)
    ragged = dose["ragged"] * np.clip(smooth_noise(dose.rng, (32, 32), (5, 5)), -1, 1)

    def taken_in(sight: _Sight) -> Picture:
        blurred = dose["bleed"] * min(sight.box[2:]) * sight.share
        # From the outline inwards, and nowhere along a straight front.
        front = sight.share * (1 + dose["front"] + 2 * dose["ragged"]) - dose["ragged"] - _depth(sight)
        front = smoothstep((front - cv2.resize(ragged, sight.size)) / dose["front"])
        inside = mixed(sight.here, sight.behind, sight.cover * front * dose["taken"])
        seam = cv2.GaussianBlur(sight.cover, (0, 0), max(0.8, blurred))
        near = blob(sight.size, sight.box, dose["feather"], power=4)
        return mixed(inside, softened(inside, blurred), 4 * seam * (1 - seam) * near)

    taken, seconds = dose["taken"], (last - first) / take.fps
    note = f"The subject takes on {100 * taken:.0f} % of what is around it within {seconds:.1f} s."
    return _going(take, dose, (first, last), taken_in, gone=taken, note=note)


def _going(
    take: Take,
    dose: Dose,
    span: tuple[int, int],
    paint: Callable[[_Sight], Picture],
    *,
    gone: float,
    note: str,
) -> Change:
    """Paint the window around the subject, more and more over the span and as fully until the clip's end.

    Where ``gone``, the share of it that is lost in the end, is nearly all, the subject has no box any more.
    """
    first, last = span
    motion = measure(take)
    boxes = subject_boxes(take, (first + last) // 2, motion)
    background, matte = Background(take, boxes, motion), Matte(take)
    frames, regions, held = take.frames.copy(), [], np.zeros((1, 1), np.float32)
    risen = smoothstep((np.arange(take.count) - first + 1) / (last - first))
    for i in range(first, take.count):
        box = in_pixels(boxes[i], take.size)
        place = around(grown(box, 1 + dose["feather"]), take.size) if np.isfinite(box).all() else None
        regions.append(NOWHERE if place is None else shares(*place, take.size))
        if place is None:
            continue
        cover = spread(matte(i, place, box), dose["rim"] * min(box[2:]))
        held = cover = np.maximum(cover, HELD * cv2.resize(held, cover.shape[::-1]))
        sight = _Sight(
            here=frames[i][place],
            behind=background(i, *place, box, cover),
            cover=np.clip(FULL * cover, 0, 1),
            box=within(box, *place),
            share=float(risen[i]),
        )
        frames[i][place] = paint(sight)
    known = None if take.boxes is None else take.boxes.copy()
    if known is not None and gone > WHOLE:
        known[last:] = np.nan
    made = replace(take, frames=frames, boxes=known)
    return Change(take=made, first=first, last=take.count, event=span, note=note, regions=np.array(regions))


def _depth(sight: _Sight) -> Floats:
    """Give how deep inside the subject a pixel is: 0 on its outline, 1 in its innermost place."""
    inside = (sight.cover > 0.5).astype(np.uint8)
    deep = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    return np.asarray(deep / max(1.0, float(deep.max())), np.float32)
