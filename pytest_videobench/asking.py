"""What a run asks of its backends, known before anything is made: which prompts, and how often."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_videobench.cases import backend_label
from pytest_videobench.gate.row import expected_cell
from pytest_videobench.gate.suite import prompt_digest
from pytest_videobench.gate.thresholds import complete

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from pytest_videobench.cases import Case

_NAMED = 5
"""Prompts in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a run asks of one backend in one style."""

    style: str
    prompts: dict[str, str] = field(default_factory=dict)
    """Version of every prompt by its id."""
    rolls: dict[str, set[int]] = field(default_factory=dict)
    """Rolls of every prompt by its id."""

    def add(self, case: Case) -> None:
        """Take a case in; several tests may look at it."""
        prompt = case.prompt
        if prompt.id not in self.prompts:
            expected = expected_cell(complete(prompt.expect, case.delivery()))
            self.prompts[prompt.id] = prompt_digest(prompt.text(), expected)
        self.rolls.setdefault(prompt.id, set()).add(case.roll)

    def gaps(self, prompts: Collection[str], rolls: int) -> Iterator[str]:
        """Say, in one clause each, which prompts are not there, and which lack some of their rolls."""
        absent = sorted(set(prompts) - self.prompts.keys())
        if absent:
            yield f"{self.style} without {_named(absent)}"
        short = sorted(name for name, found in self.rolls.items() if found != set(range(rolls)))
        if short:
            yield f"{self.style} without some of the {rolls} rolls of {_named(short)}"


def asked_of(cases: Iterable[Case]) -> dict[str, dict[str, Asked]]:
    """Sort cases by the label of their backend, and by style."""
    asked: dict[str, dict[str, Asked]] = defaultdict(dict)
    for case in cases:
        style = case.prompt.style
        asked[backend_label(case.backend)].setdefault(style, Asked(style=style)).add(case)
    return asked


def _named(prompts: Sequence[str]) -> str:
    more = f" and {len(prompts) - _NAMED} more prompts" if len(prompts) > _NAMED else ""
    return ", ".join(prompts[:_NAMED]) + more
