"""Things that appear out of nothing in mid-picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.base import Finding, detector
from pytest_videobench.defects.matter import findings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=False)
def pop_in(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find places where an object takes the place of a background that was there for long, and stays."""
    return findings(footage, "pop_in", "appears")
