"""What one account may do at once, and what it may spend."""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Condition
from typing import TYPE_CHECKING

from pytest_videobench.backends.remote.wire import RemoteError

if TYPE_CHECKING:
    from collections.abc import Iterator

_GROW_SECONDS = 20.0
"""Seconds without a complaint after which one more job at once is tried again."""
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 60.0
"""Seconds of the first and of the longest wait after a refusal that names none; they double between."""


class Stopped(Exception):
    """The run has ended; what is in flight stays in the journal."""


class Account:
    """Jobs in flight on one account: at most ``concurrency``, fewer while the provider complains.

    With ``per_minute`` no more submissions than that are begun in a minute, evenly spread.
    """

    def __init__(self, concurrency: int, per_minute: float | None = None) -> None:
        self._apart = 60.0 / per_minute if per_minute else 0.0
        self._next_at = 0.0
        self._most = self.limit = concurrency
        self._changed = Condition()
        self._running = 0
        self._held_until = 0.0
        self._last_complaint = 0.0
        self._wait = _FIRST_WAIT
        self._stopped = False

    @contextmanager
    def slot(self, *, taken: bool) -> Iterator[None]:
        """Hold a place for a job; a job that is ``taken`` is in flight already and asks nobody."""
        with self._changed:
            while not taken and not self._stopped and not self._free():
                self._changed.wait(self._pause())
            if self._stopped:
                raise Stopped
            if not taken:
                self._next_at = time.monotonic() + self._apart
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def sleep(self, seconds: float) -> None:
        """Wait; a run that ends wakes everybody by :class:`Stopped`."""
        until = time.monotonic() + seconds
        with self._changed:
            while not self._stopped and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
            if self._stopped:
                raise Stopped

    def check(self) -> None:
        """Raise :class:`Stopped` where the run has ended."""
        if self._stopped:
            raise Stopped

    def refused(self, wait: float | None) -> float:
        """Slow down after a refusal for there being too much; give the seconds to wait."""
        with self._changed:
            now = time.monotonic()
            if now >= self._held_until:  # those who were refused at once count as one complaint
                self._wait = min(_LONGEST_WAIT, 2 * self._wait)
            seconds = self._wait / 2 if wait is None else wait
            self._held_until = max(self._held_until, now + seconds)
            self._last_complaint = now
            return seconds

    def crowded(self) -> None:
        """Take one place away: the provider has told that there are more jobs than it works on."""
        with self._changed:
            self.limit = max(1, min(self.limit, self._running) - 1)
            self._last_complaint = time.monotonic()

    def accepted(self) -> None:
        """Take note that a job was taken."""
        with self._changed:
            self._wait = _FIRST_WAIT

    def stop(self) -> None:
        """End every wait."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _free(self) -> bool:
        now = time.monotonic()
        if self.limit < self._most and now - self._last_complaint > _GROW_SECONDS:
            self.limit += 1
            self._last_complaint = now
        return self._running < self.limit and now >= max(self._held_until, self._next_at)

    def _pause(self) -> float:
        """Give the seconds after which a place may be free without anybody telling."""
        held = max(self._held_until, self._next_at) - time.monotonic()
        return min(held, 1.0) if held > 0 else 1.0


class Purse:
    """What a run may spend: estimates are set aside before a submission, and settled after it."""

    def __init__(self, budget_usd: float | None) -> None:
        self._budget = budget_usd
        self._changed = Condition()
        self.spent_usd = 0.0
        self._reserved_usd = 0.0

    @contextmanager
    def reserve(self, estimate_usd: float | None, label: str) -> Iterator[None]:
        """Set a price aside while a job is in flight; raise :class:`RemoteError` where it is too much."""
        price = estimate_usd or 0.0
        with self._changed:
            if self._budget is not None and estimate_usd is None:
                raise RemoteError(
                    f"{label}: its price is unknown, and --vb-budget is set; add price=USD", "budget"
                )
            committed = self.spent_usd + self._reserved_usd
            if self._budget is not None and committed + price > self._budget + 1e-9:
                left = max(0.0, self._budget - committed)
                costs = f"it costs about {price:.2f} USD and {left:.2f} of --vb-budget are left"
                raise RemoteError(f"{label}: not submitted: {costs}", "budget")
            self._reserved_usd += price
        try:
            yield
        finally:
            with self._changed:
                self._reserved_usd -= price

    def paid(self, usd: float) -> None:
        """Count what a job has cost."""
        with self._changed:
            self.spent_usd += usd
