"""What independent tools say of small clips, and how their answers and those of peers are read."""

from __future__ import annotations

import re
import sys
from math import isnan
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.accuracy import oracles, peers
from pytest_videobench.defects.dimensions import defect_dimensions
from pytest_videobench.errors import VideobenchError
from pytest_videobench.footage.analyse import analyse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from tests.conftest import Drift, WriteClip

FPS = 10
STUCK = "flicker;low_motion/frozen"


def black(frames: NDArray[np.uint8]) -> None:
    frames[15:40] = 0


def frozen(frames: NDArray[np.uint8]) -> None:
    frames[15:40] = frames[15]


def cut(frames: NDArray[np.uint8]) -> None:
    frames[25:] = 255 - frames[25:, ::-1] // 2


def barred(frames: NDArray[np.uint8]) -> None:
    frames[:, :12] = 0
    frames[:, -12:] = 0


def strobing(frames: NDArray[np.uint8]) -> None:
    frames[15:40:2] = 0
    frames[16:40:2] = 255


FAULTS = {
    "blackdetect": (black, "black_frames", 1.5, 4.0),
    "freezedetect": (frozen, "freeze", 1.5, 4.0),
    "scdet": (cut, "hard_cut", 2.5, 2.5),
    "cropdetect": (barred, "letterbox", 0.0, 6.0),
}


@pytest.fixture
def clip(tmp_path: Path, write_clip: WriteClip, drift: Drift) -> Callable[..., Path]:
    def make(spoil: Callable[[NDArray[np.uint8]], None] | None = None) -> Path:
        frames = 40 + drift(frames=60, height=96, width=128) // 2
        if spoil:
            spoil(frames)
        return write_clip(tmp_path / "clip.mp4", frames, fps=FPS)

    return make


def needs(*names: str) -> None:
    missing = [name for name in names if name not in oracles.filters()]
    if missing:
        pytest.skip(f"the ffmpeg at hand has no {', '.join(missing)}")


@pytest.mark.parametrize("name", FAULTS)
def test_filter_finds_its_fault_where_it_is(name: str, clip: Callable[..., Path]) -> None:
    needs(name)
    spoil, defect, start, end = FAULTS[name]
    ((kind, begun, ended),) = oracles.filter_events(clip(spoil))[name]
    assert kind == defect
    assert begun == pytest.approx(start, abs=1.01 / FPS)
    assert ended == pytest.approx(end, abs=1.01 / FPS)


def test_photosensitivity_finds_flashes_and_no_bright_start(clip: Callable[..., Path]) -> None:
    needs("photosensitivity")
    found = oracles.filter_events(clip(strobing))["photosensitivity"]
    assert {kind for kind, *_ in found} == {"flash"}
    assert 1.4 <= found[0][1] <= 2.5
    assert oracles.filter_events(clip())["photosensitivity"] == ()


def test_filters_say_nothing_of_a_clean_clip(clip: Callable[..., Path]) -> None:
    needs(*oracles.EVENTS)
    assert oracles.filter_events(clip()) == dict.fromkeys(oracles.EVENTS, ())


def test_our_spatial_and_temporal_information_are_those_of_siti(clip: Callable[..., Path]) -> None:
    needs("siti")
    path = clip()
    theirs = oracles.series(path)
    for key in (("si", "si"), ("ti", "ti")):
        ours, others = oracles.paired(analyse(path), theirs)[key]
        assert len(ours) >= 8
        assert ours == pytest.approx(others, rel=0.02)


def test_series_of_the_first_seconds_has_their_frames_only(clip: Callable[..., Path]) -> None:
    needs("blockdetect", "blurdetect", "siti")
    found = oracles.series(clip(), 2.0)
    assert {name: len(values) for name, values in found.items()} == dict.fromkeys(oracles.SERIES, 2 * FPS)


def test_clip_that_ffmpeg_cannot_read_is_one_line(tmp_path: Path) -> None:
    needs("scdet")
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"no video")
    with pytest.raises(VideobenchError, match=r"broken\.mp4") as caught:
        oracles.filter_events(path)
    assert "\n" not in str(caught.value)


def test_without_ffmpeg_no_filter_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracles, "filters", frozenset)
    assert oracles.filter_events(tmp_path / "a.mp4") == {}
    assert oracles.series(tmp_path / "a.mp4") == {}


def test_frame_data_are_read_from_the_first_time_stamp_on() -> None:
    text = (
        "frame:0    pts:512     pts_time:0.5\nlavfi.black_start=0.5\nlavfi.blur=nan\n"
        "frame:1    pts:1024    pts_time:1\nlavfi.scd.score=1.5e+1\n"
    )
    assert oracles.parse(text) == [
        {"time": 0.0, "begun": 0.5, "black_start": 0.5},
        {"time": 0.5, "begun": 0.5, "scd.score": 15.0},
    ]
    assert oracles.parse("") == []


def test_starts_of_later_scenes_are_cuts() -> None:
    text = "Scene Number,Start Frame,Start Time (seconds)\n1,1,0.000\n2,22,0.350\n3,80,1.900\n"
    assert oracles.read_scenes(text) == [0.35, 1.9]


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=30))
def test_rank_correlation_of_a_rising_function_is_one(values: list[int]) -> None:
    rising = oracles.rank_correlation(values, [value**3 + 7.0 for value in values])
    falling = oracles.rank_correlation(values, [-1.0 * value for value in values])
    if len(set(values)) == 1:
        assert isnan(rising)
    else:
        assert rising == pytest.approx(1)
        assert falling == pytest.approx(-1)


def test_agreement_names_the_clips_that_are_disputed() -> None:
    looks = [
        oracles.Look(name="a.mp4", ours=(("freeze", 1, 2),), theirs={"freezedetect": ()}, pairs={}),
        oracles.Look(name="b.mp4", ours=(), theirs={"freezedetect": (("freeze", 0.0, 4.0),)}, pairs={}),
        oracles.Look(
            name="c.mp4",
            ours=(("low_motion", 0, 3),),
            theirs={"freezedetect": (("freeze", 0.0, 3.0),)},
            pairs={},
        ),
    ]
    _head, line, *rest = list(oracles.agreement(looks))[:4]
    assert line.split() == ["freezedetect", "1", "1", "1", "0", "of", "3"]
    assert [row.split() for row in rest] == [
        ["only", "we", "a.mp4:", "1.00-2.00"],
        ["only", "they", "b.mp4:", "0.00-4.00"],
    ]


def test_takecheck_says_what_failed_and_when() -> None:
    report = {
        "checks": [
            {"name": "frozen", "status": "fail", "measured": {"ranges": [[0.5, 1.0], [2.0, 3.0]]}},
            {"name": "blank", "status": "fail", "measured": {"dark_frames": 0, "bright_frames": 2}},
            {"name": "flicker", "status": "fail", "measured": {"worst_at_s": 1.5}},
            {"name": "duplicate", "status": "fail", "measured": {"first_repeats_s": [0.25]}},
            {"name": "motion", "status": "fail", "measured": {"mean_motion": 0.0}},
            {"name": "subtitle", "status": "pass", "measured": {"ranges": [[0, 1]]}},
        ]
    }
    assert list(peers.read_takecheck(report)) == [
        ("frozen", 0.5, 1.0),
        ("frozen", 2.0, 3.0),
        ("blank_bright", None, None),
        ("flicker", 1.5, 1.5),
        ("duplicate", 0.25, 0.25),
        ("motion", None, None),
    ]


def test_dailies_says_spans_cuts_and_files_it_cannot_read() -> None:
    stage = {
        "black_frames": [{"start": 0.0, "end": 0.5}],
        "freeze": [{"start": 1.0, "end": None}],
        "scene_cuts": [2.5],
        "kill_reasons": ["frozen for 3.0s of 4.0s", "probe: decode: bad packet"],
    }
    report = {"takes": [{"review": {"mechanical": stage}}]}
    assert list(peers.read_dailies(report)) == [
        ("black_frames", 0.0, 0.5),
        ("freeze", 1.0, None),
        ("scene_cuts", 2.5, 2.5),
        ("probe", None, None),
    ]


def test_videoscope_says_its_findings() -> None:
    span = {"start_seconds": 0.0, "end_seconds": 3.0, "start_frame": None}
    report = {"findings": [{"detector_id": "possible_freeze", "time_range": span}]}
    assert list(peers.read_videoscope(report)) == [("possible_freeze", 0.0, 3.0)]


def test_our_own_findings_are_asked_for_in_the_same_way(clip: Callable[..., Path]) -> None:
    path = clip(frozen)
    heard = peers.ours([path])
    (gate,), (all_,) = (list(said.values()) for said in heard.values())
    assert gate.error is None
    assert "freeze" in {kind for kind, *_ in gate.kinds}
    assert set(gate.kinds) <= set(all_.kinds)


def peer(script: str) -> peers.Peer:
    return peers.Peer(name="takecheck", command=("python", "-c", script), read=peers.read_dailies)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("import sys; sys.exit('first line\\nno codec')", "status 1: no codec"),
        ("print('no json')", "cannot read its answer"),
        ("print('{}')", "cannot read its answer"),
    ],
)
def test_peer_that_fails_is_one_line_of_that_clip(script: str, reason: str, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"")
    answer = peers.ask(peer(script), [sys.executable, "-c", script], clip)
    assert answer.said == ()
    assert answer.error is not None
    assert reason in answer.error
    assert "\n" not in answer.error


def test_peers_are_asked_once_for_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []
    said = (("frozen", 0.0, 1.0), ("new word", None, None))

    def answer(peer: peers.Peer, command: object, clip: Path) -> peers.Answer:
        asked.append(clip)
        return peers.Answer(said=said, seconds=0.5)

    monkeypatch.setattr(peers, "environment", lambda folder, requirement: folder)
    monkeypatch.setattr(peers, "ask", answer)
    monkeypatch.setattr(peers, "PEERS", (peer(""),))
    clips = [tmp_path / "a.mp4", tmp_path / "b.mp4", tmp_path / "gone.mp4"]
    for clip in clips[:2]:
        clip.write_bytes(b"the same")
    heard = peers.run(clips, tmp_path)["takecheck"]
    assert asked == clips[:1]
    for clip in clips[:2]:
        assert heard[clip].kinds == (("freeze", 0.0, 1.0), ("other:new word", None, None))
    assert "gone.mp4" in str(heard[clips[2]].error)


def test_peer_that_cannot_be_installed_is_an_error_of_every_clip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path, requirement: str) -> Path:
        raise VideobenchError(f"{requirement} cannot be installed")

    monkeypatch.setattr(peers, "environment", refuse)
    heard = peers.run([tmp_path / "a.mp4"], tmp_path)
    assert set(heard) == set(peers.kinds()["peers"])
    assert all("cannot be installed" in str(each.error) for said in heard.values() for each in said.values())


def test_table_counts_hits_and_accusations_by_label(tmp_path: Path) -> None:
    labels = {"film": ("camera_or_film", "none_seen"), "clean": ("ai", "none_seen"), "stuck": ("ai", STUCK)}
    rows = {tmp_path / name: {"kind": kind, "defects": text} for name, (kind, text) in labels.items()}
    said = {
        path: peers.Heard(kinds=(("freeze", 0.0, 1.0),) if path.name != "clean" else (), seconds=2.0)
        for path in rows
    }
    lines = list(peers.table({"one": said}, rows))
    cells = dict(re.split(r" {2,}", line) for line in lines[1:])
    assert cells["accuses good camera and film clips (1)"] == "1"
    assert cells["accuses model clips, nothing seen (1)"] == "0"
    assert cells["names anything on defective clips (1)"] == "1"
    assert cells["frozen or motionless: found (1) / wrong (2)"] == "1 / 1"
    assert cells["seconds per clip, median"] == "2.0"


def test_every_word_of_a_peer_or_oracle_is_one_of_our_defects() -> None:
    table = peers.kinds()
    ours = {kind for peer in table["peers"].values() for kind in peer["kinds"].values()}
    ours |= {kind for group in table["oracles"].values() for kind in group}
    ours |= {kind for label in table["labels"] for kind in label["kinds"]}
    assert ours <= set(defect_dimensions())
    assert set(oracles.EVENTS) <= set(table["oracles"])
