"""The few cases of a style that show what the others are like: the ones a reviewer would put on a page."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from textwrap import shorten
from typing import TYPE_CHECKING

from pytest_videobench.gate.facts import place, tested_by
from pytest_videobench.report.grammar import capital, count, listed, plain

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from pytest_videobench.gate.facts import Facts, Place
    from pytest_videobench.gate.row import Row

MOST = 5
"""Cases that are picked of a style."""
_LONGEST = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A case worth a look."""

    row: Row
    role: str
    """What it stands for, in a word or two."""
    why: str
    """One sentence with the numbers that chose it."""


def picks(facts: Sequence[Facts]) -> tuple[Pick, ...]:
    """Pick up to five different cases of a style, in the order in which they are worth a look."""
    chosen: dict[Place, Pick] = {}
    for choose in (_worst, _typical, _unsteady, _close, _best):
        pick = choose(facts, chosen)
        if pick:
            chosen[place(pick.row)] = pick
    for pick in _others(facts, chosen):
        chosen.setdefault(place(pick.row), pick)
    return tuple(chosen.values())[:MOST]


def _worst(facts: Sequence[Facts], taken: Container[Place]) -> Pick | None:
    """Take the failing case with the most harm."""
    failing = _free(_by_harm(facts), taken)
    if not failing:
        return None
    rank = "The only failing case" if len(failing) == 1 else f"The gravest of {len(failing)} failing cases"
    return _pick(failing[0], "worst", f"{rank}: {_faults(failing[0])}.")


def _typical(facts: Sequence[Facts], taken: Container[Place]) -> Pick | None:
    """Take a failure by the commonest defect, of about the severity that it mostly has."""
    failing, judged = _by_harm(facts), sum(fact.judged for fact in facts)
    severities: dict[str, list[float]] = {}
    for fact in failing:
        for defect, severity in fact.worst().items():
            severities.setdefault(defect, []).append(severity)
    for defect in sorted(severities, key=lambda name: (-len(severities[name]), name)):
        having = _free([fact for fact in failing if defect in fact.worst()], taken)
        middle = median(severities[defect])
        if having:
            fact = min(having, key=lambda fact: abs(fact.worst()[defect] - middle))
            why = (
                f"{capital(plain(defect))} fails {len(severities[defect])} of {count(judged, 'case')};"
                f" its severity is {fact.worst()[defect]:.2f} here and {middle:.2f} in the median."
            )
            return _pick(fact, "typical failure", why)
    return None


def _unsteady(facts: Sequence[Facts], taken: Container[Place]) -> Pick | None:
    """Take a roll of the prompt whose rolls disagree the most in a test; a failing one, where one is free."""
    rolls: dict[tuple[str, str, str], list[Facts]] = {}
    for fact in facts:
        if fact.judged:
            rolls.setdefault((fact.row.prompt, fact.row.backend, tested_by(fact.row)), []).append(fact)
    shares = {which: sum(f.passes for f in group) / len(group) for which, group in rolls.items()}
    for which in sorted(rolls, key=lambda which: (abs(shares[which] - 0.5), which)):
        having = _free(rolls[which], taken)
        if 0 < shares[which] < 1 and having:
            fact = min(having, key=lambda fact: fact.passes)
            this = "passes" if fact.passes else f"fails: {_faults(fact)}"
            share = f"{sum(f.passes for f in rolls[which])} of its {len(rolls[which])} rolls"
            return _pick(fact, "unsteady", f"The prompt {which[0]} passes in {share}; this one {this}.")
    return None


def _close(facts: Sequence[Facts], taken: Container[Place]) -> Pick | None:
    """Take the passing case that came nearest to failing, or else the failing one nearest to passing."""
    passing = _free([fact for fact in facts if fact.passes and (fact.warnings or fact.nearest)], taken)
    if len(passing) > 1:  # a single one is the best as well
        fact = max(passing, key=lambda fact: (max(fact.warned().values(), default=0.0), -fact.room))
        return _pick(fact, "close call", f"It passes {_margin(fact)}.")
    failing = [] if any(fact.passes for fact in facts) else _free(_by_harm(facts), taken)
    if failing:
        return _pick(failing[-1], "borderline", f"No case fails by less: {_faults(failing[-1])}.")
    return None


def _best(facts: Sequence[Facts], taken: Container[Place]) -> Pick | None:
    """Take the passing case with the fewest warnings and the most room to its thresholds."""
    passing = _free(_by_merit(facts), taken)
    return _pick(passing[0], "best", f"It passes {_margin(passing[0])}.") if passing else None


def _others(facts: Sequence[Facts], chosen: dict[Place, Pick]) -> Iterator[Pick]:
    """Give the cases that no role has asked for: those of prompts not shown yet come first."""
    shown = {fact.row.prompt for fact in facts if place(fact.row) in chosen}
    ranked = [*_by_harm(facts), *reversed(_by_merit(facts)), *(fact for fact in facts if not fact.judged)]
    for fact in sorted(ranked, key=lambda fact: (not fact.judged, fact.row.prompt in shown)):
        if not fact.judged:
            yield _pick(fact, "no verdict", _without_verdict(fact))
        elif fact.passes:
            yield _pick(fact, "further pass", f"It passes as well, {_margin(fact)}.")
        else:
            yield _pick(fact, "further failure", f"It fails as well: {_faults(fact)}.")


def _free(facts: Sequence[Facts], taken: Container[Place]) -> list[Facts]:
    return [fact for fact in facts if place(fact.row) not in taken]


def _pick(fact: Facts, role: str, why: str) -> Pick:
    return Pick(row=fact.row, role=role, why=why)


def _by_harm(facts: Sequence[Facts]) -> list[Facts]:
    """List the failing cases, the gravest first."""
    return sorted((fact for fact in facts if fact.row.verdict == "fail"), key=lambda fact: -fact.harm)


def _by_merit(facts: Sequence[Facts]) -> list[Facts]:
    """List the passing cases, the cleanest first."""
    return sorted(
        (fact for fact in facts if fact.passes),
        key=lambda fact: (len(fact.warned()), sum(fact.warned().values()), -fact.room),
    )


def _faults(fact: Facts) -> str:
    """Say what fails a case, with its numbers."""
    found = [*_with_severity(fact.worst()), *(f"{metric} out of its range" for metric in fact.breaches)]
    return listed(found) or "its test says so, and no finding or threshold does"


def _margin(fact: Facts) -> str:
    """Say how clean a passing case is."""
    if not fact.assessed:
        return "without being measured"
    warned = listed(_with_severity(fact.warned()))
    finding = f"with a mere warning of {warned}" if warned else "without a finding"
    return finding if fact.nearest is None else f"{finding}; its tightest limit is {fact.nearest}"


def _with_severity(severities: dict[str, float]) -> list[str]:
    return [f"{plain(defect)} (severity {severity:.2f})" for defect, severity in severities.items()]


def _without_verdict(fact: Facts) -> str:
    error = fact.row.error or {}
    said = error.get("message") or error.get("kind") or "nobody said why"
    return f"No verdict: {shorten(said, _LONGEST, placeholder='…')}"
