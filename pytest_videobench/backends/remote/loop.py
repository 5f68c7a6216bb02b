"""The one loop: submit, poll, fetch; every provider's jobs go through it.

A submission is sent again only where it certainly was not taken: refused with 429, or never connected.
Everything else that goes wrong while it is under way leaves a job that nobody knows of, which is looked for
where the provider can be asked, and otherwise reported and left to the user. Polls and downloads are free, so
they are repeated.
"""

from __future__ import annotations

import random
import time
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from pytest_videobench.backends.base import Generation
from pytest_videobench.backends.remote.check import checked_clip
from pytest_videobench.backends.remote.pace import Clock, Patience, backoff
from pytest_videobench.backends.remote.provider import Cancels, Finds, Order, Provider, ReadsErrors
from pytest_videobench.backends.remote.refusals import read_refusal, short, wait_asked
from pytest_videobench.backends.remote.transport import MaybeSent, NotSent, Transport, Unsafe
from pytest_videobench.backends.remote.wire import (
    Failure,
    FailureKind,
    Follow,
    HttpReply,
    HttpRequest,
    Job,
    Queued,
    RemoteError,
    Running,
    State,
    Succeeded,
    WireError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_videobench.backends.remote.account import Account, Purse
    from pytest_videobench.backends.remote.joblog import JobLog

T = TypeVar("T")
TRIES = 8
"""Attempts to reach a provider for a submission."""
_AGAIN: frozenset[FailureKind] = frozenset({"rate_limited", "overloaded"})
_OF_THE_ACCOUNT: frozenset[FailureKind] = frozenset({"auth", "quota_exhausted"})
_STALE = (401, 403, 404, 410)
"""Statuses of an output whose address has expired."""


class Errand:
    """One clip on its way."""

    def __init__(
        self,
        *,
        provider: Provider,
        transport: Transport,
        account: Account,
        purse: Purse,
        order: Order,
        log: JobLog,
        label: str,
        poll_seconds: float,
        timeout_seconds: float,
        scrub: Callable[[str], str],
        notes: tuple[str, ...] = (),
    ) -> None:
        self._provider, self._transport = provider, transport
        self._account, self._purse = account, purse
        self._order, self._log, self._label = order, log, label
        self._poll_seconds, self._timeout = poll_seconds, timeout_seconds
        self._scrub, self._notes = scrub, notes
        self._request = provider.submission(order)
        self.job: Job | None = None
        self.state: State | None = None
        self._failed = False
        """Whether the provider has told that the job failed."""
        self._clock = Clock()
        self._hint: float | None = None
        """Seconds after which the provider would like to be asked again."""

    @property
    def estimate_usd(self) -> float | None:
        """Give the price by the data file."""
        return self._order.shape.price(self._order.seconds)

    def run(self, workdir: Path) -> Generation:
        """Bring the clip into ``workdir``; raise :class:`RemoteError` where there is none."""
        self.job, broken_off = self._log.known()
        if self.job is None and broken_off is not None:
            self.job = self._looked_for(broken_off)
        with self._account.slot(taken=self.job is not None):
            if self.job is None:
                with self._purse.reserve(self.estimate_usd, self._label):
                    job, done = self._ordered()
            else:
                job, done = self.job, self._wait(self.job)
        path, done = self._fetch(job, done, workdir)
        self._clock.fetched = time.monotonic()
        return self._generation(job, done, path)

    def _ordered(self) -> tuple[Job, Succeeded]:
        """Submit and wait; a job that may be there and is left behind counts as paid."""
        try:
            self.job = self._submit()
            return self.job, self._wait(self.job)
        except RemoteError as error:
            if error.failure == "submit_unknown" or (self.job is not None and not self._failed):
                self._purse.paid(self.estimate_usd or 0.0)
            raise

    def cancel(self) -> bool:
        """Cancel a job that still waits for its turn; say whether it was."""
        if self.job is None or not isinstance(self._provider, Cancels) or not isinstance(self.state, Queued):
            return False
        try:
            cancelled = self._transport.send(self._provider.cancel(self.job)).status < 400
        except (NotSent, MaybeSent, Unsafe, WireError):
            return False
        if cancelled:
            self._log.clear()
        return cancelled

    # ---- submit

    def _submit(self) -> Job:
        until, failed = time.monotonic() + self._timeout, 0
        while True:
            self._log.submitting(self._request.told())
            try:
                reply = self._transport.send(self._request)
            except NotSent as error:
                self._log.clear()
                failed += 1
                if failed == TRIES:
                    raise self._error("submit", "unreachable", f"{error}; tried {TRIES} times") from None
                self._account.sleep(backoff(failed))
                continue
            except (MaybeSent, WireError) as error:
                return self._uncertain(str(error))
            outcome = self._taken(reply)
            if isinstance(outcome, Job):
                self._log.submitted(outcome)
                self._account.accepted()
                self._clock = Clock()
                return outcome
            if outcome.kind == "overloaded":
                return self._uncertain(f"HTTP {reply.status}: {outcome.message}", reply)
            self._log.clear()
            if outcome.kind != "rate_limited" or time.monotonic() > until:
                raise self._error("submit", outcome.kind, outcome.message, reply)
            self._account.sleep(self._account.refused(wait_asked(reply)))

    def _taken(self, reply: HttpReply) -> Job | Failure:
        if reply.status >= 400:
            said = self._refusal(reply, None)
            return said if isinstance(said, Failure) else read_refusal(reply, self._provider.offer.errors)
        if 300 <= reply.status < 400:
            return Failure(kind="bad_answer", message=f"redirected to {reply.headers.get('location', '?')}")
        try:
            return _read(self._provider.submitted, reply)
        except WireError as error:  # a job may well be behind it
            return Failure(kind="overloaded", message=str(error))

    def _uncertain(self, why: str, reply: HttpReply | None = None) -> Job:
        """Look for the job of a submission that broke off; where nobody can tell, it is reported."""
        self._log.unknown(self._scrub(short(why)))
        return self._looked_for(time.time(), why, reply) or self._submit()

    def _looked_for(
        self,
        since: float,
        why: str = "the run ended while it was submitted",
        answer: HttpReply | None = None,
    ) -> Job | None:
        """Give the job; ``None`` where there certainly is none, so that it may be submitted again."""
        if not isinstance(self._provider, Finds):
            raise self._error(
                "submit",
                "submit_unknown",
                f"{why}; it may have been taken and paid, so it is not sent again: "
                "videobench cache verify says what to do",
                answer,
            )
        settled = since + self._settle() - time.time()
        if settled > 0:
            self._account.sleep(settled)
        reply = self._asked(self._provider.search(self._order), "search")
        try:
            job = _read(partial(self._provider.found, self._order), reply)
        except WireError as error:
            raise self._error("search", "submit_unknown", str(error), reply) from None
        if job is not None:
            self._log.submitted(job)
        else:
            self._log.clear()
        return job

    def _settle(self) -> float:
        return self._provider.offer.settle_seconds

    # ---- poll

    def _wait(self, job: Job) -> Succeeded:
        until = time.monotonic() + self._timeout
        while True:
            state = self._state(job)
            self.state = state
            if isinstance(state, Succeeded):
                self._clock.ended = time.monotonic()
                self._purse.paid(self._cost(state) or 0.0)
                return state
            if isinstance(state, Failure):
                self._failed = True
                self._log.clear()
                if state.cost_usd:
                    self._purse.paid(state.cost_usd)
                raise self._error("poll", state.kind, state.message)
            if isinstance(state, Running) and self._clock.running is None:
                self._clock.running = time.monotonic()
            if isinstance(state, Queued) and state.throttled:
                self._account.crowded()
            if time.monotonic() > until:
                raise self._error(
                    "poll",
                    "timeout",
                    f"not done after {self._timeout:.0f} s; job {job.id} is kept, the next run asks again",
                )
            pause = self._poll_seconds if self._hint is None else self._hint
            self._account.sleep(pause * random.uniform(0.9, 1.0))

    def _state(self, job: Job) -> State:
        request = self._provider.poll(job)
        read: Callable[[HttpReply], State] = partial(self._provider.polled, job)
        whole = False
        while True:
            reply = self._asked(request, "poll", job, whole=whole)
            self._hint = wait_asked(reply)
            try:
                if reply.status >= 400 and not whole:
                    return self._ended(reply, job)
                state = _read(read, reply)
            except WireError as error:
                raise self._error("poll", "bad_answer", str(error), reply) from None
            if not isinstance(state, Follow):
                return state
            request, read, whole = state.request, state.read, state.whole

    def _ended(self, reply: HttpReply, job: Job) -> State:
        """Read a refusal to a poll; what is wrong with the account says nothing of the job, which is kept."""
        state = self._refusal(reply, job)
        if isinstance(state, Failure) and state.kind in _OF_THE_ACCOUNT:
            message = f"{state.message}; job {job.id} is kept, the next run asks again"
            raise self._error("poll", state.kind, message, reply)
        return state

    def _asked(
        self, request: HttpRequest, phase: str, job: Job | None = None, *, whole: bool = False
    ) -> HttpReply:
        """Send what is free to repeat until it is answered; ``whole`` takes a refusal for an answer."""
        patience = Patience(self._account)
        while True:
            wait = None
            try:
                reply = self._transport.send(request)
            except (Unsafe, WireError) as error:
                raise self._error(phase, "bad_answer", str(error)) from None
            except (NotSent, MaybeSent) as error:
                failure = Failure(kind="unreachable", message=str(error))
            else:
                if 300 <= reply.status < 400:
                    raise self._error(phase, "bad_answer", "redirected; credentials are not sent on", reply)
                if whole or reply.status < 400 or not self._worth_another_try(reply, job):
                    return reply
                failure, wait = read_refusal(reply, self._provider.offer.errors), wait_asked(reply)
            if not patience.lasts(wait):
                raise self._error(phase, failure.kind, f"{failure.message}; {patience}")

    def _worth_another_try(self, reply: HttpReply, job: Job | None) -> bool:
        state = self._refusal(reply, job)
        return isinstance(state, Failure) and state.kind in _AGAIN

    def _refusal(self, reply: HttpReply, job: Job | None) -> State:
        """Read an answer of 400 or more, in the provider's own way where it has one."""
        own = self._provider.refusal(reply, job) if isinstance(self._provider, ReadsErrors) else None
        return own or read_refusal(reply, self._provider.offer.errors)

    # ---- fetch

    def _fetch(self, job: Job, done: Succeeded, workdir: Path) -> tuple[Path, Succeeded]:
        target, patience = workdir / "download", Patience(self._account)
        while True:
            if done.inline is not None:
                target.write_bytes(done.inline)
                return self._checked(target), done
            assert done.fetch is not None, "a provider says where its clip is, or gives it"
            wait = None
            try:
                reply = self._transport.download(
                    done.fetch, target, with_key=done.with_key, alive=self._account.check
                )
            except (Unsafe, WireError) as error:
                raise self._error("download", "bad_answer", str(error)) from None
            except (NotSent, MaybeSent) as error:
                failure = Failure(kind="unreachable", message=str(error))
            else:
                if reply.status == 200:
                    return self._checked(target, reply), done
                failure, wait = read_refusal(reply, self._provider.offer.errors), wait_asked(reply)
                if done.with_key and failure.kind == "auth":
                    raise self._error("download", "auth", failure.message, reply)
                if reply.status in _STALE:
                    done = self._refreshed(job, done)
                elif failure.kind not in _AGAIN:
                    raise self._error("download", failure.kind, failure.message, reply)
            if not patience.lasts(wait):
                raise self._error("download", failure.kind, f"{failure.message}; {patience}")

    def _refreshed(self, job: Job, done: Succeeded) -> Succeeded:
        """Ask for the output again: many providers sign a fresh address with every poll."""
        state = self._state(job)
        if isinstance(state, Failure):
            self._log.clear()
            raise self._error("download", state.kind, state.message)
        return state if isinstance(state, Succeeded) else done

    def _checked(self, target: Path, reply: HttpReply | None = None) -> Path:
        try:
            return checked_clip(target)
        except ValueError as error:
            raise self._error("download", "bad_clip", str(error), reply) from None

    # ---- the end

    def _cost(self, done: Succeeded) -> float | None:
        """Give what the provider says that it cost, and else the price by the data file."""
        return self.estimate_usd if done.cost_usd is None else done.cost_usd

    def _generation(self, job: Job, done: Succeeded, path: Path) -> Generation:
        cost, source = self._cost(done), "computed" if done.cost_usd is None else "reported"
        return Generation(
            path=path,
            model=done.model or self._order.model,
            seed=done.seed if done.seed is not None else self._order.seed,
            job_id=job.id,
            latency=self._clock.latency(done.running_s),
            cost_usd=cost or 0.0,
            cost_source=source if cost is not None else "unknown",
            request=self._request.told(),
            notes=self._notes,
        )

    def _error(
        self, phase: str, kind: FailureKind, message: str, reply: HttpReply | None = None
    ) -> RemoteError:
        told = reply is not None and reply.status != 200 and not message.startswith("HTTP")
        status = f"HTTP {reply.status}, " if reply is not None and told else ""
        named = f" (request id {reply.request_id})" if reply is not None and reply.request_id else ""
        return RemoteError(
            self._scrub(f"{self._label}: {phase}: {status}{kind.replace('_', ' ')}: {short(message)}{named}"),
            kind,
        )


def _read(read: Callable[[HttpReply], T], reply: HttpReply) -> T:
    """Let a provider read an answer; what it stumbles over is the answer's fault, and ends no other clip."""
    try:
        return read(reply)
    except (TypeError, KeyError, IndexError, AttributeError, ValueError) as error:
        raise WireError(f"{type(error).__name__}: {error}") from None
