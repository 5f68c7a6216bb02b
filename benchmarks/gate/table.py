"""Results as Markdown: for the terminal, and for the page that explains the gate."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.gate.catalogue import DROPS, EDGES, LOOKS, QUIET
from benchmarks.gate.methods import METHODS
from pytest_videobench.stats.intervals import exact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.gate.methods import Method
    from benchmarks.gate.simulate import Result

INTRO = Path(__file__).with_name("intro.md")
NOMINAL = 0.05
VERDICTS = ("pass", "inconclusive", "fail")
NONE = "–"


def lines(results: Sequence[Result]) -> Iterator[str]:
    """Give all tables whose worlds were simulated."""
    yield INTRO.read_text(encoding="utf-8")
    parts = {
        part: [one for one in results if one.question.part == part] for part in (QUIET, DROPS, EDGES, LOOKS)
    }
    if quiet := parts[QUIET]:
        yield "## False alarms when nothing became worse"
        yield from _alarms(quiet)
    if drops := parts[DROPS]:
        yield "## Power where every method has 5 % of false alarms"
        yield from _power(drops, parts[QUIET])
    if judged := [one for own in parts.values() for one in own]:
        yield "## The gate's verdicts"
        yield from _verdicts(judged)
    if parts[LOOKS]:
        yield "## Up to five looks when nothing became worse"
        yield from _looks(parts[LOOKS])


def _alarms(results: Sequence[Result]) -> Iterator[str]:
    yield ""
    yield "Share of runs in per cent in which any endpoint is called worse, with 95 % limits."
    yield ""
    yield from _head(["world", "the gate", *(method.title for method in METHODS), "runs"])
    for result in results:
        failed = sum(outcome.verdict == "fail" for outcome in result.outcomes)
        cells = [_limits((failed, len(result.outcomes)))]
        cells += [_limits(_calls(result, method, method.limit)) for method in METHODS]
        yield _row([result.question.world.name, *cells, _runs(result)])
    yield ""


def _power(results: Sequence[Result], quiet: Sequence[Result]) -> Iterator[str]:
    yield ""
    yield (
        "Share of runs in per cent in which any endpoint is called worse. Each method's limit is moved until "
        "5 % of the runs of the same size in which nothing changed are called worse."
    )
    yield ""
    yield from _head(["world", *(method.title for method in METHODS), "runs"])
    for result in results:
        like = _like(result, quiet)
        cells = [
            NONE if like is None else _percent(_calls(result, method, level(like.least[method.title])))
            for method in METHODS
        ]
        yield _row([result.question.world.name, *cells, _runs(result)])
    yield ""


def level(numbers: Sequence[float], rate: float = NOMINAL) -> float:
    """Give the largest limit at which no more than ``rate`` of the numbers say worse."""
    ordered = np.sort(numbers)
    allowed = int(rate * len(ordered))
    below = ordered[ordered < ordered[allowed]]
    return float(below[-1]) if len(below) else -np.inf


def _verdicts(results: Sequence[Result]) -> Iterator[str]:
    yield ""
    yield "Share of runs in per cent; *named*: it calls what did become worse so."
    yield ""
    yield from _head(["world", *VERDICTS, "named", "runs"])
    for result in results:
        found = Counter[str](outcome.verdict for outcome in result.outcomes)
        total = len(result.outcomes)
        cells = [_limits((found[verdict], total)) for verdict in VERDICTS]
        named = sum(outcome.named for outcome in result.outcomes)
        shown = NONE if result.question.world.null else _percent((named, total))
        yield _row([result.question.world.name, *cells, shown, f"{total:,}"])
    yield ""


def _looks(results: Sequence[Result]) -> Iterator[str]:
    yield ""
    yield (
        "The baseline has 3 rolls where nothing else is said; the candidate is looked at after 3, 5, 8, 13 "
        "and 21. Share of runs in per cent that fail: by the gate, which stops where it decides; if all "
        "looks are taken whatever they say; and if each look may spend all of the 5 %."
    )
    yield ""
    yield from _head(
        ["world", "the gate", "all five looks", "5 % at each look", "decided at the first", "runs"]
    )
    for result in results:
        total = len(result.looks)
        parts, whole = (sum(column) for column in zip(*result.looks, strict=True))
        failed = sum(outcome.verdict == "fail" for outcome in result.outcomes)
        first = sum(one.look == 1 and one.verdict != "inconclusive" for one in result.outcomes)
        cells = [*(_limits((count, total)) for count in (failed, parts, whole)), _percent((first, total))]
        yield _row([result.question.world.name, *cells, f"{total:,}"])
    yield ""


def _calls(result: Result, method: Method, limit: float) -> tuple[int, int]:
    numbers = result.least[method.title]
    return sum(number <= limit for number in numbers), len(numbers)


def _like(result: Result, quiet: Sequence[Result]) -> Result | None:
    """Find the plain world of the same size in which nothing changed."""
    world = result.question.world
    kind = "reference" if world.models == "flawed" else "usual"
    for other in quiet:
        own = other.question.world
        plain = (own.interaction, own.heavy, own.rarer, own.models) == (0.0, False, 1.0, kind)
        if plain and (own.prompts, own.rolls) == (world.prompts, world.rolls):
            return other
    return None


def _runs(result: Result) -> str:
    counts = sorted({len(numbers) for numbers in result.least.values()}, reverse=True)
    return f"{counts[0]:,}"


def _percent(count: tuple[int, int]) -> str:
    return f"{100 * count[0] / count[1]:.0f}"


def _limits(count: tuple[int, int]) -> str:
    interval = exact(*count)
    return f"{100 * count[0] / count[1]:.1f} ({100 * interval.low:.1f}–{100 * interval.high:.1f})"


def _head(titles: Sequence[str]) -> Iterator[str]:
    yield _row(titles)
    yield _row(["---", *["---:"] * (len(titles) - 1)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
