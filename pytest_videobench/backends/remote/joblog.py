"""Where the loop writes a job down before it takes the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.remote.wire import Job


class JobLog(Protocol):
    """Where a job's steps are written down before the next one is taken."""

    @property
    def name(self) -> str:
        """Our name for the job, unique to the attempt."""

    def known(self) -> tuple[Job | None, float | None]:
        """Give the job that an earlier run left, and else the time of a submission that broke off."""

    def submitting(self, request: Mapping[str, Any]) -> None:
        """Keep that a submission is about to leave."""

    def submitted(self, job: Job) -> None:
        """Keep the job."""

    def unknown(self, why: str) -> None:
        """Keep that nobody knows whether a submission was taken."""

    def clear(self) -> None:
        """Forget: there is no job, or nothing more to learn of it."""


class NoLog:
    """Keeps nothing: for those who keep jobs themselves."""

    def __init__(self) -> None:
        self.name = uuid4().hex

    def known(self) -> tuple[Job | None, float | None]:
        """Know of nothing."""
        return None, None

    def submitting(self, request: Mapping[str, Any]) -> None:
        """Keep nothing."""

    def submitted(self, job: Job) -> None:
        """Keep nothing."""

    def unknown(self, why: str) -> None:
        """Keep nothing."""

    def clear(self) -> None:
        """Forget nothing."""
