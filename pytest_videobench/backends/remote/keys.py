"""API keys: kept in this process, out of the environment of others, and out of every text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "[key]"
_SHORTEST = 6
"""Characters below which a text is no key, and hiding it would garble messages."""


class Keyring:
    """What environment variables hold, by name; its ``repr`` shows none of it."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def find(self, names: Iterable[str]) -> str:
        """Give the first key that is set, and an empty text where none is.

        ``A+B`` asks for two variables and gives their values with a colon between.
        """
        for name in names:
            parts = [self._value(part) for part in name.split("+")]
            if all(parts):
                return ":".join(parts)
        return ""

    def withdraw(self, names: Iterable[str]) -> None:
        """Take variables out of the environment, so that processes started from here do not inherit them."""
        for name in {part for one in names for part in one.split("+")} & os.environ.keys():
            self._kept[name] = os.environ.pop(name)

    def restore(self) -> None:
        """Put everything back that was taken out."""
        os.environ.update(self._kept)
        self._kept.clear()

    def hide(self, values: Iterable[str]) -> None:
        """Hide what the headers of a request carry as well: some providers want tokens made from the key."""
        _SECRETS.update(value.rpartition(" ")[2] for value in values)

    def scrub(self, text: str) -> str:
        """Hide every key that a text repeats, such as a provider's complaint about it."""
        for value in sorted(self._seen(), key=len, reverse=True):
            text = text.replace(value, HIDDEN)
        return text

    def _value(self, name: str) -> str:
        value = self._kept.get(name) or os.environ.get(name, "")
        if value:
            _SECRETS.add(value)
        return value

    def _seen(self) -> set[str]:
        return {value for value in {*self._kept.values(), *_SECRETS} if len(value) >= _SHORTEST}


_SECRETS: set[str] = set()
KEYRING = Keyring()
"""The keys of this process."""
