"""What a finding and a detector are, and how a detector is declared."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import inf, isfinite
from typing import TYPE_CHECKING

from pytest_videobench.prompts.vocabulary import DETECTORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.metrics.base import Dimension
    from pytest_videobench.prompts.model import Expectations
    from pytest_videobench.registry import Registry

UNLISTED: Dimension = "consistency"
"""The dimension of a defect of which nobody says another: most are things that do not stay as they were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One occurrence of a defect."""

    defect: str
    start: float
    """Seconds."""
    end: float
    """Seconds; equal to the start for an event without length, such as a cut."""
    severity: float
    """0 is hardly visible, 1 ruins the clip."""
    confidence: float
    """0–1: how sure the detector is that it is there."""
    note: str
    """One sentence for people, with the number that decided."""
    frames: tuple[int, ...] = ()
    """Indices of stored frames that show it best."""
    box: tuple[float, float, float, float] | None = None
    """x, y, width, height as shares of the picture."""
    hint: bool = False
    """True for what may well be meant so, such as a white ground: it warns, however severe it is."""
    detector: str = "signals"
    gate: bool = False
    """True where it may fail a case: the detector has proved itself at this severity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """A named function that looks for one defect (or a close family) in footage."""

    name: str
    gate_from: float
    """Severity from which a finding may fail a case, unless a calibration says another: 0 for every finding,
    infinity for none."""
    look: Callable[[Footage, Expectations], Iterable[Finding]]
    blind: Callable[[Footage, Expectations], str]
    """Why it cannot see its defect in a clip, in a few words; empty where it can. Where it cannot, it is not
    asked to look."""
    dimension: Dimension = UNLISTED
    """What its defect counts for, where ``dimensions.toml`` does not know the defect."""

    @property
    def gate(self) -> bool:
        """Say whether any of its findings may fail a case."""
        return isfinite(self.gate_from)

    def __call__(self, footage: Footage, expected: Expectations) -> list[Finding]:
        """Look through a clip; which findings may gate is the detector's property."""
        if self.blind(footage, expected):
            return []
        gate_from = dict(expected.gates).get(self.name, self.gate_from) if self.gate else inf
        return [self._checked(finding, gate_from) for finding in self.look(footage, expected)]

    def _checked(self, finding: Finding, gate_from: float) -> Finding:
        numbers = (finding.start, finding.end, finding.severity, finding.confidence, *(finding.box or ()))
        if not all(map(isfinite, numbers)):
            raise ValueError(f"detector {self.name!r} found {finding.defect!r} with a number that is none")
        severity = min(1.0, max(0.0, float(finding.severity)))
        return replace(
            finding,
            gate=severity >= gate_from and not finding.hint,
            severity=severity,
            confidence=min(1.0, max(0.0, float(finding.confidence))),
        )


def sees_all(footage: Footage, expected: Expectations) -> str:
    """Say that a detector can see its defect in any clip."""
    return ""


def detector(
    *,
    gate: bool,
    blind: Callable[[Footage, Expectations], str] = sees_all,
    dimension: Dimension = UNLISTED,
) -> Callable[[Callable[[Footage, Expectations], Iterable[Finding]]], Detector]:
    """Declare a function as the detector of its name, and whether its findings may fail a case.

    Where they may, ``gates.toml`` can say from which severity, so that plain cases fail and weak ones are
    shown. ``blind`` says in a few words why it can see nothing in a clip, such
    as "no camera was asked for": its silence is no all-clear then. ``dimension`` is what a defect of your own
    counts for on the score card.
    """

    def declare(look: Callable[[Footage, Expectations], Iterable[Finding]]) -> Detector:
        gate_from = gates().get(look.__name__, 0.0) if gate else inf
        return Detector(name=look.__name__, gate_from=gate_from, look=look, blind=blind, dimension=dimension)

    return declare


@cache
def gates() -> Mapping[str, float]:
    """Give the severities of ``gates.toml``, which ``videobench calibrate`` writes."""
    text = (files("pytest_videobench.defects") / "gates.toml").read_text(encoding="utf-8")
    table: dict[str, dict[str, float]] = tomllib.loads(text)["gates"]
    return {name: entry["from"] for name, entry in table.items()}


def rules(name: str) -> Mapping[str, float]:
    """Give a detector's numbers from ``rules.toml``."""
    return rule_tables()[name]


@cache
def rule_tables() -> Mapping[str, Mapping[str, float]]:
    """Return all of ``rules.toml``, by detector or by the helper that several share."""
    text = (files("pytest_videobench.defects") / "rules.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


DEFECTS: Registry[Detector] = DETECTORS
"""Every known detector by name."""
