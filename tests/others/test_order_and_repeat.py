"""pytest-randomly and pytest-repeat: another order and more of the same change no row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.others.conftest import WITH_AND_WITHOUT_WORKERS
from tests.xdist.test_workers import stable

if TYPE_CHECKING:
    from tests.conftest import Suite


@WITH_AND_WITHOUT_WORKERS
def test_an_order_by_chance_and_its_seeds_change_no_row(suite: Suite, workers: tuple[str, ...]) -> None:
    pytest.importorskip("pytest_randomly")
    seen = []
    for seed in ("1", "2"):
        suite.run("--vb-rolls=2", f"--vb-cache=cache-{seed}", f"--randomly-seed={seed}", *workers)
        seen.append(stable(suite.rows()))
    assert seen[0] == seen[1]
    assert len(seen[0]) == 4


def test_tests_that_are_repeated_look_at_the_same_clips(failing: Suite) -> None:
    pytest.importorskip("pytest_repeat")
    failing.run("--vb-rolls=1", "--count=2", "-p", "no:xdist").assert_outcomes(passed=2, failed=2)
    rows = failing.rows()
    assert len(rows) == 4
    assert (
        len({row["key"] for row in rows}) == len(list((failing.root / ".videobench").rglob("clip.json"))) == 2
    )
    assert failing.record()["complete"]
