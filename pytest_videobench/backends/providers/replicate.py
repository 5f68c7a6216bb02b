"""Replicate: one protocol for many models, each with its own fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_videobench.backends.remote.backend import remote_backend
from pytest_videobench.backends.remote.offer import read_offer
from pytest_videobench.backends.remote.provider import Bearer
from pytest_videobench.backends.remote.template import digest_of, filled, read_input, tailored, values_of
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
    from collections.abc import Mapping

    from pytest_videobench.backends.base import BackendSpec
    from pytest_videobench.backends.remote.provider import Order
    from pytest_videobench.backends.remote.wire import FailureKind, State

_ENDS: dict[str, FailureKind] = {
    "failed": "generation_failed",
    "canceled": "cancelled",
    "aborted": "expired",
}
"""States without a clip; ``aborted`` means that its turn did not come in time."""


class Replicate(Bearer):
    """Replicate: any model whose fields you know, or a pinned version of it."""

    offer = read_offer("replicate")

    def __init__(self, spec: BackendSpec) -> None:
        super().__init__(spec)
        self._input = read_input(spec)
        self.offer = tailored(Replicate.offer, self._input)

    def revision(self) -> str:
        """Give a digest of the fields, which may stand in a file."""
        return digest_of(self._input)

    def submission(self, order: Order) -> HttpRequest:
        """Ask for a clip; ``owner/name:version`` pins a version."""
        body: dict[str, Any] = {"input": filled({"prompt": "{prompt}", **self._input}, values_of(order))}
        name, pinned, version = order.model.partition(":")
        if pinned:
            return HttpRequest(method="POST", url="v1/predictions", json={"version": version, **body})
        return HttpRequest(method="POST", url=f"v1/models/{name}/predictions", json=body)

    def submitted(self, reply: HttpReply) -> Job:
        """Read the id."""
        return Job(id=text_at(reply.data(), "id"))

    def poll(self, job: Job) -> HttpRequest:
        """Ask after a prediction."""
        return HttpRequest(method="GET", url=f"v1/predictions/{job.id}")

    def polled(self, job: Job, reply: HttpReply) -> State:
        """Read a prediction; its data is gone an hour after its end."""
        data = reply.data()
        status = text_at(data, "status")
        if status == "starting":
            return Queued()
        if status == "processing":
            return Running()
        if status in _ENDS:
            message = str(data.get("error") or f"the prediction was {status}")
            return Failure(kind=_ENDS[status], code=status, message=message)
        if status != "succeeded":
            raise WireError(f"unknown status {status!r}")
        if data.get("data_removed"):
            return Failure(kind="expired", message="the clip was removed, an hour after it was made")
        return _succeeded(data)

    def cancel(self, job: Job) -> HttpRequest:
        """Cancel a prediction."""
        return HttpRequest(method="POST", url=f"v1/predictions/{job.id}/cancel")


def _succeeded(data: Mapping[str, Any]) -> Succeeded:
    path = ("output", 0) if isinstance(data.get("output"), list) else ("output",)
    metrics = data.get("metrics")
    return Succeeded(
        fetch=HttpRequest(method="GET", url=text_at(data, *path)),
        running_s=number_or_none(metrics.get("predict_time")) if isinstance(metrics, dict) else None,
    )


replicate = remote_backend(Replicate)
