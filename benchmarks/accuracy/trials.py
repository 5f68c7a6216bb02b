"""What our detectors find on each clip of the bench, beside the truth about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from benchmarks.accuracy.corpus import settings
from benchmarks.accuracy.injection import asked, truth_of
from pytest_videobench.defects.attribution import EVENTS
from pytest_videobench.defects.base import DEFECTS
from pytest_videobench.defects.look import find_defects
from pytest_videobench.errors import ClipError
from pytest_videobench.faults import FAULTS
from pytest_videobench.footage.keep import load
from pytest_videobench.gate.thresholds import complete
from pytest_videobench.moments.moments import moments
from pytest_videobench.prompts.model import Expectations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from benchmarks.accuracy.corpus import Clip, Piece
    from benchmarks.accuracy.driven import Drive
    from benchmarks.accuracy.injection import Folder
    from pytest_videobench.defects.base import Finding
    from pytest_videobench.footage.footage import Footage

Kind: TypeAlias = Literal["fault", "control", "whole", "driven"]
"""A piece with a fault, a piece without one, an untouched clip, a clean one with a virtual camera in it."""
NEAR = 0.25
"""Seconds by which a finding or a moment may miss the truth."""
MOMENTS_AT = 0.75
"""Severity at which moments are held against the truth."""
EVEN = 8
"""Evenly spaced frames that moments are compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One clip, what is true of it, and what was found."""

    kind: Kind
    clip: Clip
    name: str
    """Of the piece, the drive or the whole clip."""
    seconds: float
    fps: float
    findings: tuple[Finding, ...]
    motion: float
    """Mean absolute difference between neighbouring frames, grey levels."""
    step: float
    """Median seconds between new pictures."""
    blind: frozenset[str] = frozenset()
    """The detectors that say that they can see nothing in it; its case is "not checked" by them."""
    fault: str = ""
    severity: float = 0.0
    start: float = 0.0
    """Seconds from which the fault is to be seen."""
    end: float = 0.0
    recoded: frozenset[str] | None = None
    """The defects that would fail it after a second encoding; ``None`` where it was not encoded twice."""
    same: bool | None = None
    """Whether a second look at the same file found exactly the same."""
    among: tuple[bool, bool] | None = None
    """Whether the truth is among the moments, and among as many evenly spaced frames."""

    @property
    def defect(self) -> str:
        """What the fault should be called; empty without one."""
        return FAULTS[self.fault].defect if self.fault else ""

    @property
    def failing(self) -> frozenset[str]:
        """Give the defects that would fail it."""
        return _failing(self.findings)

    @property
    def carries(self) -> frozenset[str]:
        """What it may rightly be accused of besides; a piece is a single shot without what its clip has."""
        seen: Sequence[str] = settings()["seen"].get(self.clip.path, ())
        return self.clip.defects if self.kind == "whole" else frozenset(seen)

    def hits(self, defect: str) -> list[Finding]:
        """Give the findings of a defect that overlap the fault, in order of time."""
        return [f for f in self.findings if f.defect == defect and self.near(f.start, f.end)]

    def near(self, start: float, end: float) -> bool:
        """Say whether a span meets the fault's."""
        return start <= self.end + NEAR and end >= self.start - NEAR

    def otherwise(self) -> bool:
        """Say whether the fault is not called by its name, but by one that accounts for it."""
        cousins = EVENTS.get(self.defect, ())
        return not self.hits(self.defect) and any(self.hits(cousin) for cousin in cousins)

    def score(self, defect: str) -> float:
        """Say how strongly it is accused of a defect: severity times confidence, 0 where it is not."""
        return max((f.severity * f.confidence for f in self.findings if f.defect == defect), default=0.0)


def of_piece(piece: Piece, faults: Sequence[str], severities: Sequence[float], folder: Folder) -> list[Trial]:
    """Look at a piece without a fault and with every one that it can carry."""
    path = folder.control(piece)
    clean = _kept(path)
    expected = asked(clean)
    again = tuple(find_defects(_kept(folder.second(path)), expected))
    control = _trial(clean, expected, kind="control", clip=piece.clip, name=piece.name)
    recoded = _failing(find_defects(_kept(folder.twin(path)), expected))
    found = [replace(control, recoded=recoded, same=again == control.findings)]
    for fault in faults:
        for severity in severities:
            found += _spoilt(piece, expected, folder.spoilt(piece, fault, severity), folder)
    return found


def of_whole(clip: Clip, folder: Folder) -> Trial:
    """Look at an untouched clip, of which nothing was asked."""
    path, expected = folder.whole(clip), complete(Expectations())
    trial = _trial(_kept(path), expected, kind="whole", clip=clip, name=clip.path)
    return replace(trial, recoded=_failing(find_defects(_kept(folder.twin(path)), expected)))


def of_drives(drives: Sequence[Drive], folder: Folder) -> list[Trial]:
    """Look at what a virtual camera saw; it is asked for its move where nothing else moves the picture."""
    return [_driven(drive, _kept(folder.driven(drive))) for drive in drives]


def _driven(drive: Drive, footage: Footage) -> Trial:
    expected = asked(footage, drive.asked)
    return _trial(footage, expected, kind="driven", clip=drive.piece.clip, name=drive.name)


def _spoilt(piece: Piece, expected: Expectations, path: Path, folder: Folder) -> Iterator[Trial]:
    truth = truth_of(path)
    if not truth:
        return
    footage, twin = _kept(path), load(folder.twin(path))
    trial = _trial(footage, expected, kind="fault", clip=piece.clip, name=piece.name)
    yield replace(
        trial,
        fault=truth["fault"],
        severity=truth["severity"],
        start=truth["start"],
        end=truth["end"],
        recoded=_failing(find_defects(twin, expected)) if twin else None,
        among=_among(footage, truth) if truth["severity"] == MOMENTS_AT else None,
    )


def _trial(
    footage: Footage,
    expected: Expectations,
    *,
    kind: Kind,
    clip: Clip,
    name: str,
) -> Trial:
    gaps, changes = footage.gaps, footage.steps.change
    return Trial(
        kind=kind,
        clip=clip,
        name=name,
        seconds=footage.probe.duration,
        fps=footage.probe.fps,
        findings=tuple(find_defects(footage, expected)),
        blind=frozenset(one.name for one in DEFECTS.all() if one.blind(footage, expected)),
        motion=float(np.mean(changes)) if len(changes) else 0.0,
        step=float(np.median(gaps)) if len(gaps) else footage.probe.duration,
    )


def _among(footage: Footage, truth: Mapping[str, Any]) -> tuple[bool, bool]:
    """Hold the moments, and evenly spaced frames, against the time at which the fault is seen happening."""
    duration = footage.probe.duration
    even = [(turn + 0.5) * duration / EVEN for turn in range(EVEN)]
    shown = [moment.time for moment in moments(footage)]
    first, last = truth["start"] - NEAR, truth["end"] + NEAR
    found, by_chance = (any(first <= time <= last for time in times) for times in (shown, even))
    return found, by_chance


def _failing(findings: Sequence[Finding]) -> frozenset[str]:
    return frozenset(finding.defect for finding in findings if finding.gate)


def _kept(path: Path) -> Footage:
    footage = load(path)
    if footage is None:
        raise ClipError(path, "is not kept, or by another version; run the bench from its start")
    return footage
