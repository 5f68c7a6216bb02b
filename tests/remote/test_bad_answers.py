"""Answers that are none: every one is a single line with backend, case, phase, status and request id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_videobench.backends.remote.refusals import read_refusal, wait_asked
from pytest_videobench.backends.remote.wire import HttpReply, RemoteError
from tests.fakes.runway import FakeRunway
from tests.fakes.server import Answer
from tests.remote.driving import MemoryLog, drive, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HTML = Answer(body=b"<html><body>Sign in to continue</body></html>", headers={"content-type": "text/html"})
ODD: dict[str, Answer] = {
    "a page": HTML,
    "half of JSON": Answer(body=b'{"id": "job-0'),
    "a list": Answer(json=[1, 2]),
    "nothing": Answer(),
    "no id": Answer(json={"status": "SUCCEEDED"}),
    "a wrong type": Answer(json={"id": {"no": "text"}, "status": 7}),
    "a word nobody knows": Answer(json={"id": "x", "status": "PONDERING"}),
    "no output": Answer(json={"id": "x", "status": "SUCCEEDED", "output": []}),
    "a number for an output": Answer(json={"id": "x", "status": "SUCCEEDED", "output": [5]}),
}


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRunway]:
    with FakeRunway(clip_bytes, seconds=0.0) as fake:
        point(monkeypatch, "runway", fake)
        yield fake


def complaint(tmp_path: Path, **order: Any) -> str:
    with pytest.raises(RemoteError) as caught:
        drive("runway?duration=5", tmp_path, **order)
    text = str(caught.value)
    assert "\n" not in text
    assert text.startswith("case: ")
    return text


@pytest.mark.parametrize("name", [name for name in ODD if name != "no id"])
def test_an_odd_answer_to_a_poll_is_one_line_and_keeps_the_job(
    fake: FakeRunway, name: str, tmp_path: Path
) -> None:
    fake.next_fault("poll", answer=ODD[name])
    log = MemoryLog()
    text = complaint(tmp_path, log=log)
    assert text.startswith("case: poll: bad answer: ")
    assert "(request id req-" in text
    assert log.steps == ["submitting", "submitted job-0000"], "the next run asks again"


@pytest.mark.parametrize("name", ["a page", "half of JSON", "a list", "nothing", "no id", "a wrong type"])
def test_an_odd_answer_to_a_submission_may_hide_a_job(fake: FakeRunway, name: str, tmp_path: Path) -> None:
    fake.next_fault("submit", answer=ODD[name])
    log = MemoryLog()
    text = complaint(tmp_path, log=log)
    assert text.startswith("case: submit: submit unknown: ")
    assert log.steps == ["submitting", "unknown"]
    assert len(fake.of("submit")) == 1


@pytest.mark.parametrize(
    "body",
    [b"<html>gone</html>", b"", b"#EXTM3U\nhttp://127.0.0.1/x.ts\n", b"\x00" * 5000],
    ids=["page", "empty", "list", "zeros"],
)
def test_a_download_is_judged_by_its_bytes(fake: FakeRunway, body: bytes, tmp_path: Path) -> None:
    fake.next_fault("download", answer=Answer(body=body, headers={"content-type": "video/mp4"}))
    text = complaint(tmp_path)
    assert text.startswith("case: download: bad clip: what came back is no video")


def test_a_redirected_submission_is_not_followed(fake: FakeRunway, tmp_path: Path) -> None:
    away = Answer(status=307, headers={"location": "https://elsewhere.example/v1/text_to_video"})
    fake.next_fault("submit", answer=away)
    assert "bad answer: redirected to https://elsewhere.example" in complaint(tmp_path)


def test_a_refusal_names_status_and_request(fake: FakeRunway, tmp_path: Path) -> None:
    fake.key = "another"
    text = complaint(tmp_path)
    assert text.startswith(
        "case: submit: HTTP 401, auth: Incorrect API key provided: Bearer [key] (request id"
    )


replies = st.builds(
    HttpReply,
    status=st.integers(400, 599),
    headers=st.dictionaries(
        st.sampled_from(["retry-after", "retry-after-ms", "x-request-id"]),
        st.one_of(st.text(), st.integers().map(str), st.just("Wed, 21 Oct 2099 07:28:00 GMT")),
    ),
    body=st.one_of(
        st.binary(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(st.sampled_from(["error", "detail", "code", "message"]), inner)
            ),
        ).map(lambda data: __import__("json").dumps(data).encode()),
    ),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(replies)
def test_any_refusal_can_be_read(reply: HttpReply) -> None:
    failure = read_refusal(reply, {"x*": "moderated"})
    assert failure.message
    assert "\n" not in failure.message
    wait = wait_asked(reply)
    assert wait is None or 0 <= wait <= 300
