"""The shell of the examples for CI runs: with a stand-in for pytest, and once with the real one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import BACKEND
from tests.others.ci_examples import EXAMPLES, blocks, gate, telling, text

if TYPE_CHECKING:
    from tests.conftest import Suite

examples = pytest.mark.parametrize("name", EXAMPLES)
STAND_IN = """#!/usr/bin/env bash
# Ends with the next of the statuses in a file, and writes down what it was called with.
echo "$@" >> calls
status=$(head -n 1 statuses)
sed -i 1d statuses
exit "$status"
"""


def shell(script: str, folder: Path, *path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a step as the services do: by bash, which ends at the first command that fails."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=os.environ | {"PATH": os.pathsep.join([*map(str, path), os.environ["PATH"]])} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@examples
@pytest.mark.parametrize(
    ("statuses", "rolls", "status"),
    [
        ((0,), ["3"], 0),
        ((1,), ["3"], 1),
        ((4,), ["3"], 4),
        ((10, 0), ["3", "5"], 0),
        ((10, 1), ["3", "5"], 1),
        ((10, 10), ["3", "5"], 10),
    ],
)
def test_the_gate_looks_again_only_where_it_could_not_tell(
    tmp_path: Path, name: str, statuses: tuple[int, ...], rolls: list[str], status: int
) -> None:
    stand_in = tmp_path / "pytest"
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o755)
    (tmp_path / "statuses").write_text("".join(f"{status}\n" for status in statuses))
    variables = {
        "SUITE": "suites",
        "CANDIDATE": "a:b",
        "BASELINE": "golden/a@a",
        "BUDGET": "1",
        "ROLLS": "3 5",
    }
    result = shell(gate(name), tmp_path, tmp_path, **variables)
    calls = (tmp_path / "calls").read_text().splitlines()
    assert [call.partition("--vb-rolls ")[2].split()[0] for call in calls] == rolls
    at_github = name == "github-actions.yml"  # which knows no failure that is allowed
    assert result.returncode == (0 if status == 10 and at_github else status), result.stderr


@pytest.fixture
def recorded(suite: Suite) -> Suite:
    """Give the suite with its golden."""
    suite.run("--vb-rolls=3", "-p", "no:xdist", "--vb-update-golden").assert_outcomes(passed=6)
    return suite


@examples
def test_the_shell_gates_a_suite_and_says_what_was_found(recorded: Suite, name: str) -> None:
    (baseline,) = (recorded.root / "golden").iterdir()
    variables = {"SUITE": "suites/tiny", "CANDIDATE": BACKEND, "BASELINE": str(baseline), "BUDGET": "0"}
    summary = recorded.root / "step-summary.md"
    variables |= {"ROLLS": "3 5", "GITHUB_STEP_SUMMARY": str(summary), "COLUMNS": "120"}
    programs = Path(sys.executable).parent
    assert "-n 8" in gate(name)
    result = shell(gate(name).replace("-n 8", "-n 1"), recorded.root, programs, **variables)
    record = recorded.record()
    # Two prompts can show nothing, so it looks twice.
    assert (record["gate"]["verdict"], record["rolls"]) == ("inconclusive", 5), result.stdout + result.stderr
    assert result.returncode == (0 if name == "github-actions.yml" else 10)
    assert ET.parse(recorded.root / "junit.xml").getroot().find(".//testcase") is not None
    told = shell(telling(name), recorded.root, programs, **variables)
    assert told.returncode == 0, told.stderr
    if name == "github-actions.yml":
        assert summary.read_text(encoding="utf-8").startswith("## videobench")
        assert told.stdout.startswith("::warning title=videobench gate%3A inconclusive::")
    else:
        report = json.loads((recorded.root / "gl-code-quality-report.json").read_text(encoding="utf-8"))
        assert (report[0]["check_name"], report[0]["severity"]) == ("videobench-gate", "minor")


@examples
def test_a_run_that_left_nothing_is_no_riddle(tmp_path: Path, name: str) -> None:
    programs = Path(sys.executable).parent
    told = shell(telling(name), tmp_path, programs, GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"))
    assert told.returncode == 2
    assert told.stderr.startswith("videobench: videobench-report/run.json: ")
    assert told.stderr.count("\n") == 1


@examples
def test_the_examples_are_yaml_with_the_shell_that_is_tried_here(name: str) -> None:
    yaml = pytest.importorskip("yaml")
    job = yaml.safe_load(text(name))
    if name == "github-actions.yml":
        steps = job["jobs"]["gate"]["steps"]
        assert [step["run"].rstrip() for step in steps if "run" in step] == [b.rstrip() for b in blocks(name)]
        kept = [step for step in steps if step.get("if") == "always()"]
        assert [step.get("uses", "shell").partition("@")[0] for step in kept] == [
            "shell",
            "actions/cache/save",
            "actions/upload-artifact",
        ]
        assert ".videobench" in {step.get("with", {}).get("path") for step in steps}
        return
    job = job["videobench"]
    written = [*job["before_script"], *job["script"], *job["after_script"]]
    assert [piece.rstrip() for piece in written] == [block.rstrip() for block in blocks(name)]
    assert job["cache"]["paths"] == [".videobench"]
    assert job["cache"]["when"] == job["artifacts"]["when"] == "always"
