"""Veo on Vertex AI: long-running operations whose clip comes inline."""

from __future__ import annotations

import os
from dataclasses import replace
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
    Running,
    Succeeded,
    WireError,
    bytes_from,
    text_at,
)
from pytest_videobench.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.base import BackendSpec
    from pytest_videobench.backends.remote.provider import Order
    from pytest_videobench.backends.remote.wire import State


class VertexVeo(Bearer):
    """Google: Veo on Vertex AI, on an access token."""

    offer = read_offer("vertex_veo")

    def __init__(self, spec: BackendSpec) -> None:
        super().__init__(spec)
        params = dict(spec.params)
        self._project = params.get("project") or os.environ.get("GOOGLE_CLOUD_PROJECT", "")
        self._location = params.get("location") or os.environ.get("GOOGLE_CLOUD_LOCATION") or "us-central1"
        host = "" if self._location == "global" else f"{self._location}-"
        self.offer = replace(self.offer, base_url=f"https://{host}aiplatform.googleapis.com")

    def ready(self) -> None:
        """Refuse to go on without a project."""
        if not self._project:
            raise SpecError(
                f"backend {str(self.spec)!r}: which project? set GOOGLE_CLOUD_PROJECT or add ?project=NAME"
            )

    def submission(self, order: Order) -> HttpRequest:
        """Ask for a clip."""
        parameters: dict[str, Any] = {
            "sampleCount": 1,
            "durationSeconds": int(order.seconds),
            **order.shape.say,
            **order.settings,
        }
        if order.seed is not None:
            parameters["seed"] = order.seed
        place = f"projects/{self._project}/locations/{self._location}"
        return HttpRequest(
            method="POST",
            url=f"v1/{place}/publishers/google/models/{order.model}:predictLongRunning",
            json={"instances": [{"prompt": order.prompt}], "parameters": parameters},
        )

    def submitted(self, reply: HttpReply) -> Job:
        """Read the operation's name, which says where to ask after it."""
        name = text_at(reply.data(), "name")
        if "/operations/" not in name:
            raise WireError(f"{name!r} is no name of an operation")
        return Job(id=name)

    def poll(self, job: Job) -> HttpRequest:
        """Ask after an operation; it takes a POST."""
        model = job.id.partition("/operations/")[0]
        return HttpRequest(
            method="POST", url=f"v1/{model}:fetchPredictOperation", json={"operationName": job.id}
        )

    def polled(self, job: Job, reply: HttpReply) -> State:
        """Read an operation; one that is done without a clip was filtered."""
        data = reply.data()
        if not data.get("done"):
            return Running()
        if isinstance(data.get("error"), dict):
            return self._failure(data["error"])
        response = data.get("response")
        if not isinstance(response, dict):
            raise WireError("an operation is done and has neither error nor response")
        if not response.get("videos"):
            reasons = " ".join(map(str, response.get("raiMediaFilteredReasons") or []))
            return Failure(kind="moderated", message=f"the clip was filtered: {reasons or 'no reason given'}")
        return Succeeded(inline=bytes_from(text_at(response, "videos", 0, "bytesBase64Encoded")))

    def _failure(self, error: Mapping[str, Any]) -> Failure:
        code = str(error.get("code") or "")
        kind = kind_of(code, self.offer.errors) or "generation_failed"
        return Failure(kind=kind, code=code, message=error.get("message") or f"the operation failed {code}")


vertex_veo = remote_backend(VertexVeo)
