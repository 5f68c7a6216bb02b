"""Facts of the delivered file: length, rate and size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.metrics.base import Reading, metric

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@metric(unit="s", dimension="delivery", better="neither")
def duration(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the seconds from the first frame's start to the last frame's end, by time stamps.

    Range above 0; neither end is better. Source: the decoded frames, not the header.
    """
    return Reading(value=footage.probe.duration)


@metric(unit="Hz", dimension="delivery", better="neither")
def fps(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the stored frames per second.

    Range above 0; neither end is better. Source: the header, or the time stamps where it lies.
    """
    return Reading(value=footage.probe.fps)


@metric(unit="Hz", dimension="delivery", better="higher")
def true_fps(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the new pictures per second.

    Formula: 1 / median seconds between neighbouring distinct frames.
    Range above 0; far below ``fps`` where frames are repeated to fill a faster container.
    Source: this project.
    """
    return Reading(value=footage.true_fps)


@metric(unit="px", dimension="delivery", better="neither")
def width(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the width of the picture as shown, after the rotation tag. Source: the decoded frames."""
    return Reading(value=float(footage.probe.width))


@metric(unit="px", dimension="delivery", better="neither")
def height(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the height of the picture as shown, after the rotation tag. Source: the decoded frames."""
    return Reading(value=float(footage.probe.height))
