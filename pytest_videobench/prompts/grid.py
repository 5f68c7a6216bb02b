"""Coverage on paper: tables with stairs for a head, so that sixteen columns fit beside their rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_videobench.prompts.coverage import Pairs

WANTED = 6
"""Missing pairs that are named below a table."""

_CELL = 4


def grids(tables: Sequence[Pairs]) -> str:
    """Lay out every table with its share and the missing pairs most worth a prompt.

    A count stands where prompts have a pair, a dot where none has, and nothing where it makes no sense.
    """
    return "\n\n".join(
        "\n".join([table.title, *_head(table), *_body(table), "", *_foot(table)]) for table in tables
    )


def records(tables: Sequence[Pairs]) -> str:
    """Give one JSON line per table: its words, its counts by row and column, and every missing pair."""
    return "\n".join(json.dumps(_record(table), ensure_ascii=False) for table in tables)


def _margin(table: Pairs) -> int:
    return max(map(len, table.rows)) + 2


def _head(table: Pairs) -> list[str]:
    stem = "│".ljust(_CELL)
    return [" " * _margin(table) + stem * step + word for step, word in enumerate(table.columns)]


def _body(table: Pairs) -> list[str]:
    cells = {pair: str(count) for pair, count in table.counts.items()} | dict.fromkeys(table.missing, "·")
    return [
        row.ljust(_margin(table))
        + "".join(cells.get((row, column), "").ljust(_CELL) for column in table.columns).rstrip()
        for row in table.rows
    ]


def _foot(table: Pairs) -> list[str]:
    covered, wanted = len(table.counts), table.wanted(WANTED)
    told = f"{covered} of {table.possible} pairs covered ({covered / table.possible:.0%})"
    if table.untold:
        told += f"; prompts that leave one of the words open: {table.untold}"
    if not wanted:
        return [told]
    head = f"worth a prompt, of {len(table.missing)} that are missing:"
    return [told, head, *(f"  {row} × {column}" for row, column in wanted)]


def _record(table: Pairs) -> dict[str, object]:
    return {
        "table": table.title,
        "rows": table.rows,
        "columns": table.columns,
        "counts": [[table.counts.get((row, column), 0) for column in table.columns] for row in table.rows],
        "covered": len(table.counts),
        "possible": table.possible,
        "untold": table.untold,
        "missing": table.missing,
    }
