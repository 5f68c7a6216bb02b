"""Abstract: shape, colour and rhythm with nothing to recognise."""

from __future__ import annotations

from pytest_videobench import Expectations, Footage, problems


def test_abstract(footage: Footage, expected: Expectations) -> None:
    """The forms may change into anything, but smoothly: no cut, no stall, no blocky or banded colour."""
    assert problems(footage, expected) == []
