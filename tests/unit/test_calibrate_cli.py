"""``videobench calibrate``: from labels to a file of limits that a run uses."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.cli import main
from pytest_videobench.defects.base import DEFECTS, Finding, detector, gates
from pytest_videobench.errors import PromptError
from pytest_videobench.gate.calibration import read_calibration
from pytest_videobench.prompts.model import Expectations, Threshold
from tests.unit.rows import COVERAGE, finding, row

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from tests.conftest import WriteClip


@pytest.fixture
def labels(tmp_path: Path, write_clip: WriteClip, moving_frames: NDArray[np.uint8]) -> Path:
    """Ten copies of a good clip and one that freezes."""
    good = write_clip(tmp_path / "good.mp4", moving_frames)
    for number in range(10):
        (tmp_path / f"good{number}.mp4").hardlink_to(good)
    frozen = [*moving_frames[:18], *[moving_frames[18]] * 20, *moving_frames[18:]]
    write_clip(tmp_path / "frozen.mp4", frozen)
    lines = [*(f"good{number}.mp4,none" for number in range(10)), "frozen.mp4,freeze"]
    file = tmp_path / "labels.csv"
    file.write_text("\n".join(["clip,defects", *lines]) + "\n", encoding="utf-8")
    return file


def rows_file(path: Path, count: int, severity: float) -> Path:
    """Rows of a run of good clips, one of which is wrongly accused."""
    rows = [row(f"p{n}", coverage=COVERAGE) for n in range(count - 1)]
    rows.append(row("last", 0, finding("blur", severity, gate=False), coverage=COVERAGE))
    import json

    path.write_text("".join(json.dumps(one.to_json()) + "\n" for one in rows), encoding="utf-8")
    return path


def test_labels_become_a_file_that_says_where_it_comes_from(
    labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "limits.toml"
    status = main(
        ["calibrate", str(labels), "--rate", "0.1", "--method", "conformal", "--jobs", "1", "--out", str(out)]
    )
    printed = capsys.readouterr().out
    assert status == 0
    assert "11 clips; at most 0.1 false alarms a clip" in printed
    table = tomllib.loads(out.read_text(encoding="utf-8"))
    assert table["gates"]["freeze"] == {"from": 0, "clean": 10, "accused": 0, "faulty": 1, "found": 1}
    assert (table["made"]["labels"], table["made"]["clips"], table["made"]["method"]) == (
        ["labels.csv"],
        11,
        "conformal",
    )
    assert dict(read_calibration(out).gates)["freeze"] == 0


def test_too_few_labels_are_refused_and_nothing_is_made_up(
    labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "limits.toml"
    assert main(["calibrate", str(labels), "--jobs", "1", "--out", str(out)]) == 1
    assert "needs 59 clips without it, got 1" in capsys.readouterr().out
    kept = dict(read_calibration(out).gates)
    assert {name: kept[name] for name in ("blur", "freeze")} == {"blur": gates()["blur"], "freeze": 0.0}
    assert "# as before: needs 59 clips without it" in out.read_text(encoding="utf-8")


def test_the_rows_of_a_good_run_are_labels_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "limits.toml"
    file = rows_file(tmp_path / "rows.jsonl", 40, 0.6)
    assert (
        main(["calibrate", str(file), "--rate", "0.1", "--metric", "temporal_flickering", "--out", str(out)])
        == 0
    )
    limits = read_calibration(out)
    assert dict(limits.gates)["blur"] == pytest.approx(0.65, abs=0.002)
    assert limits.thresholds == (
        Threshold(metric="temporal_flickering", min=0.98, reason="0 of 40 good clips lie outside"),
    )
    assert "camera_mismatch" not in dict(limits.gates)  # nobody could look for it
    assert f"{gates()['blur']:g}" in capsys.readouterr().out  # as it was before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clip\na.mp4\n", "no column defects"),
        ("clip,defects\na.mp4,freze\n", "line 2: no defect is called 'freze'; did you mean 'freeze'?"),
        ("clip,defects\nb.mp4,none\n", "line 2: there is no clip"),
        ("clip,defects\na.mp4,none\na.mp4,blur\n", "line 3"),
        ("clip,defects\na.mp4,none\n", "a.mp4"),  # it is no clip
    ],
)
def test_bad_labels_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    (tmp_path / "a.mp4").write_text("no clip")
    file = tmp_path / "labels.csv"
    file.write_text(text, encoding="utf-8")
    assert main(["calibrate", str(file)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"videobench: {file}: ")
    assert message in error
    assert error.count("\n") == 1


def test_a_label_may_name_the_defect_of_a_third_party(
    labels: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @detector(gate=False)
    def too_dark(footage: object, expected: object) -> list[Finding]:
        return []

    monkeypatch.setitem(DEFECTS._added, "too_dark", too_dark)
    labels.write_text("clip,defects\nfrozen.mp4,too_dark;freeze\n", encoding="utf-8")
    main(["calibrate", str(labels), "--jobs", "1"])
    assert "1 clips" in capsys.readouterr().out
    labels.write_text("clip,defects\nfrozen.mp4,to_dark\n", encoding="utf-8")
    assert main(["calibrate", str(labels)]) == 2
    assert "did you mean 'too_dark'?" in capsys.readouterr().err


def test_a_missing_file_and_a_metric_without_a_better_end_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", str(tmp_path / "none.csv")]) == 2
    assert "no such file" in capsys.readouterr().err
    file = rows_file(tmp_path / "rows.jsonl", 40, 0.6)
    assert main(["calibrate", str(file), "--rate", "0.1", "--metric", "brightness"]) == 2
    assert "neither end of it is better" in capsys.readouterr().err
    (tmp_path / "broken.jsonl").write_text("{}\n")
    assert main(["calibrate", str(tmp_path / "broken.jsonl")]) == 2
    assert "line 1 is no row of a run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[gate]\n", "did you mean 'gates'"),
        ("[gates]\nfreze = { from = 0.5 }\n", "did you mean 'freeze'"),
        ("[gates]\nfreeze = { from = -1 }\n", "a severity of 0 or more"),
        ("[thresholds.sharpness]\nleast = 1\n", "an unknown key"),
    ],
)
def test_a_broken_file_of_limits_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "limits.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PromptError, match=message) as error:
        read_calibration(file)
    assert "\n" not in str(error.value)


def test_limits_go_before_the_packages_and_after_a_prompts(tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    file.write_text(
        "[gates]\nblur = { from = 0.9 }\n[thresholds.sharpness]\nmin = 7\n[thresholds.contrast]\nmin = 8\n"
    )
    own = Expectations(thresholds=(Threshold(metric="contrast", min=1.0),))
    applied = read_calibration(file).applied(own)
    assert {(t.metric, t.min) for t in applied.thresholds} == {("contrast", 1.0), ("sharpness", 7.0)}
    assert applied.gates == (("blur", 0.9),)


def test_the_shipped_gates_name_detectors_that_may_fail_a_case() -> None:
    assert all(DEFECTS.get(name).gate for name in gates())
