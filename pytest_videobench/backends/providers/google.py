"""Google's Interactions API: Gemini Omni."""

from __future__ import annotations

import os
import re
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
    bytes_from,
    text_at,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.base import BackendSpec
    from pytest_videobench.backends.remote.provider import Order
    from pytest_videobench.backends.remote.wire import State

_FILE = re.compile(r"/files/([a-z0-9-]+)")


class Google(Bearer):
    """Google: Gemini Omni, on an API key."""

    offer = read_offer("google")

    def __init__(self, spec: BackendSpec) -> None:
        super().__init__(spec)
        asked = dict(spec.params).get("api_version")
        self._version = asked or os.environ.get("GOOGLE_GENAI_API_VERSION") or "v1"

    def credentials(self, key: str) -> Mapping[str, str]:
        """Give the key in Google's own header."""
        return {"x-goog-api-key": key}

    def submission(self, order: Order) -> HttpRequest:
        """Ask for a clip in the background, as a file: inline answers end at 4 MB."""
        config: dict[str, Any] = {"video_config": {"task": "text_to_video"}}
        if order.seed is not None:
            config["seed"] = order.seed
        form = {"type": "video", "duration": f"{order.seconds:g}s", "delivery": "uri", **order.shape.say}
        body = {
            "model": order.model,
            "input": order.prompt,
            "background": True,
            "store": True,
            "generation_config": config,
            "response_format": form,
        }
        return HttpRequest(method="POST", url=f"{self._version}/interactions", json=body)

    def submitted(self, reply: HttpReply) -> Job:
        """Read the interaction's id."""
        return Job(id=text_at(reply.data(), "id"))

    def poll(self, job: Job) -> HttpRequest:
        """Ask after an interaction."""
        return HttpRequest(
            method="GET", url=f"{self._version}/interactions/{job.id}", query={"stream": "false"}
        )

    def polled(self, job: Job, reply: HttpReply) -> State:
        """Read an interaction; its clip is in the last of its steps, or in a file that they name."""
        data = reply.data()
        status = text_at(data, "status")
        if status == "queued":
            return Queued()
        if status == "in_progress":
            return Running()
        if status == "completed":
            return self._output(data)
        if kind := kind_of(status, self.offer.errors):
            said = "; ".join(str(error.get("message")) for error in _objects(data.get("errors")))
            return Failure(kind=kind, message=said or f"the interaction ended as {status}")
        raise WireError(f"unknown status {status!r}")

    def cancel(self, job: Job) -> HttpRequest:
        """Cancel an interaction."""
        return HttpRequest(method="POST", url=f"{self._version}/interactions/{job.id}/cancel")

    def _output(self, data: Mapping[str, Any]) -> State:
        steps = (step for step in _objects(data.get("steps")) if step.get("type") == "model_output")
        contents = [content for step in steps for content in _objects(step.get("content"))]
        video = next((content for content in reversed(contents) if content.get("type") == "video"), None)
        if video is None:
            said = " ".join(str(content.get("text") or "") for content in contents).strip()
            return Failure(
                kind="generation_failed", message=f"no clip came back: {said or 'no reason given'}"
            )
        if video.get("data"):
            return Succeeded(inline=bytes_from(video["data"]))
        uri = text_at(video, "uri")
        file = _FILE.search(uri)
        if file is None:
            return Succeeded(fetch=HttpRequest(method="GET", url=uri))
        return Follow(
            request=HttpRequest(method="GET", url=f"{self._version}/files/{file[1]}"), read=self._file
        )

    def _file(self, reply: HttpReply) -> State:
        """Read a file's state; it is fetched from the server that we know, whatever address came with it."""
        data = reply.data()
        state = text_at(data, "state")
        if state == "PROCESSING":
            return Running()
        if state == "FAILED":
            return Failure(kind="generation_failed", message="Google could not store the clip")
        if state != "ACTIVE":
            raise WireError(f"unknown state {state!r} of a file")
        url = f"{self._version}/{text_at(data, 'name')}:download"
        return Succeeded(fetch=HttpRequest(method="GET", url=url, query={"alt": "media"}), with_key=True)


def _objects(entries: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


google = remote_backend(Google)
