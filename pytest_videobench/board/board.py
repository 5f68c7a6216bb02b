"""A board: everything that is said of several backends on the same prompts, in numbers and in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pytest_videobench.board.duels import Duels, duels_of
from pytest_videobench.board.entries import Entry, common_prompts, named, refuse
from pytest_videobench.board.sentences import scope_sentences
from pytest_videobench.board.standings import PASSES, Table, shares_of, table_of, tables_of
from pytest_videobench.board.tallies import Account, Kind, account_of, kinds_of
from pytest_videobench.files import time_of_day

if TYPE_CHECKING:
    from collections.abc import Sequence

BOARD_VERSION = 1
ALL = "all styles"
"""Name of the part that is about everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is said of one style, or of all of them."""

    name: str
    """The style, or ``all styles``."""
    prompts: int
    tables: dict[str, Table]
    """By measure, in the order in which they are shown."""
    accounts: tuple[Account, ...]
    sentences: tuple[str, ...]
    """Which backend is first, by how much, and how sure that is."""

    def order(self) -> tuple[str, ...]:
        """Give the labels of the backends, the best first."""
        if PASSES in self.tables:
            return tuple(standing.label for standing in self.tables[PASSES].standings)
        return tuple(account.label for account in self.accounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Several backends on the prompts that all of them have."""

    entries: tuple[Entry, ...]
    """The best first."""
    prompts: tuple[str, ...]
    """As ``style/prompt``."""
    left_out: tuple[str, ...]
    """Prompts that some have and others have not; they count nowhere."""
    parts: tuple[Part, ...]
    """All styles first, where there are several; then each."""
    duels: Duels | None
    kinds: tuple[Kind, ...]
    made: str

    @property
    def whole(self) -> Part:
        """Give the part that is about everything."""
        return self.parts[0]

    def as_json(self) -> dict[str, Any]:
        """Give what the page shows as builtins."""
        entries = [
            {
                "label": entry.label,
                "backend": entry.backend,
                "source": "golden" if entry.golden else "run",
                "synthetic": entry.synthetic,
                "notes": list(entry.notes),
            }
            for entry in self.entries
        ]
        return {
            "version": BOARD_VERSION,
            "board": True,
            "made": self.made,
            "entries": entries,
            "prompts": list(self.prompts),
            "left_out": list(self.left_out),
            "parts": [asdict(part) for part in self.parts],
            "duels": None if self.duels is None else asdict(self.duels),
            "kinds": [asdict(kind) for kind in self.kinds],
        }


def board_of(entries: Sequence[Entry]) -> Board:
    """Compare backends; raise a one-line :class:`GoldenError` where that would be unfair, and say why."""
    entries = named(entries)
    refuse(entries)
    prompts = common_prompts(entries)
    entries = _best_first(entries, prompts)
    every = set[str]().union(*(entry.prompts for entry in entries))
    shares = shares_of(entries, prompts)
    styles = sorted({prompt.partition("/")[0] for prompt in prompts})
    scopes = {style: [prompt for prompt in prompts if prompt.partition("/")[0] == style] for style in styles}
    if len(styles) > 1:
        scopes = {ALL: prompts, **scopes}
    return Board(
        entries=tuple(entries),
        prompts=tuple(prompts),
        left_out=tuple(sorted(every - set(prompts))),
        parts=tuple(_part(name, entries, own, tables_of(shares.within(own))) for name, own in scopes.items()),
        duels=duels_of(shares),
        kinds=kinds_of(entries, prompts),
        made=time_of_day(),
    )


def _best_first(entries: Sequence[Entry], prompts: Sequence[str]) -> list[Entry]:
    """Order the backends as they stand over everything."""
    table = table_of(shares_of(entries, prompts), PASSES)
    ranked = [standing.label for standing in table.standings]
    return sorted(entries, key=lambda entry: ranked.index(entry.label))


def _part(name: str, entries: Sequence[Entry], prompts: Sequence[str], tables: dict[str, Table]) -> Part:
    accounts = tuple(account_of(entry, prompts) for entry in entries)
    return Part(
        name=name,
        prompts=len(prompts),
        tables=tables,
        accounts=accounts,
        sentences=scope_sentences(tables.get(PASSES), accounts),
    )
