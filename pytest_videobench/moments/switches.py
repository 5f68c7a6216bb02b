"""Places where content that lasted gives way to other content that lasts: matter that goes or comes.

Between two frames 0.4 s apart, flow both ways says what of the first is not found again (lost) and what of
the second was not there (born). Moving things are found again, water and fire never last, an occlusion is
lost without being born, an uncovering born without being lost. What is lost after it was there for long, and
has in its place what is born and stays, is a switch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from pytest_videobench.footage.motion import dense_flow, pixels, sampled
from pytest_videobench.moments.camera import camera_turn
from pytest_videobench.moments.limits import limits
from pytest_videobench.threads import one_opencv_thread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats, Footage, Ints
    from pytest_videobench.moments.camera import CameraTurn

Box: TypeAlias = tuple[int, int, int, int]
"""x, y, width, height in pixels of the kept small frames."""
Map: TypeAlias = "NDArray[np.uint8]"
"""A share of 0–1 for every pixel, as 0–255."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One place that switches; frames are indices of distinct frames."""

    before: int
    after: int
    strength: float
    """0–1: how much of the place is lost and born at once, and lasts before and after."""
    peak: tuple[int, int]
    """Where it switches the most."""
    box: Box
    whole: float
    """Share of the picture that switches at the same time."""
    known: bool
    """Whether the clip shows what was before and what comes after."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pair:
    """Two frames and what changes between them."""

    first: int
    last: int
    lost: Map
    """Of the first frame: what the last does not show."""
    born: Map
    """Of the last frame: what the first did not show."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Place:
    """Where a pair of frames switches the most."""

    pair: _Pair
    whole: Map
    """How much each pixel of the pair switches."""
    height: float
    """0–255: the mean of its surroundings."""
    x: int
    y: int


def looked_at(times: Floats) -> Ints:
    """Give the distinct frames that are looked at: all of a slow clip, some of a fast one."""
    apart, chosen = limits("switch")["apart"] - 0.004, [0]
    for index in range(1, len(times)):
        if times[index] - times[chosen[-1]] >= apart:
            chosen.append(index)
    return np.array(chosen, np.int64)


@lru_cache(maxsize=4)
def switches(footage: Footage) -> tuple[Switch, ...]:
    """Give the strongest switches of a clip, strongest first, one for every place and time."""
    if min(footage.small.shape[1:]) < 2 * limits("switch")["area"]:
        return ()
    with one_opencv_thread():
        changes = _Changes(footage)
        found = sorted(changes.places(), key=lambda place: (-place.height, place.pair.first))
        return tuple(changes.switch(place) for place in _apart(found, footage.times))


def structure(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Take slow light away from a picture."""
    values, window = luma.astype(np.float32), (limits("switch")["coarse"],) * 2
    return np.asarray(values - cv2.blur(cv2.blur(values, window), window), np.float32)


def _pairs(footage: Footage, turn: CameraTurn) -> Iterator[_Pair]:
    rule, times, small = limits("switch"), footage.times, footage.small
    frames = looked_at(times)
    shapes: dict[int, NDArray[np.float32]] = {}
    for first in map(int, frames):
        at = int(np.searchsorted(times[frames], times[first] + rule["reach"] - 0.004))
        if at == len(frames):
            return
        last = int(frames[at])
        shapes |= {frame: structure(small[frame]) for frame in (first, last) if frame not in shapes}
        there, back = (_flow(footage, turn, *pair) for pair in ((first, last), (last, first)))
        yield _Pair(
            first=first,
            last=last,
            lost=_unlike(shapes[first], shapes[last], there),
            born=_unlike(shapes[last], shapes[first], back),
        )
        del shapes[first]  # later pairs begin later


def _flow(footage: Footage, turn: CameraTurn, first: int, last: int) -> NDArray[np.float32]:
    """Give the flow between frames that are far apart, searched for where the camera takes things."""
    grid = pixels(*footage.small.shape[1:])
    guess = cv2.transform(grid, turn.between(first, last)[:2]) - grid
    return dense_flow(footage.small[first], footage.small[last], np.asarray(guess, np.float32))


def _unlike(one: NDArray[np.float32], other: NDArray[np.float32], flow: NDArray[np.float32]) -> Map:
    """Say how little of one picture's structure is found in the other; 0 where it has left the picture."""
    rule, (height, width) = limits("switch"), one.shape
    window = (rule["window"], rule["window"])
    target = pixels(height, width) + flow
    found = sampled(other, target)
    differs = cv2.blur(cv2.absdiff(one, found), window)
    there = cv2.blur(np.abs(one) + np.abs(found), window)
    share = np.asarray(255 * differs / (there + rule["quiet"]), np.uint8)
    inside = cv2.inRange(target, (0, 0), (width - 1, height - 1))
    return np.asarray(cv2.bitwise_and(share, inside), np.uint8)


class _Changes:
    """What changes between all pairs of frames of a clip that are looked at."""

    def __init__(self, footage: Footage) -> None:
        self._turn = camera_turn(footage)
        self._pairs = list(_pairs(footage, self._turn))
        self._to = {pair.last: pair for pair in self._pairs}
        self._since = {pair.first: pair for pair in self._pairs}

    def places(self) -> Iterator[_Place]:
        """Find the strongest places of every pair that switch as a whole."""
        rule = limits("switch")
        area, reach = int(rule["area"]), 3 * int(rule["area"]) // 2
        for pair in self._pairs:
            whole = self._switching(pair)
            mean = cv2.blur(whole, (area, area), borderType=cv2.BORDER_CONSTANT)
            for _ in range(int(rule["places"])):
                _, height, _, (x, y) = cv2.minMaxLoc(mean)
                if height < 255 * rule["faint"]:
                    break
                yield _Place(pair=pair, whole=whole, height=height, x=x, y=y)
                mean[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1] = 0

    def switch(self, place: _Place) -> Switch:
        """Describe a place."""
        pair = place.pair
        return Switch(
            before=pair.first,
            after=pair.last,
            strength=place.height / 255,
            peak=(place.x, place.y),
            box=_box(place),
            whole=float(np.mean(place.whole > 255 * limits("switch")["much"])),
            known=pair.first in self._to and pair.last in self._since,
        )

    def _switching(self, pair: _Pair) -> Map:
        """Give what is lost after it lasted, and has in its place what is born and lasts."""
        lasted, lasts = (np.full_like(pair.lost, round(255 * limits("switch")["unknown"])) for _ in "12")
        if pair.first in self._to:
            lasted = 255 - self._to[pair.first].born
        if pair.last in self._since:
            lasts = self._in_place(255 - self._since[pair.last].lost, pair)
        lost_and_born = np.minimum(pair.lost, self._in_place(pair.born, pair))
        return np.minimum(lost_and_born, np.minimum(lasted, lasts))

    def _in_place(self, share: Map, pair: _Pair) -> Map:
        """Bring a map of the last frame to where the camera had its places in the first."""
        turn, flags = self._turn.between(pair.first, pair.last)[:2], cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(share, turn, share.shape[::-1], flags=flags), np.uint8)


def _box(place: _Place) -> Box:
    """Enclose what belongs to a peak."""
    rule, x, y = limits("switch"), place.x, place.y
    core = (cv2.blur(place.whole, (5, 5)) > rule["core"] * place.height).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(core)
    if labels[y, x]:
        left, top, wide, high = (int(v) for v in stats[labels[y, x], :4])
        return left, top, wide, high
    area = int(rule["area"])
    return max(0, x - area // 2), max(0, y - area // 2), area, area


def _apart(found: list[_Place], times: Floats) -> list[_Place]:
    """Drop what is near a stronger one in time and place."""
    rule, kept = limits("switch"), list[_Place]()
    for one in found:
        if not any(_near(one, other, times) for other in kept):
            kept.append(one)
            if len(kept) == rule["most"]:
                break
    return kept


def _near(one: _Place, other: _Place, times: Floats) -> bool:
    rule = limits("switch")
    if abs(times[one.pair.first] - times[other.pair.first]) >= rule["near"]:
        return False
    return max(abs(one.x - other.x), abs(one.y - other.y)) < float(rule["beside"])
