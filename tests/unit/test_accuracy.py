from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

stats = pytest.importorskip("scipy.stats", reason="the accuracy bench needs scipy")

from benchmarks.accuracy import (  # noqa: E402
    comparison,
    corpus,
    driven,
    figures,
    injection,
    page,
    record,
    statistics,
    table,
)
from benchmarks.accuracy.bench import Plan, left_out  # noqa: E402
from benchmarks.accuracy.trials import Kind, Trial, of_drives  # noqa: E402
from pytest_videobench.defects.base import Finding  # noqa: E402
from pytest_videobench.faults import FAULTS  # noqa: E402
from pytest_videobench.faults.dose import strengths  # noqa: E402
from pytest_videobench.footage.keep import load  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

needs_clips = pytest.mark.skipif(not corpus.CLIPS.is_dir(), reason="needs the real clips of ../shared")
counts = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
scores = st.lists(st.floats(0, 1).map(lambda value: round(value, 2)), min_size=1, max_size=20)


def clip(path: str = "a/one.mp4", labels: tuple[frozenset[str], ...] = (), sure: bool = True) -> corpus.Clip:
    return corpus.Clip(
        path=path,
        origin=path,
        half="development",
        camera=True,
        style="realistic",
        labels=labels,
        sure=sure,
        side=240,
        fps=20.0,
        frames=60,
        seconds=3.0,
    )


def finding(defect: str, start: float, end: float, *, gate: bool = True) -> Finding:
    return Finding(
        defect=defect, start=start, end=end, severity=0.5, confidence=0.8, note="It is there.", gate=gate
    )


def trial(*findings: Finding, kind: Kind = "control", of: corpus.Clip | None = None) -> Trial:
    of = of or clip()
    return Trial(
        kind=kind,
        clip=of,
        name=of.path,
        seconds=3.0,
        fps=20.0,
        findings=findings,
        motion=2.0,
        step=0.05,
        same=True if kind == "control" else None,
    )


def spoilt(fault: str, start: float, end: float, *findings: Finding, severity: float = 0.5) -> Trial:
    one = trial(*findings, kind="fault")
    return replace(one, fault=fault, severity=severity, start=start, end=end)


BENCH = [
    trial(finding("stutter", 0.5, 1.0)),
    trial(finding("flash", 1.0, 1.1, gate=False), kind="whole"),
    trial(finding("freeze", 0.0, 3.0), kind="whole", of=clip("b", (frozenset({"low_motion", "freeze"}),))),
    spoilt("freeze", 1.0, 2.0, finding("freeze", 1.1, 2.0)),
    spoilt("freeze", 1.0, 2.0, finding("freeze", 2.6, 2.9), finding("stutter", 0.5, 1.0)),
    spoilt("freeze", 1.0, 2.0, finding("black_frames", 1.2, 1.9), severity=1.0),
    spoilt("cut", 1.5, 1.5, finding("hard_cut", 1.5, 1.5, gate=False)),
]


@given(counts)
def test_the_interval_of_a_share_holds_the_share(pair: tuple[int, int]) -> None:
    low, high = statistics.share_interval(*pair)
    assert 0 <= low <= high <= 1
    if pair[1]:
        assert low - 1e-9 <= pair[0] / pair[1] <= high + 1e-9


@given(st.integers(0, 50), st.floats(0.1, 100))
def test_a_rate_as_low_as_its_bound_gives_so_many_in_one_of_forty(count: int, minutes: float) -> None:
    low, high = statistics.rate_interval(count, minutes)
    assert stats.poisson.cdf(count, high * minutes) == pytest.approx(0.025)
    assert (low == 0) if count == 0 else stats.poisson.sf(count - 1, low * minutes) == pytest.approx(0.025)


@given(scores, scores)
def test_the_area_is_the_share_of_pairs_in_the_right_order(
    positive: list[float], negative: list[float]
) -> None:
    pairs = [(a > b) + 0.5 * (a == b) for a in positive for b in negative]
    area = statistics.area(positive, negative)
    assert area == pytest.approx(sum(pairs) / len(pairs))
    assert statistics.area(negative, positive) == pytest.approx(1 - area)


@given(scores, scores)
def test_the_area_is_that_below_the_curve(positive: list[float], negative: list[float]) -> None:
    points = statistics.curve(positive, negative)
    below = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(points))
    assert points[-1] == (1.0, 1.0)
    assert below == pytest.approx(statistics.area(positive, negative))


def test_source_clips_are_drawn_alike_each_time() -> None:
    groups = {name: ([0.2 * i, 0.9], [0.1, 0.1 * i]) for i, name in enumerate("abcd")}
    low, high = statistics.area_interval(groups)
    assert (low, high) == statistics.area_interval(dict(reversed(groups.items())))
    assert low <= statistics.pooled_area(groups) <= high


def test_a_fault_is_found_under_its_name_and_where_it_is() -> None:
    freeze = figures.of_defect("freeze", BENCH)
    assert freeze["recall"] == {"0.5": [1, 2], "1": [0, 1]}
    assert freeze["fails"] == {"0.5": [1, 2], "1": [0, 1]}
    assert freeze["otherwise"] == {"0.5": [0, 2], "1": [1, 1]}
    assert figures.of_defect("hard_cut", BENCH)["recall"] == {"0.5": [1, 1]}
    assert figures.of_defect("hard_cut", BENCH)["fails"] == {"0.5": [0, 1]}


def test_errors_of_the_span_are_those_of_what_is_found() -> None:
    freeze = figures.of_defect("freeze", BENCH)
    assert (freeze["start_error_s"], freeze["end_error_s"]) == (0.1, 0.0)
    assert freeze["start_error_frames"] == 2.0


def test_what_a_piece_shows_without_a_fault_is_counted_once() -> None:
    stutter = figures.precision("stutter", BENCH)
    assert (stutter["precision"], stutter["beside"]) == ([0, 1], {"control": 1})
    assert figures.precision("freeze", BENCH)["precision"] == [2, 3]
    assert figures.precision("hard_cut", BENCH)["precision_gate"] == [0, 0]


def test_the_clips_in_which_a_fault_is_missed_are_named() -> None:
    assert figures.of_defect("freeze", BENCH)["missed"] == {
        "freeze at 0.5": ["a/one.mp4"],
        "freeze at 1": ["a/one.mp4"],
    }


def test_what_a_fault_brings_with_it_is_right() -> None:
    slow = spoilt("wrong_rate", 0.0, 4.0, finding("wrong_duration", 3.0, 4.0))
    assert figures.precision("wrong_duration", [*BENCH, slow])["precision"] == [1, 1]


def test_false_alarms_are_counted_on_clean_clips_only() -> None:
    assert figures.false_alarms("stutter", BENCH)["gate"] == 1
    assert figures.false_alarms("flash", BENCH) == {
        "gate": 0,
        "warn": 1,
        "minutes": 0.05,
        "by_origin": {
            "as shot": {"gate": 0, "warn": 1, "minutes": 0.05},
            "driven": {"gate": 0, "warn": 0, "minutes": 0.0},
        },
        "each": [["a/one.mp4", "as shot", "warns", 1.0, 1.1]],
    }
    assert figures.false_alarms("freeze", BENCH)["gate"] == 0


def test_minutes_count_once_and_driven_ones_apart() -> None:
    """The whole of a clip holds its pieces; a camera that is driven through it shows something new."""
    driven = replace(trial(finding("jitter", 1.0, 2.0), kind="driven"), name="a~pan_left")
    found = figures.summed_up([*BENCH, driven])
    assert found["clean_minutes"] == 0.1
    assert found["clean_minutes_by_origin"] == {"as shot": 0.05, "driven": 0.05}
    assert figures.minutes([trial()]) == 0.05
    jitter = found["detectors"]["jitter"]
    assert jitter["false_alarms"]["by_origin"]["driven"] == {"gate": 1, "warn": 0, "minutes": 0.05}
    assert jitter["precision"] == [0, 0]
    text = "\n".join(table.lines({**bench_of(BENCH), **found}))
    assert "jitter fails on a~pan_left (driven) at 1.00–2.00 s" in text


def test_what_is_known_to_be_there_is_no_false_alarm() -> None:
    chaplin = trial(finding("letterbox", 0, 3), of=clip("moviepy/chaplin.mp4"))
    assert figures.false_alarms("letterbox", [chaplin])["gate"] == 0


def test_a_label_is_found_by_any_of_its_names() -> None:
    still = figures.labelled("low_motion", BENCH)
    assert (still["found"], still["accused"]) == ([1, 1], [0, 1])


def test_a_flip_is_a_clip_that_fails_by_another_defect_when_encoded_again() -> None:
    kept = replace(BENCH[0], recoded=frozenset({"stutter"}))
    lost = replace(BENCH[3], recoded=frozenset[str]())
    stable = figures.stability([kept, lost])
    assert stable["crf18"] == [1, 2]
    assert stable["flips"] == [{"clip": "a/one.mp4", "fault": "freeze", "defects": ["freeze"]}]


def bench_of(trials: list[Trial]) -> dict[str, object]:
    return {"half": "test", "videobench": "0", **figures.summed_up(trials), "left_out": {"loop": 2}}


def test_the_table_and_the_page_name_every_detector(tmp_path: Path) -> None:
    found = bench_of(BENCH)
    text = "\n".join(table.lines(found))
    page.write(found, tmp_path)
    html = (tmp_path / "index.html").read_text("utf-8")
    for name in figures.defects():
        assert name in text
        assert name in html
    assert "http" not in html
    assert json.loads((tmp_path / "accuracy.json").read_text("utf-8"))["left_out"] == {"loop": 2}


def test_the_record_has_a_line_for_each_detector() -> None:
    text = record.record_of(bench_of(BENCH))
    read = json.loads(text)
    assert sorted(read["detectors"]) == figures.defects()
    assert read["detectors"]["freeze"]["recall"] == {"0.5": [1, 2], "1": [0, 1]}
    assert read["detectors"]["freeze"]["styles"] == {"realistic": [1, 2]}
    assert read["clean_minutes_by_origin"] == {"as shot": 0.05, "driven": 0.0}
    assert read["detectors"]["stutter"]["false_alarms"]["by_origin"]["as shot"]["gate"] == 1
    assert sum(line.startswith('"freeze"') for line in text.splitlines()) == 1


def test_faults_that_are_not_put_in_are_counted() -> None:
    class Three(Plan):
        @property
        def pieces(self) -> list[corpus.Piece]:
            return [corpus.Piece(clip=clip(), start=0.0, end=3.0)] * 3

    plan = Three(halves=("development",), faults=("freeze", "cut"), severities=(0.5,))
    assert left_out(plan, BENCH[:5]) == {"freeze": 1, "cut": 3}


def test_the_recipe_changes_with_the_strengths(monkeypatch: pytest.MonkeyPatch) -> None:
    before = injection.recipe.__wrapped__("cut")
    changed = {name: dict(numbers) for name, numbers in strengths().items()}
    changed["cut"]["zoom"] = [1.4, 3.0]
    monkeypatch.setattr(injection, "strengths", lambda: changed)
    assert injection.recipe.__wrapped__("cut") != before
    assert injection.recipe.__wrapped__("loop") == injection.recipe("loop")


def test_other_tools_are_asked_about_every_control_and_some_faults() -> None:
    many = [spoilt("freeze", 1.0, 2.0, severity=0.75) for _ in range(100)]
    chosen = comparison.sample([*BENCH, *many])
    assert sum(one.kind != "fault" for one in chosen) == 3
    assert sum(one.kind == "fault" for one in chosen) == comparison.MOST


def test_another_tool_is_held_to_the_same_truth(tmp_path: Path) -> None:
    asked = {tmp_path / str(i): one for i, one in enumerate(BENCH)}
    said: dict[Path, comparison.Said] = dict.fromkeys(asked, ())
    said[tmp_path / "1"] = (("freeze", None, None),)
    said[tmp_path / "3"] = (("freeze", None, None),)
    said[tmp_path / "4"] = (("freeze", 2.6, 2.9),)
    tool = comparison.Tool(name="other", knows=frozenset({"freeze"}), said=said, seconds=1.5)
    row = comparison.row(tool, "freeze", asked)
    assert (row["found"], row["labelled"], row["accused"]) == ([1, 3], [0, 1], [1, 2])
    assert "freeze: other" in page.html({**bench_of(BENCH), "comparison": [row]})


@needs_clips
def test_halves_are_about_equal() -> None:
    sides = {half: [one for one in corpus.clips() if one.half == half] for half in corpus.HALVES}
    one, other = sides.values()
    assert abs(len(one) - len(other)) <= 2
    assert abs(sum(c.clean for c in one) - sum(c.clean for c in other)) <= 2
    assert abs(len(corpus.pieces("development")) - len(corpus.pieces("test"))) <= 2


@needs_clips
def test_clips_of_one_origin_are_in_one_half() -> None:
    paths = {one.path for one in corpus.clips()}
    for members in corpus.settings()["origins"].values():
        assert set(members) <= paths
        assert len({one.half for one in corpus.clips() if one.path in members}) == 1


@needs_clips
def test_every_label_is_a_defect_of_ours() -> None:
    from pytest_videobench.defects.dimensions import defect_dimensions

    names = {name for one in corpus.clips() for label in one.labels for name in label}
    assert names <= set(defect_dimensions())


@needs_clips
def test_a_fault_is_kept_and_not_made_twice(tmp_path: Path) -> None:
    folder = injection.Folder(tmp_path)
    piece = next(one for one in corpus.pieces("development") if "bikes" in one.name)
    injection.make_controls(piece, folder)
    assert injection.make_spoilt(piece, ("cut",), 1.0, folder) == 1
    assert injection.make_spoilt(piece, ("cut",), 1.0, folder) == 0
    assert injection.truth_of(folder.spoilt(piece, "cut", 1.0))["defect"] == FAULTS["cut"].defect


@needs_clips
@pytest.mark.parametrize("half", corpus.HALVES)
def test_a_camera_is_driven_through_clean_footage_of_one_half(half: corpus.Half) -> None:
    """Every move goes over every way, through every clip that is large enough, and no way is gone twice."""
    plan = driven.drives(half)
    assert len({one.name for one in plan}) == len(plan)
    assert {one.piece.clip.half for one in plan} == {one.near.clip.half for one in plan} == {half}
    assert all(one.piece.clip.camera and one.piece.clip.path != one.near.clip.path for one in plan)
    sources = {one.piece.clip for one in plan}
    ways = {(one.piece.clip, one.move, one.far) for one in plan}
    assert len(ways) == len(plan)
    for large in (one for one in sources if one.side >= 480):
        assert sum(one.piece.clip == large for one in plan) == 5 * len(driven.MOVES)
    shots = corpus.settings()["shots"]
    assert all(one.piece.clip.clean or one.piece.clip.path in shots for one in plan)


@needs_clips
def test_the_stretches_of_a_clip_are_all_of_it(tmp_path: Path) -> None:
    for one in corpus.clips():
        parts = corpus.stretches(one)
        assert all(before.end <= after.start for before, after in pairwise(parts))
        if parts and one.clean:
            assert parts[0].start == 0
            assert parts[-1].end == pytest.approx(one.seconds, abs=1e-3)


@needs_clips
def test_what_a_driven_camera_sees_is_kept_and_moves_as_it_was_driven(tmp_path: Path) -> None:
    folder = injection.Folder(tmp_path)
    plan = [one for one in driven.drives("development") if "flower" in one.name]
    one = next(one for one in plan if (one.move, one.far) == ("pan_left", 0.25))
    injection.make_driven([one], folder)
    kept = folder.driven(one)
    before = kept.stat().st_mtime_ns
    injection.make_driven([one], folder)
    assert [kept] == list(tmp_path.iterdir())
    assert kept.stat().st_mtime_ns == before
    (seen,) = of_drives([one], folder)
    assert (seen.kind, seen.name) == ("driven", one.name)
    assert seen.seconds == pytest.approx(one.piece.end - one.piece.start, abs=0.1)
    footage = load(kept)
    assert footage is not None
    assert float(footage.camera.dx.sum()) == pytest.approx(0.25, abs=0.03)
