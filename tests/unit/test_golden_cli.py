"""``videobench golden ls|show|archive|restore``."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.cli import main
from tests.unit.goldens import BACKEND, Kept, keep

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    monkeypatch.chdir(tmp_path)
    return keep(tmp_path)


def test_ls_lists_every_baseline_and_says_which_cannot_be_read(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["golden", "ls"]) == 0
    line = f"{kept.golden.backend}  1 style, 2 prompts × 2 rolls, 2026-01-02, 1.00 USD\n"
    assert capsys.readouterr().out == line
    broken = kept.root / "golden" / "a@b"
    broken.mkdir()
    (broken / "scifi.json").write_text("{", encoding="utf-8")
    assert main(["golden", "ls", "--golden", "golden"]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert "scifi.json: cannot be read as a golden" in first
    assert second == line.strip()
    assert main(["golden", "ls", "--golden", "elsewhere"]) == 0
    assert "elsewhere holds no golden; record one with" in capsys.readouterr().out


def test_show_tells_rates_distrust_and_software(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["golden", "show", BACKEND]) == 0
    out = capsys.readouterr().out
    flaky = next(sample.key for sample in kept.golden.samples if sample.verdict == "fail")
    assert "abstract        2      2   75 %" in out
    assert "       1     1.00  2026-01-02" in out, "the roll that was refused is an error and no failure"
    assert f"prompts whose rolls disagree: 1\n  {flaky}  1 of 2 pass\n" in out
    assert out.endswith("measured with opencv 1.0\n")


def test_an_archive_restores_golden_and_clips(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    text = kept.file.read_bytes()
    assert main(["golden", "archive", str(kept.file), "a.tar"]) == 0
    assert f"a.tar: {kept.golden.backend}, 4 clips, " in capsys.readouterr().out
    shutil.rmtree("golden")
    shutil.rmtree(".videobench")
    assert main(["golden", "restore", "a.tar"]) == 0
    assert ".videobench: 4 clips; pytest --vb-offline runs without the backend" in capsys.readouterr().out
    assert kept.file.read_bytes() == text
    assert kept.store.verify() == []

    kept.file.write_text("{}", encoding="utf-8")
    assert main(["golden", "restore", "a.tar"]) == 2
    assert "another golden is there; --force writes over it" in capsys.readouterr().err
    assert main(["golden", "restore", "a.tar", "--force"]) == 0
    assert kept.file.read_bytes() == text


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["show", "nobody"], "no baseline 'nobody': golden has "),
        (["archive", BACKEND, "a.tar", "--cache", "empty"], "empty: cannot archive procedural@reference"),
        (["restore", "golden"], "golden: Is a directory"),
        (["restore", "b.tar"], "b.tar: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    kept: Kept, args: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["golden", *args]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1
