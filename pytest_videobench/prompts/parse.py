"""A spoken prompt split into the six parts again, as far as its words give them away."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

from pytest_videobench.prompts.vocabulary import PARTS

# Only where both neighbours are real characters, so that no clause is empty and joining loses nothing.
_BETWEEN = re.compile(r"(?<=[^\s,]), (?=[^\s,])")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cue:
    part: str
    place: str
    points: int
    words: re.Pattern[str]


_Division = tuple[float, tuple[int, ...]]
"""Points, and the number of clauses up to the end of each part."""


def parts_of(text: str) -> dict[str, str]:
    """Split a sentence into the six parts; a part that nothing speaks of is an empty text.

    Clauses stay whole and in their order, so that the parts spoken again are the same sentence. Six clauses
    are the six parts; more or fewer go where their words point.
    """
    sentence = text.strip().removesuffix(".")
    clauses = _BETWEEN.split(sentence) if sentence else []
    ends = tuple(range(1, 7)) if len(clauses) == len(PARTS) else _division(clauses)
    starts = (0, *ends)
    return {part: ", ".join(clauses[a:b]) for part, a, b in zip(PARTS, starts, ends, strict=False)}


def _division(clauses: list[str]) -> tuple[int, ...]:
    """Find the division with the most points; of equals, a clause goes with the one before it."""
    sums = [list(accumulate((_score(clause, part) for clause in clauses), initial=0)) for part in PARTS]

    empty = _data()["empty"]

    @cache
    def best(part: int, start: int) -> _Division:
        if part == len(PARTS):
            return (0 if start == len(clauses) else -math.inf), ()
        choices: list[_Division] = []
        for end in range(start, len(clauses) + 1):
            points, ends = best(part + 1, end)
            own = sums[part][end] - sums[part][start] if end > start else empty[PARTS[part]]
            choices.append((own + points, (end, *ends)))
        return max(choices)

    return best(0, 0)[1]


def _score(clause: str, part: str) -> int:
    """Give the points of the part's best cue in a clause."""
    words = clause.casefold().split()
    among = {"first": words[:1], "anywhere": words, "alone": words if len(words) == 1 else []}
    found = (
        cue.points
        for cue in _cues()
        if cue.part == part and any(cue.words.fullmatch(word) for word in among[cue.place])
    )
    return max(found, default=0)


@cache
def _cues() -> tuple[_Cue, ...]:
    return tuple(_Cue(**{**entry, "words": _pattern(entry["words"])}) for entry in _data()["cue"])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("pytest_videobench.prompts") / "parse.toml").read_text(encoding="utf-8"))


def _pattern(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word).replace(r"\*", ".*") for word in words))
