"""Spans of the pictures that are sampled a few times a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.spans import runs, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Footage


def sampled_spans(
    footage: Footage, bad: NDArray[np.bool_], shortest: float
) -> Iterator[tuple[float, float, slice]]:
    """Give start, end and the samples of every run of bad samples that lasts long enough."""
    index = footage.samples.index
    for first, stop in runs(bad):
        last = int(index[stop]) - 1 if stop < len(index) else len(footage.frames.time) - 1
        start, end = seconds(footage, int(index[first]), last)
        if end - start >= shortest or stop - first == len(index):
            yield start, end, slice(first, stop)
