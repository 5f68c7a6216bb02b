"""The margins of the gate: how much worse is still the same, and how sure to be."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_videobench.metrics.base import METRICS
from pytest_videobench.prompts.toml import Table, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TABLES: Mapping[str, Sequence[str] | None] = {
    "error": ("rate", "looks", "spent"),
    "test": ("prompts", "resemblance", "deals", "seed"),
    "metrics": ("spread", "least", "fixed"),
    "shares": None,
    "tolerated": ("shares",),
    "factors": ("latency", "cost"),
    "ruler": ("metrics",),
}
"""The keys of each table; a share may name any defect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How the gate looks, and how often it may err."""

    rate: float
    """Share of false alarms when nothing changed, over all endpoints and looks."""
    looks: tuple[int, ...]
    """Rolls a prompt."""
    spent: tuple[float, ...]
    """Share of ``rate`` that is spent by each look."""
    prompts: int
    """With a value on both sides, below which an endpoint is not asked to lie within its margin."""
    resemblance: float
    """Correlation of rolls of one prompt that is assumed of shares, 0 to 1."""
    deals: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """What an endpoint may get worse by."""

    rule: Rule
    spread: float
    """Of a metric, in standard deviations between rolls of one prompt of the baseline …"""
    least: Mapping[str, float]
    """… and at least this, in its unit."""
    fixed: Mapping[str, float]
    """Margins of single metrics in their unit, whatever the spread."""
    shares: Mapping[str, float]
    """Of a share of clips, by its name or ``default``."""
    tolerated: float
    """By how much a share may be proved to have risen; a margin is only what has to be shown."""
    ruler: float
    """Share of a metric's margin by which canary clips may be measured differently than on recording."""
    factors: Mapping[str, float]
    """Of latency and cost, as a factor."""

    def share(self, name: str) -> float:
        """Give the margin of a share of clips."""
        return self.shares.get(name, self.shares["default"])


def read_margins(path: Path | None = None) -> Margins:
    """Read margins over the package's; raise a one-line :class:`PromptError` that names file and key."""
    own = Path(str(files("pytest_videobench.gate") / "margins.toml"))
    tables = _tables(own)
    for name, table in (_tables(path) if path else {}).items():
        tables[name] = _over(tables[name], table)
    metrics, shares = tables["metrics"], tables["shares"]
    return Margins(
        rule=_rule(tables["error"], tables["test"]),
        spread=_positive(metrics, "spread"),
        least=_of_metrics(metrics.table("least")),
        fixed=_of_metrics(metrics.table("fixed")),
        shares={name: _positive(shares, name, most=1.0) for name in shares.data},
        tolerated=_positive(tables["tolerated"], "shares", most=1.0),
        ruler=_positive(tables["ruler"], "metrics", most=1.0),
        factors={name: _positive(tables["factors"], name, least=1.0) for name in tables["factors"].data},
    )


def _tables(path: Path) -> dict[str, Table]:
    whole = Table(path=path, data=read(path))
    whole.known(tuple(_TABLES))
    tables = {name: whole.table(name) for name in whole.data}
    for name, table in tables.items():
        keys = _TABLES[name]
        if keys is not None:
            table.known(keys)
    return tables


def _over(base: Table, own: Table) -> Table:
    """Lay a user's table over the package's; complaints name the user's file."""
    data = dict(base.data)
    for name, value in own.data.items():
        before = data.get(name)
        data[name] = {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value
    return Table(path=own.path, place=own.place, prefix=own.prefix, data=data)


def _rule(error: Table, test: Table) -> Rule:
    looks, spent = error.numbers("looks"), error.numbers("spent")
    if not looks or list(looks) != sorted(set(looks)) or any(n < 1 or n != int(n) for n in looks):
        raise error.wrong("looks", "expected rising whole numbers of rolls, 1 or more")
    if len(spent) != len(looks) or list(spent) != sorted(set(spent)) or not 0 < spent[0] <= spent[-1] <= 1:
        raise error.wrong("spent", "expected rising shares above 0 and up to 1, one for each look")
    return Rule(
        rate=_positive(error, "rate", most=0.5),
        looks=tuple(int(n) for n in looks),
        spent=spent,
        prompts=int(_positive(test, "prompts", least=2)),
        resemblance=_positive(test, "resemblance", most=1.0),
        deals=int(_positive(test, "deals", least=100, most=1_000_000)),
        seed=int(_positive(test, "seed", most=2**32)),
    )


def _of_metrics(table: Table) -> dict[str, float]:
    table.known(METRICS.names())
    return {name: _positive(table, name) for name in table.data}


def _positive(table: Table, key: str, least: float = 0.0, most: float = 1e9) -> float:
    number = table.number(key)
    if number is None or not least <= number <= most:
        raise table.fault(
            key, f"a number of {least:g} to {most:g}", "none" if number is None else f"{number:g}"
        )
    return number
