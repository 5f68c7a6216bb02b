"""MiniMax's API of the first version: Hailuo, whose clip is three questions away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_videobench.backends.remote.backend import remote_backend
from pytest_videobench.backends.remote.offer import read_offer
from pytest_videobench.backends.remote.provider import Bearer
from pytest_videobench.backends.remote.refusals import kind_of
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
    text_at,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.remote.provider import Order
    from pytest_videobench.backends.remote.wire import State


class MiniMaxV1(Bearer):
    """MiniMax: the Hailuo models."""

    offer = read_offer("minimax_v1")

    def submission(self, order: Order) -> HttpRequest:
        """Ask for a clip."""
        body = {
            "model": order.model,
            "prompt": order.prompt,
            "duration": int(order.seconds),
            **order.shape.say,
            **order.settings,
        }
        return HttpRequest(method="POST", url="v1/video_generation", json=body)

    def submitted(self, reply: HttpReply) -> Job | Failure:
        """Read the task's id; refusals come with status 200."""
        data = reply.data()
        return self._refused(data) or Job(id=text_at(data, "task_id"))

    def poll(self, job: Job) -> HttpRequest:
        """Ask after a task."""
        return HttpRequest(method="GET", url="v1/query/video_generation", query={"task_id": job.id})

    def polled(self, job: Job, reply: HttpReply) -> State:
        """Read a task; a clip that is there has a file, and the file has an address."""
        data = reply.data()
        if refused := self._refused(data):
            return _unsettled(refused)
        status = text_at(data, "status")
        if status in ("Preparing", "Queueing"):
            return Queued()
        if status == "Processing":
            return Running()
        if status == "Success":
            query = {"file_id": text_at(data, "file_id")}
            return Follow(
                request=HttpRequest(method="GET", url="v1/files/retrieve", query=query), read=self._located
            )
        if status == "Fail":
            return Failure(kind="generation_failed", message="the task failed")
        raise WireError(f"unknown status {status!r}")

    def _located(self, reply: HttpReply) -> State:
        data = reply.data()
        if refused := self._refused(data):
            return _unsettled(refused)
        return Succeeded(fetch=HttpRequest(method="GET", url=text_at(data, "file", "download_url")))

    def _refused(self, data: Mapping[str, Any]) -> Failure | None:
        said = data.get("base_resp")
        if not isinstance(said, dict) or said.get("status_code") in (0, None):
            return None
        code = str(said["status_code"])
        kind = kind_of(code, self.offer.errors) or "generation_failed"
        return Failure(kind=kind, code=code, message=f"{said.get('status_msg') or 'refused'} {code}")


def _unsettled(refused: Failure) -> State:
    """A question that came too often, or on a key that is no longer good, says nothing of the task."""
    if refused.kind in ("auth", "quota_exhausted"):
        raise WireError(refused.message)
    return Queued() if refused.kind in ("rate_limited", "overloaded") else refused


minimax_v1 = remote_backend(MiniMaxV1)
