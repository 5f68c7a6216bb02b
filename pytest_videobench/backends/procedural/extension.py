"""A user's own words for the generator: a TOML file that adds to the vocabulary, or replaces parts of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_videobench.prompts.toml import Table, one_of, read, shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.base import BackendSpec

Words = dict[str, Any]

_NEW = {
    "palettes": ("words", "sky", "haze", "ground", "light", "accents"),
    "scenes": ("words", "floor", "air", "layers"),
}
"""Keys that an entry of a new name needs; entries of other tables only get further words."""
LISTS = ("weather", "colours", "moves", "others", "counts", "scales", "poses", "traits", "hair")
"""Tables that lead from a name to its words."""
_SHADES = ("colours", "hair")
"""Of these, the ones whose names are colours, so that a new name needs nothing else."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_COLOURS = {"sky": 2, "accents": 3, "haze": 1, "ground": 1, "light": 1}
"""How many colours stand under a key."""


def own_vocabulary(spec: BackendSpec) -> Path | None:
    """Give the file that a spec names, if it names one."""
    given = dict(spec.params).get("vocabulary")
    return Path(given).expanduser() if given else None


def extended(known: Words, path: Path) -> Words:
    """Give the built-in tables with those of a file before them, so that a user's words win.

    Raises :class:`~pytest_videobench.errors.PromptError` in one line that names file, table and key.
    """
    file = Table(path=path, data=read(path))
    file.known((*_NEW, "forms", "finishes", "plain", *LISTS))
    merged = dict(known)
    for name in file.data:
        entries = file.table(name)
        merged[name] = (
            _lists(entries, known[name], name)
            if name in (*LISTS, "plain")
            else _entries(entries, known, name)
        )
    return merged


def _lists(entries: Table, own: Mapping[str, list[str]], table: str) -> Words:
    added = {}
    for name in entries.data:
        if table in _SHADES and not _COLOUR.fullmatch(name):
            raise entries.fault(name, "a colour such as '#d83a34'", shown(name))
        if table not in _SHADES and name not in own:
            raise entries.fault(name, one_of(name, list(own)), "an unknown key" + suggestion(name, list(own)))
        added[name] = [*_lowered(entries, name), *own.get(name, [])]
    return added | {name: words for name, words in own.items() if name not in added}


def _entries(entries: Table, known: Words, table: str) -> Words:
    own, added = known[table], {}
    for name in entries.data:
        entry, old = entries.table(name), own.get(name)
        if old is None and table not in _NEW:
            raise entries.fault(name, one_of(name, list(own)), "an unknown key" + suggestion(name, list(own)))
        entry.known(_NEW.get(table, ("words",)))
        for key in _NEW[table] if old is None else ():
            if key not in entry.data:
                raise entry.fault(key, "a value, because the entry is new", "nothing")
        _check(entry, known)
        words = [*_lowered(entry, "words"), *(old or {}).get("words", [])]
        added[name] = {**(old or {}), **entry.data, "words": words}
    return added | {name: entry for name, entry in own.items() if name not in added}


def _lowered(table: Table, key: str) -> list[str]:
    return [word.lower() for word in table.texts(key)]


def _check(entry: Table, known: Words) -> None:
    for key in entry.data:
        if key in _COLOURS:
            _check_colours(entry, key)
    entry.number("floor")
    entry.word("air", list(known["air"]), None)
    for layer in entry.tables("layers"):
        _check_layer(layer, known)


def _check_colours(entry: Table, key: str) -> None:
    value, count = entry.data[key], _COLOURS[key]
    colours = value if isinstance(value, list) else [value]
    plain = all(isinstance(shade, str) and _COLOUR.fullmatch(shade) for shade in colours)
    if not plain or len(colours) != count:
        expected = "a colour such as '#d83a34'" if count == 1 else f"{count} colours such as '#d83a34'"
        raise entry.fault(key, expected, shown(value))


def _check_layer(layer: Table, known: Words) -> None:
    """Refuse a layer that no painter paints, or without a key that all its likes in our own scenes have."""
    likes = [spec for scene in known["scenes"].values() for spec in scene["layers"]]
    painters = sorted({spec["paint"] for spec in likes})
    if "paint" not in layer.data:
        raise layer.fault("paint", one_of("", painters), "nothing")
    painter = layer.word("paint", painters, "")
    needed = set.intersection(*(set(spec) for spec in likes if spec["paint"] == painter))
    for key in sorted(needed - set(layer.data)):
        raise layer.fault(key, f"a value, because the painter {painter!r} needs it", "nothing")
    allowed = sorted({key for spec in likes if spec["paint"] == painter for key in spec} | {"depth"})
    layer.known(allowed)
    for key, value in layer.data.items():
        if key != "paint" and not isinstance(value, bool | str):
            layer.number(key)
