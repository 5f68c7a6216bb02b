"""``videobench inject``: a faulty clip, its truth beside it, and no file lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.cli import main
from pytest_videobench.faults import FAULTS
from pytest_videobench.footage.reader import Reader
from tests.unit.moving_clips import moving, write

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.footage.probe import Probe


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write(moving(frames=30)[:, ::2, ::2], tmp_path / "clip.mp4", fps=24)


def probe(path: Path) -> Probe:
    reader = Reader(path)
    for _ in reader:
        pass
    return reader.probe


def injected(path: Path) -> dict[str, object]:
    data = json.loads(path.read_text(encoding="utf-8"))
    assert list(data) == ["clip", "source", "injected"]
    (truth,) = data["injected"]
    assert isinstance(truth, dict)
    return truth


def test_the_clip_keeps_its_delivery_and_the_truth_stands_beside_it(
    clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = clip.with_name("bad.mp4")
    assert main(["inject", "flicker_luma", str(clip), str(target), "--severity", "0.8", "--seed", "3"]) == 0
    one, two = probe(clip), probe(target)
    assert (one.width, one.height, one.fps, one.frames) == (two.width, two.height, two.fps, two.frames)
    truth = injected(clip.with_name("bad.truth.json"))
    assert (truth["fault"], truth["defect"], truth["severity"], truth["seed"]) == (
        "flicker_luma",
        "flicker",
        0.8,
        3,
    )
    line = capsys.readouterr().out
    assert line.startswith(f"{target}: flicker_luma at {truth['start']:.2f}")
    assert line.count("\n") == 1
    assert sorted(path.name for path in clip.parent.iterdir()) == ["bad.mp4", "bad.truth.json", "clip.mp4"]


def test_the_command_spoils_files_as_well_as_frames(clip: Path) -> None:
    target = clip.with_name("bad.mp4")
    assert main(["inject", "truncated_file", str(clip), str(target)]) == 0
    assert probe(target).frames == injected(clip.with_name("bad.truth.json"))["frames"][1]  # type: ignore[index]
    assert probe(target).frames < probe(target).promised_frames
    assert main(["inject", "resized", str(clip), str(target), "--force"]) == 0
    assert probe(target).width < probe(clip).width


def test_the_camera_obeys_the_named_move_the_wrong_way_round(
    clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["inject", "wrong_move", str(clip), str(clip.with_name("bad.mp4")), "--move", "pan_right"]
    assert main(call) == 0
    assert "pan left" in capsys.readouterr().out


def test_the_list_names_every_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inject", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["fault", *FAULTS]
    assert all(FAULTS[line.split()[0]].about in line for line in lines[1:])


@pytest.mark.parametrize(
    ("fault", "target", "options", "complaint"),
    [
        ("freze", "bad.mp4", [], "no fault is called 'freze'; did you mean 'freeze'?"),
        ("freeze", "clip.mp4", ["--force"], "IN and OUT are the same file"),
        ("freeze", "taken.mp4", [], "is there already; --force writes over it"),
        ("freeze", "bad.webm", [], "give it a name that ends in .mp4"),
        ("freeze", "nowhere/bad.mp4", [], "no such folder"),
        ("freeze", "bad.mp4", ["--severity", "2"], "severity must be above 0 and at most 1, got 2"),
        ("freeze", "bad.mp4", ["--seed", "-1"], "seed must be 0 or more"),
        ("freeze", "bad.mp4", ["--move", "pan_lef"], "--move: expected one of"),
        ("loop", "bad.mp4", [], "clip.mp4: fault 'loop' needs at least 2.4 s, got 1.25 s"),
    ],
)
def test_a_senseless_call_is_one_line_and_writes_nothing(
    clip: Path,
    capsys: pytest.CaptureFixture[str],
    fault: str,
    target: str,
    options: list[str],
    complaint: str,
) -> None:
    clip.with_name("taken.mp4").write_bytes(b"somebody's")
    before = {path.name: path.read_bytes() for path in clip.parent.iterdir()}
    assert main(["inject", fault, str(clip), str(clip.parent / target), *options]) == 2
    said = capsys.readouterr()
    assert complaint in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert {path.name: path.read_bytes() for path in clip.parent.iterdir()} == before


@pytest.mark.parametrize(("content", "complaint"), [(None, "no such file"), (b"no clip", "not a video")])
def test_what_cannot_be_read_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, complaint: str
) -> None:
    source = tmp_path / "in.mp4"
    if content:
        source.write_bytes(content)
    assert main(["inject", "freeze", str(source), str(tmp_path / "out.mp4")]) == 2
    assert complaint in capsys.readouterr().err
    assert not (tmp_path / "out.mp4").exists()


def test_a_clip_too_large_for_the_memory_is_refused(
    clip: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_videobench.faults.memory_limit", lambda: 1e6)
    assert main(["inject", "freeze", str(clip), str(clip.with_name("bad.mp4"))]) == 2
    assert "is larger than 0.001 GB when decoded; cut it shorter" in capsys.readouterr().err


def test_a_call_without_its_files_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inject", "freeze"]) == 2
    assert "inject needs FAULT IN OUT" in capsys.readouterr().err
