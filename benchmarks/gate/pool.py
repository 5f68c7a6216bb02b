"""What recorded clips say of prompts, and of the rolls within them: what simulated runs are drawn from.

Three rolls of every prompt are enough, so goldens are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pytest_videobench.gate.golden import read_baseline
from pytest_videobench.gate.row import Row
from pytest_videobench.gate.sample import samples_of
from pytest_videobench.metrics.base import METRICS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytest_videobench.gate.sample import Sample

Array: TypeAlias = NDArray[np.float64]
CONSTANT = 1e-9
"""A spread below this share of a metric's size is rounding."""
USUAL = 0.2
"""Correlation within prompts of a defect that is too rare to have one of its own."""
ENOUGH = 10
"""Clips with a defect from which its own correlation is taken."""
LIMITS = 0.05, 0.6
"""Range of those correlations: few rolls say little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The rolls of one model: as many of every prompt."""

    prompts: tuple[str, ...]
    """``style/prompt``."""
    values: Array
    """Prompts × rolls × metrics, signed so that more is worse."""
    marks: Array
    """Prompts × rolls × defects: 1 where the clip has the defect."""

    @property
    def level(self) -> Array:
        """Give each prompt's mean: prompts × metrics."""
        mean: Array = self.values.mean(axis=1)
        return mean

    @property
    def residuals(self) -> Array:
        """Give what each roll adds to its prompt's mean, widened for the degree of freedom that this took."""
        rolls = self.values.shape[1]
        left: Array = (self.values - self.level[:, None]) * np.sqrt(rolls / (rolls - 1))
        return left

    @property
    def spread(self) -> Array:
        """Give the pooled standard deviation within prompts, per metric."""
        pooled: Array = np.sqrt(np.square(self.residuals).mean(axis=(0, 1)))
        return pooled

    @property
    def rates(self) -> Array:
        """Give the share of clips with each defect."""
        share: Array = self.marks.mean(axis=(0, 1))
        return share

    @property
    def correlations(self) -> Array:
        """Give each defect's correlation within prompts (analysis of variance), held to a sane range."""
        prompts, rolls, _ = self.marks.shape
        rates = self.marks.mean(axis=1)
        between = rolls * rates.var(axis=0, ddof=1)
        within = rolls * (rates * (1 - rates)).sum(axis=0) / (prompts * (rolls - 1))
        total = between + (rolls - 1) * within
        icc = np.divide(between - within, total, out=np.full_like(total, USUAL), where=total > 0)
        rare = self.marks.sum(axis=(0, 1)) < ENOUGH
        return np.where(rare, USUAL, np.clip(icc, *LIMITS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What runs are drawn from: a model without faults, and one whose faults are known."""

    metrics: tuple[str, ...]
    """Those with a direction that are not the same everywhere."""
    kinds: tuple[str, ...]
    """Defects that fail a case."""
    clean: Pool
    flawed: Pool

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Name the columns of a run."""
        named = (*(f"metric:{name}" for name in self.metrics), *(f"defect:{name}" for name in self.kinds))
        return *named, "fails", "errors", "latency"

    @property
    def units(self) -> NDArray[np.str_]:
        """Say what kind of number each of them is: see :class:`benchmarks.gate.worlds.Pair`."""
        shares = len(self.kinds) + 2
        return np.array([*["metric"] * len(self.metrics), *["share"] * shares, "log"])


def read_samples(path: Path) -> tuple[Sample, ...]:
    """Read a folder of goldens, or the rows of a run."""
    if path.is_dir():
        baseline = read_baseline(str(path), path.parent)
        return baseline.samples(baseline.goldens)
    lines = path.read_text(encoding="utf-8").splitlines()
    return samples_of([Row.from_json(json.loads(line)) for line in lines])


def source_of(clean: Sequence[Sample], flawed: Sequence[Sample]) -> Source:
    """Lay out the samples of both models by the same columns; clips with errors are left out.

    Raise :class:`ValueError` where the prompts are not the same.
    """
    apart = sorted({sample.key for sample in clean} ^ {sample.key for sample in flawed})
    if apart:
        raise ValueError(f"only one of the two models has clips of {', '.join(apart)}")
    both = [sample for sample in (*clean, *flawed) if not sample.error]
    known = set.intersection(*(set(sample.metrics) for sample in both)) & set(METRICS.names())
    metrics = tuple(
        name for name in sorted(known) if METRICS.get(name).better != "neither" and _moves(name, both)
    )
    kinds = tuple(sorted({name for sample in flawed for name in sample.defects}))
    return Source(
        metrics=metrics,
        kinds=kinds,
        clean=_pool(clean, metrics, kinds),
        flawed=_pool(flawed, metrics, kinds),
    )


def _pool(samples: Sequence[Sample], metrics: Sequence[str], kinds: Sequence[str]) -> Pool:
    """Lay out one model's, with as many rolls as every prompt has."""
    rolls: dict[str, list[Sample]] = defaultdict(list)
    for sample in sorted(samples, key=lambda sample: (sample.key, sample.roll)):
        if not sample.error:
            rolls[sample.key].append(sample)
    depth = min(map(len, rolls.values()))
    flat = [sample for own in rolls.values() for sample in own[:depth]]
    sign = [-1.0 if METRICS.get(name).better == "higher" else 1.0 for name in metrics]
    values = np.array([[sample.metrics[name] for name in metrics] for sample in flat]) * sign
    marks = np.array([[float(name in sample.defects) for name in kinds] for sample in flat])
    shape = len(rolls), depth
    return Pool(
        prompts=tuple(rolls),
        values=values.reshape(*shape, len(metrics)),
        marks=marks.reshape(*shape, len(kinds)),
    )


def _moves(name: str, samples: Sequence[Sample]) -> bool:
    values = np.array([sample.metrics[name] for sample in samples])
    return bool(np.ptp(values) > CONSTANT * np.abs(values).max(initial=CONSTANT))
