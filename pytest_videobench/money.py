"""Money: what the clips of a run will cost, what was spent on them, and on each that passes.

Every clip counts once, however many tests look at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from pytest_videobench.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_videobench.backends.base import Backend
    from pytest_videobench.gate.row import Row
    from pytest_videobench.store.broker import Commission
    from pytest_videobench.store.store import Store

Stage: TypeAlias = Literal["stored", "under way", "to make"]
"""How far a clip is; one under way has been ordered by an earlier run, and is not paid again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """US dollars for some clips, of which some may have a price that nobody knows."""

    usd: float
    unknown: int
    """Clips whose price is not known."""

    @classmethod
    def of(cls, prices: Iterable[float | None]) -> Cost:
        """Return the sum of prices, where ``None`` is one that nobody knows."""
        found = list(prices)
        known = [price for price in found if price is not None]
        return cls(usd=sum(known), unknown=len(found) - len(known))

    def cell(self) -> str:
        """Return it as it stands in a table of US dollars."""
        if self.unknown and not self.usd:
            return "unknown"
        return f"over {self.usd:.2f}" if self.unknown else f"{self.usd:.2f}"

    def __str__(self) -> str:
        if self.unknown and not self.usd:
            return "an unknown sum"
        known = f"about {self.usd:.2f} USD" if self.usd else "0.00 USD"
        clips = "1 clip" if self.unknown == 1 else f"{self.unknown} clips"
        return f"{known}, and an unknown sum for {clips}" if self.unknown else known


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What is still to be done for one clip, and to be paid."""

    order: Commission
    stage: Stage
    usd: float | None
    """0 where nothing is to be paid any more, ``None`` where nobody knows the price."""


def estimates(
    orders: Iterable[Commission], backends: Mapping[str, Backend], store: Store
) -> tuple[Estimate, ...]:
    """Return an estimate for each clip, in the order of the orders; ``backends`` has one for every spec."""
    return tuple(
        _estimate(order, backends[str(order.request.spec)], store)
        for order in {order.key: order for order in orders}.values()
    )


def _estimate(order: Commission, backend: Backend, store: Store) -> Estimate:
    """Price a clip by its own length and size, which its prompt may have asked for."""
    stage = _stage(order.key, store)
    usd = backend.price(order.request.delivery) if stage == "to make" else 0.0
    return Estimate(order=order, stage=stage, usd=usd)


def _stage(key: str, store: Store) -> Stage:
    if store.read(key) is not None:  # read, not only looked for: a damaged clip is made anew
        return "stored"
    try:
        return "to make" if store.journal.read(key) is None else "under way"
    except StoreError:  # a paid job may stand behind a record that cannot be read
        return "under way"


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
