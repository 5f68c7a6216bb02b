"""The row of a case: the one record that crosses processes and lands in ``rows.jsonl``.

Builtins only, versioned. Everything that differs between two runs of the same clips is under ``timing``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.defects.base import Finding
    from pytest_videobench.defects.coverage import Look
    from pytest_videobench.gate.assess import Assessment
    from pytest_videobench.metrics.base import Measure
    from pytest_videobench.prompts.model import Expectations

ROW_VERSION = 1
CURVES = ("temporal_flickering", "motion_amplitude", "sharpness")
"""Metrics whose curve is kept with the row."""
CaseVerdict: TypeAlias = Literal["pass", "fail", "error", "unscored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is known of one case at the end of its test."""

    key: str
    """``style/prompt/backend@model/roll``."""
    nodeid: str
    style: str
    prompt: str
    text: str
    """The prompt as spoken."""
    parts: dict[str, str] = field(default_factory=dict)
    """Its six parts, in their order."""
    backend: str
    """``name@model[?params]``."""
    roll: int
    verdict: CaseVerdict
    problems: list[str] = field(default_factory=list)
    error: dict[str, str] | None = None
    """``kind`` and ``message`` where no clip could be made or read."""
    metrics: dict[str, dict[str, Any]] = field(default_factory=dict)
    curves: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    """Of the metrics that a page draws over time: ``times`` in seconds and ``values``, as many of each."""
    findings: list[dict[str, Any]] = field(default_factory=list)
    coverage: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What was looked for: ``checked`` and ``weak`` with the published recall of each defect or null,
    ``unchecked`` with the reason. Empty where there was no clip to look at."""
    shared: list[dict[str, str]] = field(default_factory=list)
    """What its clip has in common with most clips of its backend, known at the end of the run: ``defect``,
    ``note``."""
    probe: dict[str, Any] | None = None
    camera: dict[str, Any] | None = None
    """The camera's class as it was seen: ``move`` and ``confidence``."""
    moments: list[dict[str, Any]] = field(default_factory=list)
    """Where to look first, best first: ``time`` in seconds, ``box`` in shares of the picture or null for all
    of it, ``reason``, ``score``."""
    strip: list[float] = field(default_factory=list)
    """Seconds of the frames in the clip's strip of pictures."""
    clip: dict[str, Any] | None = None
    """From the sidecar: path, sha256, bytes, seed, cost, origin, whether synthetic."""
    expected: dict[str, Any] = field(default_factory=dict)
    fingerprint: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    watch: list[dict[str, Any]] = field(default_factory=list)
    """Defects that were seen on clips of this prompt before: ``defect``, ``note``, and ``state``, which is
    ``found``, ``not found``, ``weakly checked``, ``not checked``, or ``unknown`` where there was no clip to
    look at."""
    injected: list[dict[str, Any]] = field(default_factory=list)
    """Faults that a generator put into the clip on purpose: ``fault``, ``defect``, ``start``, ``end``,
    ``severity``, ``note``."""
    covers: dict[str, str] = field(default_factory=dict)
    """What the prompt tries out, where it says: ``light``, ``subject``, ``interaction``."""
    tags: list[str] = field(default_factory=list)
    source: str = ""
    change: str = ""
    """How it stands to the baseline, where the run was held against one: ``new``, ``known``, ``flaky`` or
    ``fixed``; empty where it passes as ever."""
    page: str = ""
    """Where its page lies in the report's folder."""
    timing: dict[str, float] = field(default_factory=dict)
    """Seconds by phase."""
    version: int = ROW_VERSION

    @property
    def origin(self) -> Literal["made", "store", "folder"] | None:
        """Return where the clip came from: made in this run, kept by the store, or from somebody's folder."""
        if self.clip is None:
            return None
        if self.clip.get("origin"):
            return "folder"
        return "store" if "store" in self.timing else "made" if "clip" in self.timing else None

    def defects(self) -> list[str]:
        """Name every defect that was found and not permitted, the failing ones first."""
        found = [finding for finding in self.findings if not finding["permitted"]]
        ordered = sorted(found, key=lambda finding: (not finding["gate"], -finding["severity"]))
        return list(dict.fromkeys(finding["defect"] for finding in ordered))

    def to_json(self) -> dict[str, Any]:
        """Give builtins only."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Row:
        """Read a row; raise :class:`ValueError` for a version that this software does not know."""
        if data.get("version") != ROW_VERSION:
            raise ValueError(f"row version {data.get('version')!r}: expected {ROW_VERSION}")
        known = {entry.name for entry in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})


def metric_cells(measures: dict[str, Measure] | Any) -> dict[str, dict[str, Any]]:
    """Give name → value and unit; a missing value stays ``None``."""
    return {
        name: {"value": None if m.value is None else float(m.value), "unit": m.unit}
        for name, m in measures.items()
    }


def curve_cells(measures: dict[str, Measure] | Any) -> dict[str, dict[str, list[float]]]:
    """Give the curves that a page draws, where the clip was long enough to have them."""
    curves = {name: measures[name].series for name in CURVES if name in measures}
    return {
        name: {"times": list(series.times), "values": list(series.values)}
        for name, series in curves.items()
        if series is not None
    }


def finding_cell(finding: Finding, expected: Expectations | None = None) -> dict[str, Any]:
    """Give a finding as builtins, with the reason where it is permitted."""
    cell = asdict(finding)
    cell["frames"] = [int(index) for index in finding.frames]
    cell["box"] = None if finding.box is None else [float(value) for value in finding.box]
    for name in ("start", "end", "severity", "confidence"):
        cell[name] = round(float(cell[name]), 4)
    permission = expected.permission(finding.defect) if expected else None
    cell["permitted"] = permission.reason if permission else None
    return cell


def coverage_cell(looks: Iterable[Look]) -> dict[str, dict[str, Any]]:
    """Give what was looked for as builtins, defect by defect."""
    cell: dict[str, dict[str, Any]] = {"checked": {}, "weak": {}, "unchecked": {}}
    for look in looks:
        cell[look.state][look.defect] = look.why if look.state == "unchecked" else look.recall
    return cell


def assessment_cells(assessment: Assessment) -> dict[str, Any]:
    """Give the fields of a row that an assessment fills."""
    return {
        "metrics": metric_cells(assessment.measures),
        "curves": curve_cells(assessment.measures),
        "findings": [finding_cell(f, assessment.expected) for f in assessment.findings],
        "coverage": coverage_cell(assessment.coverage),
        "problems": list(assessment.problems()),
        "expected": expected_cell(assessment.expected),
    }


def expected_cell(expected: Expectations) -> dict[str, Any]:
    """Give what was demanded and permitted as builtins."""
    return {
        "shot": expected.shot,
        "camera": expected.camera,
        "motion": expected.motion,
        "amount": expected.amount,
        "elements": list(expected.elements),
        "thresholds": {t.metric: {"min": t.min, "max": t.max} for t in expected.thresholds},
        "permitted": {p.defect: p.reason for p in expected.permitted},
        "gates": dict(expected.gates),
        "delivery": {
            name: list(value) if isinstance(value, tuple) else value  # as JSON gives it back
            for name, value in asdict(expected.delivery).items()
        },
    }
