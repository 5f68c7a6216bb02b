"""One event, one defect: what explains what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.base import rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.defects.base import Finding

ORDER = (
    "black_frames",
    "blank_frames",
    "hard_cut",
    "blockiness",
    "overexposed",
    "freeze",
    "flicker",
    "flash",
)
"""What explains goes before what is explained."""
EVENTS = {
    "hard_cut": ("black_frames", "blank_frames"),
    "freeze": ("black_frames", "blank_frames", "blockiness", "overexposed"),
    "flash": ("black_frames", "blank_frames", "hard_cut", "flicker"),
    "flicker": ("black_frames", "blank_frames", "hard_cut", "blockiness"),
    "blur": ("black_frames", "blank_frames", "hard_cut", "blockiness", "overexposed"),
    "banding": ("blockiness",),
    "overexposed": ("black_frames", "blank_frames"),
    "late_decay": ("hard_cut", "blockiness", "flicker", "overexposed"),
    "jitter": ("black_frames", "blank_frames", "hard_cut"),
    "stutter": ("black_frames", "blank_frames", "freeze"),
    "duplicate_frames": ("freeze",),
    "low_motion": ("freeze",),
    "too_few_frames": ("freeze",),
    "vanish": ("black_frames", "blank_frames", "hard_cut", "blockiness", "overexposed", "flash"),
    "pop_in": ("black_frames", "blank_frames", "hard_cut", "blockiness", "overexposed", "flash"),
}
"""Which defects yield to which others that happen at the same time."""

ONE_SHOT = ("blur", "late_decay", "camera_mismatch")
"""What compares parts of a clip with one another, and says nothing of a clip of several shots."""


def attribute(findings: Iterable[Finding]) -> list[Finding]:
    """Drop every finding that another, earlier in the order of explanation, accounts for; sort by start.

    What may fail a case is only explained by what may as well.
    """
    kept: list[Finding] = []
    for finding in sorted(findings, key=_rank):
        causes = [other for other in kept if other.defect in EVENTS.get(finding.defect, ())]
        if not any(_explains(cause, finding) for cause in causes):
            kept.append(finding)
    return sorted(kept, key=lambda finding: (finding.start, finding.end, finding.defect))


def _rank(finding: Finding) -> tuple[int, float]:
    rank = ORDER.index(finding.defect) if finding.defect in ORDER else len(ORDER)
    return rank, finding.start


def _explains(cause: Finding, finding: Finding) -> bool:
    """Say whether most of a finding lies within the reach of a cause."""
    rule = rules("attribution")
    if finding.gate and not cause.gate:
        return False
    if cause.defect == "hard_cut" and finding.defect in ONE_SHOT:
        return True
    # A flash that is blank at its peak is longer than that.
    mask = 0.0 if finding.defect == "flash" and cause.defect == "blank_frames" else rule["mask"]
    shared = min(cause.end + mask, finding.end) - max(cause.start - mask, finding.start)
    return shared >= 0 and shared >= rule["share"] * (finding.end - finding.start)
