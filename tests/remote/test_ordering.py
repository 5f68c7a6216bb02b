"""A whole run against a provider: the main process orders, workers wait; with xdist, and without."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.store.store import Store
from tests.conftest import hears_interrupts
from tests.fakes.runway import FakeRunway
from tests.fakes.server import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Suite

CLIPS = "def test_tiny(clip):\n    pass\n"
"""Makes clips and scores none, which is quicker."""
SPEC = "runway?duration=5&poll=0.05"
PRICE = 0.6
WAYS = pytest.mark.parametrize("way", [("-n2",), ("-p", "no:xdist")], ids=["workers", "no xdist"])


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRunway]:
    with FakeRunway(clip_bytes, seconds=0.1) as fake:
        monkeypatch.setenv("RUNWAYML_API_SECRET", KEY)
        monkeypatch.setenv("RUNWAYML_BASE_URL", fake.base_url)
        yield fake


@pytest.fixture
def many(suite: Suite) -> Suite:
    suite.module(CLIPS)
    return suite


def texts(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for file in folder.rglob("*"):
        if file.is_file():
            yield file, file.read_bytes()


@WAYS
def test_every_clip_is_ordered_once_and_the_next_run_orders_none(
    many: Suite, fake: FakeRunway, way: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    result = many.run("--vb-rolls=3", *way, backend=SPEC)
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines([f"{SPEC}: 6 clips, 0 stored, 0 under way, 6 to order for about 3.60 USD"])
    assert len(fake.of("submit")) == 6
    assert "from the store" not in result.stdout.str()
    sidecar = next(
        c
        for k in Store(many.root / ".videobench").entries()
        if (c := Store(many.root / ".videobench").read(k))
    ).sidecar
    assert (sidecar["cost_usd"], sidecar["cost_source"]) == (pytest.approx(PRICE), "reported")
    assert {"queued", "running", "download"} == sidecar["latency"].keys()
    assert {row["clip"]["model"] for row in many.rows()} == {"gen4.5"}
    monkeypatch.delenv("RUNWAYML_API_SECRET")
    again = many.run("--vb-rolls=3", *way, backend=SPEC)
    again.assert_outcomes(passed=6)
    assert len(fake.of("submit")) == 6
    assert not list((many.root / ".videobench" / "jobs").glob("*.json"))


@WAYS
def test_the_provider_has_more_work_than_there_are_workers(
    many: Suite, fake: FakeRunway, way: tuple[str, ...]
) -> None:
    fake.seconds = 1.0
    many.run("--vb-rolls=5", *way, backend=f"{SPEC}&concurrency=10").assert_outcomes(passed=10)
    started = sorted(job.started for job in fake.jobs.values() if job.started is not None)
    assert started[-1] - started[0] < fake.seconds, "all ten were at the provider at once"


@WAYS
def test_a_marker_names_a_provider(many: Suite, fake: FakeRunway, way: tuple[str, ...]) -> None:
    many.run("--vb-rolls=1", *way, "-m", "runway", backend=None).assert_outcomes(passed=2)
    assert len(fake.of("submit")) == 2


@WAYS
def test_a_key_appears_nowhere(many: Suite, fake: FakeRunway, way: tuple[str, ...]) -> None:
    fake.key = "another-key"
    result = many.run("--vb-rolls=1", *way, "--junitxml=junit.xml", "-vv", "--showlocals", backend=SPEC)
    result.assert_outcomes(errors=2)
    assert KEY not in result.stdout.str() + result.stderr.str()
    assert [file for file, data in texts(many.root) if KEY.encode() in data] == []
    rows = many.rows()
    assert {row["error"]["kind"] for row in rows} == {"auth"}
    assert all("Incorrect API key provided: Bearer [key]" in row["error"]["message"] for row in rows)


@WAYS
def test_tests_do_not_see_the_key_in_their_environment(
    many: Suite, fake: FakeRunway, way: tuple[str, ...]
) -> None:
    many.module("import os\n\ndef test_tiny(clip):\n    assert 'RUNWAYML_API_SECRET' not in os.environ\n")
    many.run("--vb-rolls=1", *way, backend=SPEC).assert_outcomes(passed=2)


@WAYS
def test_a_moderated_prompt_is_an_error_with_the_providers_reason(
    many: Suite, fake: FakeRunway, way: tuple[str, ...]
) -> None:
    fake.fail = lambda job: "red ball" in job.asked["promptText"]
    result = many.run("--vb-rolls=1", *way, backend=SPEC)
    result.assert_outcomes(passed=1, errors=1)
    (row,) = (row for row in many.rows() if row["verdict"] == "error")
    assert row["error"]["kind"] == "moderated"
    assert "The task was moderated. SAFETY.INPUT.TEXT" in row["error"]["message"]
    result.stdout.fnmatch_lines(["*no clip: 1 moderated*"])


@WAYS
def test_the_budget_is_kept(many: Suite, fake: FakeRunway, way: tuple[str, ...]) -> None:
    result = many.run("--vb-rolls=2", *way, "--vb-budget=1.5", backend=SPEC)
    result.assert_outcomes(passed=2, errors=2)
    assert len(fake.of("submit")) == 2
    result.stdout.fnmatch_lines(["no more than 1.50 USD will be spent (--vb-budget)"])
    assert [row["error"]["kind"] for row in many.rows() if row["error"]] == ["budget", "budget"]


@WAYS
def test_without_a_key_nothing_is_collected_for_long(
    many: Suite, fake: FakeRunway, way: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RUNWAYML_API_SECRET")
    result = many.run("--vb-rolls=1", *way, backend=SPEC)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = result.stdout.str() + result.stderr.str()
    assert f"backend '{SPEC}': no key; set RUNWAYML_API_SECRET" in text
    assert fake.calls == []


@WAYS
def test_a_dry_run_and_an_offline_run_ask_nobody(many: Suite, fake: FakeRunway, way: tuple[str, ...]) -> None:
    result = many.run("--vb-rolls=1", *way, "--vb-dry-run", backend=SPEC)
    result.stdout.fnmatch_lines(["tiny *runway@gen4.5* 2 * 1.20", "dry run: *1.20 USD"])
    offline = many.run("--vb-rolls=1", *way, "--vb-offline", backend=SPEC)
    offline.assert_outcomes(errors=2)
    assert fake.calls == []


def command(many: Suite, *args: str) -> list[str]:
    return [sys.executable, "-m", "pytest", "suites", "-q", "--vb-rolls=2", "--vb-backend", SPEC, *args]


def wait_for_polls(fake: FakeRunway, count: int, run: subprocess.Popen[str]) -> None:
    """Wait until so many jobs were asked after, each of which is then known to be in the journal."""
    with fake.changed:
        while len({call.match for call in fake.of("poll")}) < count:
            assert run.poll() is None, "the run ended too soon"
            fake.changed.wait(1)


@WAYS
def test_a_killed_run_is_resumed_without_paying_twice(
    many: Suite, fake: FakeRunway, way: tuple[str, ...]
) -> None:
    fake.seconds = 600.0
    with subprocess.Popen(
        command(many, *way), cwd=many.root, stdout=subprocess.DEVNULL, text=True, start_new_session=True
    ) as run:
        wait_for_polls(fake, 4, run)
        os.killpg(run.pid, signal.SIGKILL)
    fake.end_jobs()
    result = many.run("--vb-rolls=2", *way, backend=SPEC)
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["*4 clips, 0 stored, 4 under way, 0 to order*"])
    assert len(fake.of("submit")) == len(fake.jobs) == 4


@WAYS
def test_an_interrupt_cancels_what_waits_and_leaves_what_runs(
    many: Suite, fake: FakeRunway, way: tuple[str, ...]
) -> None:
    fake.seconds, fake.at_once = 600.0, 1
    with subprocess.Popen(
        command(many, *way),
        cwd=many.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=hears_interrupts,
    ) as run:
        wait_for_polls(fake, 4, run)
        os.kill(run.pid, signal.SIGINT)
        text, _ = run.communicate(timeout=60)
    assert "waiting jobs were cancelled" in text
    assert "1 jobs go on at their provider (about 0.60 USD)" in text
    assert sum(job.cancelled for job in fake.jobs.values()) == len(fake.jobs) - 1
    assert len(list(Store(many.root / ".videobench").journal.records())) == 1


@WAYS
def test_a_submission_that_may_have_been_taken_is_never_sent_again(
    many: Suite, fake: FakeRunway, way: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    from pytest_videobench.cli import main

    many.prompts(many.text().partition('[[prompt]]\nid = "night')[0])
    fake.next_fault("submit", drop="after")
    for _ in range(2):
        many.run("--vb-rolls=1", *way, backend=SPEC).assert_outcomes(errors=1)
        assert many.rows()[0]["error"]["kind"] == "submit_unknown"
    assert len(fake.jobs) == len(fake.of("submit")) == 1
    cache = ["--cache", str(many.root / ".videobench")]
    assert main(["cache", "verify", *cache]) == 1
    said = capsys.readouterr().out
    key = said.split("cache adopt ")[1].split()[0]
    assert "it may have been submitted and paid" in said
    assert main(["cache", "adopt", key, next(iter(fake.jobs)), *cache]) == 0
    many.run("--vb-rolls=1", *way, backend=SPEC).assert_outcomes(passed=1)
    assert len(fake.of("submit")) == 1
    assert main(["cache", "verify", *cache]) == 0


def test_two_tests_of_one_clip_pay_for_it_once(many: Suite, fake: FakeRunway) -> None:
    many.module("def test_one(clip):\n    pass\n\ndef test_two(clip):\n    pass\n")
    many.run("--vb-rolls=1", "-p", "no:xdist", backend=SPEC).assert_outcomes(passed=4)
    assert len(fake.of("submit")) == 2
    assert many.record()["spent_usd"] == many.record()["cost_usd"] == pytest.approx(2 * PRICE)


def test_a_damaged_clip_is_ordered_anew(many: Suite, fake: FakeRunway) -> None:
    many.run("--vb-rolls=1", "-p", "no:xdist", backend=SPEC).assert_outcomes(passed=2)
    clip = next((many.root / ".videobench").glob("clips/??/*/clip.mp4"))
    clip.write_bytes(b"not what was published")
    many.run("--vb-rolls=1", "-p", "no:xdist", backend=SPEC).assert_outcomes(passed=2)
    assert len(fake.of("submit")) == 3


def test_a_wrong_budget_is_refused_by_name(many: Suite) -> None:
    result = many.run("--vb-budget=much", backend=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--vb-budget: expected US dollars, 0 or more, got 'much'*"])
