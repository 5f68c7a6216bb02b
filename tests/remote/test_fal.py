"""The fal adapter against a faithful server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.backends.remote.account import Stopped
from pytest_videobench.backends.remote.wire import RemoteError
from pytest_videobench.errors import SpecError
from pytest_videobench.prompts.model import Delivery
from tests.fakes.fal import FakeFal
from tests.remote.driving import Impatient, MemoryLog, drive, ordered, point

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPEC = "fal:bytedance/seedance-2.5/text-to-video"


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeFal]:
    with FakeFal(clip_bytes) as fake:
        point(monkeypatch, SPEC, fake)
        yield fake


def test_a_clip_comes_with_the_seed_that_was_used(fake: FakeFal, tmp_path: Path) -> None:
    made = drive(f"{SPEC}?duration=6&size=854x480", tmp_path)
    assert made.path.read_bytes() == fake.clip
    [submission] = fake.of("submit")
    assert submission.path == "/bytedance/seedance-2.5/text-to-video"
    assert submission.json() == {
        "prompt": "a red fox runs through snow.",
        "duration": "6",
        "resolution": "480p",
        "aspect_ratio": "16:9",
        "generate_audio": False,
        "seed": 42,
    }
    assert (made.seed, made.job_id) == (1234, "job-0000")
    assert made.cost_usd == pytest.approx(6 * 0.2205)
    assert made.latency["running"] == pytest.approx(fake.seconds)


def test_a_model_of_which_nothing_is_known_gets_what_the_input_says(fake: FakeFal, tmp_path: Path) -> None:
    fields = '{"num_frames":81,"length":"{seconds}s","aspect_ratio":"{ratio}","extra":{"seed":"{seed}"}}'
    spec = f"fal:someone/new-model/t2v?duration=5&price=0.1&input={quote(fields)}"
    made = drive(spec, tmp_path, asked=Delivery(ratio=(9, 16)))
    assert fake.of("submit")[0].json() == {
        "prompt": "a red fox runs through snow.",
        "num_frames": 81,
        "length": "5s",
        "aspect_ratio": "9:16",
        "extra": {"seed": 42},
    }
    assert made.cost_usd == pytest.approx(0.5)


def test_a_model_of_which_nothing_is_known_promises_nothing(fake: FakeFal, tmp_path: Path) -> None:
    spec = "fal:someone/new-model/t2v"
    backend: Any = make_backend(spec)
    assert backend.nearest(Delivery(duration=8, ratio=(9, 16))) == Delivery()
    made = drive(spec, tmp_path)
    assert fake.of("submit")[0].json() == {"prompt": "a red fox runs through snow."}
    assert made.cost_source == "unknown"


@pytest.mark.parametrize(
    ("text", "said"),
    [('{"a":', "expected a JSON object"), ('{"a":"{promt}"}', r"unknown placeholder \{promt\}")],
)
def test_an_input_that_makes_no_sense_is_refused_at_once(text: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        make_backend(f"fal:a/b/c?input={quote(text)}")


@pytest.mark.parametrize(
    ("reason", "kind"), [("content_policy_violation", "moderated"), ("value_error", "bad_request")]
)
def test_trap_5_completed_may_mean_failed(fake: FakeFal, tmp_path: Path, reason: str, kind: str) -> None:
    fake.fail, fake.failure = lambda _job: True, reason
    with pytest.raises(RemoteError, match="The prompt was flagged") as caught:
        drive(SPEC, tmp_path)
    assert caught.value.kind == kind


def test_trap_5_addresses_are_those_that_were_given(fake: FakeFal, tmp_path: Path) -> None:
    drive(SPEC, tmp_path)
    assert {call.path for call in fake.of("poll")} == {"/bytedance/seedance-2.5/requests/job-0000/status"}


def test_trap_6_the_key_goes_to_no_other_origin(fake: FakeFal, tmp_path: Path) -> None:
    fake.host = "localhost"
    with pytest.raises(RemoteError) as caught:
        drive(SPEC, tmp_path)
    assert caught.value.kind == "auth"
    assert "authorization" in fake.of("submit")[0].headers
    assert all("authorization" not in call.headers for call in fake.of("poll"))


def test_trap_16_polls_are_seconds_apart() -> None:
    backend: Any = make_backend(SPEC)
    assert backend.poll_seconds >= 1


def test_a_request_that_waits_can_be_cancelled(fake: FakeFal, tmp_path: Path) -> None:
    fake.at_once, fake.seconds = 1, 60
    fake.create({}, "somebody-else")
    with ordered(SPEC, log=MemoryLog(), account=Impatient()) as errand:
        with pytest.raises(Stopped):
            errand.run(tmp_path)
        assert errand.cancel()
    assert fake.jobs["job-0001"].cancelled
