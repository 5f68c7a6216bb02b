"""What an answer with a status of 400 or more means, where a provider does not say it in its own way."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from pytest_videobench.backends.remote.wire import Failure, FailureKind, HttpReply, number_or_none

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BY_STATUS: dict[int, FailureKind] = {
    401: "auth",
    402: "quota_exhausted",
    403: "auth",
    404: "not_found",
    408: "overloaded",
    410: "expired",
    425: "overloaded",
    429: "rate_limited",
}
_LONGEST = 300
"""Characters of a provider's message that are passed on."""
_MOST_WAIT = 300.0
"""Seconds beyond which no answer can make us wait at once."""


def read_refusal(reply: HttpReply, kinds: Mapping[str, str]) -> Failure:
    """Read kind, code and message; ``kinds`` are the provider's codes, or how they begin, by failure."""
    code, message = _said(reply)
    kind: FailureKind = _BY_STATUS.get(reply.status) or (
        "overloaded" if reply.status >= 500 else "bad_request"
    )
    return Failure(kind=kind_of(code, kinds) or kind, code=code, message=message or f"HTTP {reply.status}")


def kind_of(code: str, kinds: Mapping[str, str]) -> FailureKind | None:
    """Look a provider's code up: the whole of it, or the longest beginning that is listed."""
    listed = [
        start for start in kinds if code == start or (start.endswith("*") and code.startswith(start[:-1]))
    ]
    return kinds[max(listed, key=len)] if listed else None  # type: ignore[return-value]  # checked when read


def wait_asked(reply: HttpReply) -> float | None:
    """Give the seconds that an answer asks us to wait, by any of the usual headers."""
    for name, unit in (("retry-after-ms", 0.001), ("openai-poll-after-ms", 0.001), ("retry-after", 1.0)):
        text = reply.headers.get(name, "")
        number = number_or_none(text)
        if number is None and text:
            number = _until(text)
        if number is not None and number >= 0:
            return min(number * unit, _MOST_WAIT)
    return None


def _until(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _said(reply: HttpReply) -> tuple[str, str]:
    """Find code and message in any of the shapes that providers use; a page of HTML says nothing."""
    try:
        data = json.loads(reply.body)
    except ValueError:
        return "", short(reply.body.decode("utf-8", "replace")) if b"<" not in reply.body[:200] else ""
    parts = list(_parts(data))
    code = next((str(p[k]) for p in parts for k in _CODES if isinstance(p.get(k), str | int)), "")
    message = next((p[k] for p in parts for k in _MESSAGES if isinstance(p.get(k), str)), "")
    return code, short(message)


_CODES = ("code", "error_type", "failure_code", "failureCode", "status_code", "type", "status")
_MESSAGES = ("message", "msg", "detail", "error", "status_msg", "failure_reason", "title", "reason")


def _parts(data: Any) -> Iterator[dict[str, Any]]:
    """Walk an error's objects, the innermost first."""
    if isinstance(data, list):
        for entry in data:
            yield from _parts(entry)
    if isinstance(data, dict):
        for key in ("error", "detail", "output", "base_resp", "issues", "errors"):
            yield from _parts(data.get(key))
        yield data


def short(text: str) -> str:
    """Give a text as one line of bearable length."""
    line = re.sub(r"\s+", " ", text).strip()
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
