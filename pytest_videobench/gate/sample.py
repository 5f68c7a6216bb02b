"""What the gate and the board know of one clip, whether its run is at hand or only its golden."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_videobench.gate.facts import GRAVEST, facts_of
from pytest_videobench.kinds import blames_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_videobench.gate.facts import Facts
    from pytest_videobench.gate.row import CaseVerdict, Row
    from pytest_videobench.metrics.base import Dimension

DIGITS = 6
"""Significant digits of a number that is kept: far finer than any two machines agree."""
_AT_A_PROVIDER = ("made: queued", "made: running")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One roll of one prompt by one backend; tests that look at the same clip are taken together."""

    style: str
    prompt: str
    roll: int
    backend: str
    """``name@model[?params]``."""
    verdict: CaseVerdict
    """The gravest of its tests."""
    metrics: dict[str, float] = field(default_factory=dict)
    """Values that exist; one that is missing is not there."""
    defects: dict[str, float] = field(default_factory=dict)
    """Defects that fail the case, each with its highest severity."""
    warned: dict[str, float] = field(default_factory=dict)
    """Defects that only warn, the same way."""
    breaches: tuple[str, ...] = ()
    """Metrics outside their thresholds."""
    checked: frozenset[str] = frozenset()
    """Defects that somebody looked for."""
    holds: dict[Dimension, bool] = field(default_factory=dict)
    """Dimensions that somebody looked at, and whether the case holds there."""
    error: str = ""
    """Kind of what went wrong where there is no verdict."""
    cost_usd: float | None = None
    seconds: float | None = None
    """From submission to a finished clip at a provider; machines of one's own are not comparable."""
    sha256: str = ""
    seed: int | None = None

    @property
    def key(self) -> str:
        """``style/prompt``: what is paired across backends and runs."""
        return f"{self.style}/{self.prompt}"

    @property
    def speaks(self) -> bool:
        """Return whether it says anything of the model: by a verdict, or by an error that is the model's."""
        return self.verdict in ("pass", "fail") or (self.verdict == "error" and blames_model(self.error))

    def kinds(self) -> frozenset[str]:
        """Name what fails the case: defects, metrics out of range, or the kind of its error."""
        return frozenset([*self.defects, *self.breaches, *([self.error] if self.error else [])])


def samples_of(rows: Sequence[Row]) -> tuple[Sample, ...]:
    """Turn rows into samples, one for every clip, in the order of their keys."""
    by_key: dict[str, list[Facts]] = defaultdict(list)
    for fact in facts_of(rows):
        by_key[fact.row.key].append(fact)
    return tuple(_sample(facts) for facts in by_key.values())


def _sample(facts: Sequence[Facts]) -> Sample:
    rows = [fact.row for fact in facts]
    gravest = min(rows, key=lambda row: GRAVEST.index(row.verdict))
    clip = next((row.clip for row in rows if row.clip), {})
    dimensions = sorted(set().union(*(fact.measured for fact in facts)))
    cells = {name: cell["value"] for row in rows for name, cell in row.metrics.items()}
    return Sample(
        style=gravest.style,
        prompt=gravest.prompt,
        roll=gravest.roll,
        backend=gravest.backend,
        verdict=gravest.verdict,
        metrics={name: short(value) for name, value in sorted(cells.items()) if value is not None},
        defects=_highest([fact.worst() for fact in facts]),
        warned=_highest([fact.warned() for fact in facts]),
        breaches=tuple(sorted({name for fact in facts for name in fact.breaches})),
        checked=_checked(rows),
        holds={name: not any(name in fact.broken for fact in facts) for name in dimensions},
        error=(gravest.error or {}).get("kind", "") if gravest.verdict in ("error", "unscored") else "",
        cost_usd=clip.get("cost_usd"),
        seconds=_seconds(rows[0]) if clip.get("job_id") else None,
        sha256=clip.get("sha256") or "",
        seed=clip.get("seed"),
    )


def _highest(severities: Sequence[dict[str, float]]) -> dict[str, float]:
    highest: dict[str, float] = {}
    for found in severities:
        for name, severity in found.items():
            highest[name] = max(short(severity), highest.get(name, 0.0))
    return dict(sorted(highest.items()))


def _checked(rows: Sequence[Row]) -> frozenset[str]:
    return frozenset(
        name for row in rows for state in ("checked", "weak") for name in row.coverage.get(state, ())
    )


def _seconds(row: Row) -> float | None:
    phases = [row.timing[name] for name in _AT_A_PROVIDER if name in row.timing]
    return short(sum(phases)) if phases else None


def short(value: float) -> float:
    """Return a number as it is kept: :data:`DIGITS` significant digits, and no negative zero."""
    return float(f"{value:.{DIGITS}g}") + 0.0
