"""Methods of the literature, held against published numbers and against slow ways to the same result."""

from __future__ import annotations

import json
from itertools import combinations
from math import comb, log, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import binomtest, norm

from pytest_videobench.cli import main
from pytest_videobench.stats.bradley_terry import log_strengths
from pytest_videobench.stats.clusters import clustered_error, design_effect, icc
from pytest_videobench.stats.intervals import clustered_share, exact, newcombe, paired_difference, wilson
from pytest_videobench.stats.passk import pass_at_k, pass_hat_k
from pytest_videobench.stats.vbench import vbench_score

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CLOSE = 1e-9
COUNTS = st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n)))
SHARES = st.floats(0, 1)


# pass@k and pass^k


@settings(deadline=None)
@given(COUNTS)
def test_tries_are_every_choice_of_the_rolls(numbers: tuple[int, int, int]) -> None:
    n, c, k = numbers
    drawn = [sum(choice) for choice in combinations([1] * c + [0] * (n - c), k)]
    assert pass_at_k(n, c, k) == pytest.approx(sum(hits > 0 for hits in drawn) / len(drawn), abs=CLOSE)
    assert pass_hat_k(n, c, k) == pytest.approx(sum(hits == k for hits in drawn) / len(drawn), abs=CLOSE)


def test_the_product_that_others_compute_gives_the_same() -> None:
    """Chen et al. and inspect_ai multiply 1 - k / i for i from n - c + 1 to n."""
    n, c, k = 200, 13, 25
    assert pass_at_k(n, c, k) == pytest.approx(
        1 - float(np.prod(1 - k / np.arange(n - c + 1, n + 1))), abs=CLOSE
    )


@pytest.mark.parametrize(("n", "c", "k"), [(3, 1, 4), (3, 4, 1), (3, -1, 1), (0, 0, 1), (3, 1, 0)])
def test_more_tries_than_rolls_are_refused(n: int, c: int, k: int) -> None:
    for estimate in (pass_at_k, pass_hat_k):
        with pytest.raises(ValueError, match="undefined"):
            estimate(n, c, k)


# Bradley–Terry

TEAMS = ("Milwaukee", "Detroit", "Toronto", "New York", "Boston", "Cleveland", "Baltimore")
BASEBALL = np.array(
    [
        [0, 7, 9, 7, 7, 9, 11],
        [6, 0, 7, 5, 11, 9, 9],
        [4, 6, 0, 7, 7, 8, 12],
        [6, 8, 6, 0, 6, 7, 10],
        [6, 2, 6, 7, 0, 7, 12],
        [4, 4, 5, 6, 6, 0, 6],
        [2, 4, 1, 3, 1, 7, 0],
    ],
    float,
)
"""American League East, 1987: wins of the row over the column (Agresti, Categorical Data Analysis)."""
PUBLISHED = (1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839, 0.0)
"""Its strengths as logarithms, Baltimore at 0 (Turner and Firth 2012, BradleyTerry2)."""


def test_strengths_of_baseball_teams_are_the_published_ones() -> None:
    found = log_strengths(BASEBALL)
    assert found - found[-1] == pytest.approx(PUBLISHED, abs=6e-5)


tables = st.integers(2, 5).flatmap(
    lambda n: st.lists(st.integers(1, 18), min_size=n * n, max_size=n * n).map(
        lambda halves: np.array(halves, float).reshape(n, n) / 2
    )
)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_strengths_are_where_the_likelihood_is_highest(wins: NDArray[np.float64]) -> None:
    np.fill_diagonal(wins, 0)
    found = log_strengths(wins)
    chance = 1 / (1 + np.exp(found[None, :] - found[:, None]))
    games = wins + wins.T
    # At the maximum every player wins as often as it is expected to.
    assert wins.sum(1) == pytest.approx((games * chance).sum(1), abs=CLOSE)
    assert found.mean() == pytest.approx(0, abs=CLOSE)


def test_a_general_optimiser_and_the_old_iteration_agree() -> None:
    def loss(s: NDArray[np.float64]) -> float:
        return float((BASEBALL * np.log1p(np.exp(s[None, :] - s[:, None]))).sum())

    slow = minimize(loss, np.zeros(7), method="BFGS", options={"gtol": 1e-10}).x
    assert log_strengths(BASEBALL) == pytest.approx(slow - slow.mean(), abs=1e-5)
    strength, games, won = np.ones(7), BASEBALL + BASEBALL.T, BASEBALL.sum(1)
    for _ in range(3000):  # Zermelo's, which Hunter (2004) proves to converge
        strength = won / (games / (strength[:, None] + strength[None, :])).sum(1)
    steady = np.log(strength)
    assert log_strengths(BASEBALL) == pytest.approx(steady - steady.mean(), abs=CLOSE)


def test_two_players_are_as_far_apart_as_their_odds() -> None:
    first, second = log_strengths(np.array([[0, 30], [10, 0]], float))
    assert first - second == pytest.approx(log(3), abs=CLOSE)


def test_who_never_wins_has_no_strength_unless_draws_are_added() -> None:
    wins = np.array([[0, 4, 5], [3, 0, 5], [0, 0, 0]], float)
    with pytest.raises(ValueError, match="never wins"):
        log_strengths(wins)
    found = log_strengths(wins, draws=1)
    assert np.isfinite(found).all()
    assert found.argmin() == 2


def test_many_tables_at_once_are_each_as_if_alone() -> None:
    many = np.stack([BASEBALL, BASEBALL.T, BASEBALL + 3])
    assert log_strengths(many) == pytest.approx(np.stack([log_strengths(table) for table in many]), abs=CLOSE)


# Clusters


def test_the_clustered_error_is_the_published_sum() -> None:
    values, clusters = [1.0, 0.0, 1.0, 1.0, 0.0, 0.5], ["a", "a", "b", "b", "b", "c"]
    mean = sum(values) / 6
    pairs = [
        (x - mean) * (y - mean)
        for x, of in zip(values, clusters, strict=True)
        for y, also in zip(values, clusters, strict=True)
        if of == also
    ]
    assert clustered_error(values, clusters, corrected=False) == pytest.approx(
        sqrt(sum(pairs)) / 6, abs=CLOSE
    )
    assert clustered_error(values, clusters) == pytest.approx(sqrt(sum(pairs) * 3 / 2) / 6, abs=CLOSE)


@settings(deadline=None)
@given(st.lists(st.floats(-9, 9), min_size=2, max_size=12))
def test_clusters_of_one_are_no_clusters(values: list[float]) -> None:
    plain = float(np.std(values, ddof=1)) / sqrt(len(values))
    assert clustered_error(values, range(len(values))) == pytest.approx(plain, abs=CLOSE)
    assert clustered_error(values, ["one"] * len(values)) is None


JUDGES = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
)
"""Six targets, four judges (Shrout and Fleiss 1979, table 2), whose ICC(1) is printed as 0.17."""


def test_icc_is_the_published_one() -> None:
    targets = [target for target in range(6) for _ in range(4)]
    found = icc(list(JUDGES.ravel()), targets)
    assert found is not None
    assert found == pytest.approx(0.1657, abs=5e-5)
    assert round(found, 2) == 0.17
    assert design_effect(list(JUDGES.ravel()), targets) == pytest.approx(1 + 3 * found, abs=CLOSE)


def test_icc_of_unequal_clusters_is_that_of_the_analysis_of_variance() -> None:
    groups = [[1.0, 2.0, 2.5], [4.0, 4.5], [0.5], [3.0, 2.0, 2.5, 2.0]]
    values, clusters = [v for g in groups for v in g], [i for i, g in enumerate(groups) for _ in g]
    from scipy.stats import f_oneway

    size = (10 - (9 + 4 + 1 + 16) / 10) / 3
    # ICC = (F - 1) / (F - 1 + m)
    ratio = float(f_oneway(*groups).statistic)
    assert icc(values, clusters) == pytest.approx((ratio - 1) / (ratio - 1 + size), abs=CLOSE)


@pytest.mark.parametrize("clusters", ["aaaa", "abcd", "aabb"])
def test_icc_is_missing_where_it_is_undefined(clusters: str) -> None:
    assert icc([1.0] * 4, clusters) is None
    assert design_effect([1.0] * 4, clusters) == 1


# Intervals


@settings(deadline=None)
@given(COUNTS)
def test_intervals_of_a_share_are_those_of_scipy(numbers: tuple[int, int, int]) -> None:
    n, c, _ = numbers
    test = binomtest(c, n)
    for mine, theirs in (
        (wilson(c / n, n), test.proportion_ci(0.95, "wilson")),
        (exact(c, n), test.proportion_ci(0.95, "exact")),
    ):
        assert (mine.low, mine.high) == pytest.approx((theirs.low, theirs.high), abs=CLOSE)


def test_a_design_effect_is_so_many_fewer_observations() -> None:
    assert wilson(0.4, 60, design=3) == wilson(0.4, 20)
    assert exact(24, 60, design=3) == exact(8, 20)
    assert newcombe(0.4, 60, 0.2, 30, design=3) == newcombe(0.4, 20, 0.2, 10)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_the_interval_of_a_difference_is_the_published_one(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    """Newcombe (1998), table II, method 10."""
    found = newcombe(first[0] / first[1], first[1], second[0] / second[1], second[1])
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_a_clustered_interval_holds_its_share_and_never_claims_more_than_all_clips_would(
    hits: list[int],
) -> None:
    means = [hit / 3 for hit in hits]
    found = clustered_share(means, 3 * len(means))
    share = sum(means) / len(means)
    bound = wilson(share, 3 * len(means))
    assert 0 <= found.low <= share + CLOSE
    assert share - CLOSE <= found.high <= 1
    assert found.low <= bound.low + CLOSE
    assert found.high >= bound.high - CLOSE


def test_a_clustered_interval_covers_as_often_as_it_says() -> None:
    """Near 1 and with few clusters, where an interval of Student's t holds the truth in 87–91 %."""
    random = np.random.default_rng(7)
    for prompts, rolls, a, b in ((15, 8, 9.0, 1.0), (23, 3, 1.8, 0.2), (23, 3, 3.0, 3.0)):
        truth, covered = a / (a + b), 0
        for _ in range(1500):
            means = random.binomial(rolls, random.beta(a, b, prompts)) / rolls
            found = clustered_share(list(means), prompts * rolls)
            covered += found.low <= truth <= found.high
        assert covered / 1500 > 0.94


def test_pairs_that_all_agree_feign_no_certainty() -> None:
    same = paired_difference([0.0] * 20)
    assert same.low == pytest.approx(-float(norm.isf(0.025)) / 22, abs=CLOSE)  # sqrt(1 / 22 / 22)
    assert same.high == -same.low
    assert paired_difference([1.0] * 4).low < 1
    assert paired_difference([]).low == -1


@settings(deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=20))
def test_a_difference_lies_in_its_interval_and_turns_with_its_sign(differences: list[float]) -> None:
    found = paired_difference(differences)
    turned = paired_difference([-value for value in differences])
    assert -1 <= found.low <= float(np.mean(differences)) <= found.high <= 1
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=CLOSE)


# VBench

DIMENSIONS = [
    "subject_consistency",
    "background_consistency",
    "temporal_flickering",
    "motion_smoothness",
    "dynamic_degree",
    "aesthetic_quality",
    "imaging_quality",
    "object_class",
    "multiple_objects",
    "human_action",
    "color",
    "spatial_relationship",
    "scene",
    "appearance_style",
    "temporal_style",
    "overall_consistency",
]
LAVIE = dict(
    zip(
        DIMENSIONS,
        (
            0.9141, 0.9747, 0.9830, 0.9638, 0.4972, 0.5494, 0.6190, 0.9182,
            0.3332, 0.9680, 0.8639, 0.3409, 0.5269, 0.2356, 0.2593, 0.2641,
        ),
        strict=True,
    )
)  # fmt: skip
"""LaVie's row of table 2 of VBench++; the leaderboard's totals for it follow."""


def test_lavie_has_the_totals_of_the_leaderboard() -> None:
    found = vbench_score(LAVIE)
    assert found.quality is not None
    assert found.semantic is not None
    assert found.total is not None
    assert (round(100 * found.quality, 2), round(100 * found.semantic, 2)) == (78.78, 70.31)
    assert round(100 * found.total, 2) == 77.08
    assert list(found.normalised) == DIMENSIONS


@settings(deadline=None)
@given(st.lists(st.sampled_from(DIMENSIONS), max_size=16, unique=True))
def test_a_missing_dimension_is_no_zero(missing: list[str]) -> None:
    found = vbench_score({name: value for name, value in LAVIE.items() if name not in missing})
    assert set(found.missing) == set(missing)
    assert (found.total is None) == bool(missing)
    assert (found.quality is None) == bool(set(missing) & set(DIMENSIONS[:7]))
    assert (found.semantic is None) == bool(set(missing) & set(DIMENSIONS[7:]))


def test_the_command_prints_the_totals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole, part = tmp_path / "lavie.json", tmp_path / "part.json"
    whole.write_text(json.dumps({k.replace("_", " "): [v, [{"video_results": v}]] for k, v in LAVIE.items()}))
    assert main(["vbench", str(whole)]) == 0
    printed = capsys.readouterr().out
    assert [line.split() for line in printed.splitlines()[-3:]] == [
        ["quality", "78.78"], ["semantic", "70.31"], ["total", "77.08"],
    ]  # fmt: skip
    part.write_text(json.dumps({"color": 0.5}))
    assert main(["vbench", str(part)]) == 1
    printed = capsys.readouterr().out
    assert "scene                    missing" in printed
    assert "no total: 15 of 16" in printed


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"colour": 0.5}', "colour: VBench has no such dimension"),
        ('{"color": 86.39}', "color: expected a value of 0–1, got 86.39"),
        ('{"color": "good"}', "color: expected a number, got 'good'"),
        ("[1]", "expected an object"),
        ("{", "not JSON"),
    ],
)
def test_scores_that_are_none_are_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, complaint: str
) -> None:
    path = tmp_path / "scores.json"
    path.write_text(text)
    assert main(["vbench", str(path)]) == 2
    said = capsys.readouterr().err
    assert complaint in said
    assert "scores.json" in said
    assert said.count("\n") == 1


def test_every_try_of_all_is_the_rate_of_none_or_all() -> None:
    """One try is the pass rate; all tries are 1 only where every roll passes."""
    for c in range(6):
        assert pass_at_k(5, c, 1) == pytest.approx(c / 5, abs=CLOSE)
        assert pass_hat_k(5, c, 5) == (c == 5)
        assert pass_at_k(5, c, 2) >= pass_hat_k(5, c, 2)
        assert pass_hat_k(5, c, 2) == comb(c, 2) / 10
