"""Fantasy: magic, monsters and old stone, each at its own scale."""

from __future__ import annotations

from pytest_videobench import Expectations, Footage, problems


def test_fantasy(footage: Footage, expected: Expectations) -> None:
    """The magic glows on purpose and everything else holds still around it, down to the smallest dragon."""
    assert problems(footage, expected) == []
