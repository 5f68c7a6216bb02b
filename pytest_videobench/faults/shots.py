"""Faults of whole pictures that do not belong: another shot, black, blank, bars."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.faults.boxes import moved
from pytest_videobench.faults.model import Change, Take, fault
from pytest_videobench.faults.pixels import Grain, coloured, hue

if TYPE_CHECKING:
    from pytest_videobench.faults.dose import Dose
    from pytest_videobench.faults.model import Floats, Picture

BLANKS = {"green": (0, 135, 0), "grey": (128, 128, 128), "white": (255, 255, 255), "magenta": (200, 40, 200)}
"""What broken decoders and empty latents show, BGR."""


@fault("cut", "hard_cut", "picture")
def cut(take: Take, dose: Dose) -> Change:
    """From one frame to the next the clip goes on with another shot."""
    at = int(take.count * dose.rng.uniform(0.35, 0.65))
    view = _other_view(take, dose)
    grade = hue(dose.sign() * dose["hue"]) * dose["contrast"] ** dose.sign()
    lift = 128 - grade.sum(axis=1) * 128 + dose.sign() * dose["lift"]
    # From the far end of the clip, where the picture has changed the most.
    source = (np.arange(at, take.count) + take.count // 2) % take.count
    frames = take.frames.copy()
    for i, j in zip(range(at, take.count), source, strict=True):
        seen = cv2.warpAffine(
            take.frames[j], view, take.size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
        )
        frames[i] = coloured(np.asarray(seen, np.uint8), grade, lift)
    note = f"Another shot begins at {at / take.fps:.2f} s, {view[1, 1]:.1f} times nearer and mirrored."
    boxes = take.boxes
    if boxes is not None:
        boxes = np.concatenate([boxes[:at], moved(boxes[source], view, take.size)])
    made = replace(take, frames=frames, boxes=boxes, other=None)
    return Change(take=made, first=at, last=take.count, event=(at, at), note=note)


def _other_view(take: Take, dose: Dose) -> Floats:
    """Mirror and enlarge about a point away from the middle."""
    zoom, (x, y) = dose["zoom"], dose.rng.choice([0.12, 0.88], 2) * take.size
    return np.array([[-zoom, 0, x * (zoom - 1) + take.size[0]], [0, zoom, y * (1 - zoom)]])


@fault("black_frames", "black_frames", "picture")
def black_frames(take: Take, dose: Dose) -> Change:
    """The picture goes black and comes back."""
    return _filled(take, dose, (dose["level"],) * 3, "black")


@fault("blank_frames", "blank_frames", "picture")
def blank_frames(take: Take, dose: Dose) -> Change:
    """The picture is one colour for a moment."""
    name = str(dose.rng.choice(list(BLANKS)))
    return _filled(take, dose, BLANKS[name], name)


def _filled(take: Take, dose: Dose, colour: tuple[float, ...], name: str) -> Change:
    first, last = dose.span(take, dose["span"])
    frames, grain = take.frames.copy(), Grain(dose.rng, take.frames.shape[1:], dose["grain"])
    plain = np.full(frames.shape[1:], colour, np.uint8)
    for i in range(first, last):
        frames[i] = grain(plain, i)
    note = f"{last - first} frames are {name}."
    return Change(take=replace(take, frames=frames), first=first, last=last, note=note)


@fault("letterbox", "letterbox", "picture")
def letterbox(take: Take, dose: Dose) -> Change:
    """Dark bars lie over two sides of the picture."""
    lying = dose.coin()
    side = take.size[1] if lying else take.size[0]
    bar = max(2, round(dose["bar"] * side))
    grain = Grain(dose.rng, take.frames.shape[1:], dose["grain"])
    plain = np.full(take.frames.shape[1:], dose["level"], np.uint8)
    frames = take.frames.copy()
    for i in range(take.count):
        _bars(frames[i] if lying else frames[i].swapaxes(0, 1), grain(plain, i), bar, lying=lying)
    where = "above and below" if lying else "left and right"
    note = f"Bars of {bar} pixels lie {where}."
    return Change(take=replace(take, frames=frames), first=0, last=take.count, note=note)


def _bars(picture: Picture, dark: Picture, bar: int, *, lying: bool) -> None:
    rows = dark if lying else dark.swapaxes(0, 1)
    picture[:bar], picture[-bar:] = rows[:bar], rows[-bar:]
