"""The head of a run's page: what it says of a run, and where its links lead."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.report.head import head
from tests.unit.rows import finding, row, without_clip

if TYPE_CHECKING:
    from pytest_videobench.gate.row import Row

RUN = {"started": "2026-01-01T10:00:00+00:00", "finished": "2026-01-01T10:04:30+00:00"}
SYNTHETIC = {"cost_usd": 0.0, "synthetic": True, "origin": ""}


def page(rows: list[Row], **run: Any) -> str:
    shown = [replace(row, clip={"poster": None, **row.clip}) if row.clip else row for row in rows]
    return head(shown, RUN | run, "run/")


def facts(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text)}


def links(text: str, section: str) -> list[tuple[str, str]]:
    """Give the links below a heading, as address and text without marks."""
    _, _, after = text.partition(f"<h2>{section}</h2>")
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', after.partition("</section>")[0])
    return [(html.unescape(way), " ".join(re.sub("<.*?>", "", told).split())) for way, told in found]


def test_the_facts_tell_time_cost_and_software() -> None:
    found = facts(page([row("a", fingerprint={"numpy": "2.0", "footage": "3"})]))
    assert found["took"] == "4.5 min"
    assert found["cost of these clips"] == "0.00 USD"
    assert found["measured with"] == "numpy 2.0, footage 3"
    assert "spent in this run" not in found


def test_a_run_of_clips_that_were_paid_for_before_says_what_it_spent() -> None:
    paid = {"cost_usd": 0.4, "synthetic": False, "origin": ""}
    found = facts(page([row("a", clip=paid), row("b", clip=paid, timing={"store": 0.1})]))
    assert (found["cost of these clips"], found["spent in this run"]) == ("0.80 USD", "0.40 USD")


def test_a_run_that_has_not_ended_took_no_time_yet() -> None:
    found = facts(page([row("a")], finished=None))
    assert found["finished"] == "not finished"
    assert "took" not in found


def test_what_is_wrong_with_a_run_stands_on_top() -> None:
    text = page(
        [row("a", fingerprint={"numpy": "1.26"}), row("b", fingerprint={"numpy": "2.0"})],
        planned=3,
        unclaimed=["mine: <b>.mp4"],
    )
    top = html.unescape(text.partition("<dl")[0])
    assert "2 of 3 cases reported; the run was stopped." in top
    assert "1 file matched no case: mine: <b>.mp4." in top
    assert "Not all rows were measured by the same software: numpy 1.26 and 2.0." in top
    assert facts(text)["measured with"] == "numpy 1.26 or 2.0"
    assert "<b>.mp4" not in text
    assert 'vb-problem">' not in page([row("a")], planned=1, unclaimed=[]).partition("<dl")[0]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row("a", clip=SYNTHETIC), without_clip("b")], "1 of 1 clip is synthetic: "),
        ([row("a", clip=SYNTHETIC), row("b", clip=SYNTHETIC), row("c")], "2 of 3 clips are synthetic: "),
    ],
)
def test_synthetic_clips_are_counted_among_clips(rows: list[Row], words: str) -> None:
    assert words in page(rows)
    assert " synthetic: " not in page([row("a")])


def test_every_count_of_a_defect_leads_to_its_gravest_finding() -> None:
    rows = [
        row("a", 0, finding("flash", 0.2), finding("blur", gate=False), finding("flash", 0.9)),
        row("b", 0, finding("flash", 0.4, gate=False)),
        row("c", 0, finding("flash", 0.1), style="vast"),
    ]
    assert links(page(rows), "Defects by style") == [
        ("#defect=flash", "flash"),
        ("run/cases/tiny-a-drawn@one-0.html#finding-3", "2 (1 fails)"),
        ("run/cases/vast-c-drawn@one-0.html#finding-1", "1 (1 fails)"),
        ("#defect=blur", "blur"),
        ("run/cases/tiny-a-drawn@one-0.html#finding-2", "1"),
    ]


def test_two_tests_of_one_case_have_their_own_links() -> None:
    rows = [row("a", 0, finding("freeze", 0.9)), row("a", 0, finding("freeze", 0.4), test="_again")]
    text = page(rows)
    assert [way for way, _ in links(text, "tiny")] == [f"run/{row.page}" for row in rows]
    assert ("run/cases/tiny-a-drawn@one-0.html#finding-1", "2 (2 fail)") in links(text, "Defects by style")
    assert 'title="tiny/a/drawn@one/0 (test_tiny_again)"' in text


@pytest.mark.parametrize(
    ("verdicts", "gravest", "mark"),
    [
        (("fail", "pass"), 0, "✗"),
        (("pass", "fail"), 1, "✗"),
        (("error", "pass"), 0, "!"),
        (("error", "fail"), 1, "✗"),
        (("pass", "unscored"), 0, "✓"),
    ],
)
def test_a_cell_of_several_tests_shows_the_gravest_verdict(
    verdicts: tuple[Any, Any], gravest: int, mark: str
) -> None:
    rows = [row("a", test=test, verdict=verdict) for test, verdict in zip(("", "_b"), verdicts, strict=True)]
    assert links(page(rows), "Every roll of every prompt") == [(f"run/{rows[gravest].page}", mark)]


def test_nearly_all_is_not_all() -> None:
    rows = [row(f"p{n}") for n in range(249)] + [row("last", 0, finding("freeze"))]
    assert re.search(r'vb-score">99 % <span class="vb-quiet">98–99</span>', page(rows))


def test_a_run_without_rows_has_a_head() -> None:
    text = page([], planned=0)
    assert "No case ran." in text
    assert "cost of these clips" not in text


def test_names_of_cases_are_escaped() -> None:
    odd = replace(row("a", 0, finding()), key="tiny/<i>a", prompt="<i>a")
    assert "<i>" not in page([odd])
