"""A test that is run again has one row, which tells of the first try and of what it paid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pytest_videobench.report.run import RunFolder
from tests.unit.rows import expected, row, without_clip

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.gate.row import Row

NO_DELIVERY = dict.fromkeys(("duration", "fps", "width", "height", "ratio"))
ASKED = expected(motion="rigid", amount="medium", elements=[], delivery=NO_DELIVERY, permitted={})


def recorded(folder: Path, *rows: Row) -> tuple[list[Row], dict[str, Any]]:
    run = RunFolder(folder, {})
    run.open()
    for one in rows:
        run.add(one)
    run.finish({}, len({one.nodeid for one in rows}), "")
    return run.rows, json.loads((folder / "run.json").read_text(encoding="utf-8"))


def bought(clip_file: Path, **fields: Any) -> Row:
    clip_file.write_bytes(b"clip")
    clip = {"path": str(clip_file), "cost_usd": 0.5, "synthetic": False, "origin": "", "sha256": "1"}
    return row("fox", 0, clip=clip, expected=ASKED, **fields)


def test_the_last_row_counts_and_what_the_clip_cost_stays_spent(tmp_path: Path) -> None:
    first = bought(
        tmp_path / "a.mp4", verdict="fail", timing={"clip": 30.0, "footage": 2.0}, notes=["set aside"]
    )
    second = bought(tmp_path / "a.mp4", verdict="pass", timing={"store": 0.1, "footage": 0.2})
    (kept,), about = recorded(tmp_path / "report", first, second)
    assert (kept.verdict, kept.page) == ("pass", "cases/tiny--fox--drawn-one--0.html")
    assert kept.timing == {"clip": 30.0, "footage": 0.2}
    assert kept.notes == ["set aside", "run again: the verdict was fail before"]
    assert (about["complete"], about["cases"], about["spent_usd"]) == (True, 1, 0.5)
    assert len(list((tmp_path / "report" / "cases").iterdir())) == 1


def test_a_clip_that_came_at_the_second_try_was_made_then(tmp_path: Path) -> None:
    second = bought(tmp_path / "a.mp4", timing={"clip": 3.0})
    (kept,), about = recorded(tmp_path / "report", without_clip("fox", expected=ASKED), second)
    assert kept.timing == {"clip": 3.0}
    assert kept.notes == ["run again: the verdict was error (backend) before"]
    assert about["spent_usd"] == 0.5


def test_two_tests_of_one_case_keep_their_rows(tmp_path: Path) -> None:
    two = [without_clip("fox", expected=ASKED, test=test) for test in ("", "_calm")]
    rows, about = recorded(tmp_path / "report", *two)
    assert len(rows) == about["cases"] == len({one.page for one in rows}) == 2
