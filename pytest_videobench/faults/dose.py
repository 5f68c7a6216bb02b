"""How much of a fault: the numbers of ``strengths.toml`` at a severity, and the dice."""

from __future__ import annotations

import tomllib
import zlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.faults.model import Take

SUBTLE = 0.25
"""Severity of the first of two numbers in ``strengths.toml``; the second is that of severity 1."""

Strength = float | list[float]


class Dose:
    """The numbers of one fault at one severity, by name, and a random generator of its own.

    The generator's draws do not depend on the severity, so that a higher one makes the same fault stronger
    and not another fault.
    """

    def __init__(self, fault: str, *, seed: int, severity: float) -> None:
        self.fault = fault
        self.severity = severity
        self.rng = np.random.default_rng([seed, zlib.crc32(fault.encode())])
        self._numbers = strengths()[fault]

    def __getitem__(self, name: str) -> float:
        return at_severity(self._numbers[name], self.severity)

    def coin(self) -> bool:
        """Toss a coin."""
        return bool(self.rng.random() < 0.5)

    def sign(self) -> int:
        """Give -1 or 1."""
        return 1 if self.coin() else -1

    def span(self, take: Take, seconds: float, *, least: int = 1) -> tuple[int, int]:
        """Choose first frame and one more than the last of a span away from the clip's ends.

        Spans of one seed enclose each other: a longer one holds all of a shorter one.
        """
        around = max(1, round(self["clean"] * take.count))
        count = min(max(least, round(seconds * take.fps)), take.count - 2 * around)
        middle = self.rng.uniform(0.35, 0.65) * take.count
        first = int(np.clip(round(middle - count / 2), around, take.count - around - count))
        return first, first + count


def at_severity(strength: Strength, severity: float) -> float:
    """Go from the number at subtle to the number at 1 in equal ratios; a single number stands."""
    if isinstance(strength, int | float):
        return float(strength)
    subtle, ruined = strength
    return float(subtle * (ruined / subtle) ** ((severity - SUBTLE) / (1 - SUBTLE)))


@cache
def strengths() -> Mapping[str, Mapping[str, Strength]]:
    """Read the table of every fault, over what holds for all of them."""
    path = files("pytest_videobench.faults") / "strengths.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    common = tables.pop("common")
    return {name: common | table for name, table in tables.items()}
