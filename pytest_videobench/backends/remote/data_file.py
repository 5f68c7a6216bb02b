"""A provider's data file, read key by key: a slip is refused in one line that names file and key."""

from __future__ import annotations

import difflib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

from pytest_videobench.backends.remote.offer import Model, Offer, Shape
from pytest_videobench.backends.remote.wire import FailureKind
from pytest_videobench.prompts.delivery import SIDES
from pytest_videobench.prompts.toml import Table, read, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

KEYS = (
    *("title", "as_of", "source", "base_url", "base_url_env", "key_env", "key_needed", "headers"),
    *("poll_seconds", "timeout_seconds", "concurrency", "per_minute", "settle_seconds", "url_lives_hours"),
    *("params", "asides", "errors", "models", "any_model", "shapes"),
)
"""Keys of a file."""
MODEL_KEYS = (
    *("lengths", "length_range", "default_length", "fps", "free_size", "free_fps", "blank", "shapes"),
    *("prompt_limit", "prompt_unit", "seed", "concurrency", "rewriting", "settings", "note"),
)
"""Keys of a model."""
SIZE_KEYS = ("size", "usd_per_second", "usd", "nominal")
"""Keys of a size that are ours; all others are fields in the provider's words."""
LIKE_KEYS = ("like", "usd_per_second", "usd", "nominal")
"""Keys of an entry that takes the sizes of a list."""
_PARAMS = ("text", "int", "number", "yes/no")
_FAILURES: tuple[str, ...] = get_args(FailureKind)
_SECONDS, _SEEDS, _USD = (0.1, 600.0), (0, 2**64), (0.0, 10_000.0)
_ALIKE = 0.8
"""Likeness from which a field in the provider's words is taken for a slip of ours."""


def offer_from(path: Path | Any) -> Offer:
    """Return what a data file offers; raise a one-line ``PromptError`` for what it should not say."""
    file = Table(path=path, data=read(path))
    file.known(KEYS)
    return Offer(
        title=file.text("title"),
        as_of=_day(file),
        source=file.text("source"),
        base_url=_text(file, "base_url"),
        base_url_env=_text(file, "base_url_env"),
        key_env=_keys(file),
        key_needed=file.flag("key_needed", True),
        poll_seconds=_number(file, "poll_seconds", 0.01, 3600.0),
        timeout_seconds=_number(file, "timeout_seconds", 1.0, 604_800.0, 1800.0),
        concurrency=_whole(file, "concurrency", 1, 10_000),
        per_minute=file.within("per_minute", 0.01, 1_000_000.0),
        settle_seconds=_number(file, "settle_seconds", 0.0, 3600.0, 5.0),
        params=_words(file.table("params"), _PARAMS),
        asides=frozenset(file.texts("asides")),
        errors=_words(file.table("errors"), _FAILURES),
        headers={name: file.table("headers").text(name) for name in file.table("headers").data},
        url_lives_hours=file.within("url_lives_hours", 0.01, 1_000_000.0),
        **_models(file),
    )


def _models(file: Table) -> dict[str, Any]:
    """Read the models that are listed, and what holds for all others."""
    lists = file.table("shapes")
    shared = {name: tuple(map(_shape, lists.tables(name))) for name in lists.data}
    models = file.table("models")
    if not models.data and "any_model" not in file.data:
        raise file.fault("models", "at least one model, or any_model", "none")
    return {
        "models": {name: _model(name, models.table(name), shared) for name in models.data},
        "any_model": _model("", file.table("any_model"), shared) if "any_model" in file.data else None,
    }


def _model(name: str, table: Table, shared: Mapping[str, tuple[Shape, ...]]) -> Model:
    table.known(MODEL_KEYS)
    return Model(
        name=name,
        shapes=_shapes(table, shared),
        **_lengths(table),
        fps=_rate(table),
        free_size=table.flag("free_size", False),
        free_fps=table.flag("free_fps", False),
        blank=table.flag("blank", False),
        prompt_limit=_whole_or_none(table, "prompt_limit", 1, 1_000_000),
        prompt_unit=table.word("prompt_unit", ("characters", "utf16"), "characters"),
        seed=_pair(table, "seed", "the lowest and the highest seed", *_SEEDS),
        concurrency=_whole_or_none(table, "concurrency", 1, 10_000),
        rewriting=table.word("rewriting", ("off", "unknown", "on"), "off"),
        settings=table.table("settings").data,
        note=_text(table, "note"),
    )


def _rate(table: Table) -> float | None:
    """Read a frame rate as it stands: it is part of a clip's key in the store, where 24 and 24.0 differ."""
    table.within("fps", 1.0, 240.0)
    rate: float | None = table.data.get("fps")  # type: ignore[assignment]  # a number, as was just seen
    return rate


def _lengths(table: Table) -> dict[str, Any]:
    """Read which lengths a model makes, and which if nothing is asked."""
    lengths = tuple(float(seconds) for seconds in table.numbers("lengths"))
    for seconds in lengths:
        if not _SECONDS[0] <= seconds <= _SECONDS[1]:
            raise table.fault(
                "lengths", "an array of numbers from {:g} to {:g}".format(*_SECONDS), f"{seconds:g}"
            )
    span = _pair(
        table, "length_range", "the lowest and the highest length in whole seconds", 1, int(_SECONDS[1])
    )
    if lengths and span:
        raise table.fault("lengths", "lengths or a length_range", "both")
    usual = table.within("default_length", *_SECONDS) or (lengths[0] if lengths else 5.0)
    if (lengths and usual not in lengths) or (span and not span[0] <= usual <= span[1]):
        raise table.fault("default_length", "a length that it makes", f"{usual:g}")
    blank = table.flag("blank", False)
    return {
        "lengths": lengths,
        "length_range": (float(span[0]), float(span[1])) if span else None,
        "default_length": 0.0 if blank else usual,
    }


def _shapes(table: Table, shared: Mapping[str, tuple[Shape, ...]]) -> tuple[Shape, ...]:
    """Read a model's sizes; an entry may name a list that several models share, with prices beside it."""
    found = tuple(
        shape
        for entry in table.tables("shapes")
        for shape in (_alike(entry, shared) if "like" in entry.data else (_shape(entry),))
    )
    if not found and not table.flag("blank", False):
        raise table.fault("shapes", "at least one size, or blank = true", "none")
    return found


def _alike(entry: Table, shared: Mapping[str, tuple[Shape, ...]]) -> Iterator[Shape]:
    entry.known(LIKE_KEYS)
    own = {name: value for name, value in _prices(entry).items() if name in entry.data}
    for shape in shared[entry.word("like", tuple(shared), "")]:
        yield replace(shape, **own)


def _shape(table: Table) -> Shape:
    size = _pair(table, "size", "width and height", *SIDES, rising=False)
    if size is None:
        raise table.fault("size", "width and height in pixels", "nothing")
    return Shape(width=size[0], height=size[1], say=_said(table), **_prices(table))


def _said(table: Table) -> dict[str, Any]:
    """Give the fields in the provider's words; one that is nearly a key of ours would lose a price."""
    said = {name: value for name, value in table.data.items() if name not in SIZE_KEYS}
    for name in said:
        near = difflib.get_close_matches(name, (*SIZE_KEYS, "like"), n=1, cutoff=_ALIKE)
        if near:
            found = f"an unknown key; did you mean {shown(near[0])}?"
            raise table.fault(name, "a key of a size, or a field in the provider's words", found)
    return said


def _prices(table: Table) -> dict[str, Any]:
    usd = table.table("usd")
    return {
        "usd_per_second": table.within("usd_per_second", *_USD),
        "usd": {_seconds(usd, name): _number(usd, name, *_USD) for name in usd.data},
        "nominal": table.flag("nominal", False),
    }


def _seconds(usd: Table, name: str) -> str:
    """Read a length that stands as a key, as prices are looked up by it."""
    try:
        return f"{float(name):g}"
    except ValueError:
        raise usd.fault(name, "a length in seconds", shown(name)) from None


def _day(file: Table) -> str:
    given = file.data.get("as_of")
    try:
        return str(given if type(given) is date else date.fromisoformat(file.text("as_of")))
    except ValueError:
        raise file.fault("as_of", "a day such as '2026-11-22'", shown(given)) from None


def _keys(file: Table) -> tuple[str, ...]:
    found = file.texts("key_env")
    if not found and file.flag("key_needed", True):
        raise file.fault("key_env", "variables that may hold the key, or key_needed = false", "nothing")
    return found


def _words(table: Table, words: tuple[str, ...]) -> dict[str, str]:
    return {name: table.word(name, words, "") for name in table.data}


def _text(table: Table, key: str) -> str:
    return table.text(key) if key in table.data else ""


def _number(table: Table, key: str, low: float, high: float, fallback: float | None = None) -> float:
    """Read a number, which must be there unless there is one to fall back on."""
    value = table.within(key, low, high)
    if value is None and fallback is None:
        raise table.fault(key, f"a number from {low:g} to {high:g}", "nothing")
    return fallback if value is None else value  # type: ignore[return-value]  # one of them is there


def _whole(table: Table, key: str, low: int, high: int) -> int:
    value = _whole_or_none(table, key, low, high)
    if value is None:
        raise table.fault(key, f"a whole number from {low} to {high}", "nothing")
    return value


def _whole_or_none(table: Table, key: str, low: int, high: int) -> int | None:
    value = table.number(key)
    if value is not None and (value != int(value) or not low <= value <= high):
        raise table.fault(key, f"a whole number from {low} to {high}", f"{value:g}")
    return None if value is None else int(value)


def _pair(
    table: Table, key: str, what: str, low: int, high: int, *, rising: bool = True
) -> tuple[int, int] | None:
    """Read two whole numbers, or ``None`` without the key."""
    if key not in table.data:
        return None
    found = table.numbers(key)
    whole = all(number == int(number) and low <= number <= high for number in found)
    if len(found) != 2 or not whole or (rising and found[0] > found[1]):
        raise table.fault(key, f"{what} from {low} to {high}", shown(table.data[key]))
    return int(found[0]), int(found[1])
