"""Whether what is lost in a switch is really gone, and what is born really new: patches are searched for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.moments.camera import camera_turn
from pytest_videobench.moments.limits import limits
from pytest_videobench.moments.switches import structure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats, Footage
    from pytest_videobench.moments.switches import Box, Switch


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a closer look at a switch says."""

    at: int
    """The distinct frame that the strongest step leads to."""
    gone: float
    """By how much less the old is found in the frames after it than in those before, 0–1."""
    new: float
    """By how much less the new is found in the frames before it than in those after, 0–1."""

    @property
    def margin(self) -> float:
        """Give the less of gone and new."""
        return min(self.gone, self.new)


class Prover:
    """Looks closer at the switches of one clip."""

    def __init__(self, footage: Footage) -> None:
        self._footage = footage
        self._turn = camera_turn(footage)
        self._shapes: dict[int, NDArray[np.float32]] = {}

    def prove(self, switch: Switch, least: float) -> Proof | None:
        """Search for what was there before, and for what is there after.

        ``None`` where the margin is found to be below ``least``, which ends the search early.
        """
        box, at = _patch(switch, self._footage.small.shape), strongest_step(self._footage, switch)
        gone = new = 1.0
        for span in self._spans(switch, at):
            here = self._found(switch, box, *span)
            gone, new = min(gone, here[0]), min(new, here[1])
            if min(gone, new) < least:
                return None
        return Proof(at=at, gone=gone, new=new)

    def _spans(self, switch: Switch, at: int) -> Iterator[tuple[int, int]]:
        """Give the frames to compare: those of the switch, and those close to its strongest step, between
        which motion has no time to go far."""
        yield switch.before, switch.after
        beside, times = limits("proof")["beside"], self._footage.times
        yield self._before(float(times[at - 1]) - beside), self._after(float(times[at]) + beside)

    def _found(self, switch: Switch, box: Box, first: int, last: int) -> tuple[float, float]:
        """Give by how much less the old is found later than earlier, and the new earlier than later."""
        rule, times = limits("proof"), self._footage.times
        old, new = self._cut(switch, box, first), self._cut(switch, box, last)
        later = {self._after(float(times[last]) + rest) for rest in rule["later"]}
        earlier = {self._before(float(times[first]) - rest) for rest in rule["later"]}
        lasted = self._unlike(switch, box, old, self._before(float(times[first]) - rule["lasts"]), "close")
        lasts = self._unlike(switch, box, new, self._after(float(times[last]) + rule["lasts"]), "close")
        gone = min(self._unlike(switch, box, old, frame, "far") for frame in later)
        came = min(self._unlike(switch, box, new, frame, "far") for frame in earlier)
        return gone - lasted, came - lasts

    def _before(self, time: float) -> int:
        return max(0, int(np.searchsorted(self._footage.times, time + 0.004, side="right")) - 1)

    def _after(self, time: float) -> int:
        times = self._footage.times
        return min(len(times) - 1, int(np.searchsorted(times, time - 0.004)))

    def _shape(self, frame: int) -> NDArray[np.float32]:
        if frame not in self._shapes:
            self._shapes[frame] = structure(self._footage.small[frame])
        return self._shapes[frame]

    def _at(self, switch: Switch, box: Box, frame: int) -> Box:
        """Carry a box of the switch's first frame to another frame, as the camera moves."""
        height, width = self._footage.small.shape[1:]
        x, y, wide, high = box
        middle = self._turn.between(switch.before, frame) @ (x + wide / 2, y + high / 2, 1)
        left = int(np.clip(round(middle[0] - wide / 2), 0, width - wide))
        top = int(np.clip(round(middle[1] - high / 2), 0, height - high))
        return left, top, wide, high

    def _cut(self, switch: Switch, box: Box, frame: int) -> NDArray[np.float32]:
        x, y, wide, high = self._at(switch, box, frame)
        return np.ascontiguousarray(self._shape(frame)[y : y + high, x : x + wide])

    def _unlike(self, switch: Switch, box: Box, patch: NDArray[np.float32], frame: int, how: str) -> float:
        """Give how unlike a patch the most alike place of a frame is, 0–1."""
        across, down = limits("proof")[how]
        x, y, wide, high = self._at(switch, box, frame)
        place = self._shape(frame)[max(0, y - down) : y + high + down, max(0, x - across) : x + wide + across]
        return _least_unlike(patch, np.ascontiguousarray(place))

    def outline(self, switch: Switch) -> float:
        """Say how much more of an outline the place has before than after, -1 to 1.

        An object that goes takes its outline with it; one that comes brings it. The outline is how steep the
        picture is along the rim of what differs.
        """
        before = self._footage.small[switch.before]
        after = np.asarray(
            cv2.warpAffine(
                self._footage.small[switch.after],
                self._turn.between(switch.before, switch.after)[:2],
                before.shape[::-1],
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            ),
            np.uint8,
        )
        x, y, wide, high = _patch(switch, self._footage.small.shape)
        place = (slice(y, y + high), slice(x, x + wide))
        rim = _slope(np.asarray(cv2.blur(cv2.absdiff(before, after)[place], (3, 3)), np.uint8))
        old, new = (float((_slope(picture)[place] * rim).sum()) for picture in (before, after))
        return (old - new) / max(old + new, 1e-6)


def strongest_step(footage: Footage, switch: Switch) -> int:
    """Give the distinct frame that the strongest change inside a switch's box leads to."""
    return switch.before + 1 + int(box_steps(footage, switch.box, switch.before, switch.after).argmax())


def box_steps(footage: Footage, box: Box, first: int, last: int) -> Floats:
    """Give the mean change in grey levels inside a box from each distinct frame to the next."""
    x, y, wide, high = box
    places = footage.small[first : last + 1, y : y + high, x : x + wide]
    return np.array([cv2.norm(*pair, cv2.NORM_L1) for pair in pairwise(places)]) / (wide * high)


def _patch(switch: Switch, shape: tuple[int, ...]) -> Box:
    """Give what of a switch's box is searched for: around its peak where the box is large."""
    rule, (height, width) = limits("proof"), shape[1:]
    x, y, wide, high = switch.box
    middle = [x + wide / 2, y + high / 2]
    sides = [wide, high]
    for axis, most in enumerate((width, height)):
        if sides[axis] > rule["largest"]:
            middle[axis] = float(switch.peak[axis])
        sides[axis] = int(min(most, max(rule["least"], min(rule["largest"], sides[axis]))))
    left = int(np.clip(middle[0] - sides[0] / 2, 0, width - sides[0]))
    top = int(np.clip(middle[1] - sides[1] / 2, 0, height - sides[1]))
    return left, top, sides[0], sides[1]


def _least_unlike(patch: NDArray[np.float32], place: NDArray[np.float32]) -> float:
    high, wide = patch.shape
    squares = cv2.matchTemplate(place, patch, cv2.TM_SQDIFF)
    energy = cv2.boxFilter(place * place, -1, (wide, high), anchor=(0, 0), normalize=False)
    energy = energy[: squares.shape[0], : squares.shape[1]]
    spread = np.sqrt(np.sum(patch * patch)) + np.sqrt(np.maximum(energy, 0))
    flat = limits("proof")["flat"] * np.sqrt(patch.size)
    return float((np.sqrt(np.maximum(squares, 0)) / (spread + flat)).min())


def _slope(picture: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the steepness of a picture."""
    across, down = (cv2.Sobel(picture, cv2.CV_32F, *axis) for axis in ((1, 0), (0, 1)))
    return np.sqrt(across * across + down * down)
