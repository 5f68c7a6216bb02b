"""How every case of a run stands to the baseline: new, known, flaky or fixed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.gate.sample import Sample

Change: TypeAlias = Literal["new", "known", "flaky", "fixed"]
CHANGES: dict[Change, str] = {
    "new": "fails in a way in which no roll of the baseline failed",
    "known": "fails in a way in which every roll of the baseline failed",
    "flaky": "fails in a way in which some rolls of the baseline failed",
    "fixed": "passes where every roll of the baseline failed",
}
"""What each word means."""


def changes(baseline: Sequence[Sample], candidate: Sequence[Sample]) -> dict[str, Change]:
    """Class the cases of a run by ``style/prompt/roll``; one that passes as before has no class."""
    before: dict[str, list[Sample]] = defaultdict(list)
    for sample in baseline:
        if sample.speaks:
            before[sample.key].append(sample)
    found = {f"{s.key}/{s.roll}": _change(s, before[s.key]) for s in candidate if before.get(s.key)}
    return {key: change for key, change in found.items() if change}


def counts(found: Mapping[str, Change]) -> dict[Change, int]:
    """Count the classes, in the order of their list."""
    return {change: sum(other == change for other in found.values()) for change in CHANGES}


def _change(sample: Sample, before: Sequence[Sample]) -> Change | None:
    if not sample.speaks:
        return None
    failed = [other for other in before if other.verdict in ("fail", "error")]
    if sample.verdict == "pass":
        return "fixed" if len(failed) == len(before) else None
    seen = frozenset[str]().union(*(other.kinds() for other in failed))
    if not failed or not sample.kinds() <= seen:
        return "new"
    return "known" if len(failed) == len(before) else "flaky"
