"""A camera that does something else than was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.footage.camera_class import camera_move, seen_as

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.camera_class import CameraMove
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations

ANY_MOTION = ("tracking", "orbit", "handheld")
"""Moves that a similarity transform cannot tell apart; only a camera that stands contradicts them."""
ZOOM_WIDTHS = 0.33
"""Picture widths by which an average point moves when the content doubles or turns by one radian."""


@detector(gate=False)
def camera_mismatch(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find a camera that confidently makes another move than the one asked for, and not a bit of that one."""
    rule, asked = rules("camera_mismatch"), expected.camera
    if asked == "any":
        return
    move = camera_move(footage.camera, footage.gaps, footage.probe.height / footage.probe.width)
    if move.word in ("any", *seen_as(asked)) or move.confidence < rule["confidence"]:
        return
    if asked in ANY_MOTION and move.word != "static":
        return
    if _obeys(move, asked, rule["enough"]):
        return
    yield Finding(
        defect="camera_mismatch",
        start=0.0,
        end=footage.probe.duration,
        severity=0.6,
        confidence=move.confidence,
        note=f"The camera is {_plain(move.word)} where {_plain(asked)} was asked: the view moves by"
        f" {-move.pan:+.2f} widths to the right and {move.tilt:+.2f} upwards, the content grows by"
        f" {100 * move.zoom:+.0f} %.",
        frames=(0, len(footage.frames.time) - 1),
    )


def _obeys(move: CameraMove, asked: str, enough: float) -> bool:
    """Say whether the path has some net motion in the direction asked for."""
    parts = {
        "pan_left": move.pan,
        "pan_right": -move.pan,
        "tilt_up": move.tilt,
        "tilt_down": -move.tilt,
        "zoom_in": move.zoom * ZOOM_WIDTHS,
        "zoom_out": -move.zoom * ZOOM_WIDTHS,
        "roll": abs(move.roll) * ZOOM_WIDTHS,
    }
    return any(parts.get(word, 0.0) >= enough for word in seen_as(asked))


def _plain(word: str) -> str:
    return word.replace("_", " ")
