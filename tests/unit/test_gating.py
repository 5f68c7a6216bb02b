"""How a run ends that is judged or recorded, by its rows alone."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_videobench.ending import Ending
from pytest_videobench.gate.changes import changes
from pytest_videobench.gate.golden import Baseline, goldens_of
from pytest_videobench.gate.margins import Margins, read_margins
from pytest_videobench.gating import INCONCLUSIVE, Gate
from pytest_videobench.kinds import ErrorKind
from pytest_videobench.options import Settings
from tests.unit.rows import finding, row, without_clip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_videobench.ending import Outcome
    from pytest_videobench.gate.row import Row

SILENT = [kind.value for kind in ErrorKind if not kind.blames_model]
PROMPTS = [f"p{number:02}" for number in range(20)]
GOOD = tuple(row(prompt, roll) for prompt in PROMPTS for roll in range(3))
BAD = tuple(row(prompt, roll, finding("freeze")) for prompt in PROMPTS for roll in range(3))
UNCLEAR = tuple(row(one.prompt, one.roll, *([finding()] if one.prompt < "p03" else [])) for one in GOOD)
"""Three prompts of twenty got worse, which is more than nothing and less than a proof."""


@cache
def margins() -> Margins:
    found = read_margins()
    return replace(found, rule=replace(found.rule, deals=200))


@cache
def baseline() -> Baseline:
    (golden,) = goldens_of(GOOD, "2026-01-02")
    return Baseline(name="x", folder=Path("golden/x"), goldens={golden.style: golden})


def ended(
    rows: Sequence[Row], *, inconclusive: Any = "own", asked: str = "--vb-gate", **fields: Any
) -> Outcome | None:
    """Judge rows that are, unless it is said, all that was planned."""
    options = Settings(
        backends=(),
        rolls=3,
        report=Path("r"),
        cache=Path("c"),
        offline=False,
        dry_run=False,
        gate="x",
        gate_source=asked,
        inconclusive=inconclusive,
    )
    failed = any(one.verdict in ("fail", "error") for one in rows)
    ending = {"planned": len(rows), "exitstatus": int(failed), "others": 0, **fields}
    return Gate(options, baseline(), margins(), Path("no-ruler-here")).end(Ending(rows=rows, **ending))


def status(rows: Sequence[Row], **fields: Any) -> int:
    outcome = ended(rows, **fields)
    assert outcome is not None
    return outcome.exitstatus


def test_the_verdict_is_the_status_whatever_pytest_would_say() -> None:
    assert status(GOOD) == 0
    assert status([*GOOD[:-1], BAD[-1]]) == 0, "one clip that fails is not worth a failing run"
    assert status(BAD) == 1
    assert status(UNCLEAR) == INCONCLUSIVE
    assert status(UNCLEAR, inconclusive="pass") == 0
    assert status(UNCLEAR, inconclusive="fail") == 1
    assert INCONCLUSIVE not in list(pytest.ExitCode)


@pytest.mark.parametrize("rows", [GOOD, BAD, UNCLEAR], ids=["good", "bad", "unclear"])
def test_what_others_have_to_say_goes_first(rows: Sequence[Row]) -> None:
    assert status(rows, others=1, exitstatus=1, inconclusive="pass") == 1
    for kept in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        assert status(rows, exitstatus=int(kept)) == kept


def test_a_run_without_a_row_is_judged_only_where_the_option_asks() -> None:
    assert status([]) == INCONCLUSIVE
    assert ended([], asked="ini key vb_gate") is None
    assert ended([], exitstatus=int(pytest.ExitCode.NO_TESTS_COLLECTED)) is None
    assert ended([], exitstatus=1, others=1) is None, "what was refused has been said"


@given(
    lost=st.sets(st.integers(0, len(GOOD) - 1), max_size=len(GOOD)),
    silent=st.dictionaries(st.integers(0, len(GOOD) - 1), st.sampled_from(SILENT), max_size=9),
    source=st.sampled_from([GOOD, UNCLEAR, BAD]),
    inconclusive=st.sampled_from(["own", "pass", "fail"]),
)
@settings(max_examples=40, deadline=None)
def test_a_run_with_gaps_is_never_a_pass(
    lost: set[int], silent: dict[int, str], source: Sequence[Row], inconclusive: str
) -> None:
    rows = []
    for index, one in enumerate(source):
        if index in silent:
            error = {"kind": silent[index], "message": "x"}
            rows.append(without_clip(one.prompt, one.roll, error=error))
        elif index not in lost:
            rows.append(one)
    whole = len(rows) == len(source) and not silent
    if not rows:
        return
    outcome = ended(rows, planned=len(source), exitstatus=0, inconclusive=inconclusive)
    assert outcome is not None
    assert whole or outcome.exitstatus != 0
    assert whole != bool(outcome.facts["gate"]["reasons"])
    if not lost and source is GOOD:
        assert outcome.facts["gate"]["verdict"] != "fail", "an error of ours is no fault of the model"


def with_errors(kind: str) -> list[Row]:
    """Give the good run with an error in place of every clip of eighteen prompts."""
    error = {"kind": kind, "message": "x"}
    return [without_clip(one.prompt, one.roll, error=error) if one.prompt > "p01" else one for one in GOOD]


@pytest.mark.parametrize(
    "kind", ["broker", "stopped", "bad_request", "timeout", "bad_answer", "a word of theirs"]
)
def test_an_error_of_ours_makes_no_model_worse(kind: str) -> None:
    outcome = ended(with_errors(kind))
    assert outcome is not None
    assert outcome.facts["gate"]["verdict"] == "inconclusive"
    assert outcome.exitstatus == INCONCLUSIVE
    assert f"54 cases without a verdict on the model ({kind.replace('_', ' ')} 54)" in str(
        outcome.facts["gate"]
    )


@pytest.mark.parametrize("kind", ["moderated", "generation_failed", "bad_clip", "unreadable"])
def test_a_model_that_gives_no_clip_is_worse(kind: str) -> None:
    outcome = ended(with_errors(kind))
    assert outcome is not None
    assert outcome.facts["gate"]["verdict"] == "fail"


def test_an_error_of_ours_in_a_golden_is_no_fault_of_the_old_model() -> None:
    (old,) = goldens_of(with_errors("timeout"), "2026-01-02")
    speaking = [sample for sample in old.samples if sample.speaks]
    assert len(speaking) == 6
    assert changes(old.samples, goldens_of(GOOD, "2026-01-02")[0].samples) == {}


def test_cases_that_fail_are_classed() -> None:
    outcome = ended(UNCLEAR)
    assert outcome is not None
    failing = {f"{one.style}/{one.prompt}/{one.roll}" for one in UNCLEAR if one.verdict == "fail"}
    assert outcome.changes == dict.fromkeys(failing, "new")


def test_a_skipped_test_beside_another_is_no_gap() -> None:
    skipped = {"kind": "skipped", "message": "not here"}
    beside = [without_clip(one.prompt, one.roll, "unscored", test="_more", error=skipped) for one in GOOD]
    assert status([*GOOD, *beside]) == 0
    assert status([*GOOD[:-1], *beside]) == INCONCLUSIVE
