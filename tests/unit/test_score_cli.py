"""``videobench score``: a record for every file, whatever the file is."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pytest_videobench.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.conftest import WriteClip

TOP = ["clip", "sha256", "probe", "metrics", "findings", "coverage", "fingerprint", "error"]
PROBE = {"width", "height", "fps", "frames", "duration", "codec", "pix_fmt"}
FINDING = {"defect", "start", "end", "severity", "confidence", "box", "note", "detector", "gate"}


@pytest.fixture
def folder(tmp_path: Path, write_clip: WriteClip, moving_frames: NDArray[np.uint8]) -> Path:
    write_clip(tmp_path / "good.mp4", moving_frames)
    frozen = [*moving_frames[:18], *[moving_frames[18]] * 20, *moving_frames[18:]]
    write_clip(tmp_path / "two words, é.mp4", frozen)
    write_clip(tmp_path / "single.mp4", moving_frames[:1])
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("hello " * 500)
    (tmp_path / "folder.mp4").mkdir()
    half = write_clip(tmp_path / "half.mp4", moving_frames)
    half.write_bytes(half.read_bytes()[: half.stat().st_size // 2])
    return tmp_path


def records(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    lines = [json.loads(line, parse_constant=pytest.fail) for line in capsys.readouterr().out.splitlines()]
    return {line["clip"].rpartition("/")[2]: line for line in lines}


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_file_gets_its_line_in_order(
    folder: Path, capsys: pytest.CaptureFixture[str], jobs: int
) -> None:
    files = [str(path) for path in sorted(folder.iterdir())]
    assert main(["score", "--format", "jsonl", "--jobs", str(jobs), *files, str(folder / "gone.mp4")]) == 1
    lines = records(capsys)
    assert list(lines) == [*(file.rpartition("/")[2] for file in files), "gone.mp4"]
    for name in ("empty.mp4", "text.mp4", "folder.mp4", "half.mp4", "gone.mp4"):
        assert lines[name]["error"]["kind"] == "unreadable"
        assert name in lines[name]["error"]["message"]
        assert "\n" not in lines[name]["error"]["message"]
    for name in ("good.mp4", "single.mp4", "two words, é.mp4"):
        assert lines[name]["error"] is None


def test_a_line_has_the_documented_shape(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", "--format", "jsonl", str(folder / "two words, é.mp4")]) == 0
    (line,) = records(capsys).values()
    assert list(line) == TOP
    assert line["probe"].keys() >= PROBE
    assert line["metrics"]["temporal_flickering"]["unit"] == "1"
    assert {"decoder", "videobench"} <= line["fingerprint"].keys()
    assert [finding["defect"] for finding in line["findings"]] == ["freeze"]
    (finding,) = line["findings"]
    assert finding.keys() >= FINDING
    assert finding["gate"]
    assert finding["start"] == pytest.approx(18 / 24, abs=0.1)
    assert finding["end"] == pytest.approx(38 / 24, abs=0.1)


def test_one_frame_says_so_and_has_no_made_up_numbers(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["score", "--format", "jsonl", str(folder / "single.mp4")])
    (line,) = records(capsys).values()
    assert "too_few_frames" in {finding["defect"] for finding in line["findings"]}
    assert line["metrics"]["temporal_flickering"]["value"] is None


def test_the_table_names_findings_and_errors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(folder / name) for name in ("good.mp4", "two words, é.mp4", "empty.mp4")]
    assert main(["score", *files]) == 1
    title, good, frozen, empty = capsys.readouterr().out.splitlines()
    assert title.startswith("clip")
    assert good.endswith(" -")
    assert "freeze 0." in frozen
    assert "unreadable" in empty


def test_a_camera_that_disobeys_the_text_gates(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(
        [
            "score",
            "--format",
            "jsonl",
            "--prompt",
            "Wide shot, the camera pans slowly to the left",
            str(folder / "good.mp4"),
        ]
    )
    (line,) = records(capsys).values()
    assert [finding["defect"] for finding in line["findings"]] == ["camera_mismatch"]
    assert line["findings"][0]["gate"]


def test_a_style_has_its_own_thresholds_and_an_unknown_one_is_refused(
    folder: Path, write_clip: WriteClip, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = np.random.default_rng(5).integers(0, 255, (24, 96, 128, 3)).astype(np.uint8)
    clip = str(write_clip(folder / "pages.mp4", list(pages)))
    breaches = {}
    for style in ("", "abstract"):
        main(["score", "--format", "jsonl", "--style", style, clip])
        (line,) = records(capsys).values()
        breaches[style] = line["metrics"]["motion_smoothness"].get("breach")
    assert "is below 0.83" in breaches[""]
    assert breaches["abstract"] is None, "it may fall to 0.7 there"
    assert main(["score", "--style", "nonsense", clip]) == 2
    assert "--style: expected one of abstract, animation" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_is_no_error(folder: Path) -> None:
    command = f"{sys.executable} -m pytest_videobench.cli score {folder}/good.mp4 --format jsonl | true"
    done = subprocess.run(
        ["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["score"], "the following arguments are required: CLIP"),
        (["score", "a.mp4", "--jobs", "0"], "expected a number from 1, got '0'"),
        (["score", "a.mp4", "--format", "xml"], "invalid choice: 'xml'"),
        (["nonsense"], "invalid choice: 'nonsense'"),
    ],
)
def test_a_call_that_makes_no_sense(args: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(args)
    assert caught.value.code == 2
    assert words in capsys.readouterr().err
