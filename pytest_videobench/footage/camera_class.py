"""The camera's move in one word, from its path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import CameraPath, Floats

BELIEVED_FIT = 0.35
"""Share of the picture that must follow the transform before a pair tells about the camera."""
SURE_FIT = 0.85
"""Mean share from which the transform is the camera's beyond doubt, and not a large subject's or a churn."""
BELIEVED_PAIRS = 0.5
"""Share of believed pairs below which the path says nothing."""
STILL_SPEED = 0.006
"""Picture widths per second below which a camera stands; compression alone moves a picture less."""
CALM_SPEED = 0.02
"""Picture widths per second that a large subject lends to the path of a standing camera."""
SWAYING_SPEED = 0.04
"""Picture widths per second from which a camera that goes nowhere is held in a hand."""
STILL_TRAVEL = 0.03
"""Picture widths of net motion below which a camera ends where it began."""
PLAIN_LEAD = 1.5
"""How many times the next-largest part the largest one must be to name the move alone."""
PLAIN_COURSE = 0.6
"""Net over travelled length from which a move has a direction; a shaking hand has none."""
SHAKEN = 1.5
"""Times the way of a path evened out over three pairs, from which a path shakes from frame to frame."""
EVENED = 0.25
"""Seconds over which a path is evened out for its course, so that a subject which hops does not count; one
that shakes is evened out with this standard deviation. A hand sways slowly enough to stay in."""
SURE_TRAVEL = 0.06
"""Picture widths of net motion from which a direction is beyond doubt."""
WORDS = (("pan_right", "pan_left"), ("tilt_down", "tilt_up"), ("zoom_out", "zoom_in"), ("roll", "roll"))
"""Names of a negative and of a positive net motion of the content, in the order of a step's parts."""
_SIDEWAYS = ("pan_left", "pan_right")
_SEEN_AS = {
    "dolly_in": ("zoom_in",),
    "dolly_out": ("zoom_out",),
    "truck_left": ("pan_left",),
    "truck_right": ("pan_right",),
    "tracking": _SIDEWAYS,
    "orbit": _SIDEWAYS,
}


def seen_as(move: str) -> tuple[str, ...]:
    """Give the classes that a move is seen as: depth, which tells a truck from a pan, is not measured."""
    return _SEEN_AS.get(move, (move,))


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraMove:
    """What the camera does over a clip.

    ``word`` is one of the camera moves of the vocabulary, or ``any`` where the path is unknown or mixed.
    Signs are the content's: a view that turns right has a negative ``pan``, one that tilts up a positive
    ``tilt``.
    """

    word: str
    confidence: float
    """0–1."""
    pan: float
    """Net drift of content to the right, picture widths."""
    tilt: float
    """Net drift of content downwards, picture widths."""
    zoom: float
    """Net growth of content: 0.5 is half as large again."""
    roll: float
    """Net rotation of content, radians, clockwise positive as seen."""
    speed: Floats
    """Root-mean-square speed of the picture per pair, widths/s; NaN where the pair is not believed."""
    shake: Floats
    """Distance of each inner pair's speed from the mean of its neighbours', widths/s; NaN as above."""


def camera_move(path: CameraPath, gaps: Floats, aspect: float) -> CameraMove:
    """Name the move of a camera path; ``gaps`` are seconds per pair, ``aspect`` is height / width."""
    steps = _steps(path, aspect)
    believed = path.fit >= BELIEVED_FIT
    net = steps[believed].sum(axis=0)
    speeds = np.where(believed[:, None], steps, np.nan) / gaps[:, None]
    word, confidence = "any", 0.0
    if len(steps) > 1 and np.mean(believed) >= BELIEVED_PAIRS:
        word, confidence = _word(steps[believed], float(gaps[believed].sum()))
        doubt = (SURE_FIT - float(np.mean(path.fit[believed]))) / (SURE_FIT - BELIEVED_FIT)
        confidence *= 1 - min(1.0, max(0.0, doubt))
    radius = _radius(aspect)
    return CameraMove(
        word=word,
        confidence=confidence,
        pan=float(net[0]),
        tilt=float(net[1]),
        zoom=float(np.expm1(net[2] / radius)),
        roll=float(net[3] / radius),
        speed=np.linalg.norm(speeds, axis=1),
        shake=np.linalg.norm(speeds[1:-1] - (speeds[:-2] + speeds[2:]) / 2, axis=1),
    )


def _radius(aspect: float) -> float:
    """Root-mean-square distance of a picture's points from its middle, in widths."""
    return float(np.sqrt((1 + aspect**2) / 12))


def _steps(path: CameraPath, aspect: float) -> Floats:
    """Pairs × 4: pan, tilt, zoom and roll as the picture widths by which they move an average point."""
    radius = _radius(aspect)
    zoom = np.log1p(np.maximum(path.zoom, -0.5)) * radius
    return np.stack([path.dx, path.dy, zoom, path.roll * radius], axis=1)


def _word(steps: Floats, seconds: float) -> tuple[str, float]:
    """Decide from the believed steps and the seconds that they take."""
    net, way = steps.sum(axis=0), _intended_way(steps, seconds)
    size, speed = np.abs(net), _way(steps) / seconds
    length = float(np.linalg.norm(net))
    calm = way / seconds < CALM_SPEED and speed < SWAYING_SPEED
    if speed < STILL_SPEED or (length < STILL_TRAVEL and calm):
        return "static", 0.95 if speed < STILL_SPEED else 0.7
    if length < max(STILL_TRAVEL, PLAIN_COURSE * way):
        return ("handheld", 0.5) if speed > SWAYING_SPEED else ("any", 0.0)
    largest, next_largest = np.argsort(size)[::-1][:2]
    if size[largest] < PLAIN_LEAD * size[next_largest]:
        return "any", 0.0
    lead = 1 - float(size[next_largest] / size[largest])
    return WORDS[largest][int(net[largest] > 0)], min(1.0, float(size[largest]) / SURE_TRAVEL) * (
        0.5 + lead / 2
    )


def _way(steps: Floats) -> float:
    return float(np.linalg.norm(steps, axis=1).sum())


def _intended_way(steps: Floats, seconds: float) -> float:
    """Give the travelled length without what goes to and fro within a moment."""
    pairs = EVENED * len(steps) / seconds
    if _way(steps) < SHAKEN * _way(ndimage.uniform_filter1d(steps, 3, axis=0, mode="nearest")):
        return _way(ndimage.uniform_filter1d(steps, max(1, round(pairs)), axis=0, mode="nearest"))
    return _way(ndimage.gaussian_filter1d(steps, pairs, axis=0, mode="constant"))
