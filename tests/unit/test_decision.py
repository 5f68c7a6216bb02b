"""The verdict against a baseline, and what is said of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.errors import PromptError
from pytest_videobench.gate.changes import changes, counts
from pytest_videobench.gate.decision import Decision, decide
from pytest_videobench.gate.flakiness import distrusted, flakiness
from pytest_videobench.gate.margins import read_margins
from pytest_videobench.report.gated import (
    forest,
    gate_notes,
    gate_sentences,
    headline,
    unseen,
    verdict_line,
    verdict_table,
)
from tests.unit.samples import CHECKED, sample, side

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.gate.decision import Effect
    from pytest_videobench.gate.sample import Sample

MARGINS = read_margins()


def effect(decision: Decision, name: str) -> Effect:
    return next(effect for effect in decision.effects if effect.endpoint == name)


def test_the_same_clips_pass() -> None:
    found = decide(side(1), side(1), MARGINS)
    assert found.verdict == "pass"
    assert {e.state for e in found.effects} == {"within", "missing"}
    assert "in none of" in verdict_line(found)


def test_new_rolls_of_the_same_model_pass() -> None:
    rates = {"freeze": 0.1, "blur": 0.02}
    found = decide(side(1, prompts=80, rates=rates), side(2, prompts=80, rates=rates), MARGINS)
    assert found.verdict == "pass"


def test_a_defect_that_comes_up_fails_and_is_named_with_its_style() -> None:
    found = decide(side(1), side(2, rates={"freeze": 0.3}), MARGINS)
    assert found.verdict == "fail"
    worse = effect(found, "defect:freeze")
    assert worse.state == "worse"
    assert worse.baseline == 0
    assert worse.candidate == pytest.approx(0.3, abs=0.1)
    assert worse.low is not None
    assert 0 < worse.low < (worse.worse_by or 0)
    assert worse.styles.keys() == {"tiny", "large"}
    text = " ".join(gate_sentences(found))
    assert "it is worse in" in text
    assert "freeze 0 % →" in text
    assert "Worst: " in text


@pytest.mark.parametrize(("sharpness", "verdict"), [(100.0, "pass"), (85.0, "fail"), (120.0, "pass")])
def test_more_sharpness_is_better_and_less_is_worse(sharpness: float, verdict: str) -> None:
    found = decide(side(1), side(2, sharpness=sharpness), MARGINS)
    assert found.verdict == verdict
    state = {85.0: "worse", 100.0: "within", 120.0: "better"}[sharpness]
    assert effect(found, "metric:sharpness").state == state
    assert ("Better: sharpness" in " ".join(gate_sentences(found))) == (state == "better")


def test_the_margin_of_a_metric_is_half_the_spread_between_rolls() -> None:
    found = decide(side(1, prompts=300), side(2, prompts=300), MARGINS)
    assert effect(found, "metric:sharpness").margin == pytest.approx(5, rel=0.1)


def test_a_loss_within_the_margin_is_tolerated_and_said() -> None:
    found = decide(side(1, prompts=400), side(2, prompts=400, sharpness=97.5), MARGINS)
    assert effect(found, "metric:sharpness").state == "tolerated"
    assert found.verdict == "pass"
    assert "Worse, and still within the margin: sharpness" in " ".join(gate_sentences(found))


def test_a_proved_rise_of_failing_clips_fails_although_the_margin_is_wider() -> None:
    rates = {"freeze": 0.02, "blur": 0.02, "flicker": 0.02}
    found = decide(side(1, prompts=88), side(2, prompts=88, rates=rates), MARGINS)
    fails = effect(found, "fails")
    assert (found.verdict, fails.state) == ("fail", "worse")
    assert (fails.high or 1) < fails.margin
    text = gate_sentences(found)
    assert "; more clips fail by " in text[0]
    assert all(kind in " ".join(text) for kind in rates)
    assert "seen here and not in the baseline, each too seldom to be proved" in " ".join(text).lower()


def test_too_little_to_tell_says_how_many_rolls_would_decide() -> None:
    base, new = side(23, prompts=16, rolls=13), side(24, prompts=16, rolls=21)
    first = decide(base, _rolls(new, 3), MARGINS)
    assert first.verdict == "inconclusive"
    needed = effect(first, "metric:sharpness").rolls_needed
    assert needed in first.looks[1:]
    assert first.rolls_needed == needed
    assert f"{needed} rolls a prompt would probably decide it (--vb-rolls {needed})" in verdict_line(first)
    later = decide(base, _rolls(new, needed), MARGINS)
    assert (later.verdict, later.rolls) == ("pass", needed)


def test_more_rolls_help_a_small_suite_to_show_that_nothing_fails() -> None:
    strict = replace(MARGINS, rule=replace(MARGINS.rule, prompts=10))
    few = decide(side(1, prompts=12), side(2, prompts=12), strict)
    many = decide(side(1, prompts=12, rolls=13), side(2, prompts=12, rolls=8), strict)
    assert effect(few, "defect:freeze").state == "undecided"
    assert effect(many, "defect:freeze").state == "within"


def test_where_no_number_of_rolls_decides_it_says_what_would() -> None:
    found = decide(side(10, prompts=16), side(11, prompts=16, sharpness=98.0), MARGINS)
    assert found.verdict == "inconclusive"
    assert found.rolls_needed is None
    assert "but a baseline of more rolls, more prompts or a wider margin" in verdict_line(found)


def test_a_verdict_once_given_stands_however_many_rolls_follow() -> None:
    first = decide(side(1), _rolls(side(2, rolls=8, rates={"freeze": 0.3}), 3), MARGINS)
    later = decide(side(1), side(2, rolls=8, rates={"freeze": 0.3}), MARGINS)
    assert first.verdict == later.verdict == "fail"
    assert (first.look, later.look) == (1, 1)
    assert first.effects == later.effects


def test_rolls_between_two_looks_wait() -> None:
    assert decide(side(1), side(2, rolls=4), MARGINS).rolls == 3


def test_fewer_rolls_than_the_first_look_needs_are_refused() -> None:
    with pytest.raises(ValueError, match="2 rolls, where the first look needs 3"):
        decide(side(1), side(2, rolls=2), MARGINS)


def test_an_error_is_an_error_and_no_failing_clip() -> None:
    broken = [
        replace(s, verdict="error", error="moderated", metrics={}, checked=frozenset(), holds={})
        if index % 3 == 0
        else s
        for index, s in enumerate(side(1))
    ]
    found = decide(side(1), broken, MARGINS)
    assert effect(found, "errors").state == "worse"
    assert effect(found, "fails").worse_by == 0
    assert effect(found, "metric:sharpness").worse_by == pytest.approx(0, abs=3)


def test_what_nobody_looked_for_is_not_called_fine() -> None:
    blind = [replace(s, checked=CHECKED - {"freeze"}) for s in side(2)]
    found = decide(side(1), blind, MARGINS)
    assert effect(found, "defect:freeze").state == "missing"
    assert "freeze (nobody looked on both sides)" in " ".join(gate_sentences(found))


def test_few_prompts_can_prove_a_loss_and_never_its_absence() -> None:
    def few(found: list[Sample]) -> list[Sample]:
        return [replace(s, checked=s.checked - {"freeze"}) if int(s.prompt[1:]) >= 8 else s for s in found]

    same = effect(decide(few(side(1)), few(side(2)), MARGINS), "defect:freeze")
    assert (same.state, same.why) == ("missing", "only 8 prompts have a value on both sides")
    worse = [s for s in few(side(2)) if int(s.prompt[1:]) >= 8]
    worse += [
        replace(s, defects={"freeze": 0.9}, verdict="fail") for s in few(side(2)) if int(s.prompt[1:]) < 8
    ]
    assert effect(decide(few(side(1)), worse, MARGINS), "defect:freeze").state == "worse"


@pytest.mark.parametrize("name", ["latency", "cost"])
def test_latency_and_cost_are_compared_as_factors(name: str) -> None:
    base = [replace(s, seconds=10.0, cost_usd=10.0) for s in side(1)]
    slow = [replace(s, seconds=15.0, cost_usd=15.0) for s in side(2)]
    found = effect(decide(base, slow, MARGINS), name)
    assert found.state == "worse"
    assert [found.baseline, found.candidate] == pytest.approx([10, 15])
    assert found.worse_by == pytest.approx(0.5)
    assert effect(decide(slow, base, MARGINS), name).state == "better"
    assert effect(decide(side(1), slow, MARGINS), name).state == "missing"


def test_a_decision_survives_json() -> None:
    found = decide(side(1), side(2, rates={"blur": 0.2}), MARGINS)
    assert Decision.from_json(json.loads(json.dumps(found.to_json()))) == found
    with pytest.raises(ValueError, match="decision version 9"):
        Decision.from_json(found.to_json() | {"version": 9})


def test_the_forest_shows_what_differs_and_names_what_nobody_saw() -> None:
    found = decide(side(1), side(2, rates={"freeze": 0.3}), MARGINS)
    branches = forest(found)
    assert branches[0].effect.state == "worse"
    assert all(b.low <= b.middle <= b.high for b in branches)
    assert {b.effect.endpoint for b in branches}.isdisjoint({"defect:blur"})
    assert "defect:blur" in {e.endpoint for e in unseen(found)}
    freeze = next(b for b in branches if b.effect.endpoint == "defect:freeze")
    assert freeze.middle == pytest.approx((freeze.effect.worse_by or 0) / 0.125, abs=0.01)


def test_cases_are_classed_against_the_rolls_of_their_prompt() -> None:
    frozen, blurred = ("freeze",), ("blur",)
    base = [
        *(sample("always", roll, defects=frozen) for roll in range(2)),
        *(sample("never", roll) for roll in range(2)),
        sample("often", 0, defects=frozen),
        sample("often", 1),
    ]
    new = [
        sample("always", 0, defects=frozen),
        sample("always", 1),
        sample("always", 2, defects=blurred),
        sample("never", 0, defects=frozen),
        sample("never", 1),
        sample("often", 0, defects=frozen),
        sample("often", 1, defects=blurred),
        sample("other", 0, defects=frozen),
        sample("never", 2, verdict="error", error="moderated"),
    ]
    assert changes(base, new) == {
        "tiny/always/0": "known",
        "tiny/always/1": "fixed",
        "tiny/always/2": "new",
        "tiny/never/0": "new",
        "tiny/never/2": "new",
        "tiny/often/0": "flaky",
        "tiny/often/1": "new",
    }
    assert counts(changes(base, new)) == {"new": 4, "known": 1, "flaky": 1, "fixed": 1}


def test_prompts_whose_rolls_disagree_are_listed_the_least_sure_first() -> None:
    rolls = {"even": 2, "once": 1, "good": 4, "bad": 0}
    found = [
        sample(name, roll, defects=() if roll < passes else ("freeze",))
        for name, passes in rolls.items()
        for roll in range(4)
    ]
    found.append(sample("even", 4, verdict="error", error="timeout"))
    assert [one.key for one in distrusted(found)] == ["tiny/even", "tiny/once"]
    even = flakiness(found)[0]
    assert (even.rolls, even.passes, even.share) == (4, 2, 0.5)
    assert even.at_least_one == pytest.approx(5 / 6)
    assert even.all_of_them == pytest.approx(1 / 6)
    assert even.low < 0.5 < even.high
    assert flakiness([sample("fox")])[0].at_least_one is None


def test_own_margins_go_before_the_packages(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        "[metrics]\nspread = 1.0\nfixed = {sharpness = 20}\n[shares]\nfreeze = 0.5\n[error]\nrate = 0.1\n"
    )
    own = read_margins(file)
    assert (own.spread, own.share("freeze"), own.share("blur"), own.rule.rate) == (1.0, 0.5, 0.125, 0.1)
    assert own.rule.looks == MARGINS.rule.looks
    assert effect(decide(side(1), side(2), own), "metric:sharpness").margin == 20
    assert decide(side(1), side(2, sharpness=92.0), own).verdict == "pass"
    assert decide(side(1), side(2, sharpness=92.0), MARGINS).verdict == "fail"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[metric]\nspread = 1", "did you mean 'metrics'"),
        ("[metrics]\nspread = -1", "metrics.spread': expected a number of 0 to"),
        ("[metrics.least]\nsharpnes = 1", "did you mean 'sharpness'"),
        ("[shares]\nfreeze = 2", "shares.freeze': expected a number of 0 to 1, got 2"),
        ("[factors]\ncost = 0.5", "factors.cost': expected a number of 1 to"),
        ("[error]\nlooks = [5, 3]", "expected rising whole numbers"),
        ("[error]\nspent = [0.5]", "one for each look"),
        ("[error]\nlooks = 'all'", "expected an array of numbers"),
    ],
)
def test_wrong_margins_name_file_and_key(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(PromptError) as caught:
        read_margins(file)
    assert str(caught.value).startswith(str(file))
    assert words in str(caught.value)


def _rolls(found: list[Sample], number: int) -> list[Sample]:
    return [one for one in found if one.roll < number]


def test_the_terminal_has_a_short_verdict_and_a_table_that_fits_80_columns() -> None:
    rates = dict.fromkeys(("freeze", "blur", "flicker"), 0.3)
    found = decide(side(1), side(2, rates=rates, sharpness=80.0), MARGINS)
    long = [replace(e, title=f"{e.title}_in_a_very_long_word_that_somebody_gave") for e in found.effects]
    table = verdict_table(replace(found, effects=tuple(long)))
    assert headline(found) == "fail: drawn@one against drawn@one"
    assert table[0].split() == ["criterion", "baseline", "candidate", "worse", "by", "margin", "verdict"]
    assert table[1].endswith("worse")
    assert max(map(len, table)) <= 78
    [freeze] = [line for line in verdict_table(found) if line.startswith("freeze")]
    assert freeze.split()[1:5] == ["0", "%", "31.7", "%"]


def test_a_long_table_is_cut_after_its_worst_rows_and_counts_the_rest() -> None:
    found = decide(side(1), side(2, rates={"freeze": 0.3}), MARGINS)
    freeze = effect(found, "defect:freeze")
    many = [replace(freeze, endpoint=f"defect:{n}", title=f"d{n}", worse_by=n / 100) for n in range(1, 21)]
    table = verdict_table(replace(found, effects=tuple(many)))
    assert table[1].split()[0] == "d20"
    assert table[-1].startswith("and 8 worse")
    assert len(table) == 14


def test_a_pass_needs_no_table_and_says_what_it_rests_on() -> None:
    found = decide(side(1), side(1), MARGINS)
    assert verdict_table(found) == ()
    assert gate_notes(found)[0].startswith("In none of ")
