"""Pictures of defects: a finding, and below it what the same detector leaves alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from zlib import crc32

from benchmarks.cards import strips
from benchmarks.cards.data import faults_of
from pytest_videobench.defects.base import DEFECTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.cards.clips import Clip
    from pytest_videobench.defects.base import Finding
    from pytest_videobench.faults.model import Picture

Shown: TypeAlias = dict[str, Any]
"""What a picture shows, in JSON types."""
SEVERITY = 0.75
"""Of the fault that is found."""
MISSES = tuple(step / 20 for step in range(14, 1, -1))
"""Severities, from the highest on, at which the detector is asked to stay silent."""
WIDTH = 150
"""Pixels of a frame."""
TRIES = 14
"""Clips that are tried for one defect."""
LIVELIEST = 8
"""Clips that are tried where only motion shows the defect."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A clip with a finding, a clip without one, and what both are."""

    hit: Clip
    finding: Finding
    how: str
    """What was done to the clip that is found."""
    miss: Clip
    other: str
    """What was done to the one that is not."""


def picture(defect: str, plan: Mapping[str, Any], pool: Sequence[Clip]) -> tuple[Picture, Shown] | None:
    """Draw the first pair that the clips offer; ``None`` where there is none."""
    pairs = (_pair(defect, plan, clip) for clip in _turned(defect, plan, pool)[:TRIES])
    found = next(filter(None, pairs), None)
    return None if found is None else (_rows(found, plan), _words(found))


def _turned(defect: str, plan: Mapping[str, Any], pool: Sequence[Clip]) -> list[Clip]:
    """Put the clips in an order of the defect's own, so that not all cards show the same clip."""
    if plan.get("lively"):
        pool = sorted(pool, key=lambda clip: -clip.liveliness)[:LIVELIEST]
    first = crc32(defect.encode()) % len(pool)
    return [*pool[first:], *pool[:first]]


def _pair(defect: str, plan: Mapping[str, Any], clip: Clip) -> Pair | None:
    if "asked" in plan:
        return _asked(defect, plan, clip)
    if clip.expected.permission(defect) or clip.findings(defect):
        return None
    fault = plan.get("fault") or faults_of(defect)[0]
    hit = clip.spoilt(fault, SEVERITY)
    finding = hit and _finding(defect, hit)
    if not hit or not finding:
        return None
    miss = _instead(defect, clip, plan["instead"]) if "instead" in plan else _weaker(defect, clip, fault)
    how = f"`{fault}` at {SEVERITY:g}"
    return miss and Pair(hit=hit, finding=finding, how=how, miss=miss[0], other=miss[1])


def _asked(defect: str, plan: Mapping[str, Any], clip: Clip) -> Pair | None:
    """Hold one clip against two prompts that ask for different amounts of motion."""
    hit, miss = (clip.asked(amount) for amount in plan["asked"])
    finding = _finding(defect, hit)
    if finding is None or miss.findings(defect):
        return None
    how, other = (f"amount `{amount}` asked" for amount in plan["asked"])
    return Pair(hit=hit, finding=finding, how=how, miss=miss, other=other)


def _finding(defect: str, clip: Clip) -> Finding | None:
    """Give the finding of the fault, one that fails the case where the detector has any such."""
    gates = DEFECTS.get(defect).gate
    near = [f for f in clip.findings(defect) if f.start <= clip.end + 0.1 and f.end >= clip.start - 0.1]
    return next((finding for finding in near if finding.gate or not gates), None)


def _weaker(defect: str, clip: Clip, fault: str) -> tuple[Clip, str] | None:
    """Give the clip with the strongest fault at which nothing is found."""
    if _silent(defect, clip, fault, MISSES[-1]) is None:
        return None  # what is found at its weakest is hardly missed when it is stronger
    weaker = ((_silent(defect, clip, fault, severity), severity) for severity in MISSES)
    return next((weak, f"`{fault}` at {severity:.2f}") for weak, severity in weaker if weak is not None)


def _silent(defect: str, clip: Clip, fault: str, severity: float) -> Clip | None:
    """Put a fault in, and give the clip where nothing is found."""
    weak = clip.spoilt(fault, severity)
    return weak if weak is not None and not weak.findings(defect) else None


def _instead(defect: str, clip: Clip, what: str) -> tuple[Clip, str] | None:
    other = clip.faded() if what == "fade" else clip.spoilt(what, SEVERITY)
    words = "a fade to black and back" if what == "fade" else f"`{what}` at {SEVERITY:g}"
    return (other, words) if other is not None and not other.findings(defect) else None


def _rows(pair: Pair, plan: Mapping[str, Any]) -> Picture:
    count = min(pair.hit.take.count, pair.miss.take.count)
    span = _frames(pair.hit, pair.finding.start, pair.finding.end, count)
    # A weaker fault and a look-alike have times of their own.
    other = _frames(pair.miss, pair.miss.start, pair.miss.end, count) if pair.miss.end else span
    near = bool(plan.get("near"))
    hit, miss = (clip.thumbnails(WIDTH, near=near) for clip in (pair.hit, pair.miss))
    box = None if near else pair.finding.box
    rows = [strips.row(hit, span, plan, marked=True, box=box), strips.row(miss, other, plan)]
    # One clip that is asked for two things looks the same twice.
    return strips.stacked(rows[:1] if "asked" in plan else rows)


def _frames(clip: Clip, start: float, end: float, count: int) -> strips.Span:
    """Give the first and the last frame of a time; the last is the one before its end."""
    first, after = (min(count, max(0, round(time * clip.take.fps))) for time in (start, end))
    first = min(first, count - 1)
    return first, max(first, after - 1)


def _words(pair: Pair) -> Shown:
    finding = pair.finding
    return {
        "clip": pair.hit.name,
        "hit": pair.how,
        "note": finding.note,
        "severity": round(finding.severity, 2),
        "fails": finding.gate,
        "miss": pair.other,
    }
