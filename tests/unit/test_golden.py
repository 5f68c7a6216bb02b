"""Goldens: what is recorded, how it reads in a diff, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_videobench.errors import GoldenError
from pytest_videobench.gate.comparable import prompt_differences, refusals
from pytest_videobench.gate.golden import (
    Golden,
    folder_name,
    goldens_of,
    read_baseline,
    read_golden,
    write_golden,
)
from pytest_videobench.gate.sample import Sample, samples_of
from pytest_videobench.gate.suite import prompt_digest
from tests.unit.rows import finding, row, without_clip

if TYPE_CHECKING:
    from pathlib import Path

SOFTWARE = {"numpy": "2.4", "rules": "abc"}


def golden(*samples: Sample, style: str = "tiny") -> Golden:
    return Golden(
        backend="drawn@one",
        style=style,
        recorded="2026-11-23",
        fingerprint=SOFTWARE,
        prompts={sample.prompt: "1" for sample in samples},
        samples=samples,
    )


def samples(**fields: object) -> tuple[Sample, ...]:
    return samples_of([row("fox", 0, finding(), **fields), row("fox", 1, **fields), without_clip("elk")])  # type: ignore[arg-type]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    one = golden(*samples())
    assert write_golden(one, tmp_path)
    return one.path(tmp_path)


def test_a_golden_reads_back_as_it_was_written(tmp_path: Path) -> None:
    (one,) = goldens_of(
        [row("fox", 0, finding(), fingerprint=SOFTWARE), row("fox", 1), without_clip("elk")], "2026-11-23"
    )
    write_golden(one, tmp_path)
    assert one.path(tmp_path) == tmp_path / "drawn@one" / "tiny.json"
    again = read_golden(one.path(tmp_path))
    assert again == one
    assert again.samples[1].defects == {"freeze": 0.5}
    assert again.samples[0].verdict == "error"
    assert again.suite == one.suite


def test_every_clip_is_a_line_of_its_own_in_a_fixed_order(written: Path) -> None:
    lines = [line for line in written.read_text().splitlines() if '"roll"' in line]
    assert [json.loads(line.strip().rstrip(","))["prompt"] for line in lines] == ["elk", "fox", "fox"]


def test_metrics_without_a_direction_are_not_kept() -> None:
    found: dict[str, float | None] = {
        "sharpness": 50.0,
        "brightness": 90.0,
        "temporal_flickering": 0.98765432,
    }
    (one,) = goldens_of([row(metrics=found)], "2026-11-23")
    assert one.samples[0].metrics == {"sharpness": 50.0, "temporal_flickering": 0.987654}


def test_tests_of_one_clip_are_one_sample() -> None:
    (one,) = samples_of([row("fox", test="a"), row("fox", 0, finding(severity=0.4), test="b")])
    assert (one.verdict, one.defects) == ("fail", {"freeze": 0.4})


def test_what_was_not_looked_for_is_remembered(tmp_path: Path) -> None:
    blind = {"checked": {"blur": None}, "weak": {}, "unchecked": {"freeze": "too short"}}
    (one,) = goldens_of([row("fox"), row("elk", coverage=blind)], "2026-11-23")
    write_golden(one, tmp_path)
    fox, elk = sorted(read_golden(one.path(tmp_path)).samples, key=lambda s: s.prompt, reverse=True)
    assert "freeze" in fox.checked
    assert elk.checked == {"blur"}


def test_another_day_alone_is_nothing_new(written: Path, tmp_path: Path) -> None:
    before = written.read_bytes()
    later = replace(read_golden(written), recorded="2027-01-01")
    assert not write_golden(later, tmp_path)
    assert written.read_bytes() == before
    changed = replace(later, samples=later.samples[:1], prompts={later.samples[0].prompt: "1"})
    assert write_golden(changed, tmp_path)
    assert read_golden(written).recorded == "2027-01-01"


def test_a_damaged_golden_is_replaced(written: Path, tmp_path: Path) -> None:
    whole = written.read_text()
    written.write_text(whole[: len(whole) // 2])
    assert write_golden(golden(*samples()), tmp_path)
    assert written.read_text() == whole


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda text: text[:40], "cannot be read as a golden"),
        (lambda text: text.replace('"version": 1', '"version": 9'), "version 9, expected 1"),
        (lambda text: "[]", "version None, expected 1"),
        (lambda text: text.replace('"roll": 1', '"roll": 0'), "a roll stands there twice"),
        (lambda text: text.replace('"elk": "1"', '"yak": "1"'), "rows of unknown prompts: elk"),
        (lambda text: text.replace('"verdict": "pass"', '"verdict": "fine"'), "unknown verdict 'fine'"),
        (lambda text: text.replace('"looked_for"', '"looked"'), "looked_for"),
    ],
)
def test_a_broken_golden_is_named(written: Path, edit, words: str) -> None:  # type: ignore[no-untyped-def]
    written.write_text(edit(written.read_text()))
    with pytest.raises(GoldenError, match=words) as caught:
        read_golden(written)
    assert str(caught.value).startswith(str(written))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["drawn@one", "{root}/drawn@one", "{root}/drawn@one/tiny.json"])
def test_a_baseline_is_found_by_folder_and_path(written: Path, tmp_path: Path, name: str) -> None:
    found = read_baseline(name.format(root=tmp_path), tmp_path)
    assert (found.backend, list(found.goldens)) == ("drawn@one", ["tiny"])
    assert len(found.samples(["tiny"])) == 3


def test_a_baseline_is_found_by_the_spec_of_its_backend(tmp_path: Path) -> None:
    write_golden(replace(golden(*samples()), backend="procedural@reference"), tmp_path)
    assert read_baseline("procedural", tmp_path).backend == "procedural@reference"
    assert read_baseline("procedural:reference", tmp_path).backend == "procedural@reference"


def test_a_missing_baseline_names_those_that_are_there(written: Path, tmp_path: Path) -> None:
    with pytest.raises(GoldenError, match=r"no baseline 'luma': .* has drawn@one; record one with"):
        read_baseline("luma", tmp_path)
    with pytest.raises(GoldenError, match="holds none"):
        read_baseline("luma", tmp_path / "nowhere")


def test_a_folder_of_two_backends_is_no_baseline(written: Path, tmp_path: Path) -> None:
    other = replace(golden(*samples(), style="large"), backend="drawn@two")
    (written.parent / "large.json").write_text(other.text())
    with pytest.raises(GoldenError, match="goldens of drawn@one and drawn@two"):
        read_baseline("drawn@one", tmp_path)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("runway@gen4.5", "runway@gen4.5"),
        ("fal@fal-ai/veo3?duration=8&x=ü", "fal@fal-ai-veo3-duration=8-x=ü"),
        ("replicate@../up", "replicate@..-up"),
    ],
)
def test_a_label_becomes_one_folder(label: str, name: str) -> None:
    assert folder_name(label) == name


def test_the_version_of_a_prompt_is_its_words_and_limits_and_not_its_delivery() -> None:
    held = {"camera": "static", "thresholds": {}, "delivery": {"duration": 5.0}}
    same = prompt_digest("A fox.", {**held, "delivery": {"duration": 8.0}})
    assert prompt_digest("A fox.", held) == same
    assert prompt_digest("A fox!", held) != same
    assert prompt_digest("A fox.", {**held, "camera": "any"}) != same


def test_what_makes_a_run_incomparable_is_named(written: Path, tmp_path: Path) -> None:
    baseline = read_baseline("drawn@one", tmp_path)
    assert refusals(baseline, {"tiny": {"fox": "1", "elk": "1"}}) == []
    assert refusals(baseline, {}) == []
    (lacks,) = refusals(baseline, {"tiny": {"fox": "1"}})
    assert lacks == "tiny: the run lacks prompt elk of the baseline; run the whole style"
    (style,) = refusals(baseline, {"noir": {"fox": "1"}})
    assert "has no golden of 'noir', only of tiny" in style
    assert prompt_differences({"a": "1", "b": "1"}, {"a": "2", "c": "1"}) == [
        "the run lacks prompt b of the baseline; run the whole style",
        "the baseline lacks prompt c of the run; record it again",
        "prompt a changed in words or limits since the baseline; record it again",
    ]


names = st.text("abcdefgh-", min_size=1, max_size=8)
numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: float(f"{value:.6g}"))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.builds(
            Sample,
            style=st.just("tiny"),
            backend=st.just("drawn@one"),
            prompt=names,
            roll=st.integers(0, 9),
            verdict=st.sampled_from(["pass", "fail"]),
            metrics=st.dictionaries(names, numbers, max_size=3),
            defects=st.dictionaries(names, st.floats(0, 1), max_size=2),
            breaches=st.lists(names, max_size=2).map(tuple),
            checked=st.frozensets(names, min_size=1, max_size=3),
            holds=st.dictionaries(st.sampled_from(["camera", "motion"]), st.booleans(), min_size=1).map(
                lambda found: dict(sorted(found.items()))
            ),
            cost_usd=st.none() | st.floats(0.01, 9),
            seconds=st.none() | st.floats(0.01, 900),
            seed=st.none() | st.integers(0, 2**32),
        ),
        unique_by=lambda one: (one.prompt, one.roll),
        min_size=1,
        max_size=6,
    )
)
def test_any_golden_survives_its_file(tmp_path_factory: pytest.TempPathFactory, found: list[Sample]) -> None:
    root = tmp_path_factory.mktemp("golden")
    one = golden(*sorted(found, key=lambda sample: (sample.prompt, sample.roll)))
    write_golden(one, root)
    assert read_golden(one.path(root)) == one
