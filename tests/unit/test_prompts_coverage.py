"""Which pairs of words the prompts try out: counted right, shown whole, and gaps that make sense."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_videobench.cli.prompts import add_parser
from pytest_videobench.prompts.coverage import coverage
from pytest_videobench.prompts.grid import WANTED, grids, records
from pytest_videobench.prompts.load import load_styles, suites_root
from pytest_videobench.prompts.model import Coverage, Expectations, Prompt
from pytest_videobench.prompts.vocabulary import (
    CAMERA_MOVES,
    INTERACTIONS,
    LIGHTS,
    MOTION_KINDS,
    PARTS,
    SHOTS,
    SUBJECTS,
)

if TYPE_CHECKING:
    from pytest_videobench.prompts.coverage import Pairs


def prompt(covers: Coverage, expect: Expectations) -> Prompt:
    parts: dict[str, Any] = dict.fromkeys(PARTS, "")
    return Prompt(id="x", style="x", **parts, covers=covers, expect=expect)


def maybe(words: tuple[str, ...]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(words)


prompts = st.lists(
    st.builds(
        prompt,
        st.builds(Coverage, light=maybe(LIGHTS), subject=maybe(SUBJECTS), interaction=maybe(INTERACTIONS)),
        st.builds(
            Expectations,
            shot=maybe(SHOTS),
            camera=st.sampled_from(CAMERA_MOVES),
            motion=st.sampled_from(MOTION_KINDS),
        ),
    ),
    max_size=30,
)
DUEL = prompt(
    Coverage(light="neon", subject="machine", interaction="fight"),
    Expectations(shot="medium", camera="static", motion="rigid"),
)
BARE = prompt(Coverage(), Expectations())
FACE = prompt(
    Coverage(light="candle", subject="face", interaction="none"),
    Expectations(shot="close_up", camera="zoom_in", motion="face"),
)


@given(prompts=prompts)
def test_every_prompt_is_counted_once_in_every_table(prompts: list[Prompt]) -> None:
    for table in coverage(prompts):
        assert sum(table.counts.values()) + table.untold == len(prompts)
        assert not set(table.counts) & set(table.missing)


@given(prompts=prompts)
def test_a_wanted_pair_is_new_and_of_known_words(prompts: list[Prompt]) -> None:
    for table in coverage(prompts):
        wanted = table.wanted(WANTED)
        assert set(wanted) <= set(table.missing)
        assert {row for row, _ in wanted} <= {row for row, _ in table.counts}
        assert {column for _, column in wanted} <= {column for _, column in table.counts}
        assert len({word for pair in wanted for word in pair}) == 2 * len(wanted)


def test_the_pairs_are_counted_by_their_words() -> None:
    light, motion, action = coverage([DUEL, DUEL, FACE, BARE])
    assert dict(light.counts) == {("static", "neon"): 2, ("zoom_in", "candle"): 1}
    assert dict(motion.counts) == {("medium", "rigid"): 2, ("close_up", "face"): 1}
    assert dict(action.counts) == {("machine", "fight"): 2, ("face", "none"): 1}
    assert (light.untold, motion.untold, action.untold) == (1, 1, 1)


def test_a_pair_that_makes_no_sense_is_no_gap_but_is_counted() -> None:
    [_, motion, action] = coverage([DUEL])
    assert ("aerial", "face") not in motion.missing
    assert ("geometry", "ride") not in action.missing
    odd = prompt(Coverage(subject="geometry", interaction="ride"), Expectations())
    assert coverage([odd])[2].counts == {("geometry", "ride"): 1}


def test_the_shipped_prompts_name_only_pairs_that_make_sense() -> None:
    shipped = [prompt for style in load_styles(suites_root()).values() for prompt in style.prompts]
    for table, bare in zip(coverage(shipped), coverage([]), strict=True):
        assert set(table.counts) <= set(bare.missing)


def stairs(table: Pairs, page: str) -> list[str]:
    """The column words of a drawn table, in the order of their steps."""
    lines = page.split(f"{table.title}\n")[1].splitlines()[: len(table.columns)]
    return [line.replace("│", "").strip() for line in lines]


@given(prompts=prompts)
def test_the_page_is_narrow_and_cuts_nothing(prompts: list[Prompt]) -> None:
    tables = coverage(prompts)
    page = grids(tables)
    assert max(map(len, page.splitlines())) <= 100
    for table in tables:
        assert stairs(table, page) == list(table.columns)
        assert [row for row in table.rows if f"\n{row} " not in f"{page} "] == []


def test_a_cell_stands_below_its_step() -> None:
    table = coverage([DUEL, DUEL, FACE])[1]
    page = grids([table]).splitlines()
    step = next(line for line in page if line.endswith("rigid"))
    row = next(line for line in page if line.startswith("medium"))
    assert row[step.index("rigid")] == "2"


def test_the_gaps_are_named_below() -> None:
    page = grids(coverage([DUEL, FACE, BARE]))
    assert "2 of 240 pairs covered (1%); prompts that leave one of the words open: 1\n" in page
    assert "worth a prompt, of 238 that are missing:\n  static × candle\n  zoom_in × neon\n" in page


def test_json_lines_hold_every_count_and_every_gap() -> None:
    tables = coverage([DUEL, FACE, FACE])
    lines = [json.loads(line) for line in records(tables).splitlines()]
    assert [line["table"] for line in lines] == ["camera × light", "shot × motion", "subject × interaction"]
    for line, table in zip(lines, tables, strict=True):
        cells = [n for row in line["counts"] for n in row]
        assert Counter(cells)[0] == len(table.rows) * len(table.columns) - line["covered"]
        assert sum(cells) == 3
        assert [tuple(pair) for pair in line["missing"]] == list(table.missing)


@pytest.mark.parametrize("form", ["table", "jsonl"])
def test_the_command_counts_the_styles_that_were_named(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser(prog="videobench")
    add_parser(parser.add_subparsers(required=True))
    options = parser.parse_args(
        ["prompts", "coverage", "scifi", "--suites", str(suites_root()), "--format", form]
    )
    assert options.func(options) == 0
    scifi = coverage(load_styles(suites_root())[suites_root() / "scifi/prompts.toml"].prompts)
    assert capsys.readouterr().out == (grids(scifi) if form == "table" else records(scifi)) + "\n"
