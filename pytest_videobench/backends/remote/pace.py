"""How long things took, and how long what fails is repeated."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_videobench.backends.remote.account import Account

PATIENCE = 120.0
"""Seconds for which anything that costs nothing is repeated while it fails."""
_MOST_BACKOFF = 30.0


@dataclass(slots=True, kw_only=True)
class Clock:
    """When what happened, in seconds of a monotonic clock."""

    submitted: float = field(default_factory=time.monotonic)
    running: float | None = None
    ended: float = 0.0
    fetched: float = 0.0

    def latency(self, running_s: float | None) -> dict[str, float]:
        """Give seconds by phase; a provider's own count of its work goes before what polls could see."""
        whole = self.ended - self.submitted
        queued = (self.running or self.submitted) - self.submitted
        if running_s is not None and running_s <= whole:
            queued = whole - running_s
        return {"queued": queued, "running": whole - queued, "download": self.fetched - self.ended}


class Patience:
    """How long a request that fails is repeated."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._since, self._tries = time.monotonic(), 0

    def lasts(self, wait: float | None) -> bool:
        """Wait, as long as the provider asks or longer with every try; ``False`` where it was long enough."""
        self._tries += 1
        if time.monotonic() - self._since > PATIENCE:
            return False
        self._account.sleep(backoff(self._tries) if wait is None else wait)
        return True

    def __str__(self) -> str:
        return f"tried {self._tries} times in {time.monotonic() - self._since:.0f} s"


def backoff(attempt: int) -> float:
    """Give the seconds to wait after so many failures: twice as long each time, and never just the same."""
    return float(min(_MOST_BACKOFF, 0.125 * 2**attempt) * random.uniform(0.75, 1.25))
