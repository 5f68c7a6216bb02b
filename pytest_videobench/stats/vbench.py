"""VBench's normalisation and totals, from the values of its 16 dimensions.

Unlike VBench's own script, a dimension that is missing is not taken for 0: then there is no total.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUPS = ("quality", "semantic")


@dataclass(frozen=True, slots=True, kw_only=True)
class VBenchScore:
    """Normalised values and what they add up to; 1 is the best."""

    normalised: dict[str, float]
    """Dimension → value, in VBench's order; those that are missing are not there."""
    quality: float | None
    """Weighted mean of the seven dimensions of quality; ``None`` where one of them is missing."""
    semantic: float | None
    total: float | None
    missing: tuple[str, ...]


def vbench_score(values: Mapping[str, float]) -> VBenchScore:
    """Normalise the values of dimensions and add them up as VBench does.

    Names are VBench's, with ``_`` or blanks. A name that VBench has not, or a value outside 0–1, is a
    :class:`ValueError` that names it.
    """
    given = {name.replace(" ", "_"): value for name, value in values.items()}
    table = _table()
    known = table["quality"] | table["semantic"]
    for name, value in given.items():
        if name not in known:
            raise ValueError(f"{name}: VBench has no such dimension; it has {', '.join(known)}")
        if not isfinite(value) or not 0 <= value <= 1:
            raise ValueError(f"{name}: expected a value of 0–1, got {value:g}")
    normalised = {
        name: (given[name] - limits["min"]) / (limits["max"] - limits["min"])
        for name, limits in known.items()
        if name in given
    }
    quality, semantic = (_mean(normalised, table[group]) for group in GROUPS)
    return VBenchScore(
        normalised=normalised,
        quality=quality,
        semantic=semantic,
        total=_total(quality, semantic, table["total"]),
        missing=tuple(name for name in known if name not in given),
    )


def _mean(normalised: Mapping[str, float], group: Mapping[str, Mapping[str, float]]) -> float | None:
    if not normalised.keys() >= group.keys():
        return None
    weights = {name: limits["weight"] for name, limits in group.items()}
    return sum(weights[name] * normalised[name] for name in group) / sum(weights.values())


def _total(quality: float | None, semantic: float | None, weights: Mapping[str, float]) -> float | None:
    if quality is None or semantic is None:
        return None
    return (weights["quality"] * quality + weights["semantic"] * semantic) / sum(weights.values())


@cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("pytest_videobench.stats") / "vbench.toml").read_text(encoding="utf-8"))
