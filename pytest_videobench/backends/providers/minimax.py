"""MiniMax's API of the second version: the H3 models."""

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
)

if TYPE_CHECKING:
    from pytest_videobench.backends.remote.provider import Order
    from pytest_videobench.backends.remote.wire import State


class MiniMax(Bearer):
    """MiniMax: the H3 models."""

    offer = read_offer("minimax")

    def submission(self, order: Order) -> HttpRequest:
        """Ask for a clip."""
        body: dict[str, Any] = {
            "model": order.model,
            "content": [{"type": "text", "text": order.prompt}],
            "duration": int(order.seconds),
            **order.shape.say,
            **order.settings,
        }
        return HttpRequest(method="POST", url="v2/video_generation", json=body)

    def submitted(self, reply: HttpReply) -> Job:
        """Read the task's id."""
        return Job(id=text_at(reply.data(), "task_id"))

    def poll(self, job: Job) -> HttpRequest:
        """Ask after a task."""
        return HttpRequest(method="GET", url=f"v2/query/video_generation/{job.id}")

    def polled(self, job: Job, reply: HttpReply) -> State:
        """Read a task; its output gets a fresh address with every answer."""
        data = reply.data()
        status, task = text_at(data, "task", "status"), data["task"]
        if status == "queued":
            return Queued()
        if status == "running":
            return Running()
        if status == "succeeded":
            fetch = HttpRequest(method="GET", url=text_at(task, "content", "url"))
            return Succeeded(fetch=fetch, model=task.get("model"))
        if status == "cancelled":
            return Failure(kind="cancelled", message="the task was cancelled")
        if status == "expired":
            return Failure(kind="expired", message="the task waited too long and was dropped")
        if status == "failed":
            return self._failure(task.get("error"))
        raise WireError(f"unknown status {status!r}")

    def cancel(self, job: Job) -> HttpRequest:
        """Cancel a task."""
        return HttpRequest(method="DELETE", url=f"v2/video_generation/{job.id}")

    def refusal(self, reply: HttpReply, job: Job | None) -> State | None:
        """Tell a task that is not known from a server in trouble: both come with status 500."""
        if job is not None and reply.status == 500 and b"record not found" in reply.body:
            return Failure(kind="not_found", message=f"there is no task {job.id}")
        return None

    def _failure(self, error: Any) -> Failure:
        said = error if isinstance(error, dict) else {}
        code, message = str(said.get("code") or ""), said.get("message") or "the task failed"
        kind = kind_of(code, self.offer.errors) or "generation_failed"
        return Failure(kind=kind, code=code, message=f"{message} {code}".strip())


minimax = remote_backend(MiniMax)
