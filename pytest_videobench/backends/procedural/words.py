"""Words in a text, and the entry of a table that most of them speak for."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def found(words: Sequence[str], text: str) -> tuple[str, ...]:
    """Give those of the words that stand in the text as whole words."""
    lowered = text.lower()
    return tuple(word for word in words if pattern(word).search(lowered))


def best(table: Mapping[str, Sequence[str]], text: str, otherwise: str = "") -> tuple[str, tuple[str, ...]]:
    """Choose the entry with most words in the text; among equals the first.

    A word that is part of a longer one from the table does not count: "clear water" is no sea.
    """
    hits = {name: found(words, text) for name, words in table.items()}
    every = {word for words in hits.values() for word in words}
    counts = {name: sum(not _hidden(word, every) for word in words) for name, words in hits.items()}
    chosen = max(counts, key=lambda name: counts[name])
    return (chosen, hits[chosen]) if counts[chosen] else (otherwise, ())


def _hidden(word: str, words: Iterable[str]) -> bool:
    return any(word != other and pattern(word).search(other) for other in words)


@cache  # there are more words than the re module remembers
def pattern(word: str) -> re.Pattern[str]:
    """Give the pattern of a whole word, in lower case."""
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
