"""Which dimension of quality a defect spoils."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pytest_videobench.defects.base import DEFECTS, UNLISTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.metrics.base import Dimension


def defect_dimension(defect: str) -> Dimension:
    """Give the dimension that a defect counts for."""
    listed = defect_dimensions()
    if defect in listed:
        return listed[defect]
    return DEFECTS.get(defect).dimension if defect in DEFECTS.names() else UNLISTED


@cache
def defect_dimensions() -> Mapping[str, Dimension]:
    """Give every defect of the vocabulary with its dimension, from ``dimensions.toml``."""
    text = (files("pytest_videobench.defects") / "dimensions.toml").read_text(encoding="utf-8")
    table: dict[str, Dimension] = tomllib.loads(text)
    return table
