"""One style run by pytest: items, verdicts, and what is left on disk and on the terminal."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tests.conftest import Suite, WriteClip


def test_a_run_leaves_a_report(suite: Suite) -> None:
    result = suite.run("--vb-rolls=2")
    result.assert_outcomes(passed=4)
    assert result.outlines[-1] == "report: videobench-report/index.html"
    result.stdout.fnmatch_lines(
        ["style *pass*fail*error*unscored", "tiny *4 *0 *0 *0", "4 of 4 clips are synthetic*"]
    )
    rows = suite.rows()
    assert [(row["prompt"], row["roll"]) for row in rows] == [
        (p, r) for p in ("night-city", "red-ball") for r in (0, 1)
    ]
    assert {row["verdict"] for row in rows} == {"pass"}
    assert {row["camera"]["move"] for row in rows if row["prompt"] == "red-ball"} == {"pan_right"}
    for row in rows:
        for name in ("file", "poster", "strip"):
            assert (suite.report / row["clip"][name]).stat().st_size > 0
        assert row["clip"]["synthetic"]
        assert str(suite.root) not in json.dumps(row)
    record = suite.record()
    assert record["complete"]
    assert record["verdicts"] == {"pass": 4, "fail": 0, "error": 0, "unscored": 0}


def test_ids_keys_and_marks_are_stable(suite: Suite) -> None:
    result = suite.run("--collect-only", "-q", "--vb-rolls=1")
    assert [line for line in result.outlines if "::" in line] == [
        f"suites/tiny/test_tiny.py::test_tiny[{prompt}-procedural-reference-duration-1-fps-12-size-192x108-r0]"
        for prompt in ("red-ball", "night-city")
    ]


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("tiny", 6),
        ("toy", 3),
        ("procedural and not toy", 3),
        ("toy and tiny and procedural", 3),
        ("not tiny", 0),
    ],
)
def test_cases_are_chosen_by_style_tag_and_backend(suite: Suite, expression: str, count: int) -> None:
    result = suite.run("--collect-only", "-q", "-m", expression)
    assert sum("::" in line for line in result.outlines) == count


def test_a_backend_named_by_a_mark_is_meant(suite: Suite) -> None:
    clips = suite.root / "clips"
    clips.mkdir()
    (suite.root / "pytest.toml").write_text(
        f'[pytest]\naddopts = ["--import-mode=importlib"]\nvb_backends = ["folder:{clips}"]\n'
    )
    chosen = suite.run("--collect-only", "-q", "-m", "procedural", backend=None)
    assert sum("procedural-reference-r" in line for line in chosen.outlines) == 6
    assert not any("folder-clips-r" in line for line in chosen.outlines)
    default = suite.run("--collect-only", "-q", backend=None)
    assert sum("folder-clips-r" in line for line in default.outlines) == 6


def test_a_style_that_fails_says_every_problem(suite: Suite) -> None:
    suite.prompts(
        suite.text() + '\n[prompt.thresholds.temporal_flickering]\nmin = 1.0\nreason = "a still picture"\n'
    )
    result = suite.run("--vb-rolls=1")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["E *1 problem:", "E *temporal_flickering = 0.9* is below 1*(a still picture)"]
    )
    row = next(row for row in suite.rows() if row["verdict"] == "fail")
    assert len(row["problems"]) == 1
    assert row["problems"][0].startswith("temporal_flickering = 0.9")


def test_a_permitted_defect_fails_nothing(
    suite: Suite, write_clip: WriteClip, moving_frames: NDArray[np.uint8]
) -> None:
    frozen = [*moving_frames[:18], *[moving_frames[18]] * 20, *moving_frames[18:]]
    for prompt in ("red-ball", "night-city"):
        write_clip(suite.clips() / f"{prompt}-0.mp4", frozen)
    permit = '\n[[prompt.permit]]\ndefect = "freeze"\nreason = "time stands still"\n'
    asked = suite.text().replace('camera = "static"', 'camera = "any"')  # the picture drifts
    suite.prompts(asked + permit)
    result = suite.run("--vb-rolls=1", backend="folder:clips")
    verdicts = {row["prompt"]: row["verdict"] for row in suite.rows()}
    assert verdicts == {"red-ball": "fail", "night-city": "pass"}
    result.stdout.fnmatch_lines(["E *freeze at 0.7* s: *"])


def test_a_second_run_makes_nothing_and_decodes_nothing(suite: Suite) -> None:
    suite.run("--vb-rolls=1")
    before = {
        path: path.stat().st_mtime_ns
        for path in (suite.root / ".videobench" / "clips").rglob("*")
        if path.is_file()
    }
    first = suite.rows()
    suite.run("--vb-rolls=1").assert_outcomes(passed=2)
    after = {
        path: path.stat().st_mtime_ns
        for path in (suite.root / ".videobench" / "clips").rglob("*")
        if path.is_file()
    }
    assert before == after
    assert without_timing(first) == without_timing(suite.rows())


def test_junit_has_flat_properties(suite: Suite) -> None:
    suite.run("--vb-rolls=1", "--junitxml=junit.xml")
    cases = ET.parse(suite.root / "junit.xml").getroot().findall(".//testcase")
    assert len(cases) == 2
    for case in cases:
        properties = {p.get("name"): p.get("value", "") for p in case.findall("properties/property")}
        assert properties["vb_verdict"] == "pass"
        assert properties["vb_case"].startswith("tiny/")
        assert 0.9 < float(properties["vb_temporal_flickering"]) < 1


def test_a_damaged_clip_is_set_aside_and_the_row_says_so(suite: Suite) -> None:
    suite.run("--vb-rolls=1")
    clip = next((suite.root / ".videobench").glob("clips/*/*/clip.mp4"))
    clip.write_bytes(clip.read_bytes()[:1000])
    suite.run("--vb-rolls=1").assert_outcomes(passed=2)
    notes = [note for row in suite.rows() for note in row["notes"]]
    assert len(notes) == 1
    assert "damaged; set aside" in notes[0]


def test_a_test_may_ask_for_the_prompt_alone(suite: Suite) -> None:
    suite.module("def test_words(prompt):\n    assert prompt.text().endswith('.')\n")
    result = suite.run("-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*::test_words?red-ball? PASSED*", "*::test_words?night-city? PASSED*"])


def test_every_fixture_can_be_asked_for(suite: Suite) -> None:
    suite.module(
        "def test_all(prompt, roll, backend, clip_cache, clip, footage, expected):\n"
        "    assert roll == 0 and backend.synthetic and clip.synthetic\n"
        "    assert clip.path.is_relative_to(clip_cache.root)\n"
        "    assert footage.probe.frames == 12 and expected.delivery.fps == 12\n"
    )
    suite.run("--vb-rolls=1").assert_outcomes(passed=2)


def test_the_fixtures_are_documented(suite: Suite) -> None:
    listing = suite.run("--fixtures", backend=None).stdout.str()
    ours = listing.partition("fixtures defined from pytest_videobench")[2].partition("fixtures defined from")[
        0
    ]
    for name in ("prompt", "roll", "backend", "clip_cache", "clip", "footage", "expected"):
        assert f"\n{name} " in ours
    assert "no docstring available" not in ours


def test_a_test_that_breaks_is_an_error_and_no_failed_clip(suite: Suite) -> None:
    suite.module("def test_tiny(footage):\n    raise RuntimeError('mine')\n")
    suite.run("--vb-rolls=1").assert_outcomes(failed=2)
    assert {(row["verdict"], row["error"]["kind"]) for row in suite.rows()} == {("error", "test_error")}


def test_a_metric_that_breaks_is_an_error_of_its_case_and_not_the_end_of_the_run(suite: Suite) -> None:
    (suite.root / "conftest.py").write_text(
        "from pytest_videobench.metrics.base import METRICS, metric\n"
        "@metric(unit='1', dimension='detail', better='higher')\n"
        "def mine(footage, expected):\n"
        "    return footage.no_such_thing\n"
        "METRICS.add('mine', mine)\n"
    )
    suite.run("--vb-rolls=1").assert_outcomes(failed=2)
    for row in suite.rows():
        assert row["verdict"] == "error"
        assert "no_such_thing" in row["error"]["message"]


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_metric_that_gives_no_number_is_an_error_of_its_case(suite: Suite, value: str) -> None:
    (suite.root / "conftest.py").write_text(
        "from pytest_videobench.metrics.base import METRICS, Reading, metric\n"
        "@metric(unit='1', dimension='detail', better='higher')\n"
        "def mine(footage, expected):\n"
        f"    return Reading(value=float('{value}'))\n"
        "METRICS.add('mine', mine)\n"
    )
    suite.run("--vb-rolls=1").assert_outcomes(failed=2)
    assert all("metric 'mine' gave" in row["error"]["message"] for row in suite.rows())


def test_a_run_that_stops_early_is_not_complete(suite: Suite) -> None:
    suite.module("def test_tiny(clip):\n    assert False\n")
    suite.run("--vb-rolls=3", "--maxfail=1").assert_outcomes(failed=1)
    record = suite.record()
    assert (record["complete"], record["planned"], record["cases"]) == (False, 6, 1)


def test_a_test_without_a_clip_has_no_verdict(suite: Suite) -> None:
    suite.module(
        "def test_words(prompt):\n    pass\n\ndef test_rolls(roll):\n    pass\n\ndef test_clip(clip):\n    pass\n"
    )
    suite.run("--vb-rolls=2").assert_outcomes(passed=2 + 4 + 4)
    assert len(suite.rows()) == 4
    assert suite.record()["complete"]


def test_an_unreadable_clip_is_an_error_of_one_line_and_the_others_are_scored(
    suite: Suite, write_clip: WriteClip, moving_frames: NDArray[np.uint8]
) -> None:
    write_clip(suite.clips() / "red-ball-0.mp4", moving_frames)
    (suite.clips() / "night-city-0.mp4").write_text("no video at all")
    result = suite.run("--vb-rolls=1", backend="folder:clips")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*tiny/night-city/folder@clips/0: night-city-0.mp4: not a video that can be decoded*"]
    )
    assert str(suite.root) not in (suite.report / "rows.jsonl").read_text(encoding="utf-8")
    assert "Traceback" not in result.stdout.str()
    rows = {row["prompt"]: row for row in suite.rows()}
    assert rows["night-city"]["error"]["kind"] == "unreadable"
    assert rows["red-ball"]["verdict"] == "pass"


def test_a_folder_says_what_is_missing_and_what_is_left_over(
    suite: Suite, write_clip: WriteClip, moving_frames: NDArray[np.uint8]
) -> None:
    write_clip(suite.clips() / "tiny__red-ball__r1.mp4", moving_frames)
    write_clip(suite.clips() / "holiday.mp4", moving_frames)
    result = suite.run("--vb-rolls=2", backend="folder:clips")
    result.assert_outcomes(passed=1, skipped=3)
    result.stdout.fnmatch_lines(
        [
            "cases without a clip: 3",
            "  tiny/night-city/folder@clips/0",
            "  tiny/night-city/folder@clips/1",
            "  tiny/red-ball/folder@clips/0",
            "files that matched no case: 1",
            "  folder@clips: holiday.mp4",
        ]
    )
    assert {row["verdict"] for row in suite.rows() if row["prompt"] == "night-city"} == {"unscored"}
    assert suite.record()["unclaimed"] == ["folder@clips: holiday.mp4"]


def test_without_pytest_html_rows_are_still_written(suite: Suite) -> None:
    result = suite.run("--vb-rolls=1", "-p", "no:html")
    result.assert_outcomes(passed=2)
    assert result.outlines[-1] == "report: videobench-report"
    assert not (suite.report / "index.html").exists()
    assert len(suite.rows()) == 2


def test_another_page_may_be_asked_for(suite: Suite) -> None:
    result = suite.run("--vb-rolls=1", "--html=out/page.html")
    assert result.outlines[-1] == "report: out/page.html"
    page = (suite.root / "out" / "page.html").read_text(encoding="utf-8")
    assert "../videobench-report/clips/tiny--night-city" in page


def without_timing(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "timing"} for row in rows]
