"""What a film is drawn on: pixels, or a note of what was laid where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

if TYPE_CHECKING:
    from pytest_videobench.backends.procedural.arrays import Bytes, Floats


class Sheet(Protocol):
    """Something that pieces are laid on, from the back to the front.

    A matrix is 3 × 3 and leads from an image's pixels to the sheet's; images are premultiplied BGRA.
    """

    @property
    def width(self) -> int:
        """Give the width in pixels."""

    @property
    def height(self) -> int:
        """Give the height in pixels."""

    def backdrop(self, image: Bytes, matrix: Floats) -> None:
        """Cover everything with an image, whose edge goes on outside it."""

    def paste(self, image: Bytes, matrix: Floats) -> None:
        """Lay a solid piece over the sheet: it keeps its shape from frame to frame, whatever its place."""

    def lay(self, image: Bytes, left: int, top: int) -> None:
        """Lay what has no lasting shape over the sheet: liquids, smoke, flames."""

    def shine(self, image: Bytes, left: int, top: int) -> None:
        """Add light to the sheet."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A sheet of pixels: height × width × 4, BGRA."""

    pixels: Bytes

    @property
    def width(self) -> int:
        """Give the width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Give the height in pixels."""
        return int(self.pixels.shape[0])

    def backdrop(self, image: Bytes, matrix: Floats) -> None:
        """Cover every pixel."""
        size = (self.width, self.height)
        cv2.warpAffine(image, matrix[:2], size, dst=self.pixels, borderMode=cv2.BORDER_REPLICATE)

    def paste(self, image: Bytes, matrix: Floats) -> None:
        """Blend the piece in, within the box that it covers."""
        left, top, right, bottom = covered(image, matrix, self.width, self.height)
        if right <= left or bottom <= top:
            return
        moved = matrix[:2].copy()
        moved[:, 2] -= (left, top)
        piece = cv2.warpAffine(image, moved, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
        self.lay(piece, left, top)

    def lay(self, image: Bytes, left: int, top: int) -> None:
        """Blend an image in where it stands."""
        target = self._area(image, left, top)
        keep = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(image, 3)), cv2.COLOR_GRAY2BGRA)
        cv2.multiply(target, keep, dst=target, scale=1 / 255)
        cv2.add(target, image, dst=target)

    def shine(self, image: Bytes, left: int, top: int) -> None:
        """Add an image where it stands."""
        target = self._area(image, left, top)
        cv2.add(target, image, dst=target)

    def _area(self, image: Bytes, left: int, top: int) -> Bytes:
        return self.pixels[top : top + image.shape[0], left : left + image.shape[1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One thing that was laid down."""

    image: Bytes
    matrix: Floats
    solid: bool
    """False for what has no lasting shape, whose motion is therefore not defined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """A sheet without pixels, which notes every piece in order."""

    width: int
    height: int
    pieces: list[Piece] = field(default_factory=list)

    def backdrop(self, image: Bytes, matrix: Floats) -> None:
        """Note an image that covers everything."""
        self.paste(image, matrix)

    def paste(self, image: Bytes, matrix: Floats) -> None:
        """Note a solid piece."""
        self.pieces.append(Piece(image=image, matrix=matrix, solid=True))

    def lay(self, image: Bytes, left: int, top: int) -> None:
        """Note a piece without lasting shape."""
        place = np.array([[1.0, 0.0, left], [0.0, 1.0, top], [0.0, 0.0, 1.0]])
        self.pieces.append(Piece(image=image, matrix=place, solid=False))

    def shine(self, image: Bytes, left: int, top: int) -> None:
        """Note nothing: light moves no surface."""


def covered(image: Bytes, matrix: Floats, width: int, height: int) -> tuple[int, int, int, int]:
    """Give left, top, right and bottom of the pixels that an image reaches."""
    high, wide = image.shape[:2]
    corners = matrix[:2] @ np.array([[0, wide, 0, wide], [0, 0, high, high], [1, 1, 1, 1]])
    left, top = np.maximum(np.floor(corners.min(axis=1)).astype(int) - 1, 0)
    right, bottom = np.minimum(np.ceil(corners.max(axis=1)).astype(int) + 1, (width, height))
    return int(left), int(top), int(right), int(bottom)
