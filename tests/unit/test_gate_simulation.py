from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from benchmarks.gate import methods, table
from benchmarks.gate.catalogue import questions, usual
from benchmarks.gate.pool import Source, source_of
from benchmarks.gate.simulate import Result, Study, run
from benchmarks.gate.verdicts import every_look, gate, limits
from benchmarks.gate.worlds import Pair, World, draw
from pytest_videobench.gate.endpoints import endpoints, values
from pytest_videobench.gate.margins import Margins, read_margins
from pytest_videobench.gate.sample import Sample
from pytest_videobench.stats.relabel import differences

if TYPE_CHECKING:
    from numpy.typing import NDArray

PROMPTS, ROLLS = 24, 4


def samples(*, flawed: bool) -> list[Sample]:
    """24 prompts of two styles, 4 rolls each; every fourth clip of the flawed model freezes."""
    source, made = np.random.default_rng(int(flawed)), []
    for prompt in range(PROMPTS):
        for roll in range(ROLLS):
            noise = source.normal()
            made.append(
                Sample(
                    style="tiny" if prompt < PROMPTS // 2 else "vast",
                    prompt=f"p{prompt:02}",
                    roll=roll,
                    backend="drawn@one",
                    verdict="pass",
                    metrics={
                        "sharpness": 100 + prompt + noise,
                        "warping_error": 0.01 + 0.001 * noise,
                        "brightness": 10 * noise,
                        "true_fps": 24.0,
                    },
                    defects={"freeze": 0.5} if flawed and (prompt + roll) % 4 == 0 else {},
                    checked=frozenset({"freeze"}),
                )
            )
    return made


@cache
def source() -> Source:
    return source_of(samples(flawed=False), samples(flawed=True))


@pytest.fixture
def margins() -> Margins:
    found = read_margins()
    return replace(found, rule=replace(found.rule, deals=100))


def pair(world: World, number: int = 0) -> Pair:
    return draw(world, source(), np.random.default_rng(number))


def of_gaps(gaps: NDArray[np.float64]) -> Pair:
    """A pair of one endpoint whose prompts differ by these numbers."""
    candidate = gaps[:, None, None]
    return Pair(baseline=np.zeros_like(candidate), candidate=candidate, units=np.array(["metric"]))


def test_the_columns_are_what_has_a_direction_and_moves() -> None:
    assert source().metrics == ("sharpness", "warping_error")
    assert source().endpoints[2:] == ("defect:freeze", "fails", "errors", "latency")
    assert (source().clean.values[..., 0] < 0).all()  # more sharpness is better
    assert (source().clean.values[..., 1] > 0).all()


def test_a_clip_with_an_error_is_no_roll() -> None:
    clean = samples(flawed=False)
    clean[0] = replace(clean[0], verdict="error", error="refused", metrics={})
    assert source_of(clean, samples(flawed=True)).clean.values.shape[1] == ROLLS - 1


def test_models_of_different_prompts_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="tiny/p00"):
        source_of(samples(flawed=False), samples(flawed=True)[ROLLS:])


def test_residuals_have_the_spread_that_rolls_have() -> None:
    by_prompt = source().clean.values.var(axis=1, ddof=1)
    assert source().clean.spread == pytest.approx(np.sqrt(by_prompt.mean(axis=0)))


def test_the_same_seed_draws_the_same_runs() -> None:
    world = World(name="", interaction=0.3, heavy=True)
    assert np.array_equal(pair(world).candidate, pair(world).candidate, equal_nan=True)
    assert not np.array_equal(pair(world).candidate, pair(world, 1).candidate, equal_nan=True)


def test_an_error_has_no_other_value() -> None:
    drawn = pair(World(name="", worse={"errors": 0.5})).candidate
    error = drawn[..., source().endpoints.index("errors")] > 0
    assert error.any()
    assert np.isnan(drawn[error]).sum(axis=-1).tolist() == [drawn.shape[-1] - 1] * error.sum()
    assert not np.isnan(drawn[~error]).any()


@pytest.mark.parametrize("style", ["", "tiny"])
@pytest.mark.parametrize(("endpoint", "amount"), [("metric:sharpness", 0.5), ("defect:freeze", 0.1)])
def test_what_is_worse_is_worse_by_as_much_on_average(endpoint: str, amount: float, style: str) -> None:
    world = World(name="", worse={endpoint: amount}, style=style)
    gaps = np.nanmean([_mean_gap(pair(world, number)) for number in range(300)], axis=0)
    column = source().endpoints.index(endpoint)
    unit = source().clean.spread[column] if endpoint.startswith("metric") else 1.0
    assert gaps[column] / unit == pytest.approx(amount, abs=0.03)
    others = [i for i, name in enumerate(source().endpoints) if name not in (endpoint, "fails")]
    size = np.append(source().clean.spread, np.ones(4))[others]
    assert np.abs(gaps[others] / size).max() < 0.03


def _mean_gap(drawn: Pair) -> NDArray[np.float64]:
    gap: NDArray[np.float64] = np.nanmean(differences(drawn.baseline, drawn.candidate), axis=0)
    return gap


def test_recorded_clips_of_the_flawed_model_stay_whole() -> None:
    drawn = pair(World(name="", models="flawed"))
    column = source().endpoints.index("defect:freeze")
    assert drawn.baseline[..., column].max() == 0
    assert np.isin(drawn.candidate[..., 0], source().flawed.values[..., 0]).all()
    assert 0 < drawn.candidate[..., column].mean() < 0.5


@pytest.mark.parametrize("number", range(3))
def test_the_bootstrap_turns_the_bound_of_scipy_round(number: int) -> None:
    gaps = np.random.default_rng(number).gamma(2.0, size=30) - 1.8
    p = methods.bootstrap(of_gaps(gaps))[0]
    theirs = stats.bootstrap(
        (gaps,), np.mean, n_resamples=9999, confidence_level=1 - p, alternative="greater", rng=1
    )
    assert theirs.confidence_interval.low == pytest.approx(0, abs=0.06 * gaps.std() / np.sqrt(30))


@pytest.mark.parametrize("number", range(3))
def test_sign_flips_agree_with_scipy(number: int) -> None:
    gaps = np.random.default_rng(number).normal(0.3, size=12)
    theirs = stats.permutation_test(
        (gaps,), np.mean, permutation_type="samples", alternative="greater", n_resamples=10_000
    ).pvalue
    assert methods.flips_apart(of_gaps(gaps))[0] == pytest.approx(theirs, abs=0.03)
    assert methods.flips_together(of_gaps(gaps))[0] == pytest.approx(theirs, abs=0.03)


def test_student_and_welch_agree_with_scipy() -> None:
    drawn = pair(World(name=""))
    one = Pair(baseline=drawn.baseline[..., :1], candidate=drawn.candidate[..., :1], units=drawn.units[:1])
    gaps = differences(one.baseline, one.candidate)[:, 0]
    known = gaps[~np.isnan(gaps)]
    assert methods.student(one)[0] == pytest.approx(stats.ttest_1samp(known, 0, alternative="greater").pvalue)
    clips = [run.ravel()[~np.isnan(run.ravel())] for run in (one.candidate, one.baseline)]
    theirs = stats.ttest_ind(*clips, equal_var=False, alternative="greater").pvalue
    assert methods.welch(one)[0] == pytest.approx(theirs)


def test_the_mixed_model_is_the_analysis_of_variance_where_all_is_there() -> None:
    rng = np.random.default_rng(3)
    level = 3 * rng.normal(size=(30, 1, 1))
    base, new = level + rng.normal(size=(30, 3, 1)), 0.2 + level + rng.normal(size=(30, 5, 1))
    both = np.concatenate([base, new], axis=1)[..., 0]
    effect = new.mean() - base.mean()
    fitted = both.mean(axis=1, keepdims=True) + effect * (np.repeat([0.0, 1.0], [3, 5]) - 5 / 8)
    variance = np.square(both - fitted).sum() / (both.size - 30 - 1)
    z = effect / np.sqrt(variance * (1 / base.size + 1 / new.size))
    p = methods.mixed(Pair(baseline=base, candidate=new, units=np.array(["metric"])))[0]
    assert p == pytest.approx(stats.norm.sf(z), abs=0.002)


def test_a_fixed_share_is_of_the_mean_and_for_a_defect_of_the_clips_without_it() -> None:
    base, new = np.ones((4, 3, 3)), np.ones((4, 3, 3))
    base[..., 1:], new[..., 0], new[..., 2] = 0.0, 1.1, 0.07
    new[..., 1] = 0.0
    new[0, 0, 1] = 1.0
    drawn = Pair(baseline=base, candidate=new, units=np.array(["metric", "share", "log"]))
    assert methods.fixed(drawn) == pytest.approx([-0.1, -1 / 12, -0.07])


@pytest.mark.parametrize("method", methods.METHODS, ids=lambda method: method.title)
def test_every_method_calls_a_great_drop_worse_and_nothing_else(method: methods.Method) -> None:
    drawn = pair(World(name="", worse={"metric:sharpness": 3.0, "defect:freeze": 0.6}))
    found = method.test(drawn)
    called = {name for name, number in zip(source().endpoints, found, strict=True) if number <= method.limit}
    missed = {"metric:sharpness"} if method.title.startswith(("Welch", "mean")) else set()  # 3 of 100 only
    assert called - {"fails"} >= {"metric:sharpness", "defect:freeze"} - missed
    assert "latency" not in called or method.limit < 0


def test_ours_keeps_its_rate_where_rolls_are_unequal_and_flips_of_signs_do_not() -> None:
    drawn = [pair(World(name="", rolls=(1, 12), rarer=0.3), number) for number in range(80)]
    surely_more = 0.05 + 3 * np.sqrt(0.05 * 0.95 / len(drawn))
    assert np.mean([methods.relabelling(one).min() <= 0.05 for one in drawn]) < surely_more
    assert np.mean([methods.flips_together(one).min() <= 0.05 for one in drawn]) > surely_more


def test_margins_are_those_of_the_gate(margins: Margins) -> None:
    clean = samples(flawed=False)
    found = endpoints(clean, samples(flawed=True), margins)
    numbers = values(clean, sorted({sample.key for sample in clean}), found)
    expected = {one.name: one.margin for one in found}
    columns = [next(i for i, one in enumerate(found) if one.name == name) for name in source().endpoints]
    taken = Pair(baseline=numbers[..., columns], candidate=numbers[..., columns], units=source().units)
    taken.baseline[..., -1] = 0.0  # nobody has waited for these
    held_to = limits(taken, source(), margins)
    assert dict(zip(source().endpoints, held_to.margins, strict=True)) == pytest.approx(
        {name: expected[name] for name in source().endpoints}
    )


def test_the_gate_names_what_got_worse(margins: Margins) -> None:
    worse = {"metric:sharpness": 3.0}
    outcome = gate(pair(World(name="", worse=worse)), source(), margins, worse)
    assert (outcome.verdict, outcome.named, outcome.look) == ("fail", True, 1)


def test_spending_all_at_every_look_fails_whenever_spending_in_parts_does(margins: Margins) -> None:
    found = [every_look(pair(World(name="", rolls=(3, 8)), n), margins.rule) for n in range(40)]
    assert all(whole for parts, whole in found if parts)
    assert sum(whole for _, whole in found) > sum(parts for parts, _ in found)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.floats(0.01, 0.5))
def test_no_more_than_the_rate_lies_within_the_limit(numbers: list[float], rate: float) -> None:
    limit = table.level(numbers, rate)
    assert np.mean([number <= limit for number in numbers]) <= rate
    beyond = [number for number in numbers if number > limit]
    assert np.mean([number <= min(beyond) for number in numbers]) > rate


def test_every_world_is_drawn_asked_and_shown(margins: Margins) -> None:
    study = Study(source=source(), margins=margins)
    asked = [replace(one, share=1.0) for one in questions(source(), margins)]
    results: list[Result] = [run(study, one, 0, 1) for one in asked]
    text = "\n".join(table.lines(results))
    for one in asked:
        assert f"| {one.world.name} |" in text
    assert "nan" not in text
    assert all(len(result.outcomes) == 1 for result in results)
    assert usual(source()) == "freeze"
