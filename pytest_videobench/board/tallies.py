"""What is counted rather than ranked: verdicts, defects, seconds and dollars."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from pytest_videobench.defects.dimensions import defect_dimension
from pytest_videobench.gate.facts import DIMENSIONS, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_videobench.board.entries import Entry
    from pytest_videobench.gate.sample import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one backend delivered, and what that took."""

    label: str
    verdicts: dict[str, int]
    errors: dict[str, int]
    """Cases without a verdict by the kind of reason; they are no failures of quality."""
    seconds: float | None
    """Median from submission to a finished clip at a provider; ``None`` where no provider made it."""
    here: float | None
    """Median to make a clip on the machine of the run, where that was done."""
    per_clip: float | None
    """US dollars; ``None`` where the price of a clip is unknown."""
    per_pass: float | None
    """US dollars for a clip that passes, those that fail included; ``None`` where none passes."""
    cost: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often a kind of defect was found on the clips of a backend."""

    failing: int
    """Cases that it fails."""
    warned: int
    """Cases in which it only warns."""
    looked: int
    """Cases that somebody looked at for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of defect over all backends."""

    defect: str
    dimension: str
    counts: dict[str, Count]
    """By the backend's label."""


def account_of(entry: Entry, prompts: Iterable[str]) -> Account:
    """Count what a backend delivered for some prompts."""
    samples = _of(entry, prompts)
    verdicts = Counter(sample.verdict for sample in samples)
    seconds = [sample.seconds for sample in samples if sample.seconds is not None]
    prices = [sample.cost_usd for sample in samples if sample.sha256]
    known = [price for price in prices if price is not None]
    cost = round(sum(sorted(known)), 6) if prices and len(known) == len(prices) else None
    passing = verdicts["pass"]
    return Account(
        label=entry.label,
        verdicts={verdict: verdicts[verdict] for verdict in VERDICTS},
        errors=dict(sorted(Counter(sample.error for sample in samples if sample.error).items())),
        seconds=median(seconds) if seconds else None,
        here=None if seconds else _made_here(entry),
        per_clip=None if cost is None else cost / len(prices),
        per_pass=None if cost is None or not passing else cost / passing,
        cost=cost,
    )


def kinds_of(entries: Sequence[Entry], prompts: Sequence[str]) -> tuple[Kind, ...]:
    """Count every kind of defect that was found at all, in the order of the dimensions."""
    samples = {entry.label: _of(entry, prompts) for entry in entries}
    found = {name for own in samples.values() for sample in own for name in (*sample.defects, *sample.warned)}
    kinds = [
        Kind(
            defect=name,
            dimension=defect_dimension(name),
            counts={label: _count(name, own) for label, own in samples.items()},
        )
        for name in sorted(found)
    ]
    return tuple(sorted(kinds, key=lambda kind: (DIMENSIONS.index(kind.dimension), kind.defect)))


def _made_here(entry: Entry) -> float | None:
    found = [row.timing["clip"] for row in entry.rows if "clip" in row.timing and "store" not in row.timing]
    return median(found) if found else None


def _of(entry: Entry, prompts: Iterable[str]) -> list[Sample]:
    wanted = frozenset(prompts)
    return [sample for sample in entry.samples if sample.key in wanted]


def _count(defect: str, samples: Sequence[Sample]) -> Count:
    return Count(
        failing=sum(defect in sample.defects for sample in samples),
        warned=sum(defect in sample.warned and defect not in sample.defects for sample in samples),
        looked=sum(
            defect in sample.checked or defect in sample.defects or defect in sample.warned
            for sample in samples
        ),
    )
