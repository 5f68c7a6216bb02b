"""Kling's direct API; success is ``code == 0``, whatever the HTTP status says."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any

from pytest_videobench.backends.remote.backend import remote_backend
from pytest_videobench.backends.remote.offer import read_offer
from pytest_videobench.backends.remote.provider import Bearer
from pytest_videobench.backends.remote.refusals import read_refusal
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
    from pytest_videobench.backends.remote.wire import State

_PATH = "v1/videos/text2video"
_TOKEN_LIVES, _TOKEN_SERVES = 1800, 600
"""Seconds that a token is good for, as Kling's own examples have it, and after which we sign another one."""


class Kling(Bearer):
    """Kling: v3 and its predecessors."""

    offer = read_offer("kling")

    def credentials(self, key: str) -> Mapping[str, str]:
        """Give an API key as it is; sign a token where there are access key and secret key."""
        access, pair, secret = key.partition(":")
        return super().credentials(_token(access, secret, time.time()) if pair else key)

    def submission(self, order: Order) -> HttpRequest:
        """Ask for a clip under a name of ours, by which it can be found again."""
        body: dict[str, Any] = {
            "model_name": order.model,
            "prompt": order.prompt,
            "duration": f"{order.seconds:g}",
            "external_task_id": order.key,
            **order.shape.say,
            **order.settings,
        }
        return HttpRequest(method="POST", url=_PATH, json=body)

    def submitted(self, reply: HttpReply) -> Job | Failure:
        """Read the task's id."""
        return self._refused(reply) or Job(id=text_at(reply.data(), "data", "task_id"))

    def poll(self, job: Job) -> HttpRequest:
        """Ask after a task."""
        return HttpRequest(method="GET", url=f"{_PATH}/{job.id}")

    def polled(self, job: Job, reply: HttpReply) -> State:
        """Read a task."""
        refused = self._refused(reply)
        if refused is not None:  # with HTTP 200, so that the loop has not sorted it out
            return Queued() if refused.kind in ("rate_limited", "overloaded") else refused
        data = reply.data()
        status = text_at(data, "data", "task_status")
        if status == "submitted":
            return Queued()
        if status == "processing":
            return Running()
        if status == "succeed":
            url = text_at(data, "data", "task_result", "videos", 0, "url")
            return Succeeded(fetch=HttpRequest(method="GET", url=url))
        if status == "failed":
            message = data["data"].get("task_status_msg") or "the task failed"
            return Failure(kind="generation_failed", message=str(message))
        raise WireError(f"unknown status {status!r}")

    def search(self, order: Order) -> HttpRequest:
        """Look for a task by our name for it."""
        return HttpRequest(method="GET", url=f"{_PATH}/{order.key}")

    def found(self, order: Order, reply: HttpReply) -> Job | None:
        """Read the answer; only an outspoken 404 proves that there is no such task."""
        if reply.status == 404:
            return None
        refused = self._refused(reply)
        if refused is not None:
            raise WireError(refused.message)
        return Job(id=text_at(reply.data(), "data", "task_id"))

    def _refused(self, reply: HttpReply) -> Failure | None:
        return None if reply.data().get("code") == 0 else read_refusal(reply, self.offer.errors)


def _token(access: str, secret: str, now: float) -> str:
    """Sign a JSON web token with HS256."""
    since = int(now // _TOKEN_SERVES * _TOKEN_SERVES)
    head = {"alg": "HS256", "typ": "JWT"}
    claims = {"iss": access, "exp": since + _TOKEN_LIVES, "nbf": since - 5}
    signed = b".".join(_base64(json.dumps(part).encode()) for part in (head, claims))
    return b".".join((signed, _base64(hmac.digest(secret.encode(), signed, hashlib.sha256)))).decode()


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


kling = remote_backend(Kling)
