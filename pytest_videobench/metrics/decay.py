"""What the end of a clip has lost against its beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.metrics.base import Reading, metric
from pytest_videobench.metrics.series import reading

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Floats, Footage, Ints
    from pytest_videobench.prompts.model import Expectations

LIT_SHARE = 0.25
"""Share of the clip's median contrast below which a picture is black or in a fade, and left out."""
FEWEST_SAMPLES = 4
"""Pictures needed before a beginning and an end can be compared."""
GREY = 2.0
"""Added to colourfulness on both sides of the ratio, so that a grey clip keeps a ratio of 1."""


@metric(unit="1", dimension="decay", better="higher")
def decay_sharpness(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the sharpness that is left at the end.

    Formula: median acutance (mean |Laplacian| / mean |Sobel| of luma) of the last quarter of the sampled
    pictures over that of the first; black and fading pictures are left out.
    Range 0 and up: 1 is no change, below is loss. Camera and subject change it too; compare runs, not clips.
    Source: this project.
    """
    return _kept(footage, footage.samples.acutance)


@metric(unit="1", dimension="decay", better="higher")
def decay_contrast(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the contrast that is left at the end.

    Formula: median standard deviation of luma of the last quarter of the sampled pictures over that of the
    first; black and fading pictures are left out.
    Range 0 and up: 1 is no change, below is loss. Camera and subject change it too; compare runs, not clips.
    Source: this project.
    """
    return _kept(footage, footage.samples.contrast)


@metric(unit="1", dimension="decay", better="higher")
def decay_colourfulness(footage: Footage, expected: Expectations) -> Reading | None:
    """Give the colour that is left at the end.

    Formula: (2 + median M3 of the last quarter of the sampled pictures) / (2 + that of the first); black and
    fading pictures are left out.
    Range 0 and up: 1 is no change, below is loss. Camera and subject change it too; compare runs, not clips.
    Source: this project, on the colourfulness of Hasler and Süsstrunk (2003).
    """
    return _kept(footage, footage.samples.colourfulness + GREY)


def lit_samples(contrast: Floats) -> Ints:
    """Give the positions of the samples that are neither black nor fading."""
    return np.flatnonzero(contrast > LIT_SHARE * np.median(contrast)).astype(np.int64)


def _kept(footage: Footage, values: Floats) -> Reading | None:
    lit = lit_samples(footage.samples.contrast)
    if len(lit) < FEWEST_SAMPLES:
        return None
    quarter = max(1, len(lit) // 4)
    first = float(np.median(values[lit[:quarter]]))
    last = float(np.median(values[lit[-quarter:]]))
    if first <= 0:
        return None
    return reading(last / first, footage.frames.time[footage.samples.index[lit]], values[lit] / first)
