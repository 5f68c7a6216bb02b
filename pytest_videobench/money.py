"""Money: what was spent on the clips of a run, and on each that passes; every clip counts once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_videobench.gate.row import Row


def spent_on(rows: Iterable[Row]) -> dict[str, float]:
    """Return the US dollars that each clip cost in this run, by its case; an earlier one costs nothing again.

    Tests of one case share its clip, and where a provider makes it all of them have waited for it.
    """
    return {row.key: _price(row) for row in rows if row.origin == "made"}


def cost_of(rows: Iterable[Row]) -> float:
    """Return the US dollars that the clips once cost, whenever they were made."""
    return total({row.key: _price(row) for row in rows if row.clip})


def passing_price(rows: Sequence[Row]) -> float | None:
    """Return the US dollars for one clip that passes all its tests; those that fail are paid for as well."""
    passing = {row.key for row in rows if row.verdict == "pass"}
    passing -= {row.key for row in rows if row.verdict in ("fail", "error")}
    return round(cost_of(rows) / len(passing), 6) if passing else None


def total(prices: Mapping[str, float]) -> float:
    """Return the sum of the prices of clips, the same in whatever order they came."""
    return round(sum(sorted(prices.values())), 6)


def _price(row: Row) -> float:
    return float((row.clip or {}).get("cost_usd") or 0.0)
