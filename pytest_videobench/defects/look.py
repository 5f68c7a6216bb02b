"""Running every known detector over a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.attribution import attribute
from pytest_videobench.defects.base import DEFECTS, Finding

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


def find_defects(footage: Footage, expected: Expectations) -> list[Finding]:
    """Give the findings of every detector, one per event, sorted by start."""
    return attribute(finding for detector in DEFECTS.all() for finding in detector(footage, expected))
