"""pytest's own ways to run a part of a suite, to stop early, and to do without other plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.others.conftest import WITH_AND_WITHOUT_WORKERS, verdicts

if TYPE_CHECKING:
    from tests.conftest import Suite


@WITH_AND_WITHOUT_WORKERS
def test_what_failed_last_is_a_part_of_the_suite_and_says_so(
    failing: Suite, workers: tuple[str, ...]
) -> None:
    failing.run("--vb-rolls=2", "-p", "no:xdist").assert_outcomes(passed=2, failed=2)
    assert failing.record()["left_out"] == 0
    assert "left out" not in (failing.report / "summary.md").read_text(encoding="utf-8")
    failing.run("--vb-rolls=2", "--lf", *workers).assert_outcomes(failed=2)
    assert verdicts(failing) == {"red-ball/0": "fail", "red-ball/1": "fail"}
    record = failing.record()
    assert (record["complete"], record["planned"], record["left_out"]) == (True, 2, 2)
    for name in ("summary.md", "index.html"):
        assert "2 of 4 cases" in (failing.report / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "left_out"),
    [(("-k", "red"), 2), (("-m", "toy"), 2), (("-m", "tiny"), 0), (("-k", "r0"), 2)],
)
def test_a_choice_within_a_style_leaves_cases_out(
    suite: Suite, arguments: tuple[str, ...], left_out: int
) -> None:
    suite.run("--vb-rolls=2", "-p", "no:xdist", *arguments)
    record = suite.record()
    assert (record["planned"], record["left_out"]) == (4 - left_out, left_out)


@WITH_AND_WITHOUT_WORKERS
def test_a_run_that_stops_at_a_failure_has_the_rows_of_what_ran(
    failing: Suite, workers: tuple[str, ...]
) -> None:
    failing.run("--vb-rolls=6", "-x", *workers)
    record = failing.record()
    assert (record["complete"], record["planned"]) == (False, 12)
    assert 1 <= record["cases"] == len(failing.rows()) < 12
    assert "the run was stopped" in (failing.report / "summary.md").read_text(encoding="utf-8")


@WITH_AND_WITHOUT_WORKERS
def test_without_pytest_html_the_rows_are_the_same(failing: Suite, workers: tuple[str, ...]) -> None:
    failing.run("--vb-rolls=1", *workers)
    before = verdicts(failing)
    failing.run("--vb-rolls=1", "-p", "no:html", *workers).assert_outcomes(passed=1, failed=1)
    assert verdicts(failing) == before
    assert not (failing.report / "index.html").exists()


def test_a_run_that_dies_in_its_first_case_leaves_no_report_of_an_earlier_one(suite: Suite) -> None:
    suite.run("--vb-rolls=1", "-p", "no:xdist")
    assert suite.record()["complete"]
    suite.module("import os\n\ndef test_tiny(clip):\n    os._exit(3)\n")
    suite.run("--vb-rolls=1", "-p", "no:xdist")
    assert not suite.record()["complete"]
    assert suite.rows() == []
