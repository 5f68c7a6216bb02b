"""Runway's API: its own models and those that it passes on."""

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
    number_or_none,
    text_at,
)

if TYPE_CHECKING:
    from pytest_videobench.backends.remote.provider import Order
    from pytest_videobench.backends.remote.wire import State

_USD_PER_CREDIT = 0.01


class Runway(Bearer):
    """Runway: gen4.5 and the models that it passes on."""

    offer = read_offer("runway")

    def submission(self, order: Order) -> HttpRequest:
        """Ask for a clip; fields that a model does not know are refused, so only known ones go along."""
        body: dict[str, Any] = {
            "model": order.model,
            "promptText": order.prompt,
            "duration": int(order.seconds),
            **order.shape.say,
            **order.settings,
        }
        if order.seed is not None:
            body["seed"] = order.seed
        return HttpRequest(method="POST", url="v1/text_to_video", json=body)

    def submitted(self, reply: HttpReply) -> Job:
        """Read the task's id and what it is expected to cost."""
        data = reply.data()
        return Job(id=text_at(data, "id"), cost_usd=_usd(data.get("estimatedCost")))

    def poll(self, job: Job) -> HttpRequest:
        """Ask after a task."""
        return HttpRequest(method="GET", url=f"v1/tasks/{job.id}")

    def polled(self, job: Job, reply: HttpReply) -> State:
        """Read a task; its outputs are signed anew with every answer."""
        data = reply.data()
        status = text_at(data, "status")
        if status in ("PENDING", "THROTTLED"):
            return Queued(throttled=status == "THROTTLED")
        if status == "RUNNING":
            return Running(progress=number_or_none(data.get("progress")))
        cost = _usd(data.get("cost"))
        if status == "SUCCEEDED":
            output = data.get("output")
            if not isinstance(output, list) or not output or not isinstance(output[0], str):
                raise WireError("a task that succeeded has no output")
            return Succeeded(fetch=HttpRequest(method="GET", url=output[0]), cost_usd=cost)
        if status == "CANCELLED":
            return Failure(kind="cancelled", message="the task was cancelled", cost_usd=cost)
        if status == "FAILED":
            code = str(data.get("failureCode") or "")
            return Failure(
                kind=kind_of(code, self.offer.errors) or "generation_failed",
                code=code,
                message=f"{data.get('failure') or 'the task failed'} {code}".strip(),
                cost_usd=cost,
            )
        raise WireError(f"unknown status {status!r}")

    def cancel(self, job: Job) -> HttpRequest:
        """Cancel a task that waits; one that runs is paid for whatever happens."""
        return HttpRequest(method="DELETE", url=f"v1/tasks/{job.id}")


def _usd(cost: Any) -> float | None:
    credits = number_or_none(cost.get("credits")) if isinstance(cost, dict) else None
    return None if credits is None else credits * _USD_PER_CREDIT


runway = remote_backend(Runway)
