"""Dense optical flow of what was drawn, exact because every piece's place is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.backends.procedural.sheet import Ledger, covered

if TYPE_CHECKING:
    from pytest_videobench.backends.procedural.arrays import Bytes, Floats
    from pytest_videobench.backends.procedural.sheet import Piece

SOLID = 128
"""Coverage from which a pixel shows a piece rather than what lies behind it."""


def flow(before: Ledger, after: Ledger) -> Floats:
    """Give the motion of the surface in each pixel, from one frame to the next.

    Height × width × 2: pixels to the right and downwards. NaN where the surface has no lasting shape, and
    where a piece appears or is gone. Both ledgers come from the same film.
    """
    field = np.full((before.height, before.width, 2), np.nan, np.float32)
    later = {(id(piece.image), turn): piece for turn, piece in _turns(after)}
    for turn, piece in _turns(before):
        _move(field, piece, later.get((id(piece.image), turn)), backdrop=piece is before.pieces[0])
    return field


def _turns(ledger: Ledger) -> list[tuple[int, Piece]]:
    """Count how often each image was laid down before: one drawing may stand in several places."""
    seen: dict[int, int] = {}
    turns = []
    for piece in ledger.pieces:
        turns.append((seen.get(id(piece.image), 0), piece))
        seen[id(piece.image)] = turns[-1][0] + 1
    return turns


def _move(field: Floats, piece: Piece, later: Piece | None, *, backdrop: bool) -> None:
    height, width = field.shape[:2]
    left, top, right, bottom = (
        (0, 0, width, height) if backdrop else covered(piece.image, piece.matrix, width, height)
    )
    if right <= left or bottom <= top:
        return
    shown = np.s_[top:bottom, left:right]
    solid = (
        np.ones((bottom - top, right - left), bool) if backdrop else _solid(piece, left, top, right, bottom)
    )
    if later is None or not piece.solid:
        field[shown][solid] = np.nan
        return
    step = later.matrix @ np.linalg.inv(piece.matrix) - np.eye(3)
    x, y = np.meshgrid(np.arange(left, right) + 0.0, np.arange(top, bottom) + 0.0)
    moved = np.stack([step[i, 0] * x + step[i, 1] * y + step[i, 2] for i in range(2)], axis=-1)
    field[shown][solid] = moved[solid]


def _solid(piece: Piece, left: int, top: int, right: int, bottom: int) -> Bytes:
    place = piece.matrix[:2].copy()
    place[:, 2] -= (left, top)
    cover = cv2.warpAffine(cv2.extractChannel(piece.image, 3), place, (right - left, bottom - top))
    return cover >= SOLID
