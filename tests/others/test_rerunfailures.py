"""pytest-rerunfailures: a test may be run again, its clip stays the same, and its last row counts."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from tests.others.conftest import WITH_AND_WITHOUT_WORKERS, verdicts

if TYPE_CHECKING:
    from tests.conftest import Suite

pytest.importorskip("pytest_rerunfailures")

BREAKS_ONCE = """
from pathlib import Path
import pytest_videobench.backends.procedural as procedural
from pytest_videobench.errors import GenerationFailed

real = procedural.Procedural.generate
def generate(self, request, workdir):
    tried = Path(f"tried-{request.prompt.id}")
    if request.prompt.id == "red-ball" and not tried.exists():
        tried.touch()
        raise GenerationFailed("the maker of clips is down")
    return real(self, request, workdir)
procedural.Procedural.generate = generate
"""
DIES_ONCE = """
import os
from pathlib import Path

def test_tiny(footage, prompt):
    if prompt.id == "red-ball" and not Path("died").exists():
        Path("died").touch()
        os._exit(3)
"""


@WITH_AND_WITHOUT_WORKERS
def test_a_failing_case_that_is_run_again_has_one_row(failing: Suite, workers: tuple[str, ...]) -> None:
    result = failing.run("--vb-rolls=1", "--reruns=2", "--junitxml=junit.xml", *workers)
    assert result.parseoutcomes() == {"passed": 1, "failed": 1, "rerun": 2}
    assert verdicts(failing) == {"red-ball/0": "fail", "night-city/0": "pass"}
    record = failing.record()
    assert (record["complete"], record["cases"], record["verdicts"]["fail"]) == (True, 2, 1)
    assert len(list((failing.report / "cases").iterdir())) == 2
    result.stdout.fnmatch_lines(["tiny *1 *1 *0 *0"])
    for case in ET.parse(failing.root / "junit.xml").getroot().findall(".//testcase"):
        names = [entry.get("name") for entry in case.findall("properties/property")]
        assert len(names) == len(set(names)) > 2


def test_no_new_roll_is_made_for_a_second_try(failing: Suite) -> None:
    failing.run("--vb-rolls=1", "--reruns=2", "-p", "no:xdist")
    sidecars = [json.loads(f.read_text()) for f in (failing.root / ".videobench").rglob("clip.json")]
    assert len(sidecars) == 2
    (row,) = [row for row in failing.rows() if row["verdict"] == "fail"]
    assert "run again: the verdict was fail before" in row["notes"]


@WITH_AND_WITHOUT_WORKERS
def test_a_backend_that_breaks_once_gets_its_second_try(suite: Suite, workers: tuple[str, ...]) -> None:
    (suite.root / "conftest.py").write_text(BREAKS_ONCE)
    result = suite.run("--vb-rolls=1", "--reruns=1", *workers)
    assert result.parseoutcomes() == {"passed": 2, "rerun": 1}
    assert set(verdicts(suite).values()) == {"pass"}
    (row,) = [row for row in suite.rows() if row["prompt"] == "red-ball"]
    assert row["error"] is None
    assert row["notes"] == ["run again: the verdict was error (generation_failed) before"]


def test_a_case_that_took_its_worker_down_once_is_no_crash_in_the_end(suite: Suite) -> None:
    suite.module(DIES_ONCE)
    suite.run("--vb-rolls=1", "--reruns=1", "-n2")
    assert set(verdicts(suite).values()) == {"pass"}
    assert suite.record()["crashed"] == 0
