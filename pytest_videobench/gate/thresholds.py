"""Which thresholds a clip is held to: the prompt's, else its style's, else the package's."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from pytest_videobench.prompts.model import Delivery, Expectations, Threshold


def complete(expected: Expectations, delivery: Delivery | None = None) -> Expectations:
    """Add the package's thresholds, and what the backend was asked to deliver."""
    chosen = {threshold.metric: threshold for threshold in package_thresholds()}
    chosen |= {threshold.metric: threshold for threshold in expected.thresholds}
    return replace(
        expected,
        thresholds=tuple(chosen[name] for name in sorted(chosen)),
        delivery=delivery or expected.delivery,
    )


@cache
def package_thresholds() -> tuple[Threshold, ...]:
    """Give the thresholds of ``gates.toml``, which ``videobench calibrate`` writes."""
    text = (files("pytest_videobench.defects") / "gates.toml").read_text(encoding="utf-8")
    table: dict[str, dict[str, Any]] = tomllib.loads(text).get("thresholds", {})
    return tuple(Threshold(metric=name, **table[name]) for name in sorted(table))
