"""The gate and its baselines beside other plugins: a second try may mend an error, a timeout is never a pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.gating import INCONCLUSIVE
from tests.conftest import BACKEND, MODULE
from tests.others.test_rerunfailures import BREAKS_ONCE
from tests.others.test_timeout import HANGS

if TYPE_CHECKING:
    from tests.conftest import Suite

ROLLS = "--vb-rolls=3"
GATE = (ROLLS, f"--vb-gate={BACKEND}")
RECORD = (ROLLS, "--vb-update-golden")


@pytest.fixture
def recorded(suite: Suite) -> Suite:
    """Give the suite with its golden."""
    suite.run(*RECORD, "-p", "no:xdist").assert_outcomes(passed=6)
    return suite


def decision(suite: Suite) -> dict[str, Any]:
    found: dict[str, Any] = suite.record()["gate"]
    return found


def test_an_error_that_a_second_try_mends_does_not_count_against_the_candidate(recorded: Suite) -> None:
    pytest.importorskip("pytest_rerunfailures")
    (recorded.root / "conftest.py").write_text(BREAKS_ONCE)
    result = recorded.run(*GATE, "--reruns=1", "--vb-cache=new", "-n2")
    assert result.parseoutcomes() == {"passed": 6, "rerun": 1}
    assert decision(recorded)["reasons"] == []
    errors = next(effect for effect in decision(recorded)["effects"] if effect["endpoint"] == "errors")
    assert errors["candidate"] == 0
    assert result.ret == INCONCLUSIVE  # as two prompts cannot show anything


def test_a_baseline_may_have_needed_a_second_try(suite: Suite) -> None:
    pytest.importorskip("pytest_rerunfailures")
    (suite.root / "conftest.py").write_text(BREAKS_ONCE)
    result = suite.run(*RECORD, "--reruns=1", "-n2")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["golden: wrote golden/*tiny.json (2 prompts × 3 rolls)"])


def test_a_run_with_a_timeout_is_never_a_pass_nor_a_baseline(recorded: Suite) -> None:
    pytest.importorskip("pytest_timeout")
    (golden,) = recorded.root.glob("golden/*/tiny.json")
    before = golden.read_bytes()
    recorded.module(MODULE + HANGS.replace("test_tiny", "test_hangs"))
    result = recorded.run(*GATE, "--timeout=10", "-p", "no:xdist")
    assert result.ret == INCONCLUSIVE
    assert "3 cases without a verdict on the model (test error 3)" in decision(recorded)["reasons"][0]
    result = recorded.run(*RECORD, "--timeout=10", "-p", "no:xdist")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["golden: nothing was recorded: *test error 3*"])
    assert golden.read_bytes() == before
