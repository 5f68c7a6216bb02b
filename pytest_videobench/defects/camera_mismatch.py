"""A camera that does something else than was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.footage.camera_class import BELIEVED_FIT, camera_move, seen_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_videobench.footage.camera_class import CameraMove
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations

ANY_MOTION = ("tracking", "orbit", "handheld")
"""Moves that may go any way: only a camera that stands contradicts them, or one that turns over, and that as
a warning, because a short way around something looks like standing."""
VAGUE = ("any", "handheld")
"""Classes of a path that is no plain move: hands, grids and crowds make such paths of their own, so that they
contradict what was asked without proving anything else."""
ZOOM_WIDTHS = 0.33
"""Picture widths by which an average point moves when the content doubles or turns by one radian."""


def _blind(footage: Footage, expected: Expectations) -> str:
    if expected.camera == "any":
        return "no certain camera was asked for"
    seen = len(footage.camera.fit) and _trust(footage, rules("camera_mismatch")) > 0
    return "" if seen else "the picture does not move as one"


@detector(gate=True, blind=_blind)
def camera_mismatch(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find a camera whose net motion is of another kind than the one asked for, or that stands instead.

    Severity: 0.3 and four times the picture widths of the largest motion that was not asked for; 0.6 for a
    camera that stands. Less where only a part of the picture follows the camera. A path that is no plain move
    itself only warns, and so does what is held against ``tracking``, ``orbit`` and ``handheld``.
    """
    rule, asked = rules("camera_mismatch"), expected.camera
    move = camera_move(footage.camera, footage.gaps, footage.probe.height / footage.probe.width)
    if move.word in seen_as(asked) and move.confidence >= rule["sure"]:
        return
    trust = _trust(footage, rule)
    stray = _stray(move, asked, rule)
    stands = asked != "static" and move.word == "static" and _obeyed(move, asked) < rule["enough"]
    if not (stands or stray):
        return
    yield Finding(
        defect="camera_mismatch",
        start=0.0,
        end=footage.probe.duration,
        severity=trust * (0.3 + 4 * stray if stray else rule["stands"]),
        confidence=trust,
        note=f"The camera is {_plain(move.word)} where {_plain(asked)} was asked: the view moves by"
        f" {-move.pan:+.2f} widths to the right and {move.tilt:+.2f} upwards, the content grows by"
        f" {100 * move.zoom:+.0f} % and turns by {np.degrees(move.roll):+.0f} degrees.",
        frames=(0, len(footage.frames.time) - 1),
        hint=move.word in VAGUE or asked in ANY_MOTION,
    )


def _trust(footage: Footage, rule: Mapping[str, float]) -> float:
    """Say how far the path is the camera's, 0–1: churn and a large subject make paths of their own."""
    fit = footage.camera.fit
    believed = fit >= BELIEVED_FIT
    if np.mean(believed) < rule["believed"]:
        return 0.0
    return float(np.clip((fit[believed].mean() - rule["no_fit"]) / (rule["fit"] - rule["no_fit"]), 0, 1))


def _stray(move: CameraMove, asked: str, rule: Mapping[str, float]) -> float:
    """Give the widths of the largest motion that was not asked for, 0 where it is small beside what was."""
    parts = _parts(move)
    if asked in ANY_MOTION:
        turned = parts["roll"]
        return turned if turned >= rule["turned"] else 0.0
    stray = max(size for word, size in parts.items() if word not in seen_as(asked))
    return stray if stray >= max(rule["least"], rule["times"] * _obeyed(move, asked)) else 0.0


def _obeyed(move: CameraMove, asked: str) -> float:
    """Give the widths of the motion that was asked for."""
    parts = _parts(move)
    return max((parts.get(word, 0.0) for word in seen_as(asked)), default=0.0)


def _parts(move: CameraMove) -> dict[str, float]:
    """Give the net motion by its words, in the picture widths that an average point moves by."""
    growth = float(np.log1p(max(move.zoom, -0.9))) * ZOOM_WIDTHS
    return {
        "pan_left": move.pan,
        "pan_right": -move.pan,
        "tilt_up": move.tilt,
        "tilt_down": -move.tilt,
        "zoom_in": growth,
        "zoom_out": -growth,
        "roll": abs(move.roll) * ZOOM_WIDTHS,
    }


def _plain(word: str) -> str:
    return {"any": "mixed"}.get(word, word.replace("_", " "))
