"""The numbers that moments are found and ranked by."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def limits(name: str) -> Mapping[str, Any]:
    """Give one table of ``limits.toml``."""
    text = (files("pytest_videobench.moments") / "limits.toml").read_text(encoding="utf-8")
    table: dict[str, Mapping[str, Any]] = tomllib.loads(text)
    return table[name]
