"""The protocol of OpenAI's videos, as vLLM-Omni, SGLang and gateways speak it."""

from __future__ import annotations

import json
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
    from collections.abc import Mapping

    from pytest_videobench.backends.remote.provider import Order
    from pytest_videobench.backends.remote.wire import State


class OpenAIVideos(Bearer):
    """One's own vLLM-Omni or SGLang, or a gateway: any model that the server has."""

    offer = read_offer("openai_videos")

    def submission(self, order: Order) -> HttpRequest:
        """Ask for a clip as a form, which is all that vLLM-Omni takes."""
        fields: dict[str, Any] = {
            "prompt": order.prompt,
            "model": order.model,
            "seconds": int(order.seconds),
            "size": f"{order.shape.width}x{order.shape.height}",
            "seed": order.seed,
            "fps": order.fps,
            **order.settings,
        }
        form = {name: _text(value) for name, value in fields.items() if value is not None}
        return HttpRequest(method="POST", url="videos", form=form)

    def submitted(self, reply: HttpReply) -> Job:
        """Read the id."""
        return Job(id=text_at(reply.data(), "id"))

    def poll(self, job: Job) -> HttpRequest:
        """Ask after a video."""
        return HttpRequest(method="GET", url=f"videos/{job.id}")

    def polled(self, job: Job, reply: HttpReply) -> State:
        """Read a video; gateways call a blocked one completed, so the error is looked for first."""
        data = reply.data()
        status = text_at(data, "status")
        if status == "failed" or data.get("error"):
            return self._failure(data.get("error"))
        if status == "queued":
            return Queued()
        if status == "in_progress":
            percent = number_or_none(data.get("progress"))
            return Running(progress=None if percent is None else percent / 100)
        if status == "completed":
            return Succeeded(
                fetch=HttpRequest(method="GET", url=_address(data, job)),
                model=str(data["model"]) if data.get("model") else None,
                running_s=number_or_none(data.get("inference_time_s")),
                with_key=True,
            )
        raise WireError(f"unknown status {status!r}")

    def refusal(self, reply: HttpReply, job: Job | None) -> State | None:
        """Read a failed job, which vLLM-Omni shows with a status of 400 or 500."""
        try:
            data = reply.data()
        except WireError:
            return None
        return (
            self._failure(data.get("error")) if job is not None and data.get("status") == "failed" else None
        )

    def cancel(self, job: Job) -> HttpRequest:
        """Delete a video that waits; SGLang forgets it and works on."""
        return HttpRequest(method="DELETE", url=f"videos/{job.id}")

    def _failure(self, error: Any) -> Failure:
        told = error if isinstance(error, dict) else {"message": error}
        code = str(told.get("code") or "")
        return Failure(
            kind=kind_of(code, self.offer.errors) or "generation_failed",
            code=code,
            message=str(told.get("message") or "the generation failed"),
        )


def _text(value: Any) -> str:
    """Spell a value for a form: 4.0 as 4, and yes as true."""
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else json.dumps(value)


def _address(data: Mapping[str, Any], job: Job) -> str:
    """Say where the clip is: in a store of the server's own, or behind the server itself."""
    url = data.get("url")
    return url if isinstance(url, str) and "://" in url else f"videos/{job.id}/content"


openai_videos = remote_backend(OpenAIVideos)
