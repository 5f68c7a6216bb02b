"""What a run says in numbers: verdicts, scores by dimension, defects, and the cases worth a look.

Computed from rows alone, whatever their order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING, Literal, TypeAlias

from pytest_videobench.gate.facts import (
    DIMENSIONS,
    GRAVEST,
    VERDICTS,
    facts_of,
    gravity,
    place,
    without_clip,
)
from pytest_videobench.money import cost_of, passing_price, spent_on, total
from pytest_videobench.report.looked import looked_for
from pytest_videobench.report.picks import picks
from pytest_videobench.report.words import sentences
from pytest_videobench.stats.intervals import Interval, wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_videobench.gate.facts import Facts
    from pytest_videobench.gate.row import Row
    from pytest_videobench.metrics.base import Dimension
    from pytest_videobench.report.looked import Looked
    from pytest_videobench.report.picks import Pick

RunVerdict: TypeAlias = Literal["pass", "fail", "error", "nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well the cases of a style hold in one dimension."""

    share: float | None
    """Share of the cases that hold, 0–1: the mean over the prompts; ``None`` where nothing was measured."""
    low: float
    high: float
    """Wilson's interval of 95 % over the prompts: rolls of one prompt are no independent evidence."""
    prompts: int
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often a defect that nobody permits was found."""

    defect: str
    cases: int
    failing: int
    """Those of the cases that it fails."""
    row: Row
    """The case with the gravest finding of all …"""
    finding: int
    """… and which of its findings that is, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleDigest:
    """What a run says of one style, over all its backends."""

    style: str
    verdicts: dict[str, int]
    scores: dict[Dimension, Score]
    tallies: tuple[Tally, ...]
    """The defect that fails the most cases comes first."""
    picks: tuple[Pick, ...]
    """Up to five different cases worth a look, and why."""
    looked: dict[Dimension, Looked]
    """What its clips were looked at for."""
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What a run says."""

    verdict: RunVerdict
    """``nothing`` where no case has a verdict."""
    verdicts: dict[str, int]
    styles: tuple[StyleDigest, ...]
    backends: tuple[str, ...]
    cost_usd: float
    """US dollars that all clips once cost, whenever they were made."""
    spent_usd: float
    """US dollars for the clips that were made in this run."""
    passing_usd: float | None
    """US dollars that a passing clip costs, those that fail included; ``None`` where none passes."""
    without_clip: dict[str, int]
    """Cases with an error in place of a clip, by the reason's kind."""
    clip_seconds: float | None
    """Median seconds that a backend took for a clip in this run; ``None`` where none was made."""
    clips: int
    """Cases that have a clip."""
    looked: Looked
    """What the clips were looked at for."""
    synthetic: int
    """Those of them whose clip the embedded generator drew."""


def digest(rows: Sequence[Row]) -> Digest:
    """Draw up what the rows of a run say."""
    facts = facts_of(rows)
    verdicts = _verdicts(rows)
    seconds = [fact.made_in for fact in facts if fact.made_in is not None]
    clips = [row.clip for row in rows if row.clip]
    return Digest(
        verdict=_verdict(verdicts),
        verdicts=verdicts,
        styles=tuple(
            _style_digest(style, [fact for fact in facts if fact.row.style == style])
            for style in sorted({row.style for row in rows})
        ),
        backends=tuple(sorted({row.backend for row in rows})),
        cost_usd=cost_of(rows),
        spent_usd=total(spent_on(rows)),
        passing_usd=passing_price(rows),
        without_clip=without_clip(rows),
        clip_seconds=median(seconds) if seconds else None,
        clips=len(clips),
        looked=looked_for(rows),
        synthetic=sum(bool(clip["synthetic"]) for clip in clips),
    )


def costs(found: Digest) -> dict[str, float]:
    """Name the US dollars of a run that has clips; what was spent in it only where that is another sum."""
    if not found.clips:
        return {}
    spent = {"spent in this run": found.spent_usd} if found.spent_usd != found.cost_usd else {}
    passing = (
        {}
        if not found.cost_usd or found.passing_usd is None
        else {"cost of a clip that passes": found.passing_usd}
    )
    return {"cost of these clips": found.cost_usd, **spent, **passing}


def _verdicts(rows: Iterable[Row]) -> dict[str, int]:
    counted = Counter(row.verdict for row in rows)
    return {verdict: counted[verdict] for verdict in VERDICTS}


def _verdict(verdicts: Mapping[str, int]) -> RunVerdict:
    """Give the gravest verdict that a case has; a case without a score has none."""
    for verdict in GRAVEST:
        if verdicts[verdict] and verdict != "unscored":
            return verdict
    return "nothing"


def _style_digest(style: str, facts: Sequence[Facts]) -> StyleDigest:
    return StyleDigest(
        style=style,
        verdicts=_verdicts(fact.row for fact in facts),
        scores={dimension: _score(facts, dimension) for dimension in DIMENSIONS},
        tallies=_tallies(facts),
        picks=picks(facts),
        looked={name: looked_for([fact.row for fact in facts], name) for name in DIMENSIONS},
        sentences=sentences(facts),
    )


def _score(facts: Sequence[Facts], dimension: Dimension) -> Score:
    held: dict[str, list[bool]] = defaultdict(list)
    for fact in facts:
        if dimension in fact.measured:
            held[fact.row.prompt].append(dimension not in fact.broken)
    share = fmean(fmean(rolls) for rolls in held.values()) if held else None
    known = wilson(share, len(held)) if share is not None else Interval(low=0.0, high=1.0)
    return Score(
        share=share, low=known.low, high=known.high, prompts=len(held), cases=sum(map(len, held.values()))
    )


def _tallies(facts: Iterable[Facts]) -> tuple[Tally, ...]:
    places: dict[str, list[tuple[Row, int]]] = defaultdict(list)
    for fact in facts:
        for index, finding in enumerate(fact.row.findings):
            if not finding["permitted"]:
                places[finding["defect"]].append((fact.row, index))
    tallies = [_tally(defect, found) for defect, found in places.items()]
    return tuple(sorted(tallies, key=lambda tally: (-tally.failing, -tally.cases, tally.defect)))


def _tally(defect: str, found: Sequence[tuple[Row, int]]) -> Tally:
    """Count cases, not findings: a defect that comes back within a clip is one case."""
    row, index = max(found, key=lambda at: (gravity(at[0].findings[at[1]]), place(at[0]), at[1]))
    return Tally(
        defect=defect,
        cases=len({place(row) for row, _ in found}),
        failing=len({place(row) for row, index in found if row.findings[index]["gate"]}),
        row=row,
        finding=index,
    )
