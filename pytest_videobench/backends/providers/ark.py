"""Ark's API: ByteDance's Seedance models, outside mainland China and within it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_videobench.backends.remote.backend import remote_backend
from pytest_videobench.backends.remote.offer import read_offer
from pytest_videobench.backends.remote.provider import Bearer
from pytest_videobench.backends.remote.refusals import kind_of
from pytest_videobench.backends.remote.wire import (
    Failure,
    HttpReply,
    HttpRequest,
    Job,
    Queued,
    Running,
    Succeeded,
    WireError,
    text_at,
    whole_or_none,
)

if TYPE_CHECKING:
    from pytest_videobench.backends.remote.provider import Order
    from pytest_videobench.backends.remote.wire import State

_TASKS = "contents/generations/tasks"


class Ark(Bearer):
    """ByteDance Seedance, on BytePlus ModelArk or Volcengine Ark."""

    offer = read_offer("ark")

    def submission(self, order: Order) -> HttpRequest:
        """Ask for a clip; a field that does not fit the model is refused, so only known ones go along."""
        body: dict[str, Any] = {
            "model": order.model,
            "content": [{"type": "text", "text": order.prompt}],
            "duration": int(order.seconds),
            **order.shape.say,
            **order.settings,
        }
        if order.seed is not None:
            body["seed"] = order.seed
        return HttpRequest(method="POST", url=_TASKS, json=body)

    def submitted(self, reply: HttpReply) -> Job:
        """Read the task's id."""
        return Job(id=text_at(reply.data(), "id"))

    def poll(self, job: Job) -> HttpRequest:
        """Ask after a task."""
        return HttpRequest(method="GET", url=f"{_TASKS}/{job.id}")

    def polled(self, job: Job, reply: HttpReply) -> State:
        """Read a task; it tells the seed that was used."""
        data = reply.data()
        status = text_at(data, "status")
        if status == "queued":
            return Queued()
        if status == "running":
            return Running()
        if status == "succeeded":
            return Succeeded(
                fetch=HttpRequest(method="GET", url=text_at(data, "content", "video_url")),
                model=data.get("model"),
                seed=whole_or_none(data.get("seed")),
            )
        if status == "cancelled":
            return Failure(kind="cancelled", message="the task was cancelled")
        if status == "expired":
            return Failure(kind="expired", message="the task waited too long and was dropped")
        if status == "failed":
            return self._failure(data.get("error"))
        raise WireError(f"unknown status {status!r}")

    def cancel(self, job: Job) -> HttpRequest:
        """Cancel a task that waits; one that runs cannot be cancelled."""
        return HttpRequest(method="DELETE", url=f"{_TASKS}/{job.id}")

    def _failure(self, error: Any) -> Failure:
        said = error if isinstance(error, dict) else {}
        code, message = str(said.get("code") or ""), said.get("message") or "the task failed"
        kind = kind_of(code, self.offer.errors) or "generation_failed"
        return Failure(kind=kind, code=code, message=f"{message} {code}".strip())


ark = remote_backend(Ark)
