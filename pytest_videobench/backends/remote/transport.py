"""HTTP on httpx: who gets our credentials, what may be fetched, and how much of it."""

from __future__ import annotations

import ipaddress
import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urljoin, urlsplit

import httpx

from pytest_videobench.backends.remote.wire import HttpReply, HttpRequest, WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

MOST_ANSWER = 64 * 2**20
"""Bytes of an answer: clips come inline from some providers."""
MOST_CLIP = 2 * 2**30
"""Bytes of a clip."""
MOST_SECONDS = 900.0
"""Seconds that a download may take."""
MOST_HOPS = 5
"""Redirects that a download may take."""
_CHUNK = 2**16


class NotSent(Exception):
    """The request has certainly not reached the provider, so it may be sent again."""


class MaybeSent(Exception):
    """The connection broke after the request may have left: nobody knows whether it was taken."""


class Unsafe(Exception):
    """An address that a provider gave must not be fetched."""


class Transport(Protocol):
    """Sends requests to one provider; the seam at which tests and third parties may stand in."""

    def send(self, request: HttpRequest) -> HttpReply:
        """Give the answer, whatever its status; raise :class:`NotSent` or :class:`MaybeSent`."""

    def download(
        self, request: HttpRequest, target: Path, *, with_key: bool, alive: Callable[[], None]
    ) -> HttpReply:
        """Write the body of an answer with status 200 to a file, and give status and headers.

        ``alive`` is called again and again, and may raise to end it.
        """


class HttpTransport:
    """Credentials go to the origin of ``base_url`` only, and nothing private is fetched for a provider."""

    def __init__(
        self,
        base_url: str,
        credentials: Callable[[], Mapping[str, str]],
        headers: Mapping[str, str],
        *,
        read_seconds: float = 60.0,
        most_clip: int = MOST_CLIP,
        most_seconds: float = MOST_SECONDS,
    ) -> None:
        self._base = base_url.rstrip("/") + "/"
        self._credentials = credentials
        self._most_clip, self._most_seconds = most_clip, most_seconds
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
        timeout = httpx.Timeout(read_seconds, connect=20.0)
        own = {"user-agent": _user_agent(), **headers}
        self._api = httpx.Client(headers=own, timeout=timeout, limits=limits)
        self._files = httpx.Client(headers={"user-agent": _user_agent()}, timeout=timeout, limits=limits)

    def close(self) -> None:
        """Close all connections."""
        self._api.close()
        self._files.close()

    def send(self, request: HttpRequest) -> HttpReply:
        """Send to the provider, read the answer whole, and follow no redirect: it could lead our key away."""
        url = self._url(request)
        headers = {**request.headers, **(self._credentials() if self._ours(url) else {})}
        if not self._ours(url):
            self._check_public(url)
        body: dict[str, Any] = {"params": dict(request.query) or None}
        if request.form is not None:  # multipart even without a file: vLLM-Omni takes nothing else
            body["files"] = {name: (None, value.encode()) for name, value in request.form.items()}
        elif request.json is not None:
            body["json"] = request.json
        with (
            _told_apart(),
            self._api.stream(request.method, url, headers=headers, **body) as response,
        ):
            return HttpReply(
                status=response.status_code,
                headers=_lower(response.headers),
                body=_read(response, MOST_ANSWER, time.monotonic() + self._most_seconds),
            )

    def download(
        self, request: HttpRequest, target: Path, *, with_key: bool, alive: Callable[[], None] = lambda: None
    ) -> HttpReply:
        """Stream a clip into a file; redirects are followed one by one, each checked like the first."""
        url = self._url(request)
        until = time.monotonic() + self._most_seconds
        for _ in range(MOST_HOPS + 1):
            ours = self._ours(url)
            if not ours:
                self._check_public(url)
            headers = {**request.headers, **(self._credentials() if ours and with_key else {})}
            client = self._api if ours else self._files
            with (
                _told_apart(),
                client.stream("GET", url, headers=headers, params=dict(request.query) or None) as response,
            ):
                if response.is_redirect:
                    url = urljoin(url, response.headers.get("location", ""))
                    request = HttpRequest(method="GET", url=url)
                    continue
                return self._written(response, target, until, alive)
        raise WireError(f"more than {MOST_HOPS} redirects")

    def _written(
        self, response: httpx.Response, target: Path, until: float, alive: Callable[[], None]
    ) -> HttpReply:
        if response.status_code != 200:
            body = _read(response, 2**16, until)
            return HttpReply(status=response.status_code, headers=_lower(response.headers), body=body)
        size = 0
        with target.open("wb") as file:
            for chunk in response.iter_bytes(_CHUNK):
                alive()
                size += len(chunk)
                _check_limits(size, self._most_clip, until)
                file.write(chunk)
        return HttpReply(status=200, headers=_lower(response.headers))

    def _url(self, request: HttpRequest) -> str:
        return urljoin(self._base, request.url.lstrip("/") if "://" not in request.url else request.url)

    def _ours(self, url: str) -> bool:
        return origin(url) == origin(self._base)

    def _check_public(self, url: str) -> None:
        """Refuse an address of another origin that leads inside, unless the provider itself is inside."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unsafe(
                f"the provider gave an address that is none of the web: {parts.scheme or url[:40]!r}"
            )
        if _inside(urlsplit(self._base).hostname or ""):
            return
        if _inside(parts.hostname):
            raise Unsafe(f"the provider gave an address inside this network: {parts.hostname}")


def origin(url: str) -> tuple[str, str, int | None]:
    """Give scheme, host and port, as browsers compare them."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port


def _inside(host: str) -> bool:
    """Say whether any address of a host is private, loopback or link-local; an unknown host is not."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False
    return any(not ipaddress.ip_address(str(entry[4][0]).partition("%")[0]).is_global for entry in found)


@contextmanager
def _told_apart() -> Iterator[None]:
    """Tell what certainly was not sent from what may have been."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise NotSent(str(error) or type(error).__name__) from None
    except httpx.UnsupportedProtocol as error:
        raise Unsafe(str(error)) from None
    except httpx.HTTPError as error:
        raise MaybeSent(str(error) or type(error).__name__) from None


def _read(response: httpx.Response, most: int, until: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes(_CHUNK):
        body += chunk
        _check_limits(len(body), most, until)
    return bytes(body)


def _check_limits(size: int, most: int, until: float) -> None:
    if size > most:
        raise WireError(f"the answer is longer than {most / 2**20:.0f} MiB")
    if time.monotonic() > until:
        raise WireError("the answer does not end")


def _lower(headers: httpx.Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _user_agent() -> str:
    from pytest_videobench import __version__

    return f"pytest-videobench/{__version__}"
