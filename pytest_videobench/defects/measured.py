"""How well the detectors did on real clips that they were not tuned on, as the accuracy bench recorded it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of how many."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """Give it as a number, 0–1."""
        return self.hits / self.of


def recall(defect: str) -> Share | None:
    """Give the published recall: faults that everybody notices, and how many of them were named.

    ``None`` where nothing was recorded for the defect.
    """
    found, known = record(), record().get("detectors", {}).get(defect)
    shares = known["recall"].get(f"{found['noticed']:g}") if known else None
    return Share(hits=shares[0], of=shares[1]) if shares and shares[1] else None


@cache
def record() -> Mapping[str, Any]:
    """Give all of ``measured.json``, which ``python -m benchmarks.accuracy --record`` writes."""
    path = files("pytest_videobench.defects") / "measured.json"
    table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return table
