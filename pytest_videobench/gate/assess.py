"""The verdict of a case: every breach of a threshold and every finding, measured once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_videobench.defects.coverage import coverage
from pytest_videobench.defects.look import find_defects
from pytest_videobench.metrics.measure import measure_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.defects.base import Finding
    from pytest_videobench.defects.coverage import Look
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.metrics.base import Measure
    from pytest_videobench.prompts.model import Expectations, Threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A metric outside its threshold."""

    measure: Measure
    threshold: Threshold

    def __str__(self) -> str:
        bound, word = self.threshold.min, "below"
        value = self.measure.value
        if bound is None or (value is not None and value >= bound):
            bound, word = self.threshold.max, "above"
        where = f" at {span(*self.measure.worst)}" if self.measure.worst else ""
        reason = f" ({self.threshold.reason})" if self.threshold.reason else ""
        return f"{self.measure.name} = {value:.4g} is {word} {bound:g}{where}{reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Everything that was measured and found on one clip, against one set of expectations."""

    measures: Mapping[str, Measure]
    findings: tuple[Finding, ...]
    breaches: tuple[Breach, ...]
    coverage: tuple[Look, ...]
    """What was looked for, and what was not."""
    expected: Expectations

    def problems(self) -> Problems:
        """List what fails the clip: breaches, and proved findings that nobody permits."""
        blocking = [f for f in self.findings if f.gate and not self.expected.permission(f.defect)]
        return Problems([*map(describe, blocking), *map(str, self.breaches)])


class Problems(list[str]):
    """One line per problem; an empty list is a clip that passes."""


@lru_cache(maxsize=4)
def assess(footage: Footage, expected: Expectations) -> Assessment:
    """Measure and look once per pair; a metric that is missing breaches nothing."""
    measures = measure_all(footage, expected)
    breaches = [
        Breach(measure=measures[threshold.metric], threshold=threshold)
        for threshold in expected.thresholds
        if threshold.metric in measures and _breaks(measures[threshold.metric], threshold)
    ]
    findings = tuple(find_defects(footage, expected))
    return Assessment(
        measures=measures,
        findings=findings,
        breaches=tuple(breaches),
        coverage=coverage(footage, expected, {finding.defect for finding in findings}),
        expected=expected,
    )


def problems(footage: Footage, expected: Expectations) -> Problems:
    """List what is wrong with a clip; the one call of a style module."""
    return assess(footage, expected).problems()


def describe(finding: Finding) -> str:
    """Say a finding in one line: what, when, and the number that decided."""
    return f"{finding.defect} at {span(finding.start, finding.end)}: {finding.note}"


def span(start: float, end: float) -> str:
    """Write a span of seconds; an event without length is one time."""
    return f"{start:.2f} s" if end - start < 0.005 else f"{start:.2f}–{end:.2f} s"  # a range


def _breaks(measure: Measure, threshold: Threshold) -> bool:
    return measure.value is not None and not threshold.admits(measure.value)
