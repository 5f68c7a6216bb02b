"""Fantasy: magic, monsters and old stone, each at its own scale.

What is demanded: creatures that nobody has seen keep their shape at every size, from the eye that fills the
picture to the dragon that covers little of it. Hands have five fingers, and nothing modern slips in: no steel
door in a dungeon, no game's compass in the sky.

What is permitted: spells, runes and crystals may flare, because the prompts ask for them; torches and candles
may waver where they light the scene.
"""

from __future__ import annotations

from pytest_videobench import Expectations, Footage, problems


def test_fantasy(footage: Footage, expected: Expectations) -> None:
    """The magic glows on purpose and everything else holds still around it, down to the smallest dragon."""
    assert problems(footage, expected) == []
