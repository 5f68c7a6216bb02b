"""What a set of prompts tries out: how often two of its words occur together, and which pairs never do."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pytest_videobench.prompts.vocabulary import (
    CAMERA_MOVES,
    INTERACTIONS,
    LIGHTS,
    MOTION_KINDS,
    SHOTS,
    SUBJECTS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.prompts.model import Prompt

Pair = tuple[str, str]
"""A row's word and a column's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """One table: how many prompts have a row's word and a column's word."""

    title: str
    """``camera × light``."""
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: Mapping[Pair, int]
    """A pair that no prompt has is absent."""
    missing: tuple[Pair, ...]
    """Pairs that make sense and that no prompt has; first those whose words are common elsewhere."""
    untold: int
    """Prompts that leave out one of the two words or ask for any."""

    @property
    def possible(self) -> int:
        """Count the pairs that could be covered."""
        return len(self.counts) + len(self.missing)

    def wanted(self, most: int) -> list[Pair]:
        """Choose missing pairs worth a prompt: no word twice, and only words that occur elsewhere."""
        rows, columns = ({pair[end] for pair in self.counts} for end in (0, 1))
        chosen: list[Pair] = []
        for row, column in self.missing:
            if row in rows and column in columns and len(chosen) < most:
                chosen.append((row, column))
                rows.remove(row)
                columns.remove(column)
        return chosen


def coverage(prompts: Sequence[Prompt]) -> list[Pairs]:
    """Count the pairs camera × light, shot × motion and subject × interaction over some prompts."""
    light = [(prompt.expect.camera, prompt.covers.light) for prompt in prompts]
    motion = [(prompt.expect.shot, prompt.expect.motion) for prompt in prompts]
    action = [(prompt.covers.subject, prompt.covers.interaction) for prompt in prompts]
    moves = tuple(move for move in CAMERA_MOVES if move != "any")
    kinds = tuple(kind for kind in MOTION_KINDS if kind != "none")
    return [
        _pairs("camera × light", moves, LIGHTS, light),
        _pairs("shot × motion", SHOTS, kinds, motion),
        _pairs("subject × interaction", SUBJECTS, INTERACTIONS, action),
    ]


def _pairs(
    title: str,
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    told: Sequence[tuple[str | None, str | None]],
) -> Pairs:
    counts = Counter((row, column) for row, column in told if row in rows and column in columns)
    partners = _partners(title.rpartition(" ")[2])
    gaps = (
        (row, column)
        for row in rows
        for column in columns
        if row in partners.get(column, rows) and (row, column) not in counts
    )
    return Pairs(
        title=title,
        rows=rows,
        columns=columns,
        counts=counts,
        missing=tuple(sorted(gaps, key=lambda pair: -_fame(counts, pair))),
        untold=len(told) - counts.total(),
    )


def _fame(counts: Mapping[Pair, int], pair: Pair) -> int:
    """Tell how common both words of a pair are: prompts with the one times prompts with the other."""
    with_row = sum(count for (row, _), count in counts.items() if row == pair[0])
    with_column = sum(count for (_, column), count in counts.items() if column == pair[1])
    return with_row * with_column


@cache
def _partners(axis: str) -> dict[str, list[str]]:
    source = (files("pytest_videobench.prompts") / "coverage.toml").read_text(encoding="utf-8")
    table: dict[str, dict[str, list[str]]] = tomllib.loads(source)
    return table.get(axis, {})
