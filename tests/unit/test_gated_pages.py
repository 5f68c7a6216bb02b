"""The gate, the board and flaky prompts on the page of a run and in its summary."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.gate.decision import decide
from pytest_videobench.gate.margins import read_margins
from pytest_videobench.report.digest import digest
from pytest_videobench.report.head import FLAKY, head
from pytest_videobench.report.markdown import summary
from tests.unit.rows import finding, row
from tests.unit.samples import side

if TYPE_CHECKING:
    from pytest_videobench.gate.row import Row

ROWS = [row("fox"), row("fox", 1, finding())]


@pytest.fixture(scope="module")
def failing() -> dict[str, Any]:
    decision = decide(side(1), side(2, rates={"freeze": 0.3}), read_margins())
    data: dict[str, Any] = json.loads(json.dumps(decision.to_json()))
    return data


def page(rows: list[Row], **run: Any) -> str:
    return html.unescape(head(posted(rows), run, ""))


def posted(rows: list[Row]) -> list[Row]:
    return [replace(row, clip={"poster": None, **(row.clip or {})}) for row in rows]


def markdown(rows: list[Row], **run: Any) -> str:
    return summary(digest(rows), rows, run)


def test_the_verdict_of_the_gate_stands_before_that_of_the_cases(failing: dict[str, Any]) -> None:
    text = page(ROWS, gate=failing)
    assert text.index("Fail: drawn@one against drawn@one: it is worse in") < text.index(
        "2 cases: 1 pass, 1 fail"
    )
    assert text.count("Fail: drawn@one") == 1


def test_every_endpoint_with_a_difference_has_a_line_that_is_drawn(failing: dict[str, Any]) -> None:
    section = page(ROWS, gate=failing).partition('id="gate"')[2].partition("</section>")[0]
    assert section.count('class="vb-range"') == section.count("<svg ") == section.count("<tr>") - 1
    assert 'aria-label="freeze 0 % →' in section
    assert '<span class="vb-chip vb-worse">worse</span>' in section
    assert "seen on neither: blur" in section


def test_the_summary_has_the_same_verdict_and_numbers(failing: dict[str, Any]) -> None:
    text = markdown(ROWS, gate=failing)
    assert "**Fail: drawn@one against drawn@one: it is worse in" in text
    assert "| freeze | 0 % |" in text
    assert text.index("### Gate") < text.index("| Style | pass")


def test_a_run_without_a_gate_says_nothing_of_one() -> None:
    assert 'id="gate"' not in page(ROWS)
    assert "Gate" not in markdown(ROWS)


def test_prompts_whose_rolls_disagree_are_to_be_distrusted() -> None:
    rows = [*ROWS, row("elk"), row("elk", 1)]
    section = page(rows).partition("<h2>Prompts to distrust</h2>")[2].partition("</section>")[0]
    assert "tiny/fox" in section
    assert "1 of 2" in section
    assert "elk" not in section
    assert "| tiny/fox | drawn@one | 1 of 2 | 50 % (9–91) |" in markdown(rows)
    assert "Prompts to distrust" not in page(rows[2:]) + markdown(rows[2:])


def test_a_long_list_of_flaky_prompts_says_how_many_are_left_out() -> None:
    rows = [r for n in range(FLAKY + 2) for r in (row(f"p{n}"), row(f"p{n}", 1, finding()))]
    assert "2 more are left out" in page(rows)


def test_a_run_of_several_backends_says_who_is_first_and_leads_to_the_board() -> None:
    board = {"page": "board/index.html", "sentences": {"tiny": ["drawn@one is <first>."]}}
    text = head(posted(ROWS), {"board": board}, "run/")
    assert '<a href="run/board/index.html">' in text
    assert "drawn@one is &lt;first&gt;." in text
    assert "| tiny | drawn@one is &#60;first&#62;. |" in markdown(ROWS, board=board)
