"""What people wrote for the cards: prose and the plans of the pictures, and what the pictures show."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pytest_videobench.errors import SpecError
from pytest_videobench.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind: TypeAlias = Literal["defects", "metrics"]
Card: TypeAlias = "Mapping[str, Any]"
"""Fields of one entry, as in the file."""
DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "cards"
SHOWN = FOLDER / "pictures.json"
FIELDS = {
    "defects": {
        *("what", "by", "means", "rule", "missed", "alarms", "permit", "why", "tried", "labels"),
        *("picture", "no_picture"),
    },
    "metrics": {"what", "computed", "checked", "more", "deviation", "mind", "range", "formula", "picture"},
}
"""What an entry may say."""


@cache
def groups(kind: Kind) -> Mapping[str, Mapping[str, Card]]:
    """Give the entries of a file by group, both in its order.

    Raises :class:`SpecError` for a field that no entry has.
    """
    path = FOLDER / f"{kind}.toml"
    table: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(path.read_text(encoding="utf-8"))
    for entries in table.values():
        for name, card in entries.items():
            if unknown := sorted(set(card) - FIELDS[kind]):
                raise SpecError(f"{path}: {name}: no card has {', '.join(unknown)}")
    return table


def cards(kind: Kind) -> Mapping[str, Card]:
    """Give all entries of a file by name."""
    return {name: card for entries in groups(kind).values() for name, card in entries.items()}


def shown() -> Mapping[str, Mapping[str, Any]]:
    """Give what the pictures show, by name, as they were last made."""
    table: dict[str, dict[str, Any]] = json.loads(SHOWN.read_text(encoding="utf-8")) if SHOWN.exists() else {}
    return table


def picture_of(kind: Kind, name: str) -> str:
    """Name the picture of a card, without its ending."""
    return name if kind == "defects" else f"metric-{name}"


def faults_of(defect: str) -> list[str]:
    """Name the injected faults that stand for a defect."""
    return [name for name, fault in FAULTS.items() if fault.defect == defect]
