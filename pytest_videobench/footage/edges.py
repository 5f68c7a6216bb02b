"""Where a clip's edges stand still: what a mark printed over every picture leaves, whatever is filmed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.files import publish

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Footage

EDGES = "edges.npy"
SIZE = (160, 90)
"""Width and height of every map, whatever the picture's: a mark lies at shares of the picture."""
FULL = 127
"""Stands for an edge that is there in every picture."""
_FRAMES = 24
_FAINT = 8.0
"""Sobel steps of grey below which there is hardly an edge."""


def write_edges(footage: Footage, folder: Path) -> None:
    """Leave the map of a clip beside it, unless it is there."""
    if not (folder / EDGES).exists():
        buffer = io.BytesIO()
        np.save(buffer, edges(footage), allow_pickle=False)
        publish(folder / EDGES, buffer.getvalue())


def read_edges(folder: Path) -> NDArray[np.int8] | None:
    """Read a map; ``None`` where there is none, or none that can be read."""
    try:
        found = np.load(folder / EDGES, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    right = found.shape == (SIZE[1], SIZE[0], 2) and found.dtype == np.int8
    return found if right else None


def edges(footage: Footage) -> NDArray[np.int8]:
    """Give the mean unit gradient over evenly spaced frames, 90 × 160 × 2 (across, down), ±127 for ±1.

    Edges that move, or of which the two sides change places, cancel out.
    """
    import cv2

    small = footage.small
    chosen = np.unique(np.linspace(0, len(small) - 1, _FRAMES).round().astype(int))
    mean = np.zeros((SIZE[1], SIZE[0], 2), np.float64)
    for index in chosen:
        across, down = (cv2.Sobel(small[index], cv2.CV_32F, *axis) for axis in ((1, 0), (0, 1)))
        size = np.sqrt(across * across + down * down) + _FAINT
        unit = np.stack([across / size, down / size], axis=-1)
        mean += cv2.resize(unit, SIZE, interpolation=cv2.INTER_AREA) / len(chosen)
    return np.asarray(np.round(FULL * mean), np.int8)
