"""Faults of the camera: it shakes, or it makes another move than was asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.faults.boxes import moved
from pytest_videobench.faults.model import Change, Take, fault
from pytest_videobench.faults.pixels import ramp, smoothstep

if TYPE_CHECKING:
    from pytest_videobench.faults.dose import Dose
    from pytest_videobench.faults.model import Floats

OPPOSITE = {
    "pan_left": "pan_right",
    "pan_right": "pan_left",
    "tilt_up": "tilt_down",
    "tilt_down": "tilt_up",
    "zoom_in": "zoom_out",
    "zoom_out": "zoom_in",
}
"""Moves that become each other when time runs backwards."""
MOVES = (*OPPOSITE, "roll")


@fault("jitter", "jitter", "time")
def jitter(take: Take, dose: Dose) -> Change:
    """The whole picture jumps about from frame to frame."""
    first, last = dose.span(take, dose["span"], least=8)
    size, share = dose["shift"] * take.size[0], ramp(last - first, 2)
    angles = dose.rng.uniform(0, 2 * np.pi, take.count)[first:last]
    reach = dose.rng.uniform(0.6, 1.0, take.count)[first:last] * share * size
    turns = dose.rng.uniform(-1, 1, take.count)[first:last] * share * np.deg2rad(dose["turn"])
    steps = np.stack([reach * np.cos(angles), reach * np.sin(angles), turns, np.zeros(last - first)], axis=1)
    views = [_view(take.size, *step) for step in steps]
    note = f"The picture jumps by up to {size:.1f} pixels for {(last - first) / take.fps:.2f} s."
    return Change(take=_seen(take, views, first), first=first, last=last, note=note)


@fault("wrong_move", "camera_mismatch", "camera")
def wrong_move(take: Take, dose: Dose) -> Change:
    """The camera plainly makes another move than was asked."""
    played, words = take, ""
    move = str(dose.rng.choice([name for name in MOVES if name != take.move]))
    sign = dose.sign()
    if take.move in OPPOSITE:
        move, words = OPPOSITE[take.move], "Time runs backwards, and the "
        boxes, other = (table if table is None else table[::-1] for table in (take.boxes, take.other))
        played = replace(take, frames=take.frames[::-1], boxes=boxes, other=other)
    made = _seen(played, _travel(take, dose, move, sign), 0)
    amount = dose[move.split("_")[0]]
    far = f"{sign * amount:+.0f} degrees" if move == "roll" else f"{100 * amount:.0f} %"
    asked = "nothing" if take.move == "any" else _plain(take.move)
    note = f"{words or 'The '}camera makes a {_plain(move)} of {far} where {asked} was asked."
    return Change(take=made, first=0, last=take.count, note=note)


def _plain(move: str) -> str:
    return move.replace("_", " ")


def _travel(take: Take, dose: Dose, move: str, sign: int) -> list[Floats]:
    """Give a view per frame that makes the move from the first to the last, always inside the picture."""
    (width, height), kind = take.size, move.split("_")[0]
    amount = dose[kind]
    way = 0.25 * smoothstep(np.linspace(0, 1, take.count)) + 0.75 * np.linspace(0, 1, take.count)
    if kind == "zoom":
        grown = way if move == "zoom_in" else 1 - way
        return [_view(take.size, 0, 0, 0, np.log1p(amount) * share) for share in grown]
    if kind == "roll":
        angles = sign * np.deg2rad(amount) * (way - 0.5)
        need = _cover(np.deg2rad(amount) / 2, width / height)
        return [_view(take.size, 0, 0, angle, np.log(need)) for angle in angles]
    # A view that turns right or down moves the content left or up.
    content = (0.5 - way) * (1 if move in ("pan_right", "tilt_down") else -1) * amount
    across = content * width if kind == "pan" else 0 * content
    down = content * height if kind == "tilt" else 0 * content
    return [_view(take.size, x, y, 0, np.log1p(amount)) for x, y in zip(across, down, strict=True)]


def _cover(angle: float, ratio: float) -> float:
    """Magnification at which a picture turned by ``angle`` still fills its frame."""
    ratio = max(ratio, 1 / ratio)
    return float(np.cos(angle) + ratio * np.sin(angle))


def _view(size: tuple[int, int], across: float, down: float, turn: float, growth: float) -> Floats:
    """Give the 2 × 3 matrix that turns by radians and magnifies by ``exp(growth)`` about the middle, and
    then moves by pixels."""
    cosine, sine = np.exp(growth) * np.cos(turn), np.exp(growth) * np.sin(turn)
    linear = np.array([[cosine, -sine], [sine, cosine]])
    middle = np.array([size[0] / 2, size[1] / 2])
    return np.hstack([linear, (middle - linear @ middle + (across, down))[:, None]])


def _seen(take: Take, views: list[Floats], first: int) -> Take:
    """See the frames from ``first`` on through these views."""
    frames = take.frames.copy()
    tables = [None if table is None else table.copy() for table in (take.boxes, take.other)]
    for i, view in enumerate(views, start=first):
        cv2.warpAffine(
            take.frames[i],
            view,
            take.size,
            dst=frames[i],
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        for table in tables:
            if table is not None:
                table[i : i + 1] = moved(table[i : i + 1], view, take.size)
    return replace(take, frames=frames, boxes=tables[0], other=tables[1])
