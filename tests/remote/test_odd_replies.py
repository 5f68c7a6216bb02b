"""Whatever JSON comes back, a provider's reader gives a state or says that the protocol was broken."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.backends.remote.backend import Remote
from pytest_videobench.backends.remote.provider import ReadsErrors
from pytest_videobench.backends.remote.wire import Failure, Follow, HttpReply, Job, Succeeded, WireError

if TYPE_CHECKING:
    from pytest_videobench.backends.remote.provider import Provider
    from pytest_videobench.backends.remote.wire import State

SPECS = {
    "ark": "ark",
    "dashscope": "dashscope",
    "fal": "fal:bytedance/seedance-2.5/text-to-video",
    "google": "google",
    "kling": "kling",
    "luma": "luma",
    "luma_legacy": "luma_legacy",
    "minimax": "minimax",
    "minimax_v1": "minimax_v1",
    "openai_videos": "openai_videos:wan",
    "replicate": "replicate:owner/name",
    "runway": "runway",
    "vertex_veo": "vertex_veo",
}
WORDS = (
    *("IN_QUEUE", "COMPLETED", "SUCCEEDED", "PENDING", "RUNNING", "FAILED", "UNKNOWN", "Success", "Fail"),
    *("queued", "running", "completed", "succeeded", "succeed", "failed", "starting", "submitted"),
    *("http://localhost/clip.mp4", "video", "model_output", "42", ""),
)
KEYS = (
    *("id", "status", "state", "code", "message", "data", "task_id", "task_status", "task_result", "videos"),
    *("url", "video", "video_url", "output", "error", "error_type", "metrics", "task", "content", "assets"),
    *("request_id", "status_url", "response_url", "cancel_url", "model", "usage", "seed", "file", "file_id"),
    *("base_resp", "status_code", "steps", "type", "uri", "done", "response", "name", "cost", "failure"),
    *("raiMediaFilteredReasons", "bytesBase64Encoded", "inference_time_s", "download_url", "progress"),
)
LEAVES = st.none() | st.booleans() | st.integers(-3, 600) | st.floats(0, 9) | st.sampled_from(WORDS)
PARTS = st.recursive(
    LEAVES,
    lambda part: st.lists(part, max_size=2) | st.dictionaries(st.sampled_from(KEYS), part, max_size=5),
    max_leaves=8,
)
REPLIES = st.dictionaries(st.sampled_from(KEYS), PARTS, max_size=8)
LINKS = dict.fromkeys(("status_url", "response_url", "cancel_url", "poll", "get"), "http://localhost/x")
JOB = Job(id="job", links=LINKS)


@pytest.mark.parametrize("name", sorted(SPECS))
@settings(max_examples=100, deadline=None)
@given(body=REPLIES)
def test_no_answer_makes_a_reader_stumble(name: str, body: dict[str, Any]) -> None:
    provider = _provider(name)
    reply = HttpReply(status=200, body=json.dumps(body).encode())
    with suppress(WireError):
        assert isinstance(provider.submitted(reply), Job | Failure)
    with suppress(WireError):
        _check(provider.polled(JOB, reply), reply)
    if isinstance(provider, ReadsErrors):
        for job in (None, JOB):
            provider.refusal(HttpReply(status=500, body=reply.body), job)


def _check(state: State, reply: HttpReply, hops: int = 3) -> None:
    """Read on where the answer is one request further, and look for the clip of a success."""
    if isinstance(state, Follow) and hops:
        _check(state.read(reply), reply, hops - 1)
    if isinstance(state, Succeeded):
        assert (state.fetch is None) != (state.inline is None)


def _provider(name: str) -> Provider:
    backend = make_backend(f"{SPECS[name]}?base_url=http://localhost/v1")
    assert isinstance(backend, Remote)
    return backend.provider
