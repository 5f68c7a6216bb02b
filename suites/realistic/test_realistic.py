"""Realistic: people, streets and kitchens as a film camera would see them.

What is demanded: everything stays what it is, from the first frame to the last. A model finds a face close to
the camera and a landscape easy, a body in the middle distance hard, and a hand at work the hardest, so the
prompts climb that ladder: from the laughing face and the empty shore to climbers far away, needle and thread.

What is permitted: nothing by the style. A few prompts ask for a phone that shakes, candles that waver or
fireworks that flash, and say so beside the words.
"""

from __future__ import annotations

from pytest_videobench import Expectations, Footage, problems


def test_realistic(footage: Footage, expected: Expectations) -> None:
    """Everything stays what it is: nobody fades, no hand melts, no lamp flickers, no cut ends the take."""
    assert problems(footage, expected) == []
