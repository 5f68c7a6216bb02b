"""Things that vanish in mid-picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.base import Finding, detector
from pytest_videobench.defects.matter import findings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=False)
def vanish(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find places where an object that was there for long gives way to its background, and stays away."""
    return findings(footage, "vanish", "vanishes")
