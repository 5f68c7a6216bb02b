"""Who gets our key, what is fetched for a provider, and how much of it."""

from __future__ import annotations

import itertools
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.backends.remote.account import Account, Stopped
from pytest_videobench.backends.remote.transport import HttpTransport, MaybeSent, NotSent, Unsafe, origin
from pytest_videobench.backends.remote.wire import HttpRequest, WireError
from tests.fakes.server import KEY, Answer, Call, Fake, route

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Files(Fake):
    """A server that keeps files, and sends people elsewhere."""

    elsewhere = ""
    status = 302

    @route("GET", "/file", "download")
    def file(self, call: Call) -> Answer:
        return self.video(call)

    @route("GET", "/away", "download")
    def away(self, call: Call) -> Answer:
        return Answer(status=self.status, headers={"location": self.elsewhere})

    @route("GET", "/api", "poll")
    def api(self, call: Call) -> Answer:
        return Answer(json={"fine": True})


@pytest.fixture
def own(clip_bytes: bytes) -> Iterator[Files]:
    with Files(clip_bytes) as fake:
        yield fake


@pytest.fixture
def other(clip_bytes: bytes) -> Iterator[Files]:
    with Files(clip_bytes) as fake:
        yield fake


@contextmanager
def transport(base_url: str, most_seconds: float = 900.0, most_clip: int = 2**30) -> Iterator[HttpTransport]:
    made = HttpTransport(
        base_url,
        lambda: {"authorization": f"Bearer {KEY}"},
        {"x-version": "1"},
        most_seconds=most_seconds,
        most_clip=most_clip,
        read_seconds=5.0,
    )
    try:
        yield made
    finally:
        made.close()


def get(url: str) -> HttpRequest:
    return HttpRequest(method="GET", url=url)


def test_the_key_goes_to_the_configured_origin_only(own: Files, other: Files, tmp_path: Path) -> None:
    with transport(own.base_url) as sender:
        assert sender.send(get("api")).data() == {"fine": True}
        assert sender.download(get(f"{other.origin}/file"), tmp_path / "a", with_key=True).status == 200
        sender.send(get(f"{other.origin}/api"))
    assert own.calls[0].headers["authorization"] == f"Bearer {KEY}"
    assert [call.headers.get("authorization") for call in other.calls] == [None, None]


def test_a_download_from_the_own_origin_has_the_key_only_where_it_is_needed(
    own: Files, tmp_path: Path
) -> None:
    with transport(own.base_url) as sender:
        sender.download(get("file"), tmp_path / "a", with_key=False)
        sender.download(get("file"), tmp_path / "b", with_key=True)
    assert [KEY in call.headers.get("authorization", "") for call in own.calls] == [False, True]
    assert (tmp_path / "b").read_bytes() == own.clip


def test_a_redirect_takes_no_key_along(own: Files, other: Files, tmp_path: Path) -> None:
    own.elsewhere = f"{other.origin}/file"
    with transport(own.base_url) as sender:
        assert sender.download(get("away"), tmp_path / "a", with_key=True).status == 200
        assert sender.send(get("away")).status == 302
    assert "authorization" not in other.calls[0].headers
    assert len(other.calls) == 1, "an answer of the API is never followed"


def test_redirects_end(own: Files, tmp_path: Path) -> None:
    own.elsewhere = f"{own.origin}/away"
    with transport(own.base_url) as sender, pytest.raises(WireError, match="more than 5 redirects"):
        sender.download(get("away"), tmp_path / "a", with_key=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://localhost/x",
        "http://169.254.169.254/meta",
        "http://[::1]/",
        "http://10.1.2.3/x",
    ],
)
def test_a_public_provider_cannot_send_us_inside(url: str, tmp_path: Path) -> None:
    with transport("https://8.8.8.8") as sender:
        with pytest.raises(Unsafe, match="inside this network"):
            sender.download(get(url), tmp_path / "a", with_key=False)
        with pytest.raises(Unsafe, match="inside this network"):
            sender.send(get(url))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.com/x", "https:///x"])
def test_only_the_web_is_fetched(own: Files, url: str, tmp_path: Path) -> None:
    with transport(own.base_url) as sender, pytest.raises(Unsafe, match="none of the web"):
        sender.download(get(url), tmp_path / "a", with_key=False)


def test_a_redirect_inside_is_refused_like_an_address(
    own: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.elsewhere = "http://192.168.0.9/x"
    resolved = socket.getaddrinfo

    def public(host: str, *args: Any, **options: Any) -> Any:
        """Look a host up as if the provider were on the open internet; connections go where they should."""
        asking = not args or args[0] is None
        return resolved("8.8.8.8" if asking and host == "127.0.0.1" else host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", public)
    with transport(own.base_url) as sender, pytest.raises(Unsafe, match=r"192\.168\.0\.9"):
        sender.download(get("away"), tmp_path / "a", with_key=False)


def test_a_clip_that_is_too_large_is_not_taken_in(own: Files, tmp_path: Path) -> None:
    with transport(own.base_url, most_clip=1000) as sender, pytest.raises(WireError, match="longer than"):
        sender.download(get("file"), tmp_path / "a", with_key=False)


@contextmanager
def endless() -> Iterator[str]:
    """Serve one answer whose body never ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                try:
                    for _ in itertools.count():
                        connection.sendall(b"x" * 1000)
                except OSError:
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def test_a_body_that_never_ends_is_ended(tmp_path: Path) -> None:
    ended = pytest.raises(WireError, match=r"does not end|longer than")
    with endless() as url, transport(url, most_seconds=0.3) as sender, ended:
        sender.send(get("api"))
    with endless() as url, transport(url, most_seconds=0.3) as sender, ended:
        sender.download(get("x"), tmp_path / "a", with_key=False)


def test_a_run_that_ends_does_not_wait_for_a_download(tmp_path: Path) -> None:
    account = Account(1)
    account.stop()
    with endless() as url, transport(url) as sender, pytest.raises(Stopped):
        sender.download(get("x"), tmp_path / "a", with_key=False, alive=account.check)


def test_what_was_not_sent_is_told_from_what_may_have_been(own: Files, clip_bytes: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with transport(f"http://127.0.0.1:{port}") as sender, pytest.raises(NotSent):
        sender.send(get("api"))
    own.next_fault("poll", drop="before")
    with transport(own.base_url) as sender, pytest.raises(MaybeSent):
        sender.send(get("api"))


def test_a_download_that_breaks_off_is_not_a_clip(own: Files, tmp_path: Path) -> None:
    own.next_fault("download", keep=0.5)
    with transport(own.base_url) as sender, pytest.raises(MaybeSent):
        sender.download(get("file"), tmp_path / "a", with_key=False)


def test_origins_are_compared_as_browsers_do() -> None:
    assert origin("HTTPS://API.example.com/v1") == origin("https://api.example.com:443/other")
    assert origin("http://api.example.com") != origin("https://api.example.com")
    assert origin("https://api.example.com") != origin("https://api.example.com.evil.com")
