"""The two texts that ask for a shape of picture: a size in pixels and a ratio of sides."""

from __future__ import annotations

import re

SIDES = (16, 8192)
"""Pixels of the shortest and the longest side that may be asked for."""

_RATIO_LIMIT = 99


def read_size(text: str) -> tuple[int, int]:
    """Read ``WIDTHxHEIGHT`` into pixels; a `ValueError` says in one line what was expected."""
    low, high = SIDES
    sides = _pair(text, "x")
    if sides is None or not all(low <= side <= high for side in sides):
        raise ValueError(f"expected WIDTHxHEIGHT of {low} to {high} pixels such as '1280x720', got {text!r}")
    return sides


def read_ratio(text: str) -> tuple[int, int]:
    """Read ``W:H`` into width to height as written; a `ValueError` says in one line what was expected."""
    sides = _pair(text, ":")
    if sides is None or not all(1 <= side <= _RATIO_LIMIT for side in sides):
        raise ValueError(
            f"expected W:H of whole numbers from 1 to {_RATIO_LIMIT} such as '9:16', got {text!r}"
        )
    return sides


def _pair(text: str, mark: str) -> tuple[int, int] | None:
    match = re.fullmatch(rf"0*([0-9]{{1,5}}){mark}0*([0-9]{{1,5}})", text)
    return (int(match[1]), int(match[2])) if match else None
