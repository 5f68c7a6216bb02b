"""Where our state lives on pytest's objects: no globals, no attributes on config."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.cases import Case
    from pytest_videobench.ending import Judge
    from pytest_videobench.gate.record import CaseRecord
    from pytest_videobench.options import Settings

settings_key: pytest.StashKey[Settings] = pytest.StashKey()
"""On config: the options, checked."""
notices_key: pytest.StashKey[list[str]] = pytest.StashKey()
"""On config: lines about the store that the next row takes along."""
desk_key: pytest.StashKey[Path] = pytest.StashKey()
"""On config: the folder in which the broker leaves word; only where clips are ordered from a provider."""
collected_key: pytest.StashKey[dict[str, tuple[str, ...]]] = pytest.StashKey()
"""On config: the keys of the cases that each test of clips was collected with, by the test's node id."""
judge_key: pytest.StashKey[Judge] = pytest.StashKey()
"""On the main process's config: who says how the run ends, where a baseline has a say in it."""
ruler_key: pytest.StashKey[Path] = pytest.StashKey()
"""On config: the folder for what is measured on the baseline's canaries; only where a gate decides."""
record_key: pytest.StashKey[CaseRecord] = pytest.StashKey()
"""On an item: what is learned of its case."""

WORKER_DESK = "videobench_desk"
"""What a worker is told of the desk's folder under."""
WORKER_RULER = "videobench_ruler"
"""What a worker is told of that folder under."""
CASE = "videobench_case"
"""The private fixture that carries an item's case, and so the name of its parameter."""


def case_of(item: pytest.Item) -> Case | None:
    """Give the case of an item, or ``None`` for a test that is none of ours."""
    callspec = getattr(item, "callspec", None)
    case: Case | None = callspec.params.get(CASE) if callspec else None
    return case


def needs_delivery(item: pytest.Item) -> bool:
    """Say whether a test wants to know what is delivered, or the clip itself."""
    return not {"clip", "expected"}.isdisjoint(getattr(item, "fixturenames", ()))


def needs_clip(item: pytest.Item) -> bool:
    """Say whether a test looks at its case's clip; one that asks for the prompt alone has no verdict."""
    return "clip" in getattr(item, "fixturenames", ())


def test_of(item: pytest.Item) -> str:
    """Give the node id of a test without its case."""
    parent = item.parent.nodeid if item.parent is not None else ""
    return f"{parent}::{getattr(item, 'originalname', item.name)}"
