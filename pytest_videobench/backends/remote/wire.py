"""What passes between a provider's pure functions and the loop that drives them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from pytest_videobench.errors import BackendError

FailureKind: TypeAlias = Literal[
    "auth",
    "bad_request",
    "moderated",
    "rate_limited",
    "quota_exhausted",
    "overloaded",
    "not_found",
    "generation_failed",
    "submit_unknown",
    "expired",
    "cancelled",
    "timeout",
    "bad_answer",
    "bad_clip",
    "unreachable",
    "budget",
]
"""Why there is no clip, in the same words for every provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request before anybody has sent it; credentials are added by the transport, and to no other."""

    method: str
    url: str
    """A path below the provider's base URL, or a whole URL that the provider gave."""
    json: Any = None
    form: Mapping[str, str] | None = None
    """Text parts of a multipart body."""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """Give what the sidecar keeps of it."""
        body = self.json if self.form is None else dict(self.form)
        return {"method": self.method, "url": self.url, "body": body}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReply:
    """An answer, read whole."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""

    @property
    def request_id(self) -> str:
        """Give the provider's name for this exchange, for its support; empty where it gave none."""
        found = (self.headers.get(name, "") for name in REQUEST_ID_HEADERS)
        return next((text for text in found if text), "")

    def data(self) -> dict[str, Any]:
        """Read a JSON object; raise :class:`WireError` for anything else, such as a page of HTML."""
        try:
            found = json.loads(self.body)
        except ValueError:
            said = self.body[:60].decode("utf-8", "replace").strip() or "nothing"
            raise WireError(f"expected JSON, got {said!r}") from None
        if not isinstance(found, dict):
            raise WireError(f"expected a JSON object, got {type(found).__name__}")
        return found


REQUEST_ID_HEADERS = ("x-request-id", "x-fal-request-id", "request-id", "x-amzn-requestid", "x-trace-id")


class WireError(Exception):
    """An answer is not what the protocol says; the loop turns it into a one-line error of its case."""


class RemoteError(BackendError):
    """A provider made no clip; the message names backend, case, phase, status and request id."""

    def __init__(self, message: str, failure: FailureKind) -> None:
        super().__init__(message)
        self.failure = failure

    @property
    def kind(self) -> str:  # type: ignore[override]  # the tree's words, one by one
        """Give the reason as rows call it."""
        return self.failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """No clip, and why."""

    kind: FailureKind
    message: str
    code: str = ""
    """The provider's own word or number for it."""
    cost_usd: float | None = None
    """What it cost all the same, where the provider tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job that a provider has taken, as the journal keeps it."""

    id: str
    links: Mapping[str, str] = field(default_factory=dict)
    """What a poll needs beside the id, by purpose: URLs that the provider gave, for the most part."""
    cost_usd: float | None = None
    """What the provider expects it to cost, where it tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """It waits for its turn."""

    throttled: bool = False
    """True where it waits because this account has too many jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """It is being made."""

    progress: float | None = None
    """0–1, where the provider tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeeded:
    """It is there: behind a request, or in the answer itself."""

    fetch: HttpRequest | None = None
    inline: bytes | None = None
    model: str | None = None
    """The model that made it, where the provider tells."""
    seed: int | None = None
    """The seed that was used, where the provider tells."""
    cost_usd: float | None = None
    running_s: float | None = None
    """Seconds of work on it as the provider counts them."""
    with_key: bool = False
    """True where the clip is fetched with the credentials; never sent to another origin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """The answer is one request further on."""

    request: HttpRequest
    read: Callable[[HttpReply], State]
    whole: bool = False
    """True where a refusal is an answer like any other, to be read and not repeated."""


State: TypeAlias = Queued | Running | Succeeded | Failure | Follow
"""What a poll says. An unknown word of a provider is a :class:`WireError`, never taken for patience."""


def text_at(data: Any, *path: str | int) -> str:
    """Give the text at a path of keys and places in lists; raise :class:`WireError` where there is none."""
    found = data
    for key in path:
        found = _step(found, key)
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or not found:
        raise WireError(f"no text at {'.'.join(map(str, path))!r}")
    return found


def _step(found: Any, key: str | int) -> Any:
    if isinstance(found, Mapping):
        return found.get(key)
    if isinstance(found, list) and isinstance(key, int) and 0 <= key < len(found):
        return found[key]
    return None


def bytes_from(text: Any) -> bytes:
    """Decode a clip that came as base64; raise :class:`WireError` for what is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise WireError("the clip in the answer is no base64") from None


def number_or_none(value: Any) -> float | None:
    """Give a number, or ``None`` for what is none; providers write numbers as text at times."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def whole_or_none(value: Any) -> int | None:
    """Give a whole number, or ``None`` for what is none."""
    number = number_or_none(value)
    return int(number) if number is not None and number == int(number) else None
