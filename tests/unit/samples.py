"""Samples of two sides, built without a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_videobench.gate.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKED = frozenset({"freeze", "flicker", "blur", "hard_cut"})


def sample(prompt: str = "fox", roll: int = 0, *, defects: tuple[str, ...] = (), **fields: Any) -> Sample:
    """A clip that fails by its defects, and passes where it has none."""
    values: dict[str, Any] = {
        "style": "tiny",
        "backend": "drawn@one",
        "verdict": "fail" if defects else "pass",
        "checked": CHECKED,
        "metrics": {"sharpness": 100.0},
        "holds": {"motion": "freeze" not in defects},
    }
    return Sample(prompt=prompt, roll=roll, defects=dict.fromkeys(defects, 0.8), **values | fields)


def side(
    seed: int,
    *,
    prompts: int = 40,
    rolls: int = 3,
    rates: Mapping[str, float] | None = None,
    sharpness: float = 100.0,
    **fields: Any,
) -> list[Sample]:
    """Clips of many prompts: each defect at its rate, sharpness with a spread of 10 within a prompt."""
    source = np.random.default_rng(seed)
    found = []
    for prompt in range(prompts):
        for roll in range(rolls):
            defects = tuple(name for name, rate in (rates or {}).items() if source.random() < rate)
            value = sharpness + 30 * np.sin(prompt) + 10 * source.normal()
            style = ("tiny", "large")[prompt % 2]
            metrics = {"sharpness": float(value)}
            found.append(
                sample(
                    f"p{prompt:02}", roll, defects=defects, **{"style": style, "metrics": metrics} | fields
                )
            )
    return found
