"""Runs of a world by the hundred or thousand, and what every method and the gate itself say of them."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from time import process_time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.gate.methods import METHODS
from benchmarks.gate.verdicts import Outcome, every_look, gate
from benchmarks.gate.worlds import World, draw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    from benchmarks.gate.pool import Source
    from pytest_videobench.gate.margins import Margins

CHUNK = 50
"""Runs of a task: few, so that all processes end together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A world, and what is asked in it."""

    world: World
    part: str
    """The table that it belongs to."""
    share: float = 1.0
    """Of all runs."""
    methods: bool = True
    gate: bool = True
    looks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What runs are drawn from and judged by."""

    source: Source
    margins: Margins
    seed: int = 7


@dataclass(slots=True, kw_only=True)
class Result:
    """What came of the runs of a world."""

    question: Question
    least: dict[str, list[float]] = field(default_factory=dict)
    """Method → the smallest number of all endpoints, run by run."""
    outcomes: list[Outcome] = field(default_factory=list)
    """The gate's."""
    looks: list[tuple[bool, bool]] = field(default_factory=list)
    """Whether any look fails, with the error rate spent in parts and with all of it at each."""
    seconds: float = 0.0
    """Of a processor."""

    def add(self, other: Result) -> None:
        """Take in more runs of the same world."""
        for title, numbers in other.least.items():
            self.least.setdefault(title, []).extend(numbers)
        self.outcomes += other.outcomes
        self.looks += other.looks
        self.seconds += other.seconds


def simulate(study: Study, questions: Sequence[Question], runs: int, jobs: int) -> Iterator[Result]:
    """Give the result of each question as soon as it is there, in their order."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read by processes as they start: threads would fight for cores
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        asked = [(question, _parts(pool, study, question, runs)) for question in questions]
        for question, parts in asked:
            result = Result(question=question)
            for part in parts:
                result.add(part.result())
            yield result


def _parts(pool: ProcessPoolExecutor, study: Study, question: Question, runs: int) -> list[Future[Result]]:
    most = max(1, round(runs * question.share))
    starts = range(0, most, CHUNK)
    return [pool.submit(run, study, question, start, min(start + CHUNK, most)) for start in starts]


def run(study: Study, question: Question, start: int, stop: int) -> Result:
    """Draw runs of a world by their numbers, and ask; the same numbers always give the same."""
    began, result, world = process_time(), Result(question=question), question.world
    injected = [f"defect:{kind}" for kind in study.source.kinds]
    worse = injected if world.models == "flawed" else list(world.worse)
    for number in range(start, stop):
        pair = draw(world, study.source, np.random.default_rng([study.seed, number]))
        for method in METHODS if question.methods else ():
            if number % round(1 / method.share) == 0:
                result.least.setdefault(method.title, []).append(float(method.test(pair).min()))
        if question.gate:
            result.outcomes.append(gate(pair, study.source, study.margins, worse))
        if question.looks:
            result.looks.append(every_look(pair, study.margins.rule))
    result.seconds = process_time() - began
    return result
