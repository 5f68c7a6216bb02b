"""Alibaba's own SDK makes a clip on the fake that our adapter is tested with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.dashscope import FakeDashScope
from tests.fakes.server import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

sdk: Any = pytest.importorskip("dashscope")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDashScope]:
    with FakeDashScope(b"clip", seconds=0.05) as fake:
        monkeypatch.setattr(sdk, "base_http_api_url", fake.base_url)
        monkeypatch.setattr(sdk, "api_key", KEY)
        yield fake


def submit() -> Any:
    return sdk.VideoSynthesis.async_call(
        model="wan3.0-video",
        prompt="a fox",
        resolution="720P",
        ratio="16:9",
        duration=5,
        seed=42,
        prompt_extend=False,
        watermark=False,
    )


def test_the_sdk_completes_a_generation(fake: FakeDashScope) -> None:
    made = submit()
    assert made.output.task_status == "PENDING"
    done = sdk.VideoSynthesis.wait(made)
    assert done.output.task_status == "SUCCEEDED"
    assert done.output.video_url.startswith(fake.origin)
    assert fake.of("submit")[0].json()["parameters"]["prompt_extend"] is False


def test_the_sdk_understands_how_the_fake_refuses_and_cancels(fake: FakeDashScope) -> None:
    fake.seconds, fake.at_once = 60, 1
    fake.create({}, "somebody-else")
    made = submit()
    assert sdk.VideoSynthesis.cancel(made).status_code == 200
    assert sdk.VideoSynthesis.fetch(made).output.task_status == "CANCELED"
    fake.next_fault("submit", answer=fake.refusal(429, "slow down"))
    assert submit().code == "Throttling.RateQuota"
