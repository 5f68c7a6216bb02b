"""DashScope's API: the Wan and HappyHorse models of Alibaba's Model Studio."""

from __future__ import annotations

from datetime import datetime
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
    from collections.abc import Mapping

    from pytest_videobench.backends.remote.provider import Order
    from pytest_videobench.backends.remote.wire import FailureKind, State


class DashScope(Bearer):
    """Alibaba Model Studio: Wan and HappyHorse."""

    offer = read_offer("dashscope")

    def submission(self, order: Order) -> HttpRequest:
        """Ask for a clip; the newer models take a resolution and a ratio, the older ones pixels."""
        fields = {"size" if name == "pixels" else name: value for name, value in order.shape.say.items()}
        parameters = {"duration": int(order.seconds), **fields, **order.settings}
        words = {"prompt": order.prompt}
        if "negative_prompt" in parameters:
            words["negative_prompt"] = parameters.pop("negative_prompt")
        if order.seed is not None:
            parameters["seed"] = order.seed
        return HttpRequest(
            method="POST",
            url="services/aigc/video-generation/video-synthesis",
            json={"model": order.model, "input": words, "parameters": parameters},
            headers={"x-dashscope-async": "enable"},
        )

    def submitted(self, reply: HttpReply) -> Job | Failure:
        """Read the task's id; a refusal may come with status 200."""
        data = reply.data()
        if data.get("code") and not data.get("output"):
            return self._failure(data, "bad_request")
        return Job(id=text_at(data, "output", "task_id"))

    def poll(self, job: Job) -> HttpRequest:
        """Ask after a task."""
        return HttpRequest(method="GET", url=f"tasks/{job.id}")

    def polled(self, job: Job, reply: HttpReply) -> State:
        """Read a task; one that is gone is ``UNKNOWN``, with status 200."""
        data = reply.data()
        status, output = text_at(data, "output", "task_status"), data["output"]
        if status in ("PENDING", "SUSPENDED"):
            return Queued()
        if status == "RUNNING":
            return Running()
        if status == "SUCCEEDED":
            return Succeeded(
                fetch=HttpRequest(method="GET", url=text_at(output, "video_url")),
                running_s=_seconds(output.get("scheduled_time"), output.get("end_time")),
            )
        if status == "CANCELED":
            return Failure(kind="cancelled", message="the task was cancelled")
        if status == "UNKNOWN":
            return Failure(kind="expired", message="the task is no longer known; tasks live 24 hours")
        if status == "FAILED":
            return self._failure(output, "generation_failed")
        raise WireError(f"unknown status {status!r}")

    def cancel(self, job: Job) -> HttpRequest:
        """Cancel a task that waits."""
        return HttpRequest(method="POST", url=f"tasks/{job.id}/cancel")

    def _failure(self, said: Mapping[str, Any], otherwise: FailureKind) -> Failure:
        code, message = str(said.get("code") or ""), said.get("message") or "the task failed"
        kind = kind_of(code, self.offer.errors) or otherwise
        return Failure(kind=kind, code=code, message=f"{message} {code}".strip())


def _seconds(start: Any, end: Any) -> float | None:
    """Give the time between two moments, written without a zone: both are of UTC+8."""
    try:
        return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    except (TypeError, ValueError):
        return None


dashscope = remote_backend(DashScope)
