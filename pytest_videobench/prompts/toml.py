"""A TOML file read key by key, so that every complaint names the file, the place and the key."""

from __future__ import annotations

import difflib
import math
import tomllib
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from pytest_videobench.errors import PromptError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

Fallback = TypeVar("Fallback", str, None)

_LINE_BREAKING = {"Cc", "Zl", "Zp"}
_SHOWN = 60
_LISTED = 16


def read(path: Path) -> dict[str, object]:
    """Parse a TOML file, or raise a `PromptError` that names the file and the line."""
    try:
        source = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PromptError(f"{path}: expected UTF-8 text, got a stray byte at offset {error.start}") from error
    except (OSError, ValueError) as error:
        found = getattr(error, "strerror", None) or error
        raise PromptError(f"{path}: expected a readable file, got: {found}") from error
    try:
        return tomllib.loads(source)
    except (ValueError, RecursionError) as error:
        raise PromptError(f"{path}: expected TOML, got: {_syntax(error, source)}") from error


def _syntax(error: Exception, source: str) -> str:
    last = f"at line {len(source.splitlines())}, the end of the file"
    return " ".join(str(error).replace("at end of document", last).split())


def shown(value: object) -> str:
    """Show a value inside a one-line message: short, and with every odd character escaped."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict():
            return "a table"
        case list():
            return "an array"
        case str():
            return repr(value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…")
        case int() if value.bit_length() > 4 * _SHOWN:
            return "a huge integer"
    return str(value)


def suggestion(word: str, words: Sequence[str]) -> str:
    """Give ``; did you mean 'x'?`` for the nearest word, or nothing when none is near."""
    near = difflib.get_close_matches(word[:_SHOWN], words, n=1)
    return f"; did you mean {shown(near[0])}?" if near else ""


def one_of(word: str, words: Sequence[str]) -> str:
    """Name the words to choose from; of a long list only those most like the given one."""
    if len(words) <= _LISTED:
        return f"one of {', '.join(words)}"
    nearest = difflib.get_close_matches(word[:_SHOWN], words, n=5, cutoff=0.0) if word else words[:5]
    return f"one of {', '.join(nearest)} or {len(words) - len(nearest)} others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a file, and the words to find it by."""

    path: Path
    data: Mapping[str, object]
    place: str = ""
    """``style``, or ``prompt 'id'``."""
    prefix: str = ""
    """What stands before a key, such as ``expect.``."""

    def fault(self, key: str, expected: str, found: str) -> PromptError:
        """Make the one-line error: file, place, key, what was expected, what was found."""
        return self.wrong(key, f"expected {expected}, got {found}")

    def wrong(self, key: str, message: str) -> PromptError:
        """Make the one-line error of a message that already says what was expected and found."""
        spots = (str(self.path), self.place, f"key {shown(self.prefix + key)}", message)
        return PromptError(": ".join(spot for spot in spots if spot))

    def known(self, keys: Sequence[str]) -> None:
        """Refuse a key that is none of these."""
        for key in self.data:
            if key not in keys:
                raise self.fault(key, one_of(key, keys), f"an unknown key{suggestion(key, keys)}")

    def text(self, key: str) -> str:
        """Give the text under a key; it must be there, not blank, and one line."""
        return self._line(key, self.data.get(key))

    def texts(self, key: str) -> tuple[str, ...]:
        """Give the array of texts under a key; no key, no texts."""
        return tuple(self._line(key, value) for value in self._array(key))

    def word(self, key: str, words: Sequence[str], fallback: Fallback) -> str | Fallback:
        """Give the word under a key, which must be one of these, or the fallback without the key."""
        return self._word(key, self.data[key], words) if key in self.data else fallback

    def number(self, key: str) -> float | None:
        """Give the finite number under a key, or ``None`` without the key."""
        value = self.data.get(key)
        return None if value is None else float(self._number(key, value, "a finite number"))

    def within(self, key: str, low: float, high: float) -> float | None:
        """Return the number under a key, which must lie between two, or ``None`` without the key."""
        value = self.number(key)
        if value is not None and not low <= value <= high:
            raise self.fault(key, f"a number from {low:g} to {high:g}", f"{value:g}")
        return value

    def numbers(self, key: str) -> tuple[float, ...]:
        """Return the array of finite numbers under a key, as they stand there; no key, no numbers."""
        values = self._array(key, "an array of numbers")
        return tuple(self._number(key, value, "an array of numbers") for value in values)

    def flag(self, key: str, fallback: bool) -> bool:
        """Return the true or false under a key, or the fallback without the key."""
        value = self.data.get(key, fallback)
        if not isinstance(value, bool):
            raise self.fault(key, "true or false", shown(value))
        return value

    def table(self, key: str) -> Table:
        """Give the table under a key; no key, an empty table."""
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            raise self.fault(key, "a table", shown(value))
        return replace(self, data=value, prefix=f"{self.prefix}{key}.")

    def tables(self, key: str) -> Iterator[Table]:
        """Give the tables of an array, each named by its number from 1; no key, no tables."""
        for number, value in enumerate(self._array(key, "an array of tables"), start=1):
            if not isinstance(value, dict):
                raise self.fault(f"{key} #{number}", "a table", shown(value))
            yield replace(self, data=value, prefix=f"{self.prefix}{key} #{number}.")

    def _array(self, key: str, expected: str = "an array of texts") -> list[object]:
        value = self.data.get(key, [])
        if not isinstance(value, list):
            raise self.fault(key, expected, shown(value))
        return value

    def _number(self, key: str, value: object, expected: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            raise self.fault(key, expected, shown(value))
        return value

    def _line(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.fault(key, "a text", shown(value))
        if not value.strip():
            raise self.fault(key, "a text that is not empty", shown(value))
        if any(unicodedata.category(character) in _LINE_BREAKING for character in value):
            raise self.fault(key, "one line without control characters", shown(value))
        return value

    def _word(self, key: str, value: object, words: Sequence[str]) -> str:
        if not isinstance(value, str):
            raise self.fault(key, one_of("", words), shown(value))
        if value not in words:
            raise self.fault(key, one_of(value, words), shown(value) + suggestion(value, words))
        return value


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond the floats
        return False
