"""Sci-fi: machines, space and light that no camera has filmed.

What is demanded: hard things stay hard. A mech has no soft joints, a ship keeps its windows, a marine is not
stuck in a door. This is the largest suite: its prompts ask for every camera move, every shot and every kind
of motion, so that a weakness can be told from the others.

What is permitted: flashes, because weapons, engines and signal lamps are asked for. An explosion may burn out
and failing lamps may flicker, but only where the prompt speaks of them.
"""

from __future__ import annotations

from pytest_videobench import Expectations, Footage, problems


def test_scifi(footage: Footage, expected: Expectations) -> None:
    """The clip moves as asked, keeps its machines whole to the last frame, and obeys its camera."""
    assert problems(footage, expected) == []
