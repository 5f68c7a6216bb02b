"""What a run says in numbers: invariants on any rows, and the cases that the numbers choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_videobench.defects.base import DEFECTS as DETECTORS
from pytest_videobench.defects.base import Finding, detector
from pytest_videobench.defects.dimensions import defect_dimension, defect_dimensions
from pytest_videobench.metrics.base import Dimension
from pytest_videobench.prompts.vocabulary import DEFECTS
from pytest_videobench.report.digest import costs, digest
from tests.unit.rows import expected, finding, row, runs, without_clip

if TYPE_CHECKING:
    from random import Random

    from pytest_videobench.gate.row import Row
    from pytest_videobench.report.digest import Digest, Score, StyleDigest


def only_style(rows: list[Row]) -> StyleDigest:
    (style,) = digest(rows).styles
    return style


def roles(rows: list[Row]) -> dict[str, str]:
    return {pick.role: pick.row.key.removeprefix("tiny/") for pick in only_style(rows).picks}


def scores(found: Digest) -> dict[tuple[str, Dimension], Score]:
    return {(style.style, name): score for style in found.styles for name, score in style.scores.items()}


def test_every_defect_of_the_vocabulary_has_a_dimension() -> None:
    assert sorted(defect_dimensions()) == sorted(DEFECTS)
    assert set(defect_dimensions().values()) <= set(get_args(Dimension))
    assert defect_dimension("glow_worm") == "consistency"


@settings(max_examples=50, deadline=None)
@given(runs())
def test_every_row_is_counted_once(rows: list[Row]) -> None:
    found = digest(rows)
    assert sum(found.verdicts.values()) == len(rows)
    assert sum(sum(style.verdicts.values()) for style in found.styles) == len(rows)
    assert {style.style for style in found.styles} == {row.style for row in rows}


@settings(max_examples=50, deadline=None)
@given(runs())
def test_a_score_lies_inside_its_interval(rows: list[Row]) -> None:
    for score in scores(digest(rows)).values():
        if score.share is None:
            assert (score.low, score.high, score.prompts, score.cases) == (0, 1, 0, 0)
        else:
            assert 0 <= score.low <= score.share <= score.high <= 1
            assert 1 <= score.prompts <= score.cases


@settings(max_examples=50, deadline=None)
@given(runs(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[Row], random: Random) -> None:
    assert digest(rows) == digest(random.sample(rows, len(rows)))


@settings(max_examples=50, deadline=None)
@given(runs())
def test_a_prompt_that_passes_never_lowers_a_score(rows: list[Row]) -> None:
    good = row("zebra", style="tiny")
    before, after = scores(digest([*rows])), scores(digest([*rows, good]))
    for which, score in before.items():
        assert score.share is None or (after[which].share or 0) >= score.share - 1e-12


@settings(max_examples=50, deadline=None)
@given(runs())
def test_picks_are_different_cases_of_their_style(rows: list[Row]) -> None:
    for style in digest(rows).styles:
        pages = [pick.row.page for pick in style.picks]
        known = {row.page for row in rows if row.style == style.style}
        assert len(pages) == len(set(pages)) == min(5, len(known))
        assert set(pages) <= known
        assert all(pick.why.endswith((".", "…", "came")) for pick in style.picks)


@settings(max_examples=50, deadline=None)
@given(runs())
def test_a_tally_points_at_the_gravest_finding_of_its_defect(rows: list[Row]) -> None:
    for style in digest(rows).styles:
        for tally in style.tallies:
            worst = tally.row.findings[tally.finding]
            having = [row for row in rows if row.style == style.style and tally.defect in row.defects()]
            assert tally.row in having
            assert tally.cases == len(having)
            mine = [
                f
                for row in rows
                for f in row.findings
                if row.style == style.style and f["defect"] == tally.defect and not f["permitted"]
            ]
            assert worst in mine
            assert worst["gate"] == any(f["gate"] for f in mine)
            assert worst["severity"] == max(f["severity"] for f in mine if f["gate"] == worst["gate"])
            assert 0 <= tally.failing <= tally.cases


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ([], "nothing"),
        ([without_clip(verdict="unscored")], "nothing"),
        ([row("a"), without_clip("b", verdict="unscored")], "pass"),
        ([row("a"), without_clip("b")], "error"),
        ([row("a"), without_clip("b"), row("c", 0, finding())], "fail"),
    ],
)
def test_the_verdict_is_the_gravest_one(rows: list[Row], verdict: str) -> None:
    assert digest(rows).verdict == verdict


def test_a_score_counts_prompts_and_not_rolls() -> None:
    rows = [row("a", roll) for roll in range(9)] + [row("b", roll, finding("freeze")) for roll in range(3)]
    motion = only_style(rows).scores["motion"]
    assert (motion.share, motion.prompts, motion.cases) == (0.5, 2, 12)
    assert motion.low == pytest.approx(0.0945, abs=1e-4)  # Wilson's interval of 1 of 2
    assert motion.high == pytest.approx(0.9055, abs=1e-4)


def test_a_defect_breaks_its_own_dimension_only() -> None:
    broken = only_style([row("a", 0, finding("late_decay"))]).scores
    assert {name for name, score in broken.items() if score.share == 0} == {"decay"}


def test_what_is_permitted_or_only_warns_breaks_nothing() -> None:
    rows = [row("a", 0, finding("freeze", permitted="asked for"), finding("blur", gate=False))]
    style = only_style(rows)
    assert {score.share for score in style.scores.values()} == {1.0, None}
    assert [(tally.defect, tally.cases, tally.failing) for tally in style.tallies] == [("blur", 1, 0)]


@pytest.mark.parametrize(
    ("metric", "value", "limit", "broken"),
    [
        ("temporal_flickering", 0.79, {"min": 0.8, "max": None}, {"consistency"}),
        ("temporal_flickering", 0.8, {"min": 0.8, "max": None}, set()),
        ("overexposure", 0.61, {"min": None, "max": 0.6}, {"detail"}),
        ("temporal_flickering", None, {"min": 0.8, "max": None}, set()),
        ("nobody_knows", 0.1, {"min": 0.8, "max": None}, set()),
    ],
)
def test_a_broken_threshold_breaks_the_dimension_of_its_metric(
    metric: str, value: float | None, limit: dict[str, float | None], broken: set[str]
) -> None:
    case = row("a", metrics={metric: value}, expected=expected(thresholds={metric: limit}))
    found = only_style([case]).scores
    assert {name for name, score in found.items() if score.share == 0} == broken


def test_a_third_partys_defect_counts_where_its_detector_says(monkeypatch: pytest.MonkeyPatch) -> None:
    @detector(gate=False, dimension="detail")
    def too_dark(footage: object, expected: object) -> list[Finding]:
        return []

    assert defect_dimension("too_dark") == "consistency"
    monkeypatch.setitem(DETECTORS._added, "too_dark", too_dark)
    assert defect_dimension("too_dark") == "detail"


def test_semantics_is_measured_as_soon_as_somebody_looks() -> None:
    assert only_style([row("a")]).scores["semantics"].share is None
    looked = {"checked": {"missing_element": 0.9}, "weak": {}, "unchecked": {}}
    rows = [row("a", coverage=looked), row("b", 0, finding("missing_element"), coverage=looked)]
    assert only_style(rows).scores["semantics"].share == 0.5


def test_a_case_without_a_clip_has_no_score() -> None:
    style = only_style([without_clip("a"), without_clip("b", verdict="unscored")])
    assert {score.share for score in style.scores.values()} == {None}


def test_a_case_is_tallied_once_however_often_its_defect_comes_back() -> None:
    rows = [row("a", 0, finding("flash", 0.2), finding("flash", 0.9), finding("flash", 0.4, gate=False))]
    (tally,) = only_style(rows).tallies
    assert (tally.cases, tally.failing, tally.row, tally.finding) == (1, 1, rows[0], 1)


def test_picks_show_the_worst_the_typical_the_unsteady_the_close_and_the_best() -> None:
    rows = [
        row("burnt", 0, finding("freeze", 0.9), finding("flicker", 0.9)),
        row("stuck", 0, finding("freeze", 0.5)),
        row("stuck", 1, finding("freeze", 0.6)),
        row("fickle", 0),
        row("fickle", 1, finding("flash", 0.3)),
        row("doubtful", 0, finding("blur", 0.4, gate=False)),
        row("fine", 0, metrics={"temporal_flickering": 0.99}),
    ]
    assert roles(rows) == {
        "worst": "burnt/drawn@one/0",
        "typical failure": "stuck/drawn@one/1",
        "unsteady": "fickle/drawn@one/1",
        "close call": "doubtful/drawn@one/0",
        "best": "fine/drawn@one/0",
    }
    assert [pick.why for pick in only_style(rows).picks] == [
        "The gravest of 4 failing cases: flicker (severity 0.90) and freeze (severity 0.90).",
        "Freeze fails 3 of 7 cases; its severity is 0.60 here and 0.60 in the median.",
        "The prompt fickle passes in 1 of its 2 rolls; this one fails: flash (severity 0.30).",
        "It passes with a mere warning of blur (severity 0.40); its tightest limit is temporal_flickering = 0.98,"
        " where 0.8 is the least.",
        "It passes without a finding; its tightest limit is temporal_flickering = 0.99, where 0.8 is the least.",
    ]


def test_where_nothing_passes_a_borderline_failure_is_shown() -> None:
    rows = [
        row(name, 0, finding("freeze", severity))
        for name, severity in zip("abc", (0.9, 0.6, 0.2), strict=True)
    ]
    assert roles(rows) == {
        "worst": "a/drawn@one/0",
        "typical failure": "b/drawn@one/0",
        "borderline": "c/drawn@one/0",
    }


def test_a_single_passing_case_is_the_best_and_no_close_call() -> None:
    assert roles([row("a"), row("b", 0, finding())]) == {"worst": "b/drawn@one/0", "best": "a/drawn@one/0"}


def test_further_cases_are_of_prompts_that_are_not_shown_yet() -> None:
    rows = [row("a", roll) for roll in range(4)] + [row(name) for name in "xyz"]
    shown = [pick.row.key.split("/")[1] for pick in only_style(rows).picks]
    assert sorted(set(shown)) == ["a", "x", "y", "z"]


def test_seconds_are_those_of_clips_that_were_made() -> None:
    stored = row("c", timing={"store": 0.1})
    kept = {"origin": "c.mp4", "synthetic": False, "cost_usd": None}
    rows = [row("a", timing={"clip": 4.0}), row("b", timing={"clip": 2.0}), stored]
    assert digest([*rows, row("d", clip=kept, timing={"clip": 0.2})]).clip_seconds == 3.0
    assert digest([stored]).clip_seconds is None


PAID: dict[str, Any] = {"cost_usd": 0.25, "synthetic": True, "origin": ""}


def test_costs_are_summed_over_all_clips() -> None:
    found = digest([row("a", clip=PAID), row("b", clip=PAID), without_clip("c")])
    assert (found.cost_usd, found.synthetic, found.clips, found.backends) == (0.5, 2, 2, ("drawn@one",))
    assert costs(found) == {"cost of these clips": 0.5, "cost of a clip that passes": 0.25}


def test_a_clip_from_the_store_costs_nothing_again() -> None:
    found = digest([row("a", clip=PAID), row("b", clip=PAID, timing={"store": 0.1, "made: render": 2.0})])
    assert costs(found) == {
        "cost of these clips": 0.5,
        "spent in this run": 0.25,
        "cost of a clip that passes": 0.25,
    }


def test_a_clip_that_two_tests_look_at_is_paid_for_once() -> None:
    found = digest([row("a", clip=PAID), row("a", clip=PAID, test="_again", timing={"store": 0.1})])
    assert costs(found) == {"cost of these clips": 0.25, "cost of a clip that passes": 0.25}
    found = digest([row("a", clip=PAID), row("a", clip=PAID, test="_again")])
    assert (found.spent_usd, found.cost_usd) == (0.25, 0.25), (
        "a provider made it, and both tests waited for it"
    )


def test_a_run_without_clips_names_no_cost() -> None:
    assert costs(digest([without_clip()])) == {}
    assert costs(digest([row("a")])) == {"cost of these clips": 0.0}


def test_two_tests_of_one_case_are_two_cases_everywhere() -> None:
    rows = [row("a", 0, finding("freeze", 0.4)), row("a", 0, finding("freeze", 0.9), test="_again")]
    style = only_style(rows)
    (tally,) = style.tallies
    assert (tally.cases, tally.failing, tally.row) == (2, 2, rows[1])
    assert style.scores["motion"].cases == style.verdicts["fail"] == 2
    assert "what breaks is freeze in 2 cases" in style.sentences[1]
    assert [pick.row for pick in style.picks] == [rows[1], rows[0]]


def test_tests_that_disagree_make_no_prompt_unsteady() -> None:
    rows = [row("a"), row("a", 0, finding("freeze"), test="_again")]
    assert "unsteady" not in roles(rows)
    rows += [row("b"), row("b", 1, finding("flash", 0.3)), row("b", 2, finding(), test="_again")]
    (why,) = [pick.why for pick in only_style(rows).picks if pick.role == "unsteady"]
    assert why.startswith("The prompt b passes in 1 of its 2 rolls;")


def test_clips_that_fail_are_paid_for_by_those_that_pass() -> None:
    rows = [row("a", clip=PAID), *(row(name, verdict="fail", clip=PAID) for name in "bc")]
    assert costs(digest(rows))["cost of a clip that passes"] == pytest.approx(3 * PAID["cost_usd"])


def test_cases_without_a_clip_are_counted_by_reason() -> None:
    moderated = {"kind": "moderated", "message": "no"}
    rows = [without_clip(name, verdict="error", error=moderated) for name in "ab"]
    rows.append(without_clip("c", verdict="error", error={"kind": "timeout", "message": "slow"}))
    assert digest(rows).without_clip == {"moderated": 2, "timeout": 1}
