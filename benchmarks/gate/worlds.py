"""Simulated pairs of runs: a baseline and a candidate, of which it is known whether anything became worse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from benchmarks.gate.pool import Array, Source

ERRORS = 0.02, 0.2
"""Share of orders that end without a clip, and its correlation within prompts: some never pass."""
LATENCY = 0.2
"""Standard deviation of the log of seconds within prompts; that between them drops out anyway."""
MOST = 0.95
"""Share of clips that no raise goes beyond."""
MOVED = 0.3
"""Share of prompts whose rates another model draws anew, where prompts differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What differs between the two models, and how both are sampled."""

    name: str
    prompts: int = 0
    """0 takes all there are."""
    rolls: tuple[int, int] = 3, 3
    """Of the baseline and of the candidate."""
    worse: Mapping[str, float] = field(default_factory=dict)
    """Endpoint → by how much: standard deviations within prompts of a metric, share of clips of others."""
    printed: bool = False
    """Whether the standard deviations are those that the baseline's rolls show, as its margins are."""
    style: str = ""
    """Where all of it happens; everywhere if empty."""
    rarer: float = 1.0
    """Factor of the rates of all defects."""
    interaction: float = 0.0
    """Standard deviation, in those within prompts, of a prompt's own change; its mean is zero."""
    heavy: bool = False
    """Whether rolls have the tails of Student's t with three degrees of freedom."""
    models: Literal["usual", "reference", "flawed"] = "usual"
    """Both with the defects of the flawed one and some errors; both without any; or without any against the
    recorded clips of the flawed one."""

    @property
    def null(self) -> bool:
        """Say whether nothing is worse."""
        return not self.worse and self.models != "flawed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two runs: prompts × rolls × endpoints each; more is worse, and a value that is not there is NaN."""

    baseline: Array
    candidate: Array
    units: NDArray[np.str_]
    """Of every endpoint: ``metric``, ``share`` for 0 or 1 of a clip, ``log`` for a logarithm."""


def draw(world: World, source: Source, rng: np.random.Generator) -> Pair:
    """Draw both runs."""
    every = len(source.clean.prompts)
    chosen = np.sort(rng.choice(every, world.prompts or every, replace=False))
    rates = _rates(world, source, len(chosen), rng)
    still = np.zeros((len(chosen), len(source.metrics)))
    baseline = _run(world, source, world.rolls[0], chosen, rates, still, rng)
    if world.models == "flawed":
        candidate = _recorded(source, chosen, world.rolls[1], rng)
    else:
        spread = within(baseline)[: len(source.metrics)] if world.printed else source.clean.spread
        shift, raised = _changes(world, source, chosen, rates, spread, rng)
        candidate = _run(world, source, world.rolls[1], chosen, raised, shift, rng)
    return Pair(baseline=baseline, candidate=candidate, units=source.units)


def within(run: Array) -> Array:
    """Give the standard deviation between rolls of one prompt, pooled, of every endpoint."""
    there = ~np.isnan(run)
    number = there.sum(axis=1, keepdims=True)
    mean = np.where(there, run, 0.0).sum(axis=1, keepdims=True) / np.maximum(number, 1)
    squares = np.square(np.where(there, run - mean, 0.0)).sum(axis=(0, 1))
    pooled: Array = np.sqrt(squares / np.maximum(np.maximum(number - 1, 0).sum(axis=(0, 1)), 1))
    return pooled


def _rates(world: World, source: Source, prompts: int, rng: np.random.Generator) -> Array:
    """Draw each prompt's own rate of each defect and of errors: prompts × (kinds + 1)."""
    if world.models != "usual":
        return np.zeros((prompts, len(source.kinds) + 1))
    mean = np.clip(np.append(world.rarer * source.flawed.rates, ERRORS[0]), 1e-6, MOST)
    within = np.append(source.flawed.correlations, ERRORS[1])
    size = (1 - within) / within
    return rng.beta(mean * size, (1 - mean) * size, size=(prompts, len(mean)))


def _changes(
    world: World,
    source: Source,
    chosen: NDArray[np.intp],
    rates: Array,
    spread: Array,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Give what the candidate's metrics move by, and its rates."""
    shift = world.interaction * spread * rng.standard_normal((len(chosen), len(spread)))
    rates = rates.copy()
    if world.interaction:
        moved = rng.random(len(chosen)) < MOVED
        rates[moved] = _rates(world, source, len(chosen), rng)[moved]
    here = np.array([source.clean.prompts[index].startswith(world.style) for index in chosen])
    weight = here * (len(here) / max(here.sum(), 1))
    columns = [*(f"defect:{name}" for name in source.kinds), "errors"]
    for name, amount in world.worse.items():
        if name in columns:
            column = columns.index(name)
            more = np.minimum(amount * weight / (1 - rates[:, column].mean()), MOST)
            rates[:, column] = 1 - (1 - rates[:, column]) * (1 - more)
        else:
            column = source.endpoints.index(name)
            shift[:, column] += amount * spread[column] * weight
    return shift, rates


def _run(
    world: World,
    source: Source,
    rolls: int,
    chosen: NDArray[np.intp],
    rates: Array,
    shift: Array,
    rng: np.random.Generator,
) -> Array:
    """Draw the rolls of one model: a prompt's mean and one of its residuals, all metrics of it together."""
    clean, shape = source.clean, (len(chosen), rolls)
    left = clean.residuals[chosen[:, None], rng.integers(clean.values.shape[1], size=shape)]
    if world.heavy:
        left = left / np.sqrt(rng.chisquare(3, size=(*shape, 1)))
    metrics = (clean.level[chosen] + shift)[:, None] + left
    marks = (rng.random((*shape, rates.shape[1])) < rates[:, None]).astype(float)
    return _columns(metrics, marks[..., :-1], marks[..., -1:], rng)


def _recorded(source: Source, chosen: NDArray[np.intp], rolls: int, rng: np.random.Generator) -> Array:
    """Draw recorded rolls of the flawed model as they are, metrics and defects together."""
    flawed = source.flawed
    which = rng.integers(flawed.values.shape[1], size=(len(chosen), rolls))
    values, marks = flawed.values[chosen[:, None], which], flawed.marks[chosen[:, None], which]
    return _columns(values, marks, np.zeros((*which.shape, 1)), rng)


def _columns(metrics: Array, marks: Array, errors: Array, rng: np.random.Generator) -> Array:
    """Put all endpoints side by side; an error has nothing else."""
    seconds = rng.normal(0.0, LATENCY, size=errors.shape)
    seen = np.concatenate([metrics, marks, marks.max(axis=-1, keepdims=True)], axis=-1)
    run = np.concatenate([seen, errors, seconds], axis=-1)
    gone = np.broadcast_to(errors > 0, run.shape).copy()
    gone[..., -2] = False
    return np.where(gone, np.nan, run)
