"""The journal: whole or not at all, and with room for a job's name on a disk that is full."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pytest_videobench.backends.remote.wire import Job
from pytest_videobench.errors import StoreError
from pytest_videobench.store import journal as journal_module
from pytest_videobench.store.journal import Journal, Record

if TYPE_CHECKING:
    from pathlib import Path

KEY = "ab" * 16
texts = st.text(max_size=40)
jobs = st.builds(Job, id=texts, links=st.dictionaries(texts, texts), cost_usd=st.none() | st.floats(0, 9))


@settings(max_examples=30)
@given(
    record=st.builds(
        Record,
        key=st.just(KEY),
        case=texts,
        backend=texts,
        state=st.sampled_from(["submitting", "submitted", "unknown"]),
        since=st.floats(0, 1e10),
        at=texts,
        request=st.dictionaries(texts, st.none() | texts | st.lists(texts)),
        name=texts,
        job=st.none() | jobs,
        why=texts,
    )
)
def test_what_is_written_is_read(record: Record, tmp_path_factory: pytest.TempPathFactory) -> None:
    journal = Journal(tmp_path_factory.mktemp("journal"))
    journal.write(record)
    assert list(journal.records()) == [record]


def full(_handle: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_before_the_submission_submits_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Journal(tmp_path).page(KEY, "case", "runway")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"No space left on device.*so none is submitted"):
        page.submitting({})
    assert list((tmp_path / "jobs").iterdir()) == []


def test_a_full_disk_after_the_submission_still_keeps_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Journal(tmp_path).page(KEY, "case", "runway")
    page.submitting({"prompt": "a fox"})
    size = (tmp_path / "jobs" / f"{KEY}.json").stat().st_size
    monkeypatch.setattr(journal_module, "_replace", lambda _file, _text: full(0))
    page.submitted(Job(id="task-1", links={"status_url": "https://queue.example/1"}))
    record = Journal(tmp_path).read(KEY)
    assert record is not None
    assert record.job == Job(id="task-1", links={"status_url": "https://queue.example/1"})
    assert (tmp_path / "jobs" / f"{KEY}.json").stat().st_size == size, "no new block was needed"


def test_a_damaged_record_is_never_taken_for_no_job(tmp_path: Path) -> None:
    Journal(tmp_path).page(KEY, "case", "runway").submitting({})
    (tmp_path / "jobs" / f"{KEY}.json").write_text("{")
    with pytest.raises(StoreError, match="a paid job may stand behind it"):
        Journal(tmp_path).read(KEY)


class Attempts(RuleBasedStateMachine):
    """What any process sees of one clip's job, whenever the one before it was killed."""

    def __init__(self) -> None:
        super().__init__()
        from tempfile import TemporaryDirectory

        self.folder = TemporaryDirectory()
        self.name: str | None = None
        self.job: Job | None = None
        self.restart()

    @rule()
    def restart(self) -> None:
        """Open the page as the next process would."""
        from pathlib import Path

        self.page = Journal(Path(self.folder.name)).page(KEY, "case", "kling")

    @rule()
    def submit(self) -> None:
        if self.job is None:
            self.page.submitting({})
            self.name = self.page.name

    @rule(number=st.integers(0, 9))
    def taken(self, number: int) -> None:
        if self.name and self.job is None:
            self.job = Job(id=str(number))
            self.page.submitted(self.job)

    @rule()
    def settled(self) -> None:
        self.page.clear()
        self.name = self.job = None
        self.restart()

    @invariant()
    def the_next_process_knows_the_job_or_that_there_may_be_one(self) -> None:
        from pathlib import Path

        page = Journal(Path(self.folder.name)).page(KEY, "case", "kling")
        job, since = page.known()
        assert job == self.job
        assert (since is not None) == (self.name is not None and self.job is None)
        if self.name is not None:
            assert page.name == self.name, "it is looked for under the name that was sent"

    def teardown(self) -> None:
        self.folder.cleanup()


TestAttempts = Attempts.TestCase
TestAttempts.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)
