"""Clips that a provider makes are paid for: neither a second try nor a timeout orders one twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.runway import FakeRunway
from tests.fakes.server import KEY
from tests.others.conftest import WITH_AND_WITHOUT_WORKERS, verdicts
from tests.remote.conftest import clip_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Suite

__all__ = ["clip_bytes"]
SPEC = "runway?duration=5&poll=0.05"
CLIPS = "def test_tiny(clip, prompt):\n    assert prompt.id != 'night-city'\n"


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRunway]:
    with FakeRunway(clip_bytes, seconds=0.1) as fake:
        monkeypatch.setenv("RUNWAYML_API_SECRET", KEY)
        monkeypatch.setenv("RUNWAYML_BASE_URL", fake.base_url)
        yield fake


@WITH_AND_WITHOUT_WORKERS
def test_a_second_try_orders_nothing_again(suite: Suite, fake: FakeRunway, workers: tuple[str, ...]) -> None:
    pytest.importorskip("pytest_rerunfailures")
    suite.module(CLIPS)
    fake.fail = lambda job: "red ball" in job.asked["promptText"]
    result = suite.run("--vb-rolls=1", "--reruns=2", *workers, backend=SPEC)
    assert result.parseoutcomes() == {"failed": 1, "errors": 1, "rerun": 4}
    assert len(fake.of("submit")) == 2
    assert verdicts(suite) == {"red-ball/0": "error", "night-city/0": "fail"}
    assert {(row["error"] or {}).get("kind") for row in suite.rows()} == {"moderated", None}
    assert suite.record()["spent_usd"] == pytest.approx(0.6)


@WITH_AND_WITHOUT_WORKERS
def test_a_job_that_outlasts_a_timeout_is_fetched_by_the_next_run(
    suite: Suite, fake: FakeRunway, workers: tuple[str, ...]
) -> None:
    pytest.importorskip("pytest_timeout")
    suite.module("def test_tiny(clip):\n    pass\n")
    fake.seconds = 3600.0
    suite.run("--vb-rolls=1", "--timeout=5", *workers, backend=SPEC)
    assert set(verdicts(suite).values()) == {"error"}
    assert {row["error"]["kind"] for row in suite.rows()} == {"test_error"}
    for job in fake.jobs.values():
        job.ended = job.started
    suite.run("--vb-rolls=1", "--timeout=60", *workers, backend=SPEC).assert_outcomes(passed=2)
    assert len(fake.of("submit")) == 2
