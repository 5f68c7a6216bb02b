"""Backends side by side: who is first, how sure that is, and what may not be compared."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_videobench.board.board import ALL, board_of
from pytest_videobench.board.entries import Entry, entries_of_rows, read_entries
from pytest_videobench.board.page import CLIPS, DATA, PAGE, write_board
from pytest_videobench.board.plots import forest, radars, scatter
from pytest_videobench.board.sentences import board_lines, chance, points
from pytest_videobench.board.standings import PASSES
from pytest_videobench.cli import main
from pytest_videobench.errors import GoldenError
from pytest_videobench.gate.golden import goldens_of, write_golden
from pytest_videobench.gate.suite import software
from pytest_videobench.stats.flips import fewest_pairs, holm, sign_flips
from tests.unit.rows import finding, row, without_clip

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytest_videobench.board.board import Board
    from pytest_videobench.gate.row import Row

SOFTWARE = software()


def cases(
    backend: str,
    passing: Sequence[int],
    *,
    style: str = "tiny",
    rolls: int = 2,
    usd: float = 0.0,
    job: str = "",
) -> list[Row]:
    """Rows of as many prompts as numbers are given, each the number of its rolls that pass."""
    return [
        row(
            f"p{prompt:02}",
            roll,
            *([] if roll < passes else [finding("freeze")]),
            style=style,
            backend=backend,
            fingerprint=SOFTWARE,
            clip={
                "cost_usd": usd,
                "synthetic": backend.startswith("procedural"),
                "origin": "",
                "sha256": f"{backend}{prompt}{roll}",
                "job_id": job or None,
            },
            timing={"clip": 9.0, "made: queued": 1.0, "made: running": 4.0},
        )
        for prompt, passes in enumerate(passing)
        for roll in range(rolls)
    ]


def entries(*rows: list[Row], folder: Path) -> list[Entry]:
    return [entry for own in rows for entry in entries_of_rows(own, folder)]


def board(*rows: list[Row], folder: Path) -> Board:
    return board_of(entries(*rows, folder=folder))


def ranks(found: Board) -> dict[str, int | None]:
    return {standing.label: standing.rank for standing in found.whole.tables[PASSES].standings}


# Who is first.


def test_who_is_better_beyond_doubt_is_first_and_the_sentence_says_by_how_much(tmp_path: Path) -> None:
    found = board(cases("good@1", [2] * 20), cases("bad@1", [0, 1] * 10), folder=tmp_path)
    assert ranks(found) == {"good@1": 1, "bad@1": 2}
    (sentence,) = found.whole.sentences
    assert sentence.startswith("good@1 is first: 100 % of its clips pass (")
    assert "75 points ahead of bad@1 (" in sentence
    assert sentence.endswith("p < 0.001).")


def test_who_cannot_be_told_apart_shares_a_rank_and_nobody_is_called_first(tmp_path: Path) -> None:
    found = board(
        cases("a@1", [2] * 19 + [1]), cases("b@1", [2] * 18 + [1, 2]), cases("c@1", [0] * 20), folder=tmp_path
    )
    assert ranks(found) == {"a@1": 1, "b@1": 1, "c@1": 3}
    text = " ".join(found.whole.sentences)
    assert text.startswith("No backend is first beyond doubt: a@1 leads with 98 % of its clips passing")
    assert "cannot be told apart from b@1 (level; " in text
    assert "a@1 is ahead of c@1 by 98 points" in text


def test_few_prompts_decide_nothing_and_that_is_said(tmp_path: Path) -> None:
    found = board(cases("a@1", [2] * 5), cases("b@1", [0] * 5), folder=tmp_path)
    assert ranks(found) == {"a@1": 1, "b@1": 1}
    assert found.whole.sentences[-1] == (
        "With 5 prompts nobody could be told apart whatever the clips; it takes at least 6."
    )
    assert ranks(board(cases("a@1", [2] * 6), cases("b@1", [0] * 6), folder=tmp_path)) == {"a@1": 1, "b@1": 2}


numbers = st.lists(st.lists(st.integers(0, 3), min_size=7, max_size=7), min_size=2, max_size=4)


@settings(max_examples=40, deadline=None)
@given(numbers, st.randoms())
def test_a_board_is_the_same_in_any_order_and_claims_no_more_than_its_intervals(
    tmp_path_factory: pytest.TempPathFactory, passing: list[list[int]], random: object
) -> None:
    folder = tmp_path_factory.getbasetemp()
    own = entries(*(cases(f"m{i}@1", p, rolls=3) for i, p in enumerate(passing)), folder=folder)
    found, turned = board_of(own), board_of(own[::-1])
    assert [part.tables for part in found.parts] == [part.tables for part in turned.parts]
    assert found.whole.sentences == turned.whole.sentences
    for table in found.whole.tables.values():
        for standing in table.standings:
            assert standing.share is not None
            assert 0 <= standing.low <= standing.share <= standing.high <= 1
            better = [pair for pair in table.pairs if pair.second == standing.label and pair.apart]
            assert standing.rank == 1 + len(better)
            assert all(pair.low > 0 and pair.p <= 0.05 for pair in better)
    leader = found.whole.tables[PASSES].standings[0]
    assert leader.rank == 1
    first = found.whole.sentences[0].startswith(f"{leader.label} is first")
    assert first == all(
        pair.apart for pair in found.whole.tables[PASSES].pairs if leader.label in (pair.first, pair.second)
    )


def test_equal_backends_are_rarely_told_apart(tmp_path: Path) -> None:
    """Four equal backends on prompts that differ: in at most 5 of 100 boards is anybody first."""
    random, wrong = np.random.default_rng(3), 0
    for _ in range(40):
        chances = random.beta(2, 1, 12)
        own = [cases(f"m{i}@1", list(random.binomial(2, chances))) for i in range(4)]
        wrong += set(ranks(board(*own, folder=tmp_path)).values()) != {1}
    assert wrong <= 5


def test_every_style_is_judged_for_itself(tmp_path: Path) -> None:
    good, bad = [2] * 9, [0] * 9
    found = board(
        cases("a@1", good, style="day") + cases("a@1", bad, style="night"),
        cases("b@1", bad, style="day") + cases("b@1", good, style="night"),
        folder=tmp_path,
    )
    assert [part.name for part in found.parts] == [ALL, "day", "night"]
    whole, day, night = (part.sentences[0] for part in found.parts)
    assert whole.startswith("No backend is first beyond doubt")
    assert day.startswith("a@1 is first: 100 % of its clips pass")
    assert night.startswith("b@1 is first: 100 % of its clips pass")


def test_errors_are_counted_apart_and_are_no_failures(tmp_path: Path) -> None:
    shaky = cases("shaky@1", [2] * 7)
    for place in (0, 1, 2):
        old = shaky[place]
        shaky[place] = without_clip(
            old.prompt, old.roll, backend="shaky@1", expected={}, error={"kind": "moderated", "message": "no"}
        )
    found = board(shaky, cases("other@1", [2] * 7), folder=tmp_path)
    table = found.whole.tables[PASSES]
    assert table.of("shaky@1").share == 1
    assert (table.prompts, table.left_out) == (6, 1)  # p00 has no verdict at all, p01 has one roll left
    assert table.of("shaky@1").cases == 11
    text = " ".join(found.whole.sentences)
    assert "1 prompt without a verdict of every backend is not counted." in text
    assert "shaky@1 gave no verdict in 3 of 14 cases (3 moderated); they are counted apart." in text
    (account,) = (account for account in found.whole.accounts if account.label == "shaky@1")
    assert account.errors == {"moderated": 3}


def test_a_backend_without_any_verdict_spoils_nothing_for_the_others(tmp_path: Path) -> None:
    dead = [without_clip(f"p{i:02}", backend="dead@1", expected={}) for i in range(7)]
    found = board(cases("a@1", [2] * 7), cases("b@1", [0] * 7), dead, folder=tmp_path)
    assert ranks(found) == {"a@1": 1, "b@1": 2, "dead@1": None}
    assert found.whole.sentences[0].startswith("a@1 is first")
    assert "dead@1 gave no verdict in 7 of 7 cases" in found.whole.sentences[-1]
    assert found.duels is not None
    assert found.duels.labels == ("a@1", "b@1")
    alone = board(cases("a@1", [2] * 7), dead, folder=tmp_path)
    assert alone.whole.sentences[0] == "Only a@1 has verdicts, so none is first."
    assert alone.duels is None
    for number, each in enumerate((found, alone)):
        assert write_board(each, tmp_path / f"out{number}").is_file()


def test_rows_measured_by_different_software_are_said(tmp_path: Path) -> None:
    mixed = cases("a@1", [2] * 3)
    mixed[-1] = row("p02", 1, backend="a@1", fingerprint={**SOFTWARE, "decoder": "two"})
    found = board(mixed, cases("b@1", [2] * 3), folder=tmp_path)
    assert "a@1: not all of its rows were measured by the same software" in board_lines(found)


def test_a_missing_dimension_is_missing(tmp_path: Path) -> None:
    blind = [
        row(
            f"p{i}",
            backend="blind@1",
            metrics={},
            coverage={"checked": {"blur": 0.9}, "weak": {}, "unchecked": {}},
        )
        for i in range(7)
    ]
    seeing = [row(f"p{i}", backend="seeing@1") for i in range(7)]
    found = board(blind, seeing, folder=tmp_path)
    motion = found.whole.tables["motion"]
    assert motion.of("blind@1").share is None
    assert motion.of("blind@1").rank is None
    assert motion.of("seeing@1").share == 1
    assert "semantics" not in found.whole.tables


# Wins, defects, speed and price.


def test_wins_are_counted_prompt_by_prompt_with_ties_as_halves(tmp_path: Path) -> None:
    found = board(cases("a@1", [2, 2, 1, 1]), cases("b@1", [0, 1, 1, 2]), folder=tmp_path)
    assert found.duels is not None
    first = found.duels.labels.index("a@1")
    assert found.duels.rates[first][1 - first] == (1 + 1 + 0.5 + 0) / 4
    assert found.duels.tied[first][1 - first] == 1 / 4
    strength = found.duels.strengths[first]
    # One prompt on which they tie is added: 3 wins of 5; half the log odds lie between it and the average.
    assert strength.chance == pytest.approx(1 / (1 + (2 / 3) ** 0.5), abs=1e-9)
    assert strength.low <= strength.chance <= strength.high


def test_defects_are_counted_among_the_cases_that_were_looked_at_for_them(tmp_path: Path) -> None:
    found = board(cases("a@1", [2, 1, 0]), cases("b@1", [2, 2, 2]), folder=tmp_path)
    (kind,) = found.kinds
    assert (kind.defect, kind.dimension) == ("freeze", "motion")
    assert (kind.counts["a@1"].failing, kind.counts["a@1"].looked) == (3, 6)
    assert (kind.counts["b@1"].failing, kind.counts["b@1"].looked) == (0, 6)


def test_a_passing_clip_costs_what_all_clips_cost(tmp_path: Path) -> None:
    found = board(
        cases("paid@1", [2, 1, 0], usd=0.5, job="j"), cases("dear@1", [0, 0, 0], usd=50), folder=tmp_path
    )
    accounts = {account.label: account for account in found.whole.accounts}
    assert (accounts["paid@1"].per_clip, accounts["paid@1"].per_pass) == (0.5, 1.0)
    assert (accounts["dear@1"].per_clip, accounts["dear@1"].per_pass) == (50, None)
    assert (accounts["paid@1"].seconds, accounts["paid@1"].here) == (5.0, None)
    assert (accounts["dear@1"].seconds, accounts["dear@1"].here) == (None, 9.0)
    drawn = scatter(found)
    assert drawn is not None
    assert drawn.logarithmic
    cheap, dear = (next(dot for dot in drawn.dots if dot.label == label) for label in ("paid@1", "dear@1"))
    assert cheap.x < dear.x
    assert cheap.y < dear.y  # heights grow downwards


def test_nothing_is_drawn_where_nothing_costs_anything(tmp_path: Path) -> None:
    assert scatter(board(cases("a@1", [2]), cases("b@1", [1]), folder=tmp_path)) is None


# What may be compared.


def test_prompts_that_not_all_have_are_left_out_and_counted(tmp_path: Path) -> None:
    found = board(cases("a@1", [2] * 9), cases("b@1", [2] * 7), folder=tmp_path)
    assert len(found.prompts) == 7
    assert found.left_out == ("tiny/p07", "tiny/p08")
    assert "2 that not all have are left out" in board_lines(found)[0]


def other_words() -> list[Row]:
    return [row("p00", backend="b@1", text="A cat sleeps.", fingerprint=SOFTWARE)]


def other_software() -> list[Row]:
    return [row("p00", backend="b@1", fingerprint={**SOFTWARE, "decoder": "two"})]


@pytest.mark.parametrize(
    ("others", "complaint"),
    [
        ([], "at least two backends, and only a@1 is there"),
        (other_words(), "a@1 and b@1 have other words or expectations in tiny/p00"),
        (other_software(), "measured by different software: decoder "),
        (cases("b@1", [2], style="huge"), "a@1 and b@1 have no prompt in common"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(
    tmp_path: Path, others: list[Row], complaint: str
) -> None:
    with pytest.raises(GoldenError) as refused:
        board(cases("a@1", [2]), others, folder=tmp_path)
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)


def test_labels_say_only_what_tells_backends_apart(tmp_path: Path) -> None:
    rows = [cases(f"m@1?fps=12&size={size}", [2]) for size in ("96x64", "64x96")]
    found = board(*rows, folder=tmp_path)
    assert sorted(entry.label for entry in found.entries) == ["m@1?size=64x96", "m@1?size=96x64"]


def write_run(folder: Path, rows: list[Row], *, complete: bool = True) -> Path:
    folder.mkdir(parents=True)
    text = "".join(json.dumps(row.to_json()) + "\n" for row in rows)
    (folder / "rows.jsonl").write_text(text, encoding="utf-8")
    (folder / "run.json").write_text(json.dumps({"complete": complete, "planned": 99}), encoding="utf-8")
    return folder


def test_one_backend_in_several_places_gets_a_name_for_each(tmp_path: Path) -> None:
    rows = cases("m@1", [2, 1])
    old, new = write_run(tmp_path / "old", rows), write_run(tmp_path / "new", rows, complete=False)
    for golden in goldens_of(rows, "2026-11-23"):
        write_golden(golden, tmp_path / "golden")
    found = board_of(read_entries([old, new, tmp_path / "golden" / "m@1"]))
    assert sorted(entry.label for entry in found.entries) == ["m@1 (golden)", "m@1 (new)", "m@1 (old)"]
    lines = "\n".join(board_lines(found))
    assert "m@1 (golden): a golden, recorded 2026-11-23: no clips here" in lines
    assert "m@1 (new): its run is not complete: 4 of 99 cases reported" in lines
    twin = write_run(tmp_path / "else" / "old", rows)
    labels = {entry.label for entry in board_of(read_entries([old, twin])).entries}
    assert labels == {f"m@1 ({old})", f"m@1 ({twin})"}


def test_a_golden_stands_as_its_run_stood(tmp_path: Path) -> None:
    good, bad = cases("good@1", [2] * 8), cases("bad@1", [0, 1] * 4)
    for golden in goldens_of([*good, *bad], "2026-11-23"):
        write_golden(golden, tmp_path)
    kept = board_of(read_entries([tmp_path / "good@1", tmp_path / "bad@1"]))
    assert kept.whole.tables == board_of(read_entries([tmp_path])).whole.tables  # the folder of all goldens
    assert kept.whole.tables == board(good, bad, folder=tmp_path).whole.tables


# The command and the pages.


def test_the_command_writes_pages_and_says_what_they_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = cases("procedural@one", [2] * 7) + cases("b@1", [0] * 7)
    run, out = write_run(tmp_path / "run", rows), tmp_path / "out"
    for _ in range(2):  # the second time over the first
        assert main(["compare", str(run), "--output", str(out)]) == 0
        said = capsys.readouterr().out
    assert "tiny: procedural@one is first: 100 % of its clips pass" in said
    assert "synthetic clips, made by no model: procedural@one" in said
    assert said.splitlines()[-1] == f"board: {out / PAGE}"
    assert {path.name for path in out.iterdir()} == {PAGE, CLIPS, DATA, "assets"}
    data = json.loads((out / DATA).read_text("utf-8"))
    assert [entry["synthetic"] for entry in data["entries"]] == [True, False]
    assert data["parts"][0]["tables"][PASSES]["standings"][0]["rank"] == 1


def test_goldens_alone_have_a_page_without_clips(tmp_path: Path) -> None:
    rows = cases("a@1", [2] * 7) + cases("b@1", [0] * 7)
    for golden in goldens_of(rows, "2026-11-23"):
        write_golden(golden, tmp_path)
    page = write_board(board_of(read_entries([tmp_path / "a@1", tmp_path / "b@1"])), tmp_path / "out")
    assert CLIPS not in page.read_text("utf-8")
    assert not page.with_name(CLIPS).exists()


@pytest.mark.parametrize(
    ("build", "complaint"),
    [
        (["nothing"], "nothing: no such report folder or golden"),
        (["run", "run"], "given twice"),
        (["run", "broken"], "rows.jsonl: cannot be read"),
        (["run", "empty"], "empty: a report without a case"),
    ],
)
def test_bad_inputs_are_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], build: list[str], complaint: str
) -> None:
    write_run(tmp_path / "run", cases("a@1", [2]))
    write_run(tmp_path / "empty", [])
    write_run(tmp_path / "broken", []).joinpath("rows.jsonl").write_text("{\n", encoding="utf-8")
    paths = [str(tmp_path / name) for name in build]
    assert main(["compare", *paths, "--output", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert complaint in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    found = board(cases("a@1", [2]), cases("b@1", [1]), folder=tmp_path)
    with pytest.raises(GoldenError, match="holds other files; name another folder with --output"):
        write_board(found, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_what_others_wrote_is_text_on_the_page(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    rows = [row("p0", backend=f"{name}@{evil}", text=evil) for name in "ab"]
    page = write_board(board(rows, folder=tmp_path), tmp_path / "out")
    for name in (PAGE, CLIPS):
        assert evil not in page.with_name(name).read_text("utf-8")


def test_plots_lie_within_their_pictures(tmp_path: Path) -> None:
    found = board(
        cases("a@1", [2] * 7, usd=0.1), cases("b@1", [0] * 7, usd=3), cases("c@1", [1] * 7), folder=tmp_path
    )
    for radar in radars(found.whole):
        corners = [float(x) for corner in radar.line.split() for x in corner.split(",")]
        assert all(0 <= x <= 340 for x in corners)
        assert len(radar.axes) >= 3
    drawn = forest(found)
    assert drawn is not None
    assert all(0 <= gap.left <= gap.middle <= gap.right <= 1000 for gap in drawn.gaps)
    spread = scatter(found)
    assert spread is not None
    assert all(52 <= dot.x <= 404 and 14 <= dot.high <= dot.y <= dot.low <= 236 for dot in spread.dots)


# Sign flips, and the words of numbers.


@settings(deadline=None)
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=9))
def test_sign_flips_are_all_ways_the_pairs_could_have_turned_out(gaps: list[int]) -> None:
    sums = [
        abs(sum(s * g for s, g in zip(signs, gaps, strict=True)))
        for signs in product((1, -1), repeat=len(gaps))
    ]
    expected = sum(value >= abs(sum(gaps)) for value in sums) / len(sums)
    column = np.array(gaps, float)[:, None]
    assert sign_flips(column, seed=0)[0] == pytest.approx(expected, abs=1e-12)
    padded = np.vstack([column, np.full((1, 1), np.nan)])
    assert sign_flips(padded, seed=0)[0] == pytest.approx(expected, abs=1e-12)


def test_many_pairs_are_drawn_and_never_give_nothing() -> None:
    p = sign_flips(np.ones((40, 1)), seed=0)
    assert 0 < p[0] < 0.001


def test_holm_is_the_published_procedure() -> None:
    """Steps of 4, 3, 2 and 1, never falling (Holm 1979)."""
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.6, 0.5])) == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize(("tests", "least"), [(1, 6), (3, 7), (6, 8)])
def test_fewer_pairs_reach_no_level(tests: int, least: int) -> None:
    assert fewest_pairs(0.05, tests) == least
    assert tests * 2 / 2**least <= 0.05 < tests * 2 / 2 ** (least - 1)


def test_numbers_read_well() -> None:
    assert [points(gap) for gap in (0.12, 0.01, 0.004, 0.0)] == [
        "12 points",
        "1 point",
        "0.4 points",
        "0 points",
    ]
    assert points(-0.061, alone=True) == "−6"  # noqa: RUF001 - a minus
    assert [chance(p) for p in (0.0004, 0.0042, 0.41, 1.0)] == [
        "p < 0.001",
        "p = 0.0042",
        "p = 0.41",
        "p = 1",
    ]
