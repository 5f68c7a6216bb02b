"""Rows of frames, and the band of one column over time that says what single frames cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.faults.model import Picture, Pictures

Choice: TypeAlias = Literal["around", "consecutive", "even"]
"""Which frames are shown: before, within and after a span; one after the other; evenly over the clip."""
Span: TypeAlias = tuple[int, int]
"""First frame, and the last."""
Box: TypeAlias = tuple[float, float, float, float]
"""x, y, width, height as shares of the picture."""

SHOWN = 6
ASIDE = 6
"""Frames from a span to what is shown before and after it."""
GAP = 4
NEAR = 36
"""Frames in a band that does not show the whole clip."""
BAND = 34
"""Pixels of the band's height."""
LINE = 5
"""Pixels of the line above the band that marks the span."""
MARK = (0, 110, 255)
"""Orange: it tells itself from white and from black, and from blue for whoever sees no red and green."""
GROUND = (255, 255, 255)


def chosen(choice: Choice, count: int, span: Span) -> list[int]:
    """Give the frames to show, in order."""
    first, last = span
    if choice == "even":
        wanted = np.linspace(0, count - 1, SHOWN)
    elif choice == "consecutive":
        begin = (first + last - SHOWN) // 2 if last - first > SHOWN else first - 1
        wanted = np.linspace(0, SHOWN - 1, SHOWN) + min(max(0, begin), count - SHOWN)
    else:
        short = last <= first + 2
        inner = np.linspace(first - 1, first + 2, SHOWN - 2) if short else np.linspace(*span, SHOWN - 2)
        wanted = np.concatenate([[first - ASIDE], inner, [last + ASIDE]])
    return [int(index) for index in np.clip(np.round(wanted), 0, count - 1)]


def row(
    pictures: Pictures, span: Span, plan: Mapping[str, Any], *, marked: bool = False, box: Box | None = None
) -> Picture:
    """Draw a row of frames as planned; those of a marked span are framed, and their box is drawn in."""
    shown = chosen(plan.get("frames", "around"), len(pictures), span)
    cells = [_cell(pictures[index], marked and span[0] <= index <= span[1], box) for index in shown]
    frames = _joined(cells, axis=1)
    if not plan.get("band"):
        return frames
    first, after = (0, len(pictures)) if plan["band"] == "all" else _around(shown, len(pictures))
    inside = (max(span[0], first) - first, min(span[1], after - 1) - first) if marked else None
    return np.vstack([frames, _band(pictures[first:after], frames.shape[1], inside, box)]).astype(np.uint8)


def stacked(rows: Sequence[Picture]) -> Picture:
    """Put rows below one another."""
    return _joined(rows, axis=0, gap=2 * GAP)


def _around(shown: Sequence[int], count: int) -> Span:
    """Give what a short band shows around some frames: its first frame, and one more than its last."""
    first = min(max(0, (shown[0] + shown[-1] - NEAR) // 2), max(0, count - NEAR))
    return first, min(count, first + NEAR)


def _cell(picture: Picture, marked: bool, box: Box | None) -> Picture:
    cell = picture.copy()
    high, wide = cell.shape[:2]
    if marked:
        cv2.rectangle(cell, (1, 1), (wide - 2, high - 2), MARK, 3)
        if box is not None:
            sides = (wide, high, wide, high)
            x, y, w, h = (round(part * side) for part, side in zip(box, sides, strict=True))
            cv2.rectangle(cell, (x, y), (x + w, y + h), MARK, 1, cv2.LINE_AA)
    return cell


def _band(pictures: Pictures, width: int, marked: Span | None, box: Box | None) -> Picture:
    """Lay one column of every frame side by side, in the order of time."""
    count, _, wide = pictures.shape[:3]
    column = round((box[0] + box[2] / 2) * wide) if box else _liveliest(pictures)
    slit = pictures[:, :, min(column, wide - 1)].swapaxes(0, 1)
    band = cv2.resize(np.ascontiguousarray(slit), (width, BAND), interpolation=cv2.INTER_NEAREST)
    line = np.full((LINE, width, 3), GROUND, np.uint8)
    if marked is not None:
        first, last = (round(edge * width / count) for edge in (marked[0], marked[1] + 1))
        line[1:-1, first : max(first + 3, last)] = MARK
    return np.vstack([line, band]).astype(np.uint8)


def _liveliest(pictures: Pictures) -> int:
    """Give the column that changes the most."""
    change = np.abs(np.diff(pictures.astype(np.float32), axis=0)).mean(axis=(0, 1, 3))
    return int(np.argmax(cv2.blur(change[None], (9, 1))[0]))


def _joined(parts: Sequence[Picture], axis: int, gap: int = GAP) -> Picture:
    shape = list(parts[0].shape)
    shape[axis] = gap
    between = np.full(shape, GROUND, np.uint8)
    joined = [piece for part in parts for piece in (part, between)]
    return np.concatenate(joined[:-1], axis=axis)
