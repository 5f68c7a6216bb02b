"""allure-pytest: its records are written beside ours, and know a case again in the next run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.others.conftest import WITH_AND_WITHOUT_WORKERS, verdicts

if TYPE_CHECKING:
    from tests.conftest import Suite

pytest.importorskip("allure_pytest")


def results(suite: Suite, folder: str) -> dict[str, dict[str, Any]]:
    found = [
        json.loads(file.read_text(encoding="utf-8")) for file in (suite.root / folder).glob("*-result.json")
    ]
    return {result["status"]: result for result in found}


@WITH_AND_WITHOUT_WORKERS
def test_every_case_is_one_result_with_its_history(failing: Suite, workers: tuple[str, ...]) -> None:
    failing.run("--vb-rolls=1", "--alluredir=one", *workers).assert_outcomes(passed=1, failed=1)
    failing.run("--vb-rolls=1", "--alluredir=two", "-p", "no:html", *workers).assert_outcomes(
        passed=1, failed=1
    )
    assert verdicts(failing) == {"red-ball/0": "fail", "night-city/0": "pass"}
    one, two = results(failing, "one"), results(failing, "two")
    assert one.keys() == two.keys() == {"passed", "failed"}
    assert {s: r["historyId"] for s, r in one.items()} == {s: r["historyId"] for s, r in two.items()}
    (parameter,) = one["failed"]["parameters"]
    assert parameter["value"] == "<Case tiny/red-ball/procedural@reference?duration=1&fps=12&size=192x108/0>"
    assert {"tiny", "toy", "procedural"} <= {label["value"] for label in one["failed"]["labels"]}
