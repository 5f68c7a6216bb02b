"""Recording and judging with workers: the main process alone writes and decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_videobench.gating import INCONCLUSIVE

if TYPE_CHECKING:
    from tests.gated import Gated


def test_a_golden_is_the_same_whatever_the_number_of_workers(gated: Gated) -> None:
    text = gated.recorded().golden.read_bytes()
    gated.golden.unlink()
    assert gated.record("-n2").ret == 0
    assert gated.golden.read_bytes() == text
    result = gated.gate("-n2", "-q")
    assert result.ret == 0
    assert [line for line in result.outlines if line.startswith("gate: pass: ")] == [
        line for line in result.outlines if line.startswith("gate:")
    ]


def test_clips_that_fail_are_classed_whatever_the_number_of_workers(gated: Gated) -> None:
    gated.recorded().worse("red-ball/1")
    result = gated.gate("-n2")
    assert result.ret == 0
    assert [row["change"] for row in gated.suite.rows()].count("new") == 1


def test_a_worker_that_dies_is_no_pass_and_no_golden(gated: Gated) -> None:
    gated.recorded()
    gated.suite.module(
        "import os, signal\n\n"
        "def test_tiny(footage, prompt, roll):\n"
        "    if (prompt.id, roll) == ('red-ball', 1):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    result = gated.gate("-n2", "--vb-rolls=4")
    assert result.ret == INCONCLUSIVE
    result.stdout.fnmatch_lines(
        ["gate: inconclusive: *", "*1 case without a verdict on the model (crashed 1)*"]
    )
    gated.golden.unlink()
    result = gated.record("-n2")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["golden: nothing was recorded: 1 case without a verdict on the model (crashed 1)"]
    )
    assert not gated.golden.exists()


def test_a_run_without_workers_left_is_no_pass(gated: Gated) -> None:
    gated.recorded()
    gated.suite.module("import os\n\ndef test_tiny(footage):\n    os._exit(3)\n")
    result = gated.gate("-n1", "--max-worker-restart=0")
    assert result.ret not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    result.stdout.fnmatch_lines(
        ["gate: inconclusive: *", "*5 of 6 cases did not run; 1 case without a verdict*"]
    )


def test_a_part_of_a_style_is_no_golden(gated: Gated) -> None:
    result = gated.suite.run("--vb-update-golden", "-n2", "-k", "red-ball")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["*--vb-update-golden: *tiny without night-city; a golden takes whole styles*"]
    )
    assert not gated.golden.exists()
    assert not (gated.suite.root / ".videobench").exists()
