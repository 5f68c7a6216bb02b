"""A style made by ``videobench prompts new`` runs at once, in a folder that holds nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.prompts.new import new_style

if TYPE_CHECKING:
    import pytest

BACKEND = "procedural?duration=1&fps=12&size=192x108"


def test_a_new_style_runs_at_once(pytester: pytest.Pytester) -> None:
    new_style(pytester.path / "suites", "noir", texts=["A cat walks on grass, realistic style."])
    result = pytester.runpytest_subprocess(
        "suites/noir", "--vb-rolls", "1", "--vb-backend", BACKEND, "-W", "error"
    )
    result.assert_outcomes(passed=3)
    assert (pytester.path / "videobench-report/index.html").is_file()


def test_its_marks_choose_from_it(pytester: pytest.Pytester) -> None:
    new_style(pytester.path / "suites", "noir")
    result = pytester.runpytest_subprocess(
        "suites", "-m", "noir and animal", "--strict-markers", "--collect-only", "-q", "--vb-rolls", "1"
    )
    result.stdout.fnmatch_lines(
        ["*test_noir.py::test_noir[[]swan-at-dawn-procedural-reference-r0]", "*1/2 tests*"]
    )
