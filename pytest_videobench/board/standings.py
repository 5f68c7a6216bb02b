"""Who is how good in what, and who can be told apart: shares, intervals, differences and shared ranks.

Prompts are the independent observations; rolls of one prompt only make its share more certain.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.gate.facts import DIMENSIONS
from pytest_videobench.stats.flips import holm, sign_flips
from pytest_videobench.stats.intervals import SURE, Interval, clustered_share, paired_difference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pytest_videobench.board.entries import Entry
    from pytest_videobench.gate.sample import Sample

PASSES = "passes"
"""The measure of a whole case: that it passes."""
MEASURES = (PASSES, *DIMENSIONS)
SEED = 20261123
"""Of all chance on a board, so that the same rows give the same board."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One backend in one measure."""

    label: str
    share: float | None
    """Share of its cases that hold: the mean over prompts of the mean over rolls; ``None`` if unmeasured."""
    low: float
    high: float
    """Interval of 95 % over prompts."""
    rank: int | None
    """1 and the number of backends that are better beyond doubt: who cannot be told apart shares it."""
    prompts: int
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two backends in one measure, the one with the higher share first."""

    first: str
    second: str
    gap: float
    """Mean over prompts of the difference of their shares, 0–1."""
    low: float
    high: float
    """Interval of 95 % for this pair."""
    p: float
    """That they are equal: a sign-flip test over prompts, corrected for all pairs of the table."""

    @property
    def apart(self) -> bool:
        """Say whether the first is better beyond doubt: both the test and the interval say so."""
        return self.p <= 1 - SURE and self.low > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All backends in one measure, the best first."""

    measure: str
    standings: tuple[Standing, ...]
    pairs: tuple[Pair, ...]
    prompts: int
    """Those that are compared: for which all measured backends have a value."""
    left_out: int
    """Prompts for which one of them has no value."""

    @property
    def measured(self) -> tuple[Standing, ...]:
        """Give the standings of the backends that were measured."""
        return tuple(standing for standing in self.standings if standing.share is not None)

    def of(self, label: str) -> Standing:
        """Give the standing of a backend."""
        return next(standing for standing in self.standings if standing.label == label)

    def between(self, one: str, other: str) -> Pair | None:
        """Give the pair of two backends, whichever is first."""
        return next((pair for pair in self.pairs if {pair.first, pair.second} == {one, other}), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Mean over rolls and number of rolls, by backend, prompt and measure; NaN and 0 where there is none."""

    labels: tuple[str, ...]
    prompts: tuple[str, ...]
    values: NDArray[np.float64]
    cases: NDArray[np.int64]

    def within(self, prompts: Sequence[str]) -> Shares:
        """Give those of some prompts."""
        places = [self.prompts.index(prompt) for prompt in prompts]
        return Shares(
            labels=self.labels,
            prompts=tuple(prompts),
            values=self.values[:, places],
            cases=self.cases[:, places],
        )


def shares_of(entries: Sequence[Entry], prompts: Sequence[str]) -> Shares:
    """Draw the shares of some prompts from the samples."""
    shape = (len(entries), len(prompts), len(MEASURES))
    held, cases = np.zeros(shape), np.zeros(shape, np.int64)
    places = {prompt: index for index, prompt in enumerate(prompts)}
    for which, entry in enumerate(entries):
        for sample in entry.samples:
            at = places.get(sample.key)
            for measure, holds in _held(sample).items() if at is not None else ():
                held[which, at, MEASURES.index(measure)] += holds
                cases[which, at, MEASURES.index(measure)] += 1
    values = np.where(cases > 0, held / np.maximum(cases, 1), np.nan)
    labels = tuple(entry.label for entry in entries)
    return Shares(labels=labels, prompts=tuple(prompts), values=values, cases=cases)


def tables_of(shares: Shares) -> dict[str, Table]:
    """Rank the backends in every measure that any of them has a value in."""
    return {
        measure: table_of(shares, measure)
        for index, measure in enumerate(MEASURES)
        if not np.isnan(shares.values[:, :, index]).all()
    }


def table_of(shares: Shares, measure: str) -> Table:
    """Rank the backends in one measure; who has no value in it has no rank."""
    index = MEASURES.index(measure)
    values, cases = shares.values[:, :, index], shares.cases[:, :, index]
    measured = [which for which in range(len(shares.labels)) if not np.isnan(values[which]).all()]
    whole = ~np.isnan(values[measured]).any(0)
    pairs = _pairs(shares.labels, values[:, whole], measured) if whole.any() else ()
    standings = [
        _standing(label, values[which, whole], cases[which, whole], pairs)
        if which in measured and whole.any()
        else Standing(label=label, share=None, low=0.0, high=1.0, rank=None, prompts=0, cases=0)
        for which, label in enumerate(shares.labels)
    ]
    standings.sort(key=lambda s: (s.rank or len(standings) + 1, -(s.share or 0.0), s.label))
    return Table(
        measure=measure,
        standings=tuple(standings),
        pairs=pairs,
        prompts=int(whole.sum()),
        left_out=int((~whole).sum()),
    )


def _held(sample: Sample) -> dict[str, bool]:
    """Give the measures that a clip has a value in; one without a verdict neither passes nor fails."""
    held: dict[str, bool] = dict(sample.holds)  # type: ignore[arg-type]  # a dimension is a str
    return held | ({PASSES: sample.verdict == "pass"} if sample.verdict in ("pass", "fail") else {})


def _standing(
    label: str, values: NDArray[np.float64], cases: NDArray[np.int64], pairs: Sequence[Pair]
) -> Standing:
    number = int(cases.sum())
    interval = clustered_share(list(values), number)
    return Standing(
        label=label,
        share=float(values.mean()),
        low=interval.low,
        high=interval.high,
        rank=1 + sum(pair.second == label and pair.apart for pair in pairs),
        prompts=len(values),
        cases=number,
    )


def _pairs(labels: Sequence[str], values: NDArray[np.float64], measured: Sequence[int]) -> tuple[Pair, ...]:
    """Compare every two backends, prompt by prompt."""
    places = [
        (one, other) if values[one].mean() >= values[other].mean() else (other, one)
        for one, other in combinations(measured, 2)
    ]
    if not places:
        return ()
    gaps = np.stack([values[one] - values[other] for one, other in places], axis=1)
    adjusted = holm(sign_flips(gaps, seed=SEED))
    return tuple(
        _pair(labels[one], labels[other], gaps[:, column], float(adjusted[column]))
        for column, (one, other) in enumerate(places)
    )


def _pair(first: str, second: str, gaps: NDArray[np.float64], p: float) -> Pair:
    interval: Interval = paired_difference(list(gaps))
    return Pair(first=first, second=second, gap=float(gaps.mean()), low=interval.low, high=interval.high, p=p)
