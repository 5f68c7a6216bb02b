"""Strengths of players from their wins against each other (Bradley and Terry 1952)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEPS = 200
_EXACT = 1e-13
_LONGEST_STEP = 1.0


def log_strengths(wins: NDArray[np.float64], *, draws: float = 0.0) -> NDArray[np.float64]:
    """Give the logarithms of the strengths that make the wins the most likely; their mean is 0.

    ``wins[..., i, j]`` says how often i beat j, where a draw is half a win for both; leading axes are
    independent tables. The chance that i beats j is ``1 / (1 + exp(s[j] - s[i]))``.

    Who never wins, or a group that never loses to the rest, has no finite strength: the likelihood grows
    without end (Ford 1957), and that is a :class:`ValueError`. ``draws`` adds so many draws to every pair,
    which keeps all strengths finite and pulls them together a little.
    """
    table = np.array(wins, float)
    players = table.shape[-1]
    table += draws / 2
    table[..., range(players), range(players)] = 0
    for single in table.reshape(-1, players, players) if draws <= 0 else ():
        if connected_components(single > 0, connection="strong")[0] > 1:
            raise ValueError("who never wins, or never loses, has no finite strength; add draws")
    return _most_likely(table)


def _most_likely(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Climb the concave likelihood by Newton's steps, shortened where they are long."""
    games = table + np.swapaxes(table, -1, -2)
    won = table.sum(-1)
    players = table.shape[-1]
    strengths = np.zeros(won.shape)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(strengths[..., None, :] - strengths[..., :, None]))
        slope = won - (games * chance).sum(-1)
        curve = games * chance * (1 - chance)
        # Ones fix the mean, which the likelihood leaves open.
        bend = 1.0 - curve
        bend[..., range(players), range(players)] += (
            curve.sum(-1) + curve[..., range(players), range(players)]
        )
        step = np.linalg.solve(bend, slope[..., None])[..., 0]
        longest = np.abs(step).max(-1, keepdims=True)
        strengths = strengths + step / np.maximum(1.0, longest / _LONGEST_STEP)
        if longest.max(initial=0.0) < _EXACT:
            break
    return np.asarray(strengths - strengths.mean(-1, keepdims=True), float)
