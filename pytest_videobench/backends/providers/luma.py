"""Luma's two APIs: one for agents, and the older one; they differ in words and hardly in anything else."""

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


class Luma(Bearer):
    """Luma: ray-3.2."""

    offer = read_offer("luma")
    path = "generations"
    running = "processing"
    output: tuple[str | int, ...] = ("output", 0, "url")

    def submission(self, order: Order) -> HttpRequest:
        """Ask for a clip; what concerns the video has an object of its own."""
        body: dict[str, Any] = {
            "model": order.model,
            "type": "video",
            "prompt": order.prompt,
            "aspect_ratio": order.shape.say["aspect_ratio"],
            "video": {"duration": f"{order.seconds:g}s", "resolution": order.shape.say["resolution"]},
        }
        return HttpRequest(method="POST", url=self.path, json=body)

    def submitted(self, reply: HttpReply) -> Job:
        """Read the id."""
        return Job(id=text_at(reply.data(), "id"))

    def poll(self, job: Job) -> HttpRequest:
        """Ask after a generation."""
        return HttpRequest(method="GET", url=f"generations/{job.id}")

    def polled(self, job: Job, reply: HttpReply) -> State:
        """Read a generation; its output is signed anew with every answer."""
        data = reply.data()
        state = text_at(data, "state")
        if state == "queued":
            return Queued()
        if state == self.running:
            return Running()
        if state == "completed":
            return Succeeded(fetch=HttpRequest(method="GET", url=text_at(data, *self.output)))
        if state == "failed":
            code = str(data.get("failure_code") or "")
            return Failure(
                kind=kind_of(code, self.offer.errors) or "generation_failed",
                code=code,
                message=str(data.get("failure_reason") or code or "the generation failed"),
            )
        raise WireError(f"unknown state {state!r}")


class LumaLegacy(Luma):
    """Luma's older API: ray-2 and ray-flash-2."""

    offer = read_offer("luma_legacy")
    path = "generations/video"
    running = "dreaming"
    output = ("assets", "video")

    def submission(self, order: Order) -> HttpRequest:
        """Ask for a clip; all of it lies flat."""
        body: dict[str, Any] = {
            "model": order.model,
            "prompt": order.prompt,
            "duration": f"{order.seconds:g}s",
            **order.shape.say,
        }
        return HttpRequest(method="POST", url=self.path, json=body)


luma = remote_backend(Luma)
luma_legacy = remote_backend(LumaLegacy)
