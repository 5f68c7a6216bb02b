"""How the camera moves: speed, steadiness, and the net motion over the clip."""

from __future__ import annotations

from math import degrees
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.footage.camera_class import camera_move
from pytest_videobench.metrics.base import Reading, metric
from pytest_videobench.metrics.series import reading

if TYPE_CHECKING:
    from pytest_videobench.footage.camera_class import CameraMove
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations

STEADY_SHAKE = 0.002
"""Picture widths of shake per pair at which steadiness is one half; clean clips stay below."""


@metric(unit="widths/s", dimension="camera", better="neither")
def camera_speed(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the mean speed at which the camera moves the picture.

    Formula: mean over pairs of distinct frames of the root-mean-square shift of the picture's points by the
    fitted translation, zoom and roll, per second; pairs that follow no such transform are left out.
    Range 0 and up; neither end is better. Source: this project.
    """
    speed = _move(footage).speed
    known = speed[np.isfinite(speed)]
    return reading(float(known.mean()), footage.times[1:], speed) if len(known) else None


@metric(unit="1", dimension="camera", better="higher")
def camera_steadiness(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the steadiness of the camera's path.

    Formula: median over pairs of 1 / (1 + s / 0.002), with s the distance between the pair's shift and the
    mean of its neighbours', in picture widths.
    Range 0–1: 1 is a rail or a tripod, 0.5 a lively hand, less is jitter. Source: this project.
    """
    gaps = footage.gaps
    if len(gaps) < 3:
        return None
    steadiness = 1 / (1 + _move(footage).shake * gaps[1:-1] / STEADY_SHAKE)
    known = steadiness[np.isfinite(steadiness)]
    return reading(float(np.median(known)), footage.times[2:-1], steadiness, "higher") if len(known) else None


@metric(unit="widths", dimension="camera", better="neither")
def camera_pan(footage: Footage, expected: Expectations) -> Reading | None:
    """Give how far the view turns or travels to the right over the clip, in picture widths.

    Formula: minus the sum of the content's fitted drift to the right. Negative is to the left; neither end is
    better. Source: this project.
    """
    return _net(footage, 0.0 - _move(footage).pan)


@metric(unit="widths", dimension="camera", better="neither")
def camera_tilt(footage: Footage, expected: Expectations) -> Reading | None:
    """Give how far the view tilts or travels upwards over the clip, in picture widths.

    Formula: the sum of the content's fitted drift downwards. Negative is downwards; neither end is better.
    Source: this project.
    """
    return _net(footage, _move(footage).tilt)


@metric(unit="%", dimension="camera", better="neither")
def camera_zoom(footage: Footage, expected: Expectations) -> Reading | None:
    """Give by how much the content grows over the clip, by zoom or dolly.

    Formula: 100 (product of 1 + fitted growth per pair - 1). Negative shrinks; neither end is better.
    Source: this project.
    """
    return _net(footage, 100 * _move(footage).zoom)


@metric(unit="°", dimension="camera", better="neither")
def camera_roll(footage: Footage, expected: Expectations) -> Reading | None:
    """Give by how many degrees the content rolls over the clip, clockwise positive as seen.

    Formula: the sum of the fitted rotations. Neither end is better. Source: this project.
    """
    return _net(footage, degrees(_move(footage).roll))


def _net(footage: Footage, value: float) -> Reading | None:
    """Give a net motion, unless no pair of frames follows any camera."""
    return Reading(value=value) if np.isfinite(_move(footage).speed).any() else None


def _move(footage: Footage) -> CameraMove:
    return camera_move(footage.camera, footage.gaps, footage.probe.height / footage.probe.width)
