"""Abstract: shape, colour and rhythm with nothing to recognise.

What is demanded: a picture worth looking at for all of its seconds. It moves smoothly, keeps its light, shows
neither steps in its gradients nor the blocks of an encoder, and ends as well as it began.

What is permitted: everything that speaks of bodies. Forms have no anatomy, so they may change, merge,
dissolve and grow out of nothing, and near and far mean nothing to them. Strobes may flash and a rhythm may
come round again where the prompt asks for that.
"""

from __future__ import annotations

from pytest_videobench import Expectations, Footage, problems


def test_abstract(footage: Footage, expected: Expectations) -> None:
    """The forms may change into anything, but smoothly: no cut, no stall, no blocky or banded colour."""
    assert problems(footage, expected) == []
