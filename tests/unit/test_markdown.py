"""The Markdown summary: complete, and whole whatever stands in prompts, notes and names."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_videobench.report.digest import digest
from pytest_videobench.report.markdown import escape, summary
from tests.unit.rows import finding, row, runs, without_clip

if TYPE_CHECKING:
    from pytest_videobench.gate.row import Row

nasty = st.text(st.sampled_from("a|\\`*_<>&[]()#~$\n\r\t\u2028\x0b é–-+1.!"), max_size=16) | st.text(
    st.characters(codec="utf-8"), max_size=16
)


def text_of(rows: list[Row], **about: Any) -> str:
    return summary(digest(rows), rows, about)


def tables(text: str) -> list[list[int]]:
    """Give the number of cells of every line, table by table."""
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.M)
    return [[line.count("|") for line in block.splitlines()] for block in blocks]


@settings(max_examples=50, deadline=None)
@given(runs(most=5), nasty)
def test_tables_keep_their_columns_whatever_is_written_in_them(rows: list[Row], text: str) -> None:
    odd = [
        replace(
            row,
            key=f"{text}{row.key}",
            style=f"{row.style}{text}",
            backend=text or "x",
            error={"kind": "x", "message": text} if row.error else None,
            findings=[{**found, "note": text, "defect": found["defect"] + text} for found in row.findings],
        )
        for row in rows
    ]
    written = summary(digest(odd), odd, {"videobench": text, "planned": 3})
    assert len(written.splitlines()) == written.count("\n")  # no line break of another kind
    for widths in tables(written):
        assert len(set(widths)) == 1
        assert len(widths) > 2


@given(nasty)
def test_escaped_text_has_no_markup_left(text: str) -> None:
    escaped = escape(text)
    assert not re.search(r"[|`<>\n\r]", escaped)
    assert not re.search(r"(?<!\\)[*_\[\]~$]", escaped)
    plain = re.sub(r"&#(\d+);", lambda code: chr(int(code[1])), re.sub(r"\\(.)", r"\1", escaped))
    assert plain == " ".join(text.split())


def test_a_run_is_told_from_its_verdict_to_its_findings() -> None:
    rows = [
        row("a", 0, finding("late_decay", 0.8, note="36 % of the contrast | is left.", start=3.75, end=5.0)),
        row("b", 0, finding("flash", 0.95, gate=False, note="It flashes <b>twice</b>.", start=1, end=1)),
        without_clip("c"),
    ]
    assert text_of(rows, planned=4, videobench="0.1.0") == (
        "## videobench: fail\n"
        "\n"
        "3 cases: 1 pass, 1 fail, 1 could not be judged.\n"
        "\n"
        "By drawn@one; 2.0 s a clip; cost of these clips 0.00 USD; no clip: 1 backend; videobench 0.1.0.\n"
        "\n"
        "**3 of 4 cases reported; the run was stopped.**\n"
        "\n"
        "| Style | pass | fail | error | unscored |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| tiny | 1 | 1 | 1 | 0 |\n"
        "\n"
        "| Cases that hold | semantics | detail | motion | camera | consistency | decay | delivery |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
        "| tiny | – | 100 % (34–100) | 100 % (34–100) | 100 % (34–100) | 100 % (34–100) | 50 % (9–91) | 100 % (34–100) |\n"
        "\n"
        "A dash: not measured. In brackets: the interval of 95 %, with the prompts as its sample.\n"
        "\n"
        "| Kinds of defect looked for | semantics | detail | motion | camera | consistency | decay | delivery |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
        "| tiny | 3 not | 1 checked | 1 checked | 1 checked | 1 checked, 1 weakly | 1 checked | 1 checked |\n"
        "\n"
        "| Style | Defect | Cases | Failing | Worst case | When |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| tiny | late\\_decay | 1 | 1 | tiny/a/drawn@one/0 | 3.75–5.00 s |\n"
        "| tiny | flash | 1 | 0 | tiny/b/drawn@one/0 | 1.00 s |\n"
        "\n"
        "### tiny\n"
        "\n"
        "- 1 of 2 cases passes; beside them 1 ended in an error.\n"
        "- Nothing was found against detail, motion, camera and delivery; what breaks is late decay in 1 case;"
        " what only warns is flash in 1 case; nothing looked for anachronism, missing element and style mismatch.\n"
        "- Only b passes; the weakest is a: its only roll fails, and its gravest defect is late decay (severity 0.80).\n"
        "- A clip took 2.0 s to make (median of 2).\n"
        "\n"
        "### Worst findings\n"
        "\n"
        "| Case | Defect | When | Severity | Fails | Note |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| tiny/a/drawn@one/0 | late\\_decay | 3.75–5.00 s | 0.80 | yes | 36 % of the contrast &#124; is left. |\n"
        "| tiny/b/drawn@one/0 | flash | 1.00 s | 0.95 | no | It flashes &#60;b&#62;twice&#60;/b&#62;. |\n"
        "\n"
        "### Cases without a verdict\n"
        "\n"
        "| Case | Verdict | Why |\n"
        "| --- | --- | --- |\n"
        "| tiny/c/drawn@one/0 | error | no clip came |\n"
    )


def test_a_run_without_rows_has_a_title_and_no_table() -> None:
    assert text_of([]) == "## videobench: nothing to judge\n\nNo case ran.\n"


def test_only_the_gravest_findings_are_listed_and_the_rest_counted() -> None:
    rows = [row(f"p{n:02}", 0, finding("freeze", n / 200), finding("freeze", n / 100)) for n in range(13)]
    _, listed = text_of(rows).split("### Worst findings\n")
    assert re.findall(r"tiny/(p\d+)/", listed) == [f"p{n:02}" for n in range(12, 2, -1)]
    assert "| 0.12 |" in listed  # the graver of the two of its case
    assert "… and 3 more, in rows.jsonl." in listed


def test_what_is_permitted_is_no_finding() -> None:
    assert "Worst findings" not in text_of([row("a", 0, finding("flash", permitted="asked for"))])


def test_synthetic_clips_and_prices_are_told() -> None:
    rows = [row("a", clip={"cost_usd": 0.5, "synthetic": True, "origin": ""})]
    told = "; cost of these clips 0.50 USD; cost of a clip that passes 0.50 USD; 1 synthetic clip, made by no"
    assert told in text_of(rows)
    stored = row("b", clip=rows[0].clip, timing={"store": 0.1})
    assert "; cost of these clips 1.00 USD; spent in this run 0.50 USD;" in text_of([*rows, stored])


def test_two_tests_of_one_case_are_told_apart() -> None:
    rows = [
        row("a", 0, finding("freeze", 0.4)),
        row("a", 0, finding("freeze", 0.9), test="_again"),
        without_clip("b"),
        without_clip("b", test="_again"),
    ]
    text = text_of(rows)
    assert "| tiny | freeze | 2 | 2 | tiny/a/drawn@one/0 (test\\_tiny\\_again) | 1.00–2.00 s |" in text
    for name in ("tiny", "tiny\\_again"):
        assert f"| tiny/a/drawn@one/0 (test\\_{name}) | freeze |" in text
        assert f"| tiny/b/drawn@one/0 (test\\_{name}) | error |" in text
