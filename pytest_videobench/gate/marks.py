"""A mark at a fixed place of many clips: their still edges agree there, and nowhere else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place at which the clips of a backend agree."""

    keys: tuple[str, ...]
    """Those of the clips that agree with the others."""
    peak: float
    """Median deviations by which the agreement there exceeds its median."""
    box: tuple[float, float, float, float]
    """x, y, width, height as shares of the picture."""


def find_mark(clips: Mapping[str, tuple[str, NDArray[np.int8]]], rule: Mapping[str, Any]) -> Mark | None:
    """Find the place where clips of different prompts agree far more than anywhere else.

    ``clips`` gives prompt and map of still edges by key. Rolls of one prompt count as one, because a standing
    camera shows all of them the same scene.
    """
    import cv2
    import numpy as np

    maps = _by_prompt(clips)
    agreement = np.asarray(cv2.boxFilter(_agreement(maps), -1, tuple(rule["box"])), np.float64)
    wide, high = rule["box"]
    inner = agreement[high // 2 : -(high // 2), wide // 2 : -(wide // 2)]
    usual = float(np.median(inner))
    spread = max(float(np.median(np.abs(inner - usual))), 1e-9)
    peak = (float(inner.max()) - usual) / spread
    if peak <= rule["peak"]:
        return None
    place = _place(agreement > usual + (float(inner.max()) - usual) / 2, agreement)
    keys = _marked(clips, np.sum(list(maps.values()), axis=0), place, rule["fades"])
    rows, columns = agreement.shape
    y, x = place
    return Mark(
        keys=keys,
        peak=peak,
        box=(
            x.start / columns,
            y.start / rows,
            (x.stop - x.start) / columns,
            (y.stop - y.start) / rows,
        ),
    )


def _by_prompt(clips: Mapping[str, tuple[str, NDArray[np.int8]]]) -> dict[str, NDArray[np.float32]]:
    """Give the mean map of every prompt, -1 to 1."""
    import numpy as np

    from pytest_videobench.footage.edges import FULL

    maps: dict[str, list[NDArray[np.int8]]] = defaultdict(list)
    for prompt, found in clips.values():
        maps[prompt].append(found)
    return {of: np.asarray(np.mean(found, axis=0) / FULL, np.float32) for of, found in maps.items()}


def _agreement(maps: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """Give the mean product of the gradients of every two prompts, pixel by pixel."""
    import numpy as np

    total = np.sum(list(maps.values()), axis=0)
    alone = np.sum([(of * of).sum(axis=-1) for of in maps.values()], axis=0)
    return np.asarray(((total * total).sum(axis=-1) - alone) / (len(maps) * (len(maps) - 1)), np.float32)


def _place(strong: NDArray[np.bool_], agreement: NDArray[np.float64]) -> tuple[slice, slice]:
    """Enclose what hangs together with the peak, as rows and columns."""
    import cv2
    import numpy as np

    _, labels, stats, _ = cv2.connectedComponentsWithStats(strong.astype(np.uint8))
    row, column = np.unravel_index(int(agreement.argmax()), agreement.shape)
    x, y, wide, high = (int(v) for v in stats[labels[row, column], :4])
    return slice(y, y + high), slice(x, x + wide)


def _marked(
    clips: Mapping[str, tuple[str, NDArray[np.int8]]],
    total: NDArray[np.float32],
    place: tuple[slice, slice],
    fades: float,
) -> tuple[str, ...]:
    """Name the clips whose own edges agree with all others' at the place; a mark may be missing in some."""
    import numpy as np

    own = {
        key: float((found[place].astype(np.float32) * total[place]).sum())
        for key, (_, found) in clips.items()
    }
    usual: Sequence[float] = sorted(own.values())
    limit = fades * usual[len(usual) // 2]
    return tuple(sorted(key for key, value in own.items() if value >= limit))
