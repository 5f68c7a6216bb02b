"""What all fakes share: a real HTTP server, jobs that take their time, limits, and faults on demand."""

from __future__ import annotations

import json
import random
import re
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

KEY = "planted-key-7f3a91"
"""The key that every fake wants; it must appear nowhere else."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    phase: str
    at: float
    match: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        """Give the body as the JSON object that it must be."""
        data = json.loads(self.body)
        assert isinstance(data, dict)
        return data

    def form(self) -> dict[str, str]:
        """Give the text parts of a multipart body."""
        boundary = self.headers["content-type"].partition("boundary=")[2].strip('"').encode()
        parts = {}
        for part in self.body.split(b"--" + boundary)[1:-1]:
            head, _, value = part.partition(b"\r\n\r\n")
            found = re.search(rb'name="([^"]+)"', head)
            assert found is not None
            parts[found[1].decode()] = value.removesuffix(b"\r\n").decode()
        return parts


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What goes back."""

    status: int = 200
    json: Any = None
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Fault:
    """Something that goes wrong with the next call of a phase."""

    phase: str
    answer: Answer | None = None
    """Sent in place of the true one; nothing else happens, but where ``effect`` says so."""
    effect: bool = False
    drop: str = ""
    """``before`` anything happened, or ``after`` the call had its effect: the connection breaks."""
    keep: float | None = None
    """Share of the body that is sent before the connection breaks, although all of it was announced."""


@dataclass(kw_only=True)
class FakeJob:
    """A job as the provider sees it."""

    id: str
    asked: dict[str, Any]
    created: float
    started: float | None = None
    ended: float | None = None
    cancelled: bool = False
    polls: int = 0


@dataclass(frozen=True, kw_only=True)
class Storm:
    """Shares of calls that go wrong at random."""

    refused: float = 0.0
    """429 to a submission or a poll."""
    broken: float = 0.0
    """500 to anything; half of the submissions among them were taken all the same."""
    dropped: float = 0.0
    """Connections that break; the same."""
    truncated: float = 0.0
    """Downloads that end early."""
    seed: int = 1


Handler = Callable[[Any, Call], Answer]


def route(method: str, pattern: str, phase: str) -> Callable[[Handler], Handler]:
    """Declare a method of a fake as the answer to a method and a path."""

    def declare(handler: Handler) -> Handler:
        handler.routes = [*getattr(handler, "routes", []), (method, re.compile(pattern + r"\Z"), phase)]  # type: ignore[attr-defined]
        return handler

    return declare


class Fake:
    """A provider on loopback; use it as a context manager."""

    key_headers: ClassVar[tuple[str, ...]] = ("authorization",)
    """Headers one of which has to hold the key."""
    phases_without_key: ClassVar[frozenset[str]] = frozenset({"download"})
    prefix: ClassVar[str] = ""
    """Path of the base URL."""

    def __init__(
        self,
        clip: bytes,
        *,
        seconds: float = 0.05,
        at_once: int = 1000,
        most_jobs: int | None = None,
        storm: Storm | None = None,
        key: str = KEY,
        port: int = 0,
    ) -> None:
        self.clip = clip
        self.seconds, self.at_once, self.most_jobs = seconds, at_once, most_jobs
        self.key = key
        self.calls: list[Call] = []
        self.jobs: dict[str, FakeJob] = {}
        self.faults: deque[Fault] = deque()
        self.fail: Callable[[FakeJob], bool] = lambda _job: False
        """Says which jobs end in failure."""
        self.served: Counter[str] = Counter()
        self._storm = storm
        self._random = random.Random(storm.seed if storm else 0)
        self._lock = threading.RLock()
        self.changed = threading.Condition()
        """Notified with every call."""
        self._routes = [
            (*one, handler)
            for name in dir(type(self))
            for handler in [getattr(type(self), name)]
            for one in getattr(handler, "routes", [])
        ]
        self._server = _server(self, port)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Any:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def origin(self) -> str:
        """Give scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def base_url(self) -> str:
        """Give the address that an adapter, or an SDK, is pointed at."""
        return self.origin + self.prefix

    # ---- for tests

    def of(self, phase: str) -> list[Call]:
        """Give the recorded calls of a phase."""
        with self._lock:
            return [call for call in self.calls if call.phase == phase]

    def next_fault(self, phase: str, **fault: Any) -> None:
        """Let the next call of a phase go wrong."""
        self.faults.append(Fault(phase=phase, **fault))

    def end_jobs(self) -> None:
        """Let every job that runs be done now."""
        with self._lock:
            self._advance()
            for job in self.jobs.values():
                if job.ended is not None:
                    job.ended = min(job.ended, time.monotonic())

    # ---- for fakes

    def create(self, asked: dict[str, Any], name: str | None = None) -> FakeJob:
        """Take a job."""
        with self._lock:
            job = FakeJob(id=name or f"job-{len(self.jobs):04d}", asked=asked, created=time.monotonic())
            self.jobs[job.id] = job
            return job

    def state(self, job: FakeJob) -> str:
        """Say whether a job is ``queued``, ``running``, ``done``, ``failed`` or ``cancelled`` by now."""
        with self._lock:
            self._advance()
            if job.cancelled:
                return "cancelled"
            if job.started is None:
                return "queued"
            if job.ended is None or job.ended > time.monotonic():
                return "running"
            return "failed" if self.fail(job) else "done"

    @property
    def waiting(self) -> int:
        """Count the jobs that wait."""
        with self._lock:
            return sum(self.state(job) == "queued" for job in self.jobs.values())

    @property
    def unfinished(self) -> int:
        """Count the jobs that wait or run."""
        with self._lock:
            return sum(self.state(job) in ("queued", "running") for job in self.jobs.values())

    def video(self, _call: Call) -> Answer:
        """Give the clip."""
        return Answer(body=self.clip, headers={"content-type": "video/mp4"})

    def refusal(self, status: int, message: str) -> Answer:
        """Spell a refusal in this provider's shape; the base's is the most usual one."""
        return Answer(status=status, json={"error": {"code": str(status), "message": message}})

    # ---- inside

    def _advance(self) -> None:
        """Start what waits, at the moment at which a place became free."""
        now = time.monotonic()
        ends = sorted(job.ended for job in self.jobs.values() if job.ended is not None)
        for job in self.jobs.values():
            if job.started is not None or job.cancelled:
                continue
            busy = [end for end in ends if end > job.created]
            free = job.created if len(busy) < self.at_once else sorted(busy)[-self.at_once]
            if free > now:
                break
            job.started, job.ended = free, free + self.seconds
            ends.append(job.ended)

    def answer(self, call: Call) -> tuple[Answer | None, float | None]:
        """Give the answer to a call, ``None`` to break the connection, and the share of it that is sent."""
        handler, call = self._found(call)
        with self._lock:
            self.calls.append(call)
            fault = self._fault(call)
        with self.changed:
            self.changed.notify_all()
        if fault and (fault.drop == "before" or (fault.answer and not fault.effect)):
            return fault.answer, None
        answer = self._refused(call) or (handler(self, call) if handler else Answer(status=404, json={}))
        with self._lock:
            self.served[call.phase] += answer.status < 400
        if fault and (fault.drop == "after" or fault.effect):
            return fault.answer, None
        return answer, fault.keep if fault else None

    def _found(self, call: Call) -> tuple[Handler | None, Call]:
        for method, pattern, phase, handler in self._routes:
            match = pattern.match(call.path) if method == call.method else None
            if match:
                return handler, Call(**{**call.__dict__, "phase": phase, "match": match.groups()})
        return None, call

    def _refused(self, call: Call) -> Answer | None:
        if call.phase not in self.phases_without_key and not self.proves(call):
            return self.refusal(
                401, f"Incorrect API key provided: {call.headers.get(self.key_headers[0], '')}"
            )
        if call.phase == "submit" and self.most_jobs is not None and self.unfinished >= self.most_jobs:
            refused = self.refusal(429, "Too many concurrent jobs")
            return Answer(status=429, json=refused.json, headers={"retry-after": "0.1"})
        return None

    def proves(self, call: Call) -> bool:
        """Say whether a call carries the key."""
        return any(self.key in call.headers.get(name, "") for name in self.key_headers)

    def _fault(self, call: Call) -> Fault | None:
        for fault in self.faults:
            if fault.phase == call.phase:
                self.faults.remove(fault)
                return fault
        return self._weather(call)

    def _weather(self, call: Call) -> Fault | None:
        storm = self._storm
        if storm is None:
            return None
        draw, taken = self._random.random(), self._random.random() < 0.5
        if call.phase == "download":
            return Fault(phase="download", keep=0.5) if draw < storm.truncated else None
        if draw < storm.refused:
            refused = self.refusal(429, "slow down")
            return Fault(
                phase=call.phase,
                answer=Answer(status=429, json=refused.json, headers={"retry-after": "0.05"}),
            )
        if draw < storm.refused + storm.broken:
            broken = Answer(status=500, json={"error": "internal"})
            return Fault(phase=call.phase, answer=broken, effect=taken)
        if draw < storm.refused + storm.broken + storm.dropped:
            return Fault(phase=call.phase, drop="after" if taken else "before")
        return None


def _server(fake: Fake, port: int) -> ThreadingHTTPServer:
    class Handle(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if self.headers.get("transfer-encoding") == "chunked":
                body = _dechunked(self.rfile)
            call = Call(
                method=self.command,
                path=parts.path,
                query=dict(parse_qsl(parts.query)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=body,
                phase="",
                at=time.monotonic(),
            )
            answer, keep = fake.answer(call)
            if answer is None:
                self._break()
                return
            data = answer.body if answer.json is None else json.dumps(answer.json).encode()
            try:
                self._send(answer, data, keep)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _send(self, answer: Answer, data: bytes, keep: float | None) -> None:
            self.send_response(answer.status)
            kind = "application/octet-stream" if answer.json is None else "application/json"
            headers = {"content-type": kind, "x-request-id": f"req-{len(fake.calls)}", **answer.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("content-length", str(len(data)))
            self.end_headers()
            if keep is None:
                self.wfile.write(data)
            else:
                self.wfile.write(data[: int(keep * len(data))])
                self._break()

        def _break(self) -> None:
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, *_: Any) -> None:
            """Say nothing of clients that were killed."""

    return Server(("127.0.0.1", port), Handle)


def _dechunked(stream: Any) -> bytes:
    body = b""
    while size := int(stream.readline().strip() or b"0", 16):
        body += stream.read(size)
        stream.readline()
    stream.readline()
    return body
