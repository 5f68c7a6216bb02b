"""pytest-cov: measures a suite in one process and in workers, without a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.others.conftest import WITH_AND_WITHOUT_WORKERS, verdicts

if TYPE_CHECKING:
    from tests.conftest import Suite

pytest.importorskip("pytest_cov")


@WITH_AND_WITHOUT_WORKERS
def test_a_suite_is_covered(failing: Suite, workers: tuple[str, ...]) -> None:
    result = failing.run("--vb-rolls=1", "--cov=suites", "--cov-report=term", "-W", "error", *workers)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*test_tiny.py *100%"])
    assert verdicts(failing) == {"red-ball/0": "fail", "night-city/0": "pass"}
