"""Realistic: people, streets and kitchens as a film camera would see them."""

from __future__ import annotations

from pytest_videobench import Expectations, Footage, problems


def test_realistic(footage: Footage, expected: Expectations) -> None:
    """Everything stays what it is: nobody fades, no hand melts, no lamp flickers, no cut ends the take."""
    assert problems(footage, expected) == []
