"""How a run ended, whether it may speak for a model, and what becomes of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from pytest_videobench.kinds import blames_model
from pytest_videobench.report.grammar import count, folded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.gate.row import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run ended, as the main process saw it."""

    rows: Sequence[Row]
    planned: int
    """Cases that should have a row."""
    exitstatus: int
    """What pytest would say."""
    others: int
    """Failures that no row tells of, such as those of other tests."""

    @property
    def ordinary(self) -> bool:
        """Say whether the run went to its end, so that a verdict may speak for it."""
        return self.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)

    def gaps(self) -> list[str]:
        """Say, in one clause each, why this is not all that the run should have shown."""
        found = ["it was interrupted"] if self.exitstatus == pytest.ExitCode.INTERRUPTED else []
        absent = self.planned - len(self.rows)
        if absent > 0:
            found.append(f"{absent} of {count(self.planned, 'case')} did not run")
        scored = {row.key for row in self.rows if row.verdict in ("pass", "fail")}
        kinds = Counter(_silence(row) for row in self.rows if row.verdict == "error" or row.key not in scored)
        kinds.pop("", None)
        if kinds:
            told = ", ".join(f"{kind.replace('_', ' ')} {count}" for kind, count in sorted(kinds.items()))
            found.append(f"{count(kinds.total(), 'case')} without a verdict on the model ({told})")
        return found

    def reasons(self) -> tuple[str, ...]:
        """Say in one sentence why such a run is never a pass; nothing where it might be."""
        gaps = self.gaps()
        return (f"the run is not whole: {'; '.join(gaps)}",) if gaps else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of a run that is judged or recorded."""

    exitstatus: int
    lines: tuple[str, ...]
    """For the terminal, always and each in one piece, as scripts look for them."""
    colour: str
    remarks: tuple[str, ...] = ()
    """For the terminal, always, folded to its width."""
    table: tuple[str, ...] = ()
    """For the terminal as it is laid out, unless with ``-q``."""
    details: tuple[str, ...] = ()
    """For the terminal as well, unless with ``-q``."""
    facts: dict[str, Any] = field(default_factory=dict)
    """For the record of the run."""
    properties: Mapping[str, str] = field(default_factory=dict)
    """For the whole suite in a JUnit file."""
    changes: Mapping[str, str] = field(default_factory=dict)
    """What is new, known, fixed or flaky, by ``style/prompt/roll``."""

    def show(self, terminal: pytest.TerminalReporter) -> None:
        """Write it at the end of the summary."""
        width = terminal._tw.fullwidth
        remarks = (part for line in self.remarks for part in folded(line, width))
        for line in (*self.lines, *remarks):
            terminal.write_line(line, bold=True, **{self.colour: True})
        if terminal.verbosity < 0:
            return
        details = (part for line in self.details for part in folded(line, width - 2))
        for part in (*self.table, *details):
            terminal.write_line(f"  {part}")


class Judge(Protocol):
    """Says how a run ends; ``None`` where it has nothing to say."""

    def end(self, ending: Ending) -> Outcome | None:
        """Look at all rows; called once, on the main process, before the report is finished."""


def _silence(row: Row) -> str:
    """Give the kind of an error that says nothing of the model, of a case that has no verdict."""
    if row.verdict not in ("error", "unscored"):
        return ""
    kind = (row.error or {}).get("kind", "unscored")
    return "" if row.verdict == "error" and blames_model(kind) else kind
