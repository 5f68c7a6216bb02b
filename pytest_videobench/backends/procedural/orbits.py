"""The ways of lights and of small things that move together; one unit is the height of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_videobench.backends.procedural.arrays import Floats

TURN = 2 * np.pi

Orbit: TypeAlias = "Callable[[Floats, Floats], tuple[Floats, Floats]]"
"""From seeds (n x 8) and cycles (t) to places (2 x n x t) and brightness (n)."""


def rings(seeds: Floats, cycles: Floats) -> tuple[Floats, Floats]:
    """Circle on tilted rings."""
    radius, squeeze = 0.14 + 0.32 * seeds[:, :1], 0.35 + 0.55 * seeds[:, 1:2]
    tilt, turns = np.pi * seeds[:, 2:3], (0.35 + 0.45 * seeds[:, 3:4]) * _sign(seeds[:, 6:7])
    angle = TURN * (turns * cycles[None] + seeds[:, 4:5])
    x, y = radius * np.cos(angle), radius * squeeze * np.sin(angle)
    places = np.stack([x * np.cos(tilt) - y * np.sin(tilt), x * np.sin(tilt) + y * np.cos(tilt)])
    return places, np.ones(len(seeds))


def spiral(seeds: Floats, cycles: Floats) -> tuple[Floats, Floats]:
    """Rise in a spiral, brighter as they climb."""
    share = np.mod(seeds[:, :1] + 0.16 * cycles[None], 1.0)
    angle = TURN * (1.6 * share + seeds[:, 1:2] + 0.1 * cycles[None])
    wide = 0.16 + 0.34 * seeds[:, 2:3] + 0.10 * share
    x, y = 1.15 * wide * np.cos(angle), 0.5 - share + 0.10 * wide * np.sin(angle)
    first = share[:, 0]
    return np.stack([x, y]), np.clip(6 * np.minimum(first, 1 - first), 0, 1) * (0.45 + 0.55 * first)


def galaxy(seeds: Floats, cycles: Floats) -> tuple[Floats, Floats]:
    """Turn as the arms of a galaxy, seen aslant."""
    radius = 0.03 + 0.45 * np.sqrt(seeds[:, :1])
    arm = np.floor(seeds[:, 1:2] * 2) / 2
    angle = TURN * (arm + 1.1 * radius + 0.09 * (seeds[:, 2:3] - 0.5) + 0.16 * cycles[None])
    return np.stack([1.5 * radius * np.cos(angle), 0.55 * radius * np.sin(angle)]), 0.4 + 0.6 * seeds[:, 3]


def burst(seeds: Floats, cycles: Floats) -> tuple[Floats, Floats]:
    """Burst from a few points, one after another, and fall."""
    shell = np.floor(seeds[:, :1] * 5)
    share = np.mod(0.42 * cycles[None] + shell * 0.2 + 0.03 * seeds[:, 1:2], 1.0)
    angle, speed = TURN * seeds[:, 2:3], 0.08 + 0.17 * np.sqrt(seeds[:, 3:4])
    out = 1 - np.exp(-3.2 * share)
    x = 0.42 * (shell - 2) + speed * np.cos(angle) * out
    y = 0.12 * np.cos(2.4 * shell) - 0.05 + speed * np.sin(angle) * out + 0.12 * share**2
    return np.stack([x, y]), _swell(share[:, 0], 0.12, 1.1)


def sparks(seeds: Floats, cycles: Floats) -> tuple[Floats, Floats]:
    """Fly from one point and drift away."""
    share = np.mod(0.55 * cycles[None] + seeds[:, :1], 1.0)
    angle = TURN * (0.05 + 0.30 * (seeds[:, 1:2] - 0.5)) - 0.4
    speed = 0.25 + 0.65 * seeds[:, 2:3]
    x, y = speed * share * np.cos(angle), speed * share * np.sin(angle) + 0.22 * share**2
    return np.stack([x, y]), _swell(share[:, 0], 0.15, 1.4)


def converge(seeds: Floats, cycles: Floats) -> tuple[Floats, Floats]:
    """Whirl, draw together into a ring, and part again."""
    pull = 0.5 - 0.5 * np.cos(TURN * 0.22 * cycles[None])
    angle = TURN * (seeds[:, :1] + 0.35 * cycles[None] * (0.6 + 0.8 * seeds[:, 1:2]))
    far = 0.20 + 0.55 * seeds[:, 2:3]
    near = 0.22 + 0.05 * np.sin(3 * angle)
    radius = far + (near - far) * pull
    return np.stack([1.25 * radius * np.cos(angle), 0.8 * radius * np.sin(angle)]), 0.5 + 0.5 * seeds[:, 3]


def tunnel(seeds: Floats, cycles: Floats) -> tuple[Floats, Floats]:
    """Stream past from a vanishing point."""
    share = np.mod(0.5 * cycles[None] * (0.6 + 0.6 * seeds[:, 2:3]) + seeds[:, :1], 1.0)
    angle = TURN * (seeds[:, 1:2] + 0.06 * cycles[None])
    radius = 0.05 + 0.95 * share**2.2
    return np.stack([1.1 * radius * np.cos(angle), 0.62 * radius * np.sin(angle)]), _swell(
        share[:, 0], 0.25, 1.0
    )


def strings(seeds: Floats, cycles: Floats) -> tuple[Floats, Floats]:
    """Pass along taut strings that quiver."""
    rows = np.linspace(-0.44, 0.44, len(seeds))[:, None]
    way = np.linspace(-0.95, 0.95, max(2, len(cycles)))[None, : len(cycles)]
    now = cycles[0] if len(cycles) else 0.0
    wave = np.sin(np.pi * 2.5 * (way + 1) + TURN * (0.5 * now + seeds[:, :1]))
    sag = np.cos(np.pi * way / 2)
    y = rows + sag * (0.012 + 0.022 * seeds[:, 1:2]) * wave
    glow = 0.35 + 0.65 * (0.5 + 0.5 * np.sin(TURN * (0.3 * now + seeds[:, 2] + 0.08 * np.arange(len(seeds)))))
    return np.stack([np.broadcast_to(way, y.shape), y]), glow


def grid(seeds: Floats, cycles: Floats) -> tuple[Floats, Floats]:
    """Stand in a grid and swell in changing patterns."""
    wide = int(np.ceil(np.sqrt(len(seeds) * 1.7)))
    number = np.arange(len(seeds))
    column, row = number % wide, number // wide
    x = (column - (wide - 1) / 2) * (1.56 / wide)
    y = (row - (np.ceil(len(seeds) / wide) - 1) / 2) * (1.56 / wide)
    now = float(cycles[0])
    wave = np.sin(TURN * (0.75 * now + 0.11 * column + 0.17 * row)) * np.sin(TURN * (0.4 * now + seeds[:, 0]))
    places = np.stack([x, y])[:, :, None] * np.ones((1, 1, len(cycles)))
    return places, np.clip(0.10 + 0.90 * wave**2, 0, 1)


def segments(seeds: Floats, cycles: Floats) -> tuple[Floats, Floats]:
    """Stand on a ring and light up one after another."""
    angle = TURN * np.arange(len(seeds)) / len(seeds) - np.pi / 2
    x, y = 0.46 * np.cos(angle), 0.44 * np.sin(angle)
    phase = np.mod(np.arange(len(seeds)) / len(seeds) - 0.4 * float(cycles[0]), 1.0)
    places = np.stack([x, y])[:, :, None] * np.ones((1, 1, len(cycles)))
    return places, 0.25 + 0.75 * np.clip(1.6 * np.minimum(phase, 1 - phase) + 0.1, 0, 1)


def road(seeds: Floats, cycles: Floats) -> tuple[Floats, Floats]:
    """Wind uphill in a long file."""
    share = np.mod(seeds[:, :1] + 0.03 * cycles[None], 1.0)
    x = 0.72 * (1 - 0.55 * share) * np.sin(5.2 * share) + 0.012 * (seeds[:, 1:2] - 0.5)
    y = 0.46 - 0.78 * share + 0.02 * (seeds[:, 2:3] - 0.5)
    first = share[:, 0]
    return np.stack([x, y]), np.clip(8 * np.minimum(first, 1 - first), 0, 1) * (1 - 0.5 * first)


def pollen(seeds: Floats, cycles: Floats) -> tuple[Floats, Floats]:
    """Drift up and outward from the middle."""
    share = np.mod(seeds[:, :1] + 0.14 * cycles[None], 1.0)
    lean = (seeds[:, 1:2] - 0.5) * 1.4
    x = lean * share + 0.04 * np.sin(TURN * (0.5 * cycles[None] + seeds[:, 2:3]))
    return np.stack([x, 0.05 - 0.55 * share]), _swell(share[:, 0], 0.2, 1.0)


def _sign(values: Floats) -> Floats:
    return np.where(values < 0.5, -1.0, 1.0)


def _swell(share: Floats, rise: float, power: float) -> Floats:
    """Rise from nothing within ``rise`` and fade until 1."""
    return np.asarray(np.clip(share / rise, 0, 1) * np.clip(1 - share, 0, 1) ** power)


ORBITS: dict[str, Orbit] = {
    orbit.__name__: orbit
    for orbit in (
        *(rings, spiral, galaxy, burst, sparks, converge),
        *(tunnel, strings, grid, segments, road, pollen),
    )
}
