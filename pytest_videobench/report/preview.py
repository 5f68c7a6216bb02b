"""What a run would make, how long it would take and what it would cost."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from pytest_videobench.cases import backend_label
from pytest_videobench.errors import VideobenchError
from pytest_videobench.money import Cost, Estimate, estimates
from pytest_videobench.store.broker import Commission
from pytest_videobench.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_videobench.backends.base import Backend
    from pytest_videobench.cases import Case
    from pytest_videobench.prompts.model import Delivery

_COLUMNS = {
    "cases": 7,
    "stored": 8,
    "under way": 11,
    "to make": 9,
    "no clip": 9,
    "seconds": 9,
    "USD": 12,
}
"""Titles and widths, in their order."""


def preview(cases: Iterable[Case], cache: Path) -> Iterator[str]:
    """Give a line per style and backend: cases, clips in store, under way, to make, seconds, US dollars.

    Below it stands what its clips will be, where that is not the backend's default.
    """
    groups: dict[tuple[str, str], dict[str, Case]] = {}
    for case in cases:
        groups.setdefault((case.prompt.style, backend_label(case.backend)), {})[case.key] = case
    yield f"{'style':12}{'backend':28}" + "".join(f"{title:>{width}}" for title, width in _COLUMNS.items())
    store, everything = Store(cache), list[Estimate]()
    for (style, label), own in groups.items():
        found = estimates(_orders(own.values()), _backends(own.values()), store)
        everything += found
        yield f"{style:12}{label:28}" + _row(own, found)
        yield from _unusual(list(own.values()))
    cost = Cost.of(one.usd for one in everything)
    yield f"dry run: nothing was made; making it all would cost {cost}"


def bill(found: Sequence[Estimate], budget: float | None) -> list[str]:
    """Say, before anything is ordered, what is stored, under way and to be paid: a line per backend."""
    lines = []
    for spec in dict.fromkeys(str(one.order.request.spec) for one in found):
        own = [one for one in found if str(one.order.request.spec) == spec]
        counts = Counter(one.stage for one in own)
        cost = f" for {Cost.of(one.usd for one in own)}" if counts["to make"] else ""
        lines.append(
            f"{spec}: {len(own)} clips, {counts['stored']} stored, {counts['under way']} under way, "
            f"{counts['to make']} to order{cost}"
        )
    if budget is not None:
        lines.append(f"no more than {budget:.2f} USD will be spent (--vb-budget)")
    return lines


def _row(cases: Mapping[str, Case], found: Sequence[Estimate]) -> str:
    counts = Counter(one.stage for one in found)
    seconds = sum(_seconds(cases[one.order.case]) for one in found if one.stage == "to make")
    cells = (
        len(cases),
        counts["stored"],
        counts["under way"],
        counts["to make"],
        len(cases) - len(found),
        f"{seconds:.0f}",
        Cost.of(one.usd for one in found).cell(),
    )
    return "".join(f"{cell:>{width}}" for cell, width in zip(cells, _COLUMNS.values(), strict=True))


def _orders(cases: Iterable[Case]) -> Iterator[Commission]:
    """Give the orders of the cases that can have a clip."""
    for case in cases:
        with suppress(VideobenchError):
            yield Commission.of(case)


def _backends(cases: Iterable[Case]) -> dict[str, Backend]:
    return {str(case.backend.spec): case.backend for case in cases}


def _seconds(case: Case) -> float:
    """Guess the time for one clip; a longer one takes longer."""
    usual, asked = case.backend.delivery().duration, case.delivery().duration
    return case.backend.seconds_per_clip * (asked / usual if asked and usual else 1.0)


def _unusual(cases: Sequence[Case]) -> Iterator[str]:
    usual = cases[0].backend.delivery()
    for delivery, count in Counter(case.delivery() for case in cases).items():
        if delivery != usual:
            yield f"{'':12}{count} of {len(cases)} cases: {_spelled(delivery)}"


def _spelled(delivery: Delivery) -> str:
    parts = [f"{delivery.duration:g} s"] if delivery.duration else []
    parts += [f"{delivery.width}x{delivery.height}"] if delivery.width else []
    parts += ["{}:{}".format(*delivery.ratio)] if delivery.ratio else []
    parts += [f"{delivery.fps:g} fps"] if delivery.fps else []
    return ", ".join(parts)
