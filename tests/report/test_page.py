"""The page of a run: every case is there, every link stays inside the folder, nothing in a prompt is markup."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pytest

from pytest_videobench.report.run import RunFolder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Suite


class Markup(HTMLParser):
    """Collects tags and the addresses they name."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in {"src", "href", "poster"} and value]


def drawn_on(page: Path) -> dict[str, list[dict[str, Any]]]:
    """Give what pytest-html's script will draw."""
    blob = re.search(r'data-jsonblob="(.*?)"', page.read_text(encoding="utf-8"), re.DOTALL)
    assert blob is not None
    data: dict[str, Any] = json.loads(html.unescape(blob[1]))
    found: dict[str, list[dict[str, Any]]] = data["tests"]
    return found


def markup(test: dict[str, Any]) -> Markup:
    parser = Markup()
    parser.feed("".join(test["resultsTableRow"]) + "".join(extra["content"] for extra in test["extras"]))
    return parser


def links_of(page: Path, test: dict[str, Any]) -> set[Path]:
    return {(page.parent / address.partition("#")[0]).resolve() for address in markup(test).addresses}


def json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_case_has_its_clip_beside_the_page(suite: Suite) -> None:
    suite.run("--vb-rolls=2", "-n2").assert_outcomes(passed=4)
    moved = suite.root / "elsewhere" / "report"
    shutil.move(suite.report, moved)
    tests = drawn_on(moved / "index.html")
    assert len(tests) == 4
    for (test,) in tests.values():
        addresses = links_of(moved / "index.html", test)
        assert {path.parent.name for path in addresses} >= {"cases", "posters"}
        assert all(path.is_relative_to(moved) and path.is_file() for path in addresses)
    for row in json_lines(moved / "rows.jsonl"):
        page = moved / row["page"]
        parser = Markup()
        parser.feed(page.read_text(encoding="utf-8"))
        assert "video" in parser.tags
        addresses = {(page.parent / address.partition("#")[0]).resolve() for address in parser.addresses}
        assert all(path.is_relative_to(moved) and path.exists() for path in addresses)


def test_what_a_prompt_says_is_never_markup(suite: Suite) -> None:
    suite.run("--vb-rolls=1").assert_outcomes(passed=2)
    (test,) = (t for name, (t,) in drawn_on(suite.report / "index.html").items() if "night-city" in name)
    assert "script" not in markup(test).tags
    assert "&lt;script&gt;alert(" in test["extras"][0]["content"]
    for page in suite.report.rglob("*.html"):
        assert "<script>alert(" not in page.read_text(encoding="utf-8")


def test_synthetic_clips_are_marked_in_their_row_their_panel_and_on_top(suite: Suite) -> None:
    suite.run("--vb-rolls=1")
    page = suite.report / "index.html"
    for (test,) in drawn_on(page).values():
        assert "synthetic" in "".join(test["resultsTableRow"])
        assert "made by no model" in test["extras"][0]["content"]
    assert "2 of 2 clips are synthetic" in page.read_text(encoding="utf-8")


def test_a_failed_case_says_why_in_its_row(suite: Suite) -> None:
    suite.prompts(suite.text() + '\n[prompt.thresholds.temporal_flickering]\nmin = 1.0\nreason = "a still"\n')
    suite.run("--vb-rolls=1")
    (test,) = (t for name, (t,) in drawn_on(suite.report / "index.html").items() if "night-city" in name)
    assert "temporal_flickering = 0.9" in test["resultsTableRow"][3]


def test_what_to_watch_for_is_shown_first_with_what_came_of_it(suite: Suite) -> None:
    watch = """
watch = [
  { defect = "low_motion", note = "the ball hardly rolled" },
  { defect = "hand_deformation", note = "a hand of three fingers" },
]
"""
    suite.prompts(suite.text().replace('id = "red-ball"', 'id = "red-ball"' + watch))
    suite.run("--vb-rolls=1", "-k", "red-ball")
    ((test,),) = drawn_on(suite.report / "index.html").values()
    (row,) = suite.rows()
    page = (suite.report / row["page"]).read_text(encoding="utf-8")
    assert page.index("a hand of three fingers") < page.index("<h2>Findings") < page.index("<h2>Metrics")
    assert [(one["defect"], one["state"]) for one in row["watch"]] == [
        ("low_motion", "weakly checked"),
        ("hand_deformation", "not checked"),
    ]
    assert "the ball hardly rolled" in test["extras"][0]["content"]


def test_faults_put_in_on_purpose_are_named(suite: Suite) -> None:
    spec = "procedural:flawed?rate=1&only=black_frames&severity=1&duration=2&fps=12&size=192x108"
    suite.run("--vb-rolls=1", "-k", "red-ball", backend=spec)
    (row,) = suite.rows()
    assert row["verdict"] == "fail"
    assert [one["fault"] for one in row["injected"]] == ["black_frames"]
    ((test,),) = drawn_on(suite.report / "index.html").values()
    assert "Injected on purpose: black frames" in test["extras"][0]["content"]


@pytest.mark.parametrize(
    ("content", "free"), [(None, True), ([], True), (["run.json", "x"], False), (["thesis.doc"], False)]
)
def test_a_report_never_overwrites_other_things(
    tmp_path: Path, content: list[str] | None, free: bool
) -> None:
    folder = tmp_path / "report"
    if content is not None:
        folder.mkdir()
        for name in content:
            (folder / name).touch()
    assert RunFolder.is_free(folder) is free


def test_a_file_name_that_is_no_text_loses_nothing(suite: Suite) -> None:
    (suite.clips() / os.fsdecode(b"caf\xe9 #1.mp4")).write_bytes(b"no clip")
    suite.run("--vb-rolls=1", backend="folder:clips")
    assert len(suite.rows()) == 2
    assert "caf\\udce9" in suite.record()["unclaimed"][0]
    assert (suite.report / "summary.md").exists()


def test_a_page_elsewhere_leads_to_the_folder_and_back(suite: Suite) -> None:
    suite.run("--vb-rolls=1", "--html=pages/a page #1.html", "--vb-report=the report #2")
    (folder, page) = (suite.root / "the report #2", suite.root / "pages" / "a page #1.html")
    for (test,) in drawn_on(page).values():
        for address in markup(test).addresses:
            assert (page.parent / unquote(address.partition("#")[0])).is_file()
    for case in (folder / "cases").iterdir():
        assert f'href="../{quote("../pages/a page #1.html")}"' in case.read_text(encoding="utf-8")


def test_without_pytest_html_pages_of_cases_lead_nowhere(suite: Suite) -> None:
    suite.run("--vb-rolls=1", "-p", "no:html")
    assert not (suite.report / "index.html").exists()
    assert all(
        'id="all"' not in page.read_text(encoding="utf-8") for page in (suite.report / "cases").iterdir()
    )


def test_a_run_of_no_cases_has_a_page_where_a_folder_is_named(suite: Suite) -> None:
    suite.run("-k", "nothing", "--vb-report=empty").assert_outcomes()
    assert "No case ran." in (suite.root / "empty" / "index.html").read_text(encoding="utf-8")
    suite.run("-k", "nothing")
    assert not suite.report.exists()


def test_two_tests_of_one_case_have_a_page_each(suite: Suite) -> None:
    suite.module("def test_tiny(clip):\n    pass\n\ndef test_other(footage):\n    assert False\n")
    suite.run("--vb-rolls=2", "-k", "red-ball")
    rows = suite.rows()
    assert len({row["page"] for row in rows}) == 4
    for row in rows:
        text = (suite.report / row["page"]).read_text(encoding="utf-8")
        assert text.count(f">roll {row['roll']}</a>") == 1


def test_an_earlier_reports_clips_are_gone(suite: Suite) -> None:
    suite.run("--vb-rolls=2")
    suite.run("--vb-rolls=1", "-k", "red-ball")
    assert len(list((suite.report / "clips").iterdir())) == 1
    assert len(suite.rows()) == 1
