"""Animation: drawn, rendered and toy worlds that move by their own rules."""

from __future__ import annotations

from pytest_videobench import Expectations, Footage, problems


def test_animation(footage: Footage, expected: Expectations) -> None:
    """The figures perform and keep their design; frames may be held, but nothing freezes, blinks or pops."""
    assert problems(footage, expected) == []
