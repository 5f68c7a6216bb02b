"""Prompt against prompt: how often one backend does better than another, and how strong that makes each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.board.standings import MEASURES, PASSES, SEED
from pytest_videobench.stats.bradley_terry import log_strengths

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_videobench.board.standings import Shares

_RESAMPLES = 1000
_DRAWS = 1.0
"""Added to every pair: one prompt on which all are equal, so that who never wins has a strength, too."""
_TAILS = (0.025, 0.975)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """Bradley and Terry's strength of a backend, as its chance against one of average strength."""

    label: str
    chance: float
    low: float
    high: float
    """Interval of 95 % by drawing the prompts anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duels:
    """Every backend against every other over the prompts that all have."""

    labels: tuple[str, ...]
    prompts: int
    rates: tuple[tuple[float | None, ...], ...]
    """Share of prompts that the row wins over the column, a tie being half; ``None`` on the diagonal."""
    tied: tuple[tuple[float | None, ...], ...]
    """Share of prompts on which they tie."""
    strengths: tuple[Strength, ...]


def duels_of(shares: Shares) -> Duels | None:
    """Compare by the share of a prompt's rolls that pass, on the prompts on which all have a verdict.

    Backends without any verdict take no part; ``None`` where fewer than two, or no prompts, are left.
    """
    values = shares.values[:, :, MEASURES.index(PASSES)]
    judged = np.flatnonzero(~np.isnan(values).all(1))
    labels = tuple(shares.labels[which] for which in judged)
    values = values[judged][:, ~np.isnan(values[judged]).any(0)]
    if len(labels) < 2 or not values.shape[1]:
        return None
    won = np.sign(values[:, None] - values[None, :]) / 2 + 0.5
    return Duels(
        labels=labels,
        prompts=values.shape[1],
        rates=_square(won.mean(-1)),
        tied=_square((won == 0.5).mean(-1)),
        strengths=_strengths(labels, won),
    )


def _strengths(labels: tuple[str, ...], won: NDArray[np.float64]) -> tuple[Strength, ...]:
    prompts = won.shape[-1]
    drawn = np.random.default_rng(SEED).multinomial(prompts, np.full(prompts, 1 / prompts), _RESAMPLES)
    found = _chance(log_strengths(won.sum(-1), draws=_DRAWS))
    low, high = np.quantile(
        _chance(log_strengths(np.moveaxis(won @ drawn.T, -1, 0), draws=_DRAWS)), _TAILS, 0
    )
    return tuple(
        Strength(label=label, chance=float(found[i]), low=float(low[i]), high=float(high[i]))
        for i, label in enumerate(labels)
    )


def _chance(strengths: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-strengths)), float)


def _square(values: NDArray[np.float64]) -> tuple[tuple[float | None, ...], ...]:
    return tuple(
        tuple(None if row == column else float(cell) for column, cell in enumerate(cells))
        for row, cells in enumerate(values)
    )
