"""Which software stands behind a number: rows with different fingerprints are not comparable."""

from __future__ import annotations

from functools import cache

FOOTAGE_VERSION = 3
"""Goes up whenever the meaning or the computation of a footage field changes."""


@cache
def fingerprint() -> dict[str, str]:
    """Name the decoder, the picture library and our own version."""
    import cv2
    import numpy as np

    from pytest_videobench import __version__
    from pytest_videobench.media import decoder

    return {
        "decoder": decoder(),
        "opencv": cv2.__version__,
        "numpy": np.__version__,
        "footage": str(FOOTAGE_VERSION),
        "videobench": __version__,
    }
