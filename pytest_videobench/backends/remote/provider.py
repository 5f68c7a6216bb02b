"""The seam between the loop and a provider: pure functions, no input and no output."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.base import BackendSpec
    from pytest_videobench.backends.remote.offer import Offer, Shape
    from pytest_videobench.backends.remote.wire import Failure, HttpReply, HttpRequest, Job, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One clip, in the words that a provider's functions need."""

    prompt: str
    """As spoken, cut to nothing: a longer one than the model takes is refused beforehand."""
    model: str
    seconds: float
    shape: Shape
    seed: int | None
    """``None`` where the model takes none."""
    key: str
    """Ours, unique to the clip: for providers that let the caller name a job."""
    fps: float | None = None
    """Frames per second that were asked for, where the model makes any; else ``None``."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Fields that go along: the model's own settings, and the parameters of the spec."""


class Provider(Protocol):
    """One provider's protocol, made once per spec."""

    offer: Offer

    def credentials(self, key: str) -> Mapping[str, str]:
        """Give the headers that prove who we are, from what an environment variable of the offer holds.

        Asked anew for every request, so that they may expire.
        """

    def submission(self, order: Order) -> HttpRequest:
        """Build the request that creates a job."""

    def submitted(self, reply: HttpReply) -> Job | Failure:
        """Read the answer to a submission whose status is below 400."""

    def poll(self, job: Job) -> HttpRequest:
        """Build the request that asks after a job."""

    def polled(self, job: Job, reply: HttpReply) -> State:
        """Read the answer to a poll whose status is below 400."""


class Bearer:
    """The usual beginnings of a provider: a data file, and a key that goes along as a bearer token."""

    offer: Offer

    def __init__(self, spec: BackendSpec) -> None:
        self.spec = spec

    def credentials(self, key: str) -> Mapping[str, str]:
        """Give the key as a bearer token, where there is one."""
        return {"authorization": f"Bearer {key}"} if key else {}


@runtime_checkable
class Cancels(Protocol):
    """A provider whose jobs can be cancelled."""

    def cancel(self, job: Job) -> HttpRequest:
        """Build the request that cancels a job."""


@runtime_checkable
class Finds(Protocol):
    """A provider that can say whether a submission that broke off has reached it."""

    def search(self, order: Order) -> HttpRequest:
        """Build the request that looks for the job of an order."""

    def found(self, order: Order, reply: HttpReply) -> Job | None:
        """Read the answer, whatever its status; ``None`` where there is no such job.

        Raise :class:`~pytest_videobench.backends.remote.wire.WireError` where the answer settles nothing.
        """


@runtime_checkable
class Prepares(Protocol):
    """A provider that needs more than a key and a server's address."""

    def ready(self) -> None:
        """Raise a one-line :class:`~pytest_videobench.errors.SpecError` where something is missing."""


@runtime_checkable
class Versioned(Protocol):
    """A provider whose clips depend on something that is not in the spec, such as a file that it names."""

    def revision(self) -> str:
        """Give a text that changes with it."""


@runtime_checkable
class ReadsErrors(Protocol):
    """A provider whose refusals need more than the table of codes in its data file."""

    def refusal(self, reply: HttpReply, job: Job | None) -> State | None:
        """Read an answer with a status of 400 or more, to a submission (no job yet) or a poll.

        ``None`` leaves it to the common reading. What it cannot read it leaves, and raises nothing.
        """
