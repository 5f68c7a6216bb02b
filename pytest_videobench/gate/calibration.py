"""A file of limits that were fitted to somebody's own labels, and what it changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_videobench.defects.base import DEFECTS
from pytest_videobench.metrics.base import METRICS
from pytest_videobench.prompts.model import Threshold
from pytest_videobench.prompts.toml import Table, read

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.prompts.model import Expectations


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Limits that go before the package's, and after those of a style or a prompt."""

    gates: tuple[tuple[str, float], ...] = ()
    """Detector and the severity from which its findings may fail a case."""
    thresholds: tuple[Threshold, ...] = ()

    def applied(self, expected: Expectations) -> Expectations:
        """Give expectations with these limits, where they have none of their own."""
        own = {threshold.metric for threshold in expected.thresholds}
        added = tuple(threshold for threshold in self.thresholds if threshold.metric not in own)
        return replace(expected, gates=self.gates, thresholds=expected.thresholds + added)


def read_calibration(path: Path) -> Calibration:
    """Read a file of ``videobench calibrate``; raise a one-line :class:`PromptError` where it is none."""
    table = Table(path=path, data=read(path))
    table.known(("made", "gates", "thresholds"))
    return Calibration(
        gates=tuple(_gates(table.table("gates"))), thresholds=tuple(_thresholds(table.table("thresholds")))
    )


def _gates(table: Table) -> list[tuple[str, float]]:
    table.known(DEFECTS.names())
    found = []
    for name in sorted(table.data):
        severity = table.table(name).number("from")
        if severity is None or severity < 0:
            raise table.fault(
                f"{name}.from", "a severity of 0 or more", "none" if severity is None else str(severity)
            )
        found.append((name, severity))
    return found


def _thresholds(table: Table) -> list[Threshold]:
    table.known(METRICS.names())
    found = []
    for name in sorted(table.data):
        entry = table.table(name)
        entry.known(("min", "max", "reason"))
        reason = entry.text("reason") if "reason" in entry.data else ""
        found.append(Threshold(metric=name, min=entry.number("min"), max=entry.number("max"), reason=reason))
    return found
