"""What one row says of its case: what breaks it, in which dimensions, and how near it came to its limits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

from pytest_videobench.defects.dimensions import defect_dimension
from pytest_videobench.gate.row import CaseVerdict
from pytest_videobench.metrics.base import METRICS, Dimension

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_videobench.gate.row import Row

VERDICTS: tuple[CaseVerdict, ...] = get_args(CaseVerdict)
"""Every verdict of a case, in the order in which they are shown."""
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
"""Every dimension, in the order in which they are shown."""
GRAVEST: tuple[CaseVerdict, ...] = ("fail", "error", "pass", "unscored")
"""Every verdict of a case, the gravest first; a case without a score has none to speak of."""
SYNTHETIC = "drawn by the embedded generator, made by no model"
"""What is said of a synthetic clip wherever it is shown."""
Place: TypeAlias = tuple[str, str]
"""What tells a row from all others: its key and its test."""
FindingCell: TypeAlias = "dict[str, Any]"
"""A finding as it stands in a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A metric and the end of its range that it comes nearest to."""

    metric: str
    value: float
    bound: float
    least: bool
    """True where the bound is the least that is allowed, false where it is the most."""

    @property
    def room(self) -> float:
        """Give the distance as a share of the larger number: 0 is on the limit, negative is broken."""
        size = max(abs(self.value), abs(self.bound))
        distance = (self.value - self.bound) * (1 if self.least else -1)
        return distance / size if size else 0.0

    def __str__(self) -> str:
        end = "least" if self.least else "most"
        return f"{self.metric} = {self.value:.3g}, where {self.bound:g} is the {end}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A row, and what follows from it."""

    row: Row
    blocking: tuple[FindingCell, ...]
    """Findings that fail the case."""
    warnings: tuple[FindingCell, ...]
    """Findings that nobody permits and that only warn."""
    breaches: tuple[str, ...]
    """Metrics outside their thresholds."""
    nearest: Limit | None
    """The tightest of the thresholds that hold."""
    measured: frozenset[Dimension]
    """Dimensions that somebody looked at; none where there was no clip to look at."""
    broken: frozenset[Dimension]

    @property
    def assessed(self) -> bool:
        """Say whether the clip could be measured and looked at."""
        return bool(self.measured)

    @property
    def judged(self) -> bool:
        """Say whether the case passes or fails, rather than having no verdict at all."""
        return self.row.verdict in ("pass", "fail")

    @property
    def passes(self) -> bool:
        """Say whether the case passes."""
        return self.row.verdict == "pass"

    @property
    def made_in(self) -> float | None:
        """Give the seconds that the clip took to make in this run."""
        return self.row.timing["clip"] if self.row.origin == "made" else None

    def worst(self) -> dict[str, float]:
        """Give the highest severity of each defect that fails the case, the gravest first."""
        return _severities(self.blocking)

    def warned(self) -> dict[str, float]:
        """Give the highest severity of each defect that only warns, the gravest first."""
        return _severities(self.warnings)

    @property
    def harm(self) -> float:
        """Sum up how bad it is: the severity of every defect that fails the case, and 1 for every breach."""
        return sum(self.worst().values()) + len(self.breaches)

    @property
    def room(self) -> float:
        """Give the distance to the nearest threshold, endless where there is none."""
        return inf if self.nearest is None else self.nearest.room


def place(row: Row) -> Place:
    """Tell a row from all others, and give their order: several tests may look at one case."""
    return row.key, row.nodeid


def tested_by(row: Row) -> str:
    """Give the test without its case, as pytest names it."""
    module, _, name = row.nodeid.partition("::")  # a folder may have brackets in its name
    return f"{module}::{name.partition('[')[0]}"


def titles(rows: Sequence[Row]) -> dict[Place, str]:
    """Name every row by its key, and by its test as well where several look at one case."""
    shared = Counter(row.key for row in rows)
    return {
        place(row): f"{row.key} ({tested_by(row).rpartition('::')[2]})" if shared[row.key] > 1 else row.key
        for row in rows
    }


def without_clip(rows: Iterable[Row]) -> dict[str, int]:
    """Count the cases with an error in place of a clip, by the kind of reason, the most frequent first."""
    kinds = Counter(
        row.error["kind"] for row in rows if row.verdict == "error" and row.error and not row.clip
    )
    return dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0])))


def gravity(finding: Mapping[str, Any]) -> tuple[bool, float, float]:
    """Give the order of findings from the mildest to the gravest."""
    return bool(finding["gate"]), finding["severity"], finding["confidence"]


def facts_of(rows: Sequence[Row]) -> tuple[Facts, ...]:
    """Draw the facts from every row, in the order of the cases whatever that of the rows is."""
    known = set(METRICS.names())
    used = {name for row in rows for name in row.metrics if name in known}
    metrics = {name: METRICS.get(name).dimension for name in sorted(used)}
    ordered = sorted(rows, key=place)
    return tuple(_facts(row, metrics) for row in ordered)


def _looked_at(row: Row) -> set[Dimension]:
    """Give the dimensions of every defect that the clip was looked at for, or that was found."""
    looked = {name for state in ("checked", "weak") for name in row.coverage.get(state, ())}
    return set(map(defect_dimension, looked.union(finding["defect"] for finding in row.findings)))


def _facts(row: Row, metrics: Mapping[str, Dimension]) -> Facts:
    forbidden = [finding for finding in row.findings if not finding["permitted"]]
    blocking = tuple(finding for finding in forbidden if finding["gate"])
    limits = sorted(_limits(row), key=lambda limit: (limit.room, limit.metric, limit.least))
    breaches = tuple(sorted({limit.metric for limit in limits if limit.room < 0}))
    seen = _looked_at(row).union(metrics[name] for name in row.metrics if name in metrics)
    broken = {defect_dimension(finding["defect"]) for finding in blocking}
    return Facts(
        row=row,
        blocking=blocking,
        warnings=tuple(finding for finding in forbidden if not finding["gate"]),
        breaches=breaches,
        nearest=next((limit for limit in limits if limit.room >= 0), None),
        measured=frozenset(seen),
        broken=frozenset(broken.union(metrics[name] for name in breaches if name in metrics)),
    )


def _limits(row: Row) -> Iterator[Limit]:
    """Give every end of a range that the row's metrics are held to; a missing value breaks nothing."""
    for name, threshold in row.expected.get("thresholds", {}).items():
        value = row.metrics.get(name, {}).get("value")
        for end in ("min", "max"):
            bound = threshold.get(end)
            if value is not None and bound is not None:
                yield Limit(metric=name, value=value, bound=bound, least=end == "min")


def _severities(findings: Iterable[FindingCell]) -> dict[str, float]:
    highest: dict[str, float] = {}
    for finding in findings:
        highest[finding["defect"]] = max(finding["severity"], highest.get(finding["defect"], 0.0))
    return dict(sorted(highest.items(), key=lambda item: (-item[1], item[0])))
