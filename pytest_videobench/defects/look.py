"""Running every known detector over a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.attribution import attribute
from pytest_videobench.defects.base import DEFECTS, Finding
from pytest_videobench.prompts.vocabulary import known_defects

if TYPE_CHECKING:
    from pytest_videobench.defects.base import Detector
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


def find_defects(footage: Footage, expected: Expectations) -> list[Finding]:
    """Give the findings of every detector, one per event, sorted by start."""
    return attribute(
        _permissible(finding, detector)
        for detector in DEFECTS.all()
        for finding in detector(footage, expected)
    )


def _permissible(finding: Finding, detector: Detector) -> Finding:
    """Refuse a finding that may fail a clip under a name that no permission can have."""
    if finding.gate and finding.defect not in known_defects():
        raise ValueError(
            f"detector {detector.name!r} fails clips by {finding.defect!r}, which no detector is registered"
            " as, so that no style could permit it; register the detector under this name"
        )
    return finding
