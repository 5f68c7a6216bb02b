"""The permutation test over prompts, endpoints and looks."""

from __future__ import annotations

import itertools
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binomtest, norm, ttest_1samp

from pytest_videobench.stats.relabel import Look, differences, looks, statistics
from pytest_videobench.stats.spending import nominal_levels

Values: TypeAlias = NDArray[np.float64]
RNG = np.random.default_rng


def one_look(base: Values, new: Values, deals: int = 2000, seed: int = 1, spent: float = 0.05) -> Look:
    return looks(base, new, [new.shape[1]], [spent], deals=deals, seed=seed)[0]


def test_the_statistic_is_students_over_the_prompts() -> None:
    gaps = RNG(0).normal(size=(12, 3))
    gaps[4, 1] = np.nan
    for index in range(3):
        own = gaps[:, index][~np.isnan(gaps[:, index])]
        assert statistics(gaps)[index] == pytest.approx(ttest_1samp(own, 0).statistic, abs=1e-9)


def test_a_difference_needs_a_value_on_both_sides() -> None:
    base, new = RNG(0).normal(size=(2, 3, 1)), RNG(1).normal(size=(2, 5, 1))
    base[0] = np.nan
    new[1, 2:] = np.nan
    gaps = differences(base, new)
    assert np.isnan(gaps[0, 0])
    assert gaps[1, 0] == pytest.approx(new[1, :2].mean() - base[1].mean())


def test_p_is_that_of_all_relabellings() -> None:
    """Three prompts with two rolls on each side have 6³ deals, few enough to list."""
    base, new = RNG(3).normal(size=(3, 2, 2)), RNG(4).normal(0.8, size=(3, 2, 2))
    pool = np.concatenate([base, new], axis=1)
    highest = []
    for chosen in itertools.product(itertools.combinations(range(4), 2), repeat=3):
        gaps = [
            np.delete(pool[prompt], held, axis=0).mean(0) - pool[prompt][list(held)].mean(0)
            for prompt, held in enumerate(chosen)
        ]
        highest.append(statistics(np.array(gaps)).max())
    seen = statistics(differences(base, new))
    exact = [np.mean(np.round(highest, 9) >= round(value, 9)) for value in seen]
    assert one_look(base, new, deals=40_000).p == pytest.approx(exact, abs=0.01)


def test_values_that_are_missing_are_dealt_as_well() -> None:
    """The way around missing values gives what the quick way gives where one is merely out of use."""
    base, new = RNG(5).normal(size=(9, 3, 2)), RNG(6).normal(size=(9, 3, 2))
    widened = np.concatenate([base, np.full((9, 3, 1), np.nan)], axis=2)
    other = np.concatenate([new, np.full((9, 3, 1), np.nan)], axis=2)
    quick, slow = one_look(base, new), one_look(widened, other)
    assert slow.statistics[:2] == pytest.approx(quick.statistics)
    assert slow.p[:2] == pytest.approx(quick.p, abs=0.05)
    assert (slow.statistics[2], slow.p[2]) == (0.0, 1.0)


def test_what_never_differs_says_nothing() -> None:
    base = np.zeros((10, 3, 2))
    base[:, :, 1] = 24.0
    found = one_look(base, base.copy())
    assert found.p.tolist() == [1.0, 1.0]
    assert not (found.statistics >= found.boundary).any()


@pytest.mark.parametrize("value", [24.0, 0.1, 1 / 3])
def test_the_same_number_everywhere_is_no_difference_whatever_the_rounding(value: float) -> None:
    base, new = np.full((10, 3, 1), value), np.full((10, 7, 1), value)
    found = one_look(base, new)
    assert (found.statistics[0], found.p[0], found.p_better[0]) == (0.0, 1.0, 1.0)
    assert not differences(base, new).any()


def test_what_always_differs_by_the_same_is_sure() -> None:
    base = np.full((10, 3, 1), 24.0)
    found = one_look(base, base + 1.0)
    assert found.statistics[0] >= found.boundary
    assert found.p[0] < 0.01
    assert one_look(base, base - 1.0).p_better[0] < 0.01


@pytest.mark.parametrize(("held", "made"), [(3, 3), (3, 8), (3, 21)])
def test_rare_events_raise_no_more_false_alarms_than_are_allowed(held: int, made: int) -> None:
    """Where the candidate has more rolls, its events are more and smaller, which flips of signs cannot know."""
    source, alarms, runs = RNG(7), 0, 300
    for _ in range(runs):
        base = (source.random((40, held, 12)) < 0.02).astype(float)
        new = (source.random((40, made, 12)) < 0.02).astype(float)
        found = one_look(base, new, deals=200)
        alarms += bool((found.statistics >= found.boundary).any())
    assert binomtest(alarms, runs, 0.05, alternative="greater").pvalue > 0.001, alarms


def test_several_looks_spend_no_more_than_all_of_them_may() -> None:
    source, alarms, runs = RNG(8), 0, 200
    for _ in range(runs):
        base, new = source.normal(size=(20, 3, 6)), source.normal(size=(20, 8, 6))
        found = looks(base, new, [3, 5, 8], [0.03, 0.04, 0.05], deals=200, seed=int(source.integers(1 << 30)))
        alarms += any((look.statistics >= look.boundary).any() for look in found)
    assert binomtest(alarms, runs, 0.05, alternative="greater").pvalue > 0.001, alarms


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 6), st.integers(1, 4), st.integers(1, 4))
def test_the_order_of_rolls_and_prompts_changes_nothing_that_is_seen(
    seed: int, prompts: int, held: int, made: int
) -> None:
    source = RNG(seed)
    base, new = source.normal(size=(prompts, held, 1)), source.normal(size=(prompts, made, 1))
    turned = source.permutation(prompts)
    other = one_look(source.permuted(base, axis=1)[turned], source.permuted(new, axis=1)[turned], 200)
    assert other.statistics == pytest.approx(one_look(base, new, 200).statistics)
    assert other.p[0] >= 1 / 200


def test_the_levels_of_the_looks_add_up() -> None:
    """Independent draws cross one of the limits as often as was to be spent."""
    rolls, spent = (3, 5, 8, 13, 21), (0.03, 0.0375, 0.0425, 0.0465, 0.05)
    levels = nominal_levels(rolls, 3, spent)
    assert levels[0] == pytest.approx(0.03, abs=0.001)
    assert all(0.03 * 0.5 < level <= 0.0305 for level in levels)
    source = RNG(9)
    base = source.normal(size=(200_000, 3)).mean(1)
    new = source.normal(size=(200_000, 21))
    crossed = np.zeros(len(base), bool)
    for number, level in zip(rolls, levels, strict=True):
        z = (new[:, :number].mean(1) - base) / np.sqrt(1 / 3 + 1 / number)
        crossed |= z >= norm.isf(level)
    assert crossed.mean() == pytest.approx(0.05, abs=0.002)
