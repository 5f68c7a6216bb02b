"""Sci-fi: machines, space and light that no camera has filmed."""

from __future__ import annotations

from pytest_videobench import Expectations, Footage, problems


def test_scifi(footage: Footage, expected: Expectations) -> None:
    """The clip moves as asked, keeps its machines whole to the last frame, and obeys its camera."""
    assert problems(footage, expected) == []
