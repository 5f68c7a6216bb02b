"""Which prompts do not come out the same way twice, and so decide nothing by a single roll."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_videobench.stats.intervals import wilson
from pytest_videobench.stats.passk import pass_at_k, pass_hat_k

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.gate.sample import Sample

TRIES = 2
"""k of ``pass@k`` and ``pass^k``: does it pass in one of two tries, and in both?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flakiness:
    """How one prompt of one backend comes out over its rolls."""

    key: str
    """``style/prompt``."""
    backend: str
    rolls: int
    """Those that pass or fail; an error says nothing of the prompt's clips."""
    passes: int
    low: float
    high: float
    """Wilson's interval of 95 % of the share that passes."""
    at_least_one: float | None
    """``pass@k``: the share of k rolls in which one passes; ``None`` where there are fewer rolls …"""
    all_of_them: float | None
    """… and ``pass^k``, in which all do."""

    @property
    def share(self) -> float:
        """Give the share of rolls that pass."""
        return self.passes / self.rolls

    @property
    def flaky(self) -> bool:
        """Say whether rolls disagree."""
        return 0 < self.passes < self.rolls


def flakiness(samples: Iterable[Sample], tries: int = TRIES) -> tuple[Flakiness, ...]:
    """Draw up every prompt of every backend; the least sure come first, then in the order of their names."""
    rolls: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for sample in samples:
        if sample.verdict in ("pass", "fail"):
            rolls[sample.key, sample.backend].append(sample.verdict == "pass")
    found = [_flakiness(key, backend, passes, tries) for (key, backend), passes in rolls.items()]
    return tuple(sorted(found, key=lambda one: (-one.share * (1 - one.share), one.key, one.backend)))


def distrusted(samples: Iterable[Sample]) -> tuple[Flakiness, ...]:
    """Give the prompts whose rolls disagree, the least sure first."""
    return tuple(one for one in flakiness(samples) if one.flaky)


def _flakiness(key: str, backend: str, passes: list[bool], tries: int) -> Flakiness:
    number, good = len(passes), sum(passes)
    interval = wilson(good / number, number)
    enough = number >= tries
    return Flakiness(
        key=key,
        backend=backend,
        rolls=number,
        passes=good,
        low=interval.low,
        high=interval.high,
        at_least_one=pass_at_k(number, good, tries) if enough else None,
        all_of_them=pass_hat_k(number, good, tries) if enough else None,
    )
