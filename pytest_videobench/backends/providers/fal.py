"""fal's queue: one protocol for many models, each with its own fields."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pytest_videobench.backends.remote.backend import remote_backend
from pytest_videobench.backends.remote.offer import read_offer
from pytest_videobench.backends.remote.refusals import kind_of, read_refusal
from pytest_videobench.backends.remote.template import digest_of, filled, read_input, tailored, values_of
from pytest_videobench.backends.remote.wire import (
    Failure,
    Follow,
    HttpReply,
    HttpRequest,
    Job,
    Queued,
    Running,
    Succeeded,
    WireError,
    number_or_none,
    text_at,
    whole_or_none,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.base import BackendSpec
    from pytest_videobench.backends.remote.provider import Order
    from pytest_videobench.backends.remote.wire import State


class Fal:
    """fal: Seedance, and any other model whose fields you know."""

    offer = read_offer("fal")

    def __init__(self, spec: BackendSpec) -> None:
        self.spec = spec
        self._input = read_input(spec)
        self.offer = tailored(Fal.offer, self._input)

    def revision(self) -> str:
        """Give a digest of the fields, which may stand in a file."""
        return digest_of(self._input)

    def credentials(self, key: str) -> Mapping[str, str]:
        """Give the key by fal's own scheme."""
        return {"authorization": f"Key {key}"}

    def submission(self, order: Order) -> HttpRequest:
        """Ask for a clip; the body is the model's input and nothing else."""
        template = {"prompt": "{prompt}", **order.settings.get("fields", {}), **self._input}
        return HttpRequest(method="POST", url=order.model, json=filled(template, values_of(order)))

    def submitted(self, reply: HttpReply) -> Job:
        """Read the id and the addresses, which leave out the last part of the model's name."""
        data = reply.data()
        links = {name: text_at(data, name) for name in ("status_url", "response_url", "cancel_url")}
        return Job(id=text_at(data, "request_id"), links=links)

    def poll(self, job: Job) -> HttpRequest:
        """Ask after a request."""
        return HttpRequest(method="GET", url=job.links["status_url"])

    def polled(self, job: Job, reply: HttpReply) -> State:
        """Read a request's status; a completed one may have failed, which its result tells more of."""
        data = reply.data()
        status = text_at(data, "status")
        if status == "IN_QUEUE":
            return Queued()
        if status == "IN_PROGRESS":
            return Running()
        if status != "COMPLETED":
            raise WireError(f"unknown status {status!r}")
        metrics = data.get("metrics")
        seconds = number_or_none(metrics.get("inference_time")) if isinstance(metrics, dict) else None
        code = str(data.get("error_type") or "")
        if data.get("error") and (kind := kind_of(code, self.offer.errors)):
            return Failure(kind=kind, code=code, message=str(data["error"]))
        failed = bool(data.get("error"))
        read = partial(self._failed, str(data["error"])) if failed else partial(_result, seconds)
        return Follow(
            request=HttpRequest(method="GET", url=job.links["response_url"]), read=read, whole=failed
        )

    def _failed(self, message: str, reply: HttpReply) -> State:
        """Read the result of a run that failed; a server's error is the model's here, and is not repeated."""
        if 400 <= reply.status < 500:
            return read_refusal(reply, self.offer.errors)
        return Failure(kind="generation_failed", message=message)

    def cancel(self, job: Job) -> HttpRequest:
        """Ask for the end of a request."""
        return HttpRequest(method="PUT", url=job.links["cancel_url"])


def _result(seconds: float | None, reply: HttpReply) -> State:
    data = reply.data()
    return Succeeded(
        fetch=HttpRequest(method="GET", url=text_at(data, "video", "url")),
        seed=whole_or_none(data.get("seed")),
        running_s=seconds,
    )


fal = remote_backend(Fal)
