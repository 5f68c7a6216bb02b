"""Counts and lists in plain English."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def count(number: int, noun: str) -> str:
    """Write a number with its noun: ``1 case``, ``3 cases``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def all_of(number: int, noun: str) -> str:
    """Write that none is left out: ``the only case``, ``both cases``, ``all 3 cases``."""
    return f"the only {noun}" if number == 1 else f"both {noun}s" if number == 2 else f"all {number} {noun}s"


def some_of(number: int, total: int, noun: str) -> str:
    """Write how many of several: ``none of the 3 cases``, ``2 of 3 cases``, ``both cases``."""
    if number == total:
        return all_of(total, noun)
    return f"{number} of {total} {noun}s" if number else f"none of the {total} {noun}s"


def listed(words: Sequence[str]) -> str:
    """Join words as in speech: ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def plain(word: str) -> str:
    """Write a word of the vocabulary as people do: ``late decay``."""
    return word.replace("_", " ")


def capital(text: str) -> str:
    """Begin a sentence; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def folded(text: str, width: int) -> list[str]:
    """Return a text as lines of a terminal, the further ones indented; a path or command is never broken."""
    return wrap(text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def cut(text: str, width: int) -> str:
    """Return a text that fits, with an ellipsis where something was left off."""
    return text if len(text) <= width else f"{text[: width - 1]}…"


def percent(share: float) -> str:
    """Write a share of 0–1 as whole per cent; 0 and 100 are none and all, never nearly so."""
    rounded = round(100 * share)
    return str(rounded if share in (0, 1) else min(99, max(1, rounded)))


def duration(seconds: float) -> str:
    """Write a time to read: ``0.4 s``, ``12 s``, ``2.5 min``, ``3.1 h``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s" if seconds >= 0.95 else f"{seconds:.2g} s"
    if seconds < 119.5:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 7197 else f"{seconds / 3600:.1f} h"
