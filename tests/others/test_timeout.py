"""pytest-timeout: a case that takes too long is an error and no failed clip, and the others go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_videobench.store.store import Store
from tests.others.conftest import WITH_AND_WITHOUT_WORKERS, verdicts

if TYPE_CHECKING:
    from tests.conftest import Suite

pytest.importorskip("pytest_timeout")

HANGS = "import time\n\ndef test_tiny(footage, prompt):\n    while prompt.id == 'red-ball':\n        time.sleep(1)\n"
SLOW_BACKEND = """
import time
import pytest_videobench.backends.procedural as procedural

real = procedural.Procedural.generate
def generate(self, request, workdir):
    generation = real(self, request, workdir)
    while request.prompt.id == "red-ball":
        time.sleep(1)
    return generation
procedural.Procedural.generate = generate
"""
SLOW_METRIC = """
import time
from pytest_videobench.metrics.base import METRICS, Reading, metric

@metric(unit="1", dimension="detail", better="higher")
def slow(footage, expected):
    while expected.camera == "pan_right":
        time.sleep(1)
    return Reading(value=1.0)
METRICS.add("slow", slow)
"""
LOOKS_ONLY = "def test_tiny(footage):\n    pass\n"
ONE_HANGS = {"red-ball/0": "error", "night-city/0": "pass"}


def lost(suite: Suite) -> dict[str, str]:
    """Give the error of the case that took too long."""
    error: dict[str, str] = next(row["error"] for row in suite.rows() if row["prompt"] == "red-ball")
    return error


@WITH_AND_WITHOUT_WORKERS
@pytest.mark.parametrize("where", ["test", "backend", "metric"])
def test_a_case_that_takes_too_long_says_nothing_of_its_clip(
    suite: Suite, workers: tuple[str, ...], where: str
) -> None:
    suite.module(HANGS if where == "test" else LOOKS_ONLY)
    conftest = {"backend": SLOW_BACKEND, "metric": SLOW_METRIC}.get(where, "")
    (suite.root / "conftest.py").write_text(conftest)
    result = suite.run("--vb-rolls=1", "--timeout=20", "--timeout-method=signal", *workers)
    assert verdicts(suite) == ONE_HANGS
    assert lost(suite)["kind"] == "test_error"
    assert "Timeout" in lost(suite)["message"]
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert suite.record()["complete"]
    store = Store(suite.root / ".videobench")
    assert store.verify() == []
    assert len(list(store.entries())) == (1 if where == "backend" else 2)
    assert list((store.root / "making").iterdir()) == []


def test_a_worker_that_ends_at_a_timeout_leaves_the_row_of_a_crash(suite: Suite) -> None:
    suite.module(LOOKS_ONLY)
    (suite.root / "conftest.py").write_text(SLOW_BACKEND)
    suite.run("--vb-rolls=1", "-n1", "--timeout=20", "--timeout-method=thread")
    assert verdicts(suite) == ONE_HANGS
    assert lost(suite)["kind"] == "crashed"
    store = Store(suite.root / ".videobench")
    assert store.verify() == []
    assert len(list(store.entries())) == 1


def test_a_timeout_that_would_end_the_only_process_is_refused(suite: Suite) -> None:
    result = suite.run("--vb-rolls=1", "--timeout=20", "--timeout-method=thread", "-p", "no:xdist")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["*--timeout-method=thread: *--timeout-method=signal*-n 1*"])
    assert not suite.report.exists()
    assert not (suite.root / ".videobench" / "clips").exists()
