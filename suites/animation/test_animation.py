"""Animation: drawn, rendered and toy worlds that move by their own rules.

What is demanded: the craft that was named (cel, ink, clay, wool, pixels and more), a figure that keeps its
design, and a performance. A girl who only blinks has not acted.

What is permitted: a drawing may stand for two or three frames, because animators draw on twos and threes.
Steps and repeated frames are therefore craft here; a picture that freezes or jumps is still a fault.
"""

from __future__ import annotations

from pytest_videobench import Expectations, Footage, problems


def test_animation(footage: Footage, expected: Expectations) -> None:
    """The figures perform and keep their design; frames may be held, but nothing freezes, blinks or pops."""
    assert problems(footage, expected) == []
