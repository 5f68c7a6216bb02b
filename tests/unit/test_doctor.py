"""``videobench doctor``: what a bug report begins with."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.cli import doctor, main
from pytest_videobench.gate import canary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "sk-do-not-show-me"


def sections(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for block in text.strip().split("\n\n")[1:-1]:
        title, *lines = block.splitlines()
        found[title] = lines
    return found


def test_a_machine_that_works_has_one_page_and_status_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUNWAYML_API_SECRET", SECRET)
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    page = sections(text)
    assert re.match(r"videobench \S+, Python 3\.\d+", text)
    assert any(re.search(r"av +\d+\.\d+\.\d+ \(tested 15 to ", line) for line in page["Packages"])
    codecs = {line.split()[1]: line for line in page["Codecs"]}
    assert codecs.keys() >= {"H.264", "HEVC", "VP9", "AV1"}
    assert "decode yes, encode yes" in codecs["H.264"]
    assert sum("writable" in line for line in page["Folders"]) == 4
    assert any("RUNWAYML_API_SECRET set" in line for line in page["Keys"])
    assert SECRET not in text
    assert any("42 of 42 clips of known faults" in line for line in page["Trial"])
    assert list(tmp_path.iterdir()) == [], "it leaves nothing behind"


@pytest.mark.parametrize(
    ("found", "mark"), [("14.4.0", "FAIL"), ("15.0.0", "ok"), ("19.0.9", "ok"), ("19.1.0", "note"), ("20.0", "note")]
)  # fmt: skip
def test_a_version_is_judged_by_what_was_tested(found: str, mark: str) -> None:
    assert doctor._judged("av", found, "15", "19.0")[0] == mark


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_fails(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert doctor._writable(tmp_path / "store", "clip store")[0] == "FAIL"


def test_a_folder_under_a_file_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    mark, _, words = doctor._writable(tmp_path / "file" / "store", "clip store")
    assert (mark, "cannot be written" in words) == ("FAIL", True)


def test_detectors_that_judge_otherwise_fail_and_name_the_clip(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = canary.Reading(metrics={}, severities={}, failing=())
    monkeypatch.setattr(canary, "measure", lambda *_: nothing)
    monkeypatch.setattr(doctor, "_SECTIONS", {"Trial": doctor._trial})
    assert main(["doctor"]) == 1
    text = capsys.readouterr().out
    assert "FAIL  score clips               21 of 42 clips" in text
    assert "freeze, just outside its limit" in text


def test_what_breaks_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> Iterator[doctor.Line]:
        raise ImportError("libav.so: wrong ELF class\nand more")

    monkeypatch.setattr(doctor, "_SECTIONS", {"Codecs": broken})
    assert main(["doctor"]) == 1
    assert "  FAIL  ImportError               libav.so: wrong ELF class\n" in capsys.readouterr().out
