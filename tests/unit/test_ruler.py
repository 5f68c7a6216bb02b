"""Canary clips: whether today's software measures as that of a baseline did."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pytest_videobench import media
from pytest_videobench.defects.base import DEFECTS, rules
from pytest_videobench.footage import motion
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.gate import ruler
from pytest_videobench.gate.canary import CanarySet, parse_canaries, read_canaries
from pytest_videobench.gate.canary_clips import LIMITS, Format, at_limits, draw, record_canaries
from pytest_videobench.gate.golden import Baseline, Golden, read_baseline, write_golden
from pytest_videobench.gate.margins import read_margins
from pytest_videobench.gate.suite import software
from pytest_videobench.metrics.base import METRICS
from tests.unit.rows import row
from tests.unit.samples import sample

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
PROBE = {"codec": "h264", "pix_fmt": "yuv420p", "width": 320, "height": 180}
LABEL = "procedural@reference"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("golden")
    golden = Golden(
        backend=LABEL,
        style="tiny",
        recorded="2026-11-30",
        fingerprint=software(),
        prompts={"fox": "1"},
        samples=(sample("fox", 0), sample("fox", 1), sample("fox", 2)),
    )
    rows = [row(prompt="fox", roll=roll, probe=PROBE) for roll in range(3)]
    record_canaries(golden, rows, root, tmp_path_factory.mktemp("drawn"))
    write_golden(golden, root)
    return root


@pytest.fixture
def baseline(recorded: Path) -> Baseline:
    return read_baseline(LABEL, recorded)


def refused(baseline: Baseline) -> str:
    """Measure, and give the one line that refuses; empty where the ruler is the same."""
    lines = ruler.refusals(baseline, ruler.check_ruler(baseline, read_margins(), ["tiny"]))
    assert len(lines) <= 1
    return lines[0] if lines else ""


def other_software(monkeypatch: pytest.MonkeyPatch, **names: str) -> None:
    monkeypatch.setattr(ruler, "software", lambda: software() | names)


def test_the_same_software_is_the_same_ruler(baseline: Baseline) -> None:
    checks = ruler.check_ruler(baseline, read_margins(), ["tiny"])
    assert ruler.refusals(baseline, checks) == []
    assert checks["tiny"].largest == 0.0
    line = ruler.ruler_line(checks, 0.05)
    assert line.startswith(
        f"ruler: same; {checks['tiny'].canaries} canary clips measured with the same software"
    )


def test_other_versions_that_measure_the_same_go_on_and_are_named(
    baseline: Baseline, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_software(monkeypatch, videobench="9.9", numpy="9.0", decoder="PyAV 99", rules="0")
    checks = ruler.check_ruler(baseline, read_margins(), ["tiny"])
    assert ruler.refusals(baseline, checks) == []
    assert "numpy" in ruler.ruler_line(checks, 0.05)
    assert "→ 9.9" in ruler.ruler_line(checks, 0.05)


def brighter(monkeypatch: pytest.MonkeyPatch) -> str:
    convert = media.ToBgr.__call__
    monkeypatch.setattr(
        media.ToBgr, "__call__", lambda self, frame: np.minimum(convert(self, frame), 254) + np.uint8(1)
    )
    return "black_frames no longer fails (black frames, just outside its limit)"


def coarser_flow(monkeypatch: pytest.MonkeyPatch) -> str:
    make = motion._dis.__wrapped__

    def coarser(*size: Any) -> Any:
        flow = make(*size)
        flow.setPatchStride(flow.getPatchStride() + 1)
        return flow

    monkeypatch.setattr(motion, "_dis", coarser)
    return "hard_cut now fails (hard cut, just inside its limit)"


def longer_freezes(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(rules("freeze"), "seconds", 1.01 * rules("freeze")["seconds"])
    return "rules of detection changed: freeze"


@pytest.mark.parametrize("change", [brighter, coarser_flow, longer_freezes])
def test_what_measures_differently_is_refused_by_name(
    baseline: Baseline, monkeypatch: pytest.MonkeyPatch, change: Callable[[pytest.MonkeyPatch], str]
) -> None:
    name = change(monkeypatch)
    line = refused(baseline)
    assert line.startswith("tiny: today's software measures differently than the baseline's")
    assert name in line
    assert line.endswith(
        'record again, which is free: pytest suites/tiny --vb-backend="procedural:reference"'
        " --vb-rolls=3 --vb-update-golden"
    )


def test_clips_of_a_model_are_measured_again_and_not_made_again(baseline: Baseline) -> None:
    golden = replace(baseline.goldens["tiny"], backend="runway@gen4.5?duration=5")
    assert "golden restore" in ruler.remedy([golden])
    assert ruler.remedy([golden]).endswith(
        '--vb-backend="runway:gen4.5?duration=5" --vb-rolls=3 --vb-update-golden --vb-offline'
    )


def test_a_canary_that_is_lost_or_another_is_named(baseline: Baseline, tmp_path: Path) -> None:
    home = baseline.canaries
    found = read_canaries(home, "tiny")
    assert found is not None
    path = home / found.canaries[0].file
    data = path.read_bytes()
    try:
        path.write_bytes(data[:-1])
        assert refused(baseline).startswith(f"tiny: {path}: missing, or not as recorded")
        path.unlink()
        assert str(path) in refused(baseline)
    finally:
        path.write_bytes(data)


@pytest.mark.parametrize("text", ["", "[]", '{"version": 99}', '{"version": 1, "canaries": [{}]}'])
def test_a_broken_file_of_values_is_one_line(baseline: Baseline, text: str) -> None:
    path = baseline.canaries / "tiny.json"
    whole = path.read_text(encoding="utf-8")
    try:
        path.write_text(text, encoding="utf-8")
        assert refused(baseline).startswith(f"tiny: {path}: cannot be read as canaries")
    finally:
        path.write_text(whole, encoding="utf-8")


def test_without_canaries_only_our_own_version_may_differ(
    baseline: Baseline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    alone = replace(baseline, folder=tmp_path)
    other_software(monkeypatch, videobench="9.9")
    assert refused(alone) == ""
    other_software(monkeypatch, opencv="9.0")
    assert "measured with other software (opencv" in refused(alone)


def test_a_format_without_a_canary_needs_the_same_decoder(
    baseline: Baseline, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = read_canaries(baseline.canaries, "tiny")
    assert found is not None
    without = replace(found, unmatched=("theora yuv420p, 640 px",))
    monkeypatch.setattr(ruler, "read_canaries", lambda *_: without)
    assert refused(baseline) == ""
    other_software(monkeypatch, decoder="PyAV 99")
    assert "no canary clip has the format theora yuv420p, 640 px, and the decoder is another" in refused(
        baseline
    )


def test_values_come_back_as_they_were_written(baseline: Baseline) -> None:
    found = read_canaries(baseline.canaries, "tiny")
    assert found is not None
    assert parse_canaries(found.text().encode()) == found
    bad = found.text().replace(f'"{found.canaries[0].file}"', '"../other.mp4"')
    with pytest.raises(ValueError, match="not a file beside it"):
        parse_canaries(bad.encode())


# ---- what the canaries are


@pytest.mark.parametrize("detector", [name for name in DEFECTS.names() if DEFECTS.get(name).gate])
def test_every_detector_that_may_fail_has_a_clip_on_either_side_of_its_limit(
    recorded: Path, detector: str
) -> None:
    """Where this fails, a rule or a detector changed: python -m benchmarks.canaries --record."""
    found = read_canaries(recorded / LABEL / "canary", "tiny")
    assert found is not None
    words = detector.replace("_", " ")
    failing = {canary.about: detector in canary.reading.failing for canary in found.canaries}
    assert failing[f"{words}, just inside its limit"] is False
    assert failing[f"{words}, just outside its limit"] is True


def test_every_metric_varies_in_them(recorded: Path) -> None:
    found = read_canaries(recorded / LABEL / "canary", "tiny")
    assert found is not None
    values: dict[str, set[float]] = {name: set() for name in METRICS.names()}
    for canary in found.canaries:
        for name, value in canary.reading.metrics.items():
            values[name].add(value)
    assert [name for name, seen in values.items() if len(seen) < 2] == []


@pytest.mark.parametrize(
    ("codec", "pix_fmt"),
    [
        ("h264", "yuv420p"),
        ("h264", "yuvj420p"),
        ("hevc", "yuv420p10le"),
        ("vp9", "yuv420p"),
        ("vp8", "yuv420p"),
        ("libdav1d", "yuv420p"),
        ("mpeg4", "yuv420p"),
        ("mjpeg", "yuvj420p"),
        ("gif", "bgra"),
        ("prores", "yuv422p10le"),
    ],
)
def test_a_canary_is_drawn_in_the_format_that_is_asked(tmp_path: Path, codec: str, pix_fmt: str) -> None:
    path = draw(Format(codec, pix_fmt, 320, True), tmp_path)
    assert path is not None
    probe = analyse(path).probe
    assert (probe.codec, probe.pix_fmt, probe.height) == (codec, pix_fmt, 320)
    again = draw(Format(codec, pix_fmt, 320, True), tmp_path)
    assert again == path, "the same bytes each time"


@pytest.mark.skipif(not hasattr(os, "sched_getscheduler"), reason="priorities are read on Linux")
def test_drawing_in_av1_leaves_the_priority_of_the_process_alone(tmp_path: Path) -> None:
    """SVT-AV1 takes real-time priority where it may, and starves everything else on the machine."""
    before = os.sched_getscheduler(0), os.sched_getparam(0).sched_priority
    draw(Format("libdav1d", "yuv420p", 320, False), tmp_path)
    assert (os.sched_getscheduler(0), os.sched_getparam(0).sched_priority) == before


def test_a_format_that_nobody_writes_has_no_canary(tmp_path: Path) -> None:
    assert draw(Format("theora", "yuv420p", 320, False), tmp_path) is None
    assert draw(Format("h264", "rgba64le", 320, False), tmp_path) is None


def test_formats_beyond_the_bytes_of_a_style_are_said(tmp_path: Path) -> None:
    golden = Golden(backend=LABEL, style="tiny", recorded="", fingerprint=software(), prompts={}, samples=())
    large = {**PROBE, "width": 3840, "height": 2160}
    odd = {**PROBE, "codec": "theora"}
    rows = [row(probe=PROBE), row(probe=PROBE), row(probe=large), row(probe=odd)]
    record_canaries(golden, rows, tmp_path, tmp_path)
    found = read_canaries(tmp_path / LABEL / "canary", "tiny")
    assert found is not None
    assert set(found.unmatched) == {"h264 yuv420p, 3840 px", "theora yuv420p, 320 px"}


@pytest.mark.parametrize("style", ["abstract", "animation", "fantasy", "realistic", "scifi"])
@pytest.mark.parametrize("backend", ["procedural@reference", "procedural@flawed"])
def test_those_of_the_repo_are_small_and_of_the_shipped_clips(backend: str, style: str) -> None:
    home = ROOT / "golden" / backend / "canary"
    found: CanarySet | None = read_canaries(home, style)
    assert found is not None
    names = {canary.file for canary in found.canaries}
    assert {clip.path.name for clip in at_limits()} < names
    assert sum((home / name).stat().st_size for name in {*names, f"{style}.json"}) <= 200_000
    assert found.unmatched == ()


def test_the_shipped_clips_are_those_of_the_list() -> None:
    table = json.loads((LIMITS / "limits.json").read_text(encoding="utf-8"))["clips"]
    assert {entry["file"] for entry in table} == {path.name for path in LIMITS.glob("*.mp4")}
