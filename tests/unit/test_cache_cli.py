"""``videobench cache ls|verify|prune``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.backends.remote.wire import Job
from pytest_videobench.cases import Case
from pytest_videobench.cli import main
from pytest_videobench.prompts.load import load_style, suites_root
from pytest_videobench.store.store import Clip, Store

if TYPE_CHECKING:
    from pathlib import Path

BACKEND = "procedural?duration=0.5&fps=8&size=96x64"


@pytest.fixture
def clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Clip]:
    monkeypatch.chdir(tmp_path)
    prompt = load_style(suites_root() / "abstract" / "prompts.toml").prompts[0]
    cases = [Case(prompt=prompt, roll=roll, backend=make_backend(BACKEND)) for roll in range(3)]
    return [Store(tmp_path / ".videobench").fetch(c.request(), c.backend, case=c.key) for c in cases]


def test_ls_shows_every_clip_and_the_sum(clips: list[Clip], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cache", "ls"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all(any(clip.sidecar["case"] in line for line in lines) for clip in clips)
    assert lines[-1].endswith("MB in .videobench")


def test_verify_sets_damaged_clips_aside(clips: list[Clip], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cache", "verify"]) == 0
    clips[1].path.write_bytes(b"not what was published")
    assert main(["cache", "verify"]) == 1
    assert "3 clips read, 1 damaged" in capsys.readouterr().out
    assert main(["cache", "verify"]) == 0


def test_prune_deletes_only_what_is_named(clips: list[Clip], capsys: pytest.CaptureFixture[str]) -> None:
    store = Store(clips[0].path.parents[3])
    (store.root / "making" / f"{'f' * 32}-x").mkdir()
    assert main(["cache", "prune"]) == 0
    assert len(list(store.entries())) == 3
    assert not list((store.root / "making").iterdir())
    assert main(["cache", "prune", "--older-than", "1d"]) == 0
    assert main(["cache", "prune", "--backend", "folder"]) == 0
    assert len(list(store.entries())) == 3
    assert main(["cache", "prune", "--backend", "procedural", "--older-than", "0h"]) == 0
    assert list(store.entries()) == []
    assert "3 clips deleted" in capsys.readouterr().out


@pytest.mark.parametrize("action", ["ls", "verify", "prune"])
def test_a_store_that_is_not_there_is_empty_and_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["cache", action]) == 0
    assert list(tmp_path.iterdir()) == []


def test_backends_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backends"]) == 0
    out = capsys.readouterr().out
    assert "folder" in out
    assert "procedural" in out


def test_verify_tells_what_to_do_about_jobs_and_adopt_and_forget_do_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "store")
    cache = ["--cache", str(store.root)]
    store.journal.page("a" * 32, "scifi/mech/runway@gen4.5/0", "runway").submitting({})
    store.journal.page("b" * 32, "scifi/mech/runway@gen4.5/1", "runway").submitted(Job(id="task-7"))
    assert main(["cache", "verify", *cache]) == 1
    said = capsys.readouterr().out
    assert "scifi/mech/runway@gen4.5/0: it may have been submitted and paid" in said
    assert f"videobench cache adopt {'a' * 32} JOB" in said
    assert "scifi/mech/runway@gen4.5/1: job task-7 is at its provider" in said
    assert main(["cache", "adopt", "a" * 32, "task-6", *cache]) == 0
    assert main(["cache", "verify", *cache]) == 0
    record = store.journal.read("a" * 32)
    assert record is not None
    assert record.job == Job(id="task-6")
    assert main(["cache", "forget", "a" * 32, *cache]) == 0
    assert store.journal.read("a" * 32) is None
    assert main(["cache", "forget", "c" * 32, *cache]) == 2
    assert "no job has the key" in capsys.readouterr().err
