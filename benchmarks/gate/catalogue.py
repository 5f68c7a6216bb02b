"""The worlds that are simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.gate.simulate import Question
from benchmarks.gate.worlds import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.gate.pool import Source
    from pytest_videobench.gate.margins import Margins

FEW, SOME = 15, 23
"""Prompts of the smallest and of the largest style of the package."""
METRIC = "sharpness"
"""The metric whose drops are simulated; its margin follows from its spread alone."""
TYPICAL = 0.03
"""Rate, or near it, of the defect whose drops are simulated."""
QUIET, DROPS, EDGES, LOOKS = "quiet", "drops", "edges", "looks"
"""The tables."""


def questions(source: Source, margins: Margins) -> tuple[Question, ...]:
    """List every world with its table; the quiet ones come first, as drops are held against them."""
    return (*_quiet(), *_drops(source), *_edges(source, margins), *_looks())


def usual(source: Source) -> str:
    """Name a defect that is neither rare nor frequent in the flawed model."""
    distances = [abs(rate - TYPICAL) for rate in source.flawed.rates]
    return source.kinds[distances.index(min(distances))]


def _quiet() -> Iterator[Question]:
    for world in (
        World(name="all prompts, 3 rolls against 3"),
        World(name="23 prompts, 3 against 3", prompts=SOME),
        World(name="15 prompts, 3 against 3", prompts=FEW),
        World(name="defects three times as rare", rarer=1 / 3),
        World(name="prompts differ, on average nothing changed", interaction=0.3),
        World(name="heavy tails", heavy=True),
        World(name="3 rolls against 8", rolls=(3, 8)),
        World(name="15 prompts, 3 against 8", rolls=(3, 8), prompts=FEW),
        World(name="prompts differ, 3 against 8", rolls=(3, 8), interaction=0.3),
    ):
        yield Question(world=world, part=QUIET)
    yield Question(world=World(name="3 rolls against 21", rolls=(3, 21)), part=QUIET, share=0.5)
    for prompts, count in (("all prompts", 0), ("15 prompts", FEW)):
        world = World(name=f"{prompts}, reference against itself", models="reference", prompts=count)
        yield Question(world=world, part=QUIET, share=0.5)


def _drops(source: Source) -> Iterator[Question]:
    kind, worlds = usual(source), []
    for size in (0.25, 0.5, 1.0):
        name = f"{METRIC} worse by {size:g} SD"
        worlds.append(World(name=name, worse={f"metric:{METRIC}": size}))
    for points in (5, 10, 20):
        name = f"{kind} +{points} points"
        worlds.append(World(name=name, worse={f"defect:{kind}": points / 100}))
    style = source.clean.prompts[0].partition("/")[0]
    in_style = {f"defect:{kind}": 0.10}
    worlds += [
        World(name=f"{kind} +10 points, all of it in {style}", worse=in_style, style=style),
        World(name="errors +5 points", worse={"errors": 0.05}),
        World(name=f"15 prompts, {METRIC} worse by 1 SD", worse={f"metric:{METRIC}": 1.0}, prompts=FEW),
        World(name=f"15 prompts, {kind} +20 points", worse={f"defect:{kind}": 0.20}, prompts=FEW),
        World(name=f"3 against 8, {kind} +5 points", worse={f"defect:{kind}": 0.05}, rolls=(3, 8)),
        World(name="all prompts, reference against flawed", models="flawed"),
        World(name="15 prompts, reference against flawed", models="flawed", prompts=FEW),
    ]
    yield from (Question(world=world, part=DROPS, share=0.25) for world in worlds)


def _edges(source: Source, margins: Margins) -> Iterator[Question]:
    """Worse by exactly the margin: a pass is an error, and may be no more frequent than the level."""
    kind, spread = usual(source), source.clean.spread[source.metrics.index(METRIC)]
    metric = {f"metric:{METRIC}": max(margins.spread, margins.least.get(METRIC, 0.0) / spread)}
    defect, error = {f"defect:{kind}": margins.share(kind)}, {"errors": margins.share("errors")}
    sizes = (("all prompts", 0, 3), ("15 prompts", FEW, 3), ("15 prompts, 8 against 8", FEW, 8))
    for title, worse in ((METRIC, metric), (kind, defect), ("errors", error)):
        for size, prompts, rolls in sizes:
            name = f"{size}, {title} at its margin"
            world = World(name=name, worse=worse, prompts=prompts, rolls=(rolls, rolls), printed=True)
            yield Question(world=world, part=EDGES, share=0.25, methods=False)


def _looks() -> Iterator[Question]:
    for world in (
        World(name="all prompts, up to 21 rolls", rolls=(3, 21)),
        World(name="prompts differ, up to 21 rolls", rolls=(3, 21), interaction=0.3),
        World(name="15 prompts, up to 21 rolls", rolls=(3, 21), prompts=FEW),
        World(name="15 prompts, up to 21 rolls against 8", rolls=(8, 21), prompts=FEW),
    ):
        yield Question(world=world, part=LOOKS, share=0.25, methods=False, looks=True)
