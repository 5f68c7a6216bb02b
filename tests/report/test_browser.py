"""The pages in a real browser: clips play and step, filters filter, links lead, keys suffice, everybody can read."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.conftest import Suite
    from tests.report.conftest import Watched

FPS = 12


@pytest.fixture(scope="module")
def report(flawed_report: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report, moved to another place, as somebody who got it by mail has it."""
    return shutil.copytree(flawed_report, tmp_path_factory.mktemp("by mail") / "a report")


@pytest.fixture(scope="module")
def rows(report: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (report / "rows.jsonl").read_text("utf-8").splitlines()]


def with_finding(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return next(row for row in rows if row["findings"])


def clip_time(page: Page) -> float:
    page.wait_for_function("() => !document.getElementById('clip').seeking")
    return float(page.evaluate("() => document.getElementById('clip').currentTime"))


def visible_cases(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('#results-table > tbody:not(.vb-out) [data-case]')].map(c => c.dataset.case)"
    )
    return found


def test_every_case_has_a_row_and_a_page_of_its_own(
    watched: Watched, report: Path, rows: list[dict[str, Any]]
) -> None:
    page = watched.open(report / "index.html")
    assert sorted(visible_cases(page)) == sorted(row["key"] for row in rows)
    for row in rows:
        assert (report / row["page"]).is_file()
    page.locator(".col-testId a").first.click()
    page.wait_for_url("**/cases/*.html")
    assert page.locator("h1").count() == 1


def test_a_clip_plays_and_is_stepped_frame_by_frame(
    watched: Watched, report: Path, rows: list[dict[str, Any]]
) -> None:
    page = watched.open(report / rows[0]["page"])
    page.wait_for_function("() => document.getElementById('clip').readyState >= 2")
    for count in (1, 2, 3):
        page.keyboard.press("ArrowRight")
        assert int(clip_time(page) * FPS) == count
    page.get_by_role("button", name="frame back").or_(page.locator("[data-do=back]")).first.click()
    assert int(clip_time(page) * FPS) == 2
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press(" ")
    page.wait_for_function("() => document.getElementById('clip').currentTime > 0.4")
    page.keyboard.press(" ")
    assert page.evaluate("() => document.getElementById('clip').paused")


def test_the_address_of_a_finding_opens_the_clip_there(
    watched: Watched, report: Path, rows: list[dict[str, Any]]
) -> None:
    row = with_finding(rows)
    number, finding = 1, row["findings"][0]
    page = watched.open(report / row["page"], then=f"#finding-{number}")
    page.wait_for_selector(f"#finding-{number}.vb-open")
    page.wait_for_function("() => document.getElementById('clip').currentTime > 0")
    assert finding["start"] - 1 / FPS <= clip_time(page) <= finding["end"] + 1 / FPS
    assert page.locator(".vb-frame.vb-hit").count() >= 1


def test_n_and_p_walk_through_the_findings(
    watched: Watched, report: Path, rows: list[dict[str, Any]]
) -> None:
    row = max(rows, key=lambda row: len({f["start"] for f in row["findings"]}))
    page = watched.open(report / row["page"])
    page.wait_for_function("() => document.getElementById('clip').readyState >= 2")
    page.keyboard.press("n")
    first, where = clip_time(page), page.url
    assert "#finding-" in where
    page.keyboard.press("n")
    assert clip_time(page) >= first
    page.keyboard.press("p")
    assert page.url == where or len(row["findings"]) == 1


def test_a_moment_is_shown_in_the_clip_with_its_place(
    watched: Watched, report: Path, rows: list[dict[str, Any]]
) -> None:
    row = next(row for row in rows if any(moment["box"] for moment in row["moments"]))
    page = watched.open(report / row["page"])
    page.wait_for_function("() => document.getElementById('clip').readyState >= 1")
    buttons = page.locator(".vb-moment")
    assert buttons.count() == len(row["moments"]) <= 8
    assert page.locator(".vb-curve").first.locator(".vb-mark").count() == len(row["moments"])
    index, moment = next(pair for pair in enumerate(row["moments"]) if pair[1]["box"])
    buttons.nth(index).click()
    assert abs(clip_time(page) - moment["time"]) <= 1 / FPS
    page.wait_for_selector("#boxes .vb-box")


def test_filters_show_what_they_name_and_stand_in_the_address(
    watched: Watched, report: Path, rows: list[dict[str, Any]]
) -> None:
    page = watched.open(report / "index.html")
    page.select_option("[name=style]", "animation")
    wanted = sorted(row["key"] for row in rows if row["style"] == "animation")
    assert sorted(visible_cases(page)) == wanted
    page.select_option("[name=verdict]", "fail")
    wanted = sorted(row["key"] for row in rows if (row["style"], row["verdict"]) == ("animation", "fail"))
    assert sorted(visible_cases(page)) == wanted
    there = page.url
    again = watched.page.context.new_page()
    again.goto(there)
    assert sorted(visible_cases(again)) == wanted
    page.locator("#vb-filter button[type=reset]").click()
    page.wait_for_function(
        f"() => document.getElementById('vb-count').textContent.startsWith('{len(rows)} of')"
    )


def test_words_are_searched_in_prompts(watched: Watched, report: Path, rows: list[dict[str, Any]]) -> None:
    word = "sword"
    page = watched.open(report / "index.html")
    page.keyboard.press("/")
    page.keyboard.type(word)
    wanted = sorted(row["key"] for row in rows if word in f"{row['text']} {row['key']}".lower())
    assert sorted(visible_cases(page)) == wanted
    assert 0 < len(wanted) < len(rows)


def test_cases_are_sorted_by_a_metric_as_numbers(
    watched: Watched, report: Path, rows: list[dict[str, Any]]
) -> None:
    values = {row["key"]: row["metrics"]["sharpness"]["value"] for row in rows}
    page = watched.open(report / "index.html")
    for way, reverse in (("up", False), ("down", True)):
        page.select_option("[name=order]", f"sharpness:{way}")
        shown = [values[key] for key in visible_cases(page)]
        assert shown == sorted(shown, reverse=reverse)


def test_pytest_htmls_own_filters_work_beside_ours(
    watched: Watched, report: Path, rows: list[dict[str, Any]]
) -> None:
    page = watched.open(report / "index.html")
    page.select_option("[name=style]", "scifi")
    page.get_by_label("Passed").uncheck()
    wanted = sorted(row["key"] for row in rows if row["style"] == "scifi" and row["verdict"] != "pass")
    assert sorted(visible_cases(page)) == wanted


def test_the_keyboard_alone_finds_opens_and_returns(watched: Watched, report: Path) -> None:
    page = watched.open(report / "index.html")
    page.keyboard.press("j")
    page.keyboard.press("j")
    chosen = page.locator("tbody.vb-here [data-case]").get_attribute("data-case")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*.html")
    assert page.title() == chosen
    page.keyboard.press("j")
    page.wait_for_function(f"() => document.title !== {json.dumps(chosen)}")
    page.keyboard.press("i")
    page.wait_for_url("**/index.html")


def test_a_clip_plays_in_its_row(watched: Watched, report: Path) -> None:
    page = watched.open(report / "index.html")
    page.locator("#show_all_details").click()
    page.locator(".vb-play").first.click()
    page.wait_for_function(
        "() => { const v = document.querySelector('.vb-media video'); return v && v.currentTime > 0.1; }"
    )


def test_a_run_in_trouble_is_shown_as_it_was(watched: Watched, troubled_report: Path) -> None:
    lines = (troubled_report / "rows.jsonl").read_text("utf-8").splitlines()
    rows = {row["prompt"]: row for row in map(json.loads, lines)}
    kinds = {name: (rows[name]["verdict"], (rows[name]["error"] or {}).get("kind")) for name in rows}
    assert kinds["crash"] == ("error", "crashed")
    assert kinds["bug"] == ("error", "test_error")
    assert kinds["half"] == ("error", "unreadable")
    assert kinds["missing"] == ("unscored", "missing_clip")
    page = watched.open(troubled_report / "index.html")
    assert sorted(visible_cases(page)) == sorted(row["key"] for row in rows.values())
    assert page.locator(".vb-verdict").inner_text().startswith(f"{len(rows)} cases: ")
    for name in ("crash", "bug", "half", "missing"):
        page = watched.open(troubled_report / rows[name]["page"])
        assert rows[name]["error"]["message"] in page.locator("main").inner_text()
        assert page.locator("main b b").count() == 0


def test_a_run_without_cases_leaves_no_report(suite: Suite) -> None:
    suite.run("-k", "nothing")
    assert not suite.report.exists()


@pytest.mark.parametrize("kind", ["flawed", "troubled"])
@pytest.mark.parametrize("width", [360, 800, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(
    watched: Watched, request: pytest.FixtureRequest, kind: str, width: int, scheme: Any
) -> None:
    """Nothing is wider than the window, and axe finds neither faint words nor nameless controls."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    report: Path = request.getfixturevalue(f"{kind}_report")
    rows = [json.loads(line) for line in (report / "rows.jsonl").read_text("utf-8").splitlines()]
    chosen = {row["verdict"]: row for row in rows} | {"found": with_finding(rows)}
    page = watched.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    for path in (report / "index.html", *(report / row["page"] for row in chosen.values())):
        watched.open(path)
        wide = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, path.name
        found = axe.run(page, options={"preload": False}).response["violations"]
        assert [(v["id"], [n["target"] for n in v["nodes"]][:4]) for v in found] == [], path.name
