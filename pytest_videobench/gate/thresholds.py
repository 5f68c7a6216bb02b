"""Which thresholds a clip is held to: the prompt's, else its style's, else the package's."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pytest_videobench.prompts.model import Delivery, Expectations, Threshold

if TYPE_CHECKING:
    from collections.abc import Mapping


def complete(expected: Expectations, delivery: Delivery | None = None) -> Expectations:
    """Add the package's thresholds for the style, and what the backend was asked to deliver."""
    chosen = {threshold.metric: threshold for threshold in package_thresholds(expected.style)}
    chosen |= {threshold.metric: threshold for threshold in expected.thresholds}
    return replace(
        expected,
        thresholds=tuple(chosen[name] for name in sorted(chosen)),
        delivery=delivery or expected.delivery,
    )


@cache
def package_thresholds(style: str) -> tuple[Threshold, ...]:
    """Give the thresholds of ``thresholds.toml`` for a style; a style nobody knows has the defaults."""
    table = _table()
    merged: dict[str, Any] = {**table.get("default", {}), **table.get("style", {}).get(style, {})}
    return tuple(Threshold(metric=name, **merged[name]) for name in sorted(merged))


@cache
def _table() -> Mapping[str, Any]:
    path = files("pytest_videobench.gate") / "thresholds.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
