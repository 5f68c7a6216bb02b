"""Named parts that come in by entry points: backends, metrics and defects, ours and everybody else's."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from pytest_videobench.errors import SpecError

T = TypeVar("T")


class Registry(Generic[T]):
    """The parts of one kind by name; a part is imported when it is first asked for.

    A part comes from an entry point of the group, or from :meth:`add` in a ``conftest.py``.
    """

    def __init__(self, group: str, noun: str) -> None:
        self.group = group
        self._noun = noun
        self._added: dict[str, T] = {}

    @cached_property
    def _points(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=self.group)}

    def add(self, name: str, part: T) -> None:
        """Make a part known in this process; it goes before an installed one of the same name."""
        self._added[name] = part

    def names(self) -> list[str]:
        """List all names, sorted."""
        return sorted({*self._points, *self._added})

    def get(self, name: str) -> T:
        """Give a part by name; raise :class:`SpecError` with the known names where there is none."""
        if name in self._added:
            return self._added[name]
        if name not in self._points:
            close = get_close_matches(name, self.names(), n=1)
            hint = f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(self.names())}"
            raise SpecError(f"no {self._noun} is called {name!r}{hint}")
        part: T = self._points[name].load()
        self._added[name] = part
        return part

    def all(self) -> list[T]:
        """Give every part, in the order of the names."""
        return [self.get(name) for name in self.names()]
