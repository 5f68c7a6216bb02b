"""What the cases of a run were looked at for, dimension by dimension."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_videobench.defects.dimensions import defect_dimension

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_videobench.gate.row import Row
    from pytest_videobench.metrics.base import Dimension


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Which defects of one dimension, or of all, were looked for in several cases."""

    checked: tuple[str, ...] = ()
    """In every case."""
    weak: tuple[str, ...] = ()
    """In some cases only, or by a detector that misses many or only warns."""
    unchecked: tuple[str, ...] = ()
    """In no case."""

    def __bool__(self) -> bool:
        """Say whether anything is known of it."""
        return bool(self.checked or self.weak or self.unchecked)

    def __str__(self) -> str:
        parts = ((self.checked, "checked"), (self.weak, "weakly"), (self.unchecked, "not"))
        return ", ".join(f"{len(names)} {word}" for names, word in parts if names)


def looked_for(rows: Sequence[Row], dimension: Dimension | None = None) -> Looked:
    """Sum up the coverage of rows; those that had no clip to look at do not count."""
    tables = [row.coverage for row in rows if row.coverage]
    names = {name for table in tables for of in table.values() for name in of}
    states: dict[str, list[str]] = {"checked": [], "weak": [], "unchecked": []}
    for name in sorted(names):
        if dimension in (None, defect_dimension(name)):
            states[_state(name, tables)].append(name)
    return Looked(**{state: tuple(found) for state, found in states.items()})


def _state(name: str, tables: Iterable[dict[str, dict[str, object]]]) -> str:
    """Give the state that a defect has in all cases; where they differ, it was looked for weakly."""
    states = Counter(state for table in tables for state, names in table.items() if name in names)
    return next(iter(states)) if len(states) == 1 else "weak"
