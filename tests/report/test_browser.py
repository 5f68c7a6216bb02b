"""The pages in a real browser: clips play and step, filters filter, links lead, keys suffice, everybody can read."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest

from pytest_videobench.prompts.model import Delivery
from pytest_videobench.report.run import RunFolder
from tests.conftest import encode
from tests.unit import rows as made

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
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


def write_as(path: Path, pictures: list[NDArray[np.uint8]], codec: str, pix_fmt: str) -> None:
    """Write pictures as ten a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pix_fmt
        for picture in pictures:
            container.mux(
                stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24").reformat(format=pix_fmt))
            )
        container.mux(stream.encode())


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


def test_n_and_p_reach_every_finding(watched: Watched, tmp_path: Path) -> None:
    """Those that begin together too, and one that lies beyond the clip's end."""
    clip = encode(tmp_path / "clip.mp4", [np.full((64, 96, 3), 8 * i, np.uint8) for i in range(24)])
    probe = {"width": 96, "height": 64, "fps": 24.0, "frames": 24, "duration": 1.0, "codec": "h264"}
    found = [made.finding(start=start, end=start + 0.2) for start in (0.5, 0.2, 0.2, 0.0, 5.0)]
    asked = made.expected(motion=None, amount=None, elements=[], thresholds={}, delivery=asdict(Delivery()))
    about = {"path": str(clip), "cost_usd": 0.0, "synthetic": False, "origin": ""}
    run = RunFolder(tmp_path / "report", {})
    run.open()
    case = run.add(made.row("fox", 0, *found, clip=about, probe=probe, expected=asked))
    run.finish({}, 1, "index.html")
    page = watched.open(run.folder / case.page)
    page.wait_for_function("() => document.getElementById('clip').readyState >= 2")
    seen = []
    for key in "nnnnnpppp":
        page.keyboard.press(key)
        seen.append(page.evaluate("() => location.hash.slice(1)"))  # page.url lags behind
    assert seen[:5] == [f"finding-{number}" for number in (4, 2, 3, 1, 5)]
    assert seen[5:] == seen[:4][::-1]


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


def test_a_moment_shows_its_place_before_and_after(
    watched: Watched, report: Path, rows: list[dict[str, Any]]
) -> None:
    row = next(row for row in rows if row["moments"])
    page = watched.open(report / row["page"])
    page.wait_for_function(
        "count => document.querySelectorAll('.vb-moments canvas').length === count",
        arg=2 * len(row["moments"]),
    )
    # Painted, not blank: a tainted canvas cannot be read back from a page on disk, so its picture is compared.
    crops = page.locator(".vb-moments li").first.locator("canvas")
    shots = {crops.nth(0).screenshot(), crops.nth(1).screenshot()}
    assert len(shots) == 2
    assert min(map(len, shots)) > 500


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
    there = page.evaluate("() => location.href")
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
    page.select_option("[name=metric]", "sharpness")
    for way, reverse in (("up", False), ("down", True)):
        page.select_option("[name=order]", way)
        shown = [values[key] for key in visible_cases(page)]
        assert shown == sorted(values.values(), reverse=reverse)
    middle = sorted(values.values())[len(values) // 2]
    page.fill("[name=from]", str(middle))
    assert {values[key] for key in visible_cases(page)} == {v for v in values.values() if v >= middle}


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
    page.wait_for_url("**/index.html*")


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
        assert page.locator("blockquote b, dd b").count() == 0, "markup of a prompt became markup"


def test_what_no_browser_plays_is_shown_as_h264(watched: Watched, suite: Suite) -> None:
    clips = suite.clips()
    pictures = [np.full((62, 94, 3), level, np.uint8) for level in range(0, 240, 8)]
    write_as(clips / "red-ball.gif", pictures, "gif", "rgb8")
    write_as(clips / "night-city.avi", pictures, "mpeg4", "yuv420p")
    suite.run("--vb-rolls=1", backend="folder:clips")
    rows = suite.rows()
    assert {row["probe"]["codec"] for row in rows} == {"gif", "mpeg4"}
    for row in rows:
        page = watched.open(suite.report / row["page"])
        page.wait_for_function("() => document.getElementById('clip').readyState >= 2")
        page.keyboard.press("ArrowRight")
        assert clip_time(page) > 0
        seconds = page.evaluate("() => document.getElementById('clip').duration")
        assert seconds == pytest.approx(row["probe"]["duration"], abs=0.11)


def test_boxes_lie_on_the_picture_of_an_upright_clip(watched: Watched, suite: Suite) -> None:
    suite.run("--vb-rolls=1", "-k", "red-ball", backend="procedural?duration=1&fps=12&ratio=9:16")
    page = watched.open(suite.report / suite.rows()[0]["page"])
    page.wait_for_function("() => document.getElementById('clip').readyState >= 1")
    shape = "e => { const r = document.querySelector(e).getBoundingClientRect(); return r.width / r.height; }"
    assert page.evaluate(shape, "#clip") == pytest.approx(9 / 16, abs=0.01)
    assert page.evaluate(shape, ".vb-screen") == pytest.approx(9 / 16, abs=0.01)


@pytest.mark.parametrize("name", ["my report #1", "ä % 100%23", "what? really & so"])
def test_any_folder_name_will_do(watched: Watched, flawed_report: Path, tmp_path: Path, name: str) -> None:
    there = shutil.copytree(flawed_report, tmp_path / name)
    page = watched.open(there / "index.html")
    assert len(visible_cases(page)) > 3
    page.locator("#results-table th.sortable").first.click()
    page.locator(".col-testId a").first.click()
    page.wait_for_url("**/cases/*.html")
    page.wait_for_function("() => document.getElementById('clip').readyState >= 1")


def test_the_score_card_and_the_tally_lead_into_the_table(
    watched: Watched, report: Path, rows: list[dict[str, Any]]
) -> None:
    page = watched.open(report / "index.html")
    page.get_by_role("link", name="scifi", exact=True).first.click()
    page.wait_for_function("() => document.querySelector('[name=style]').value === 'scifi'")
    assert sorted(visible_cases(page)) == sorted(row["key"] for row in rows if row["style"] == "scifi")
    defect = next(f["defect"] for row in rows for f in row["findings"] if not f["permitted"])
    page.select_option("[name=style]", "")
    page.select_option("[name=defect]", defect)
    wanted = [row["key"] for row in rows if any(f["defect"] == defect for f in row["findings"])]
    assert sorted(visible_cases(page)) == sorted(wanted)


def test_pages_of_cases_lead_through_what_the_table_shows_and_back(watched: Watched, report: Path) -> None:
    page = watched.open(report / "index.html")
    page.select_option("[name=style]", "animation")
    page.select_option("[name=order]", "verdict")
    shown = visible_cases(page)
    page.locator("tbody:not(.vb-out) .col-testId a").first.click()
    for key in shown[1:3]:
        page.wait_for_url("**/cases/*.html")
        page.keyboard.press("j")
        page.wait_for_function(f"() => document.title === {json.dumps(key)}")
    page.keyboard.press("i")
    page.wait_for_url("**/index.html*")
    assert visible_cases(page) == shown


def test_the_focus_stays_where_the_keyboard_left_it(watched: Watched, report: Path) -> None:
    page = watched.open(report / "index.html")
    head = page.locator('#results-table th[data-column-type="sharpness"]')
    head.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.dataset.columnType") == "sharpness"
    page.locator(".col-result").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.className").startswith("col-result")


def test_who_wants_less_motion_and_who_prints_gets_the_same_words(
    watched: Watched, report: Path, rows: list[dict[str, Any]]
) -> None:
    page = watched.open(report / with_finding(rows)["page"])
    page.emulate_media(reduced_motion="reduce")
    page.wait_for_function("() => document.getElementById('clip').readyState >= 1")
    assert page.evaluate("() => document.getElementById('clip').paused")
    page.emulate_media(media="print")
    assert page.locator(".vb-controls").is_hidden()
    assert page.locator(".vb-finding").first.is_visible()


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
