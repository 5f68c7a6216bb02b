"""What was looked for in a clip, how well, and what was not: silence is no all-clear."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pytest_videobench.defects.attribution import ONE_SHOT
from pytest_videobench.defects.base import DEFECTS
from pytest_videobench.defects.measured import recall
from pytest_videobench.prompts.vocabulary import known_defects

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pytest_videobench.defects.base import Detector
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations

State: TypeAlias = Literal["checked", "weak", "unchecked"]
DECODING = ("unreadable",)
"""What every clip that could be read at all was checked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one clip was looked at for."""

    defect: str
    state: State
    recall: float | None = None
    """Published share of such faults that is found, 0–1; ``None`` where nothing is published."""
    why: str = ""
    """Why it was not looked for, or who would have to; empty where it was."""


def coverage(footage: Footage, expected: Expectations, found: Collection[str]) -> tuple[Look, ...]:
    """Say of every known defect whether a clip was looked at for it; ``found`` are the defects that were."""
    return tuple(_look(name, footage, expected, found) for name in known_defects())


def _look(name: str, footage: Footage, expected: Expectations, found: Collection[str]) -> Look:
    if name in DECODING:
        return Look(defect=name, state="checked")
    if name not in DEFECTS.names():
        return Look(defect=name, state="unchecked", why=_table()["judges"].get(name, "a person"))
    detector = DEFECTS.get(name)
    why = detector.blind(footage, expected)
    if not why and "hard_cut" in found and name in ONE_SHOT:
        why = "the clip has several shots"
    if why and name not in found:
        return Look(defect=name, state="unchecked", why=why)
    return _looked(detector)


def _looked(detector: Detector) -> Look:
    """Say how well a detector looks: one that only warns, misses much, or has no published recall is weak."""
    known = recall(detector.name)
    sure = detector.gate and known is not None and known.value >= _table()["checked_from"]
    return Look(
        defect=detector.name,
        state="checked" if sure else "weak",
        recall=None if known is None else round(known.value, 2),
    )


@cache
def _table() -> Mapping[str, Any]:
    text = (files("pytest_videobench.defects") / "coverage.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
