"""The cards of defects and metrics are complete, and say what code, data and record say now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.cards import check, data, known, numbers, pages, wording
from benchmarks.cards.__main__ import main
from benchmarks.cards.cards import defect_card, metric_card
from pytest_videobench.defects import base, measured
from pytest_videobench.defects.base import DEFECTS
from pytest_videobench.metrics.base import METRICS

if TYPE_CHECKING:
    from collections.abc import Mapping

SEVERITIES = ("0.25", "0.5", "0.75", "1")


def figures(*, hits: int = 9, n: int = 12) -> dict[str, Any]:
    """What the bench records of one detector."""
    shares = {severity: [hits, n] for severity in SEVERITIES}
    return {
        "recall": shares,
        "fails": shares,
        "precision": [19, 20],
        "auc": [0.97, 0.91, 0.99],
        "auc_motion": 0.61,
        "auc_step": 0.53,
        "start_error_s": 0.04,
        "end_error_s": 0.08,
        "start_error_frames": 1.0,
        "by_fault": {"freeze": shares, "freeze_region": shares},
        "false_alarms": {"gate": 0, "warn": 2, "minutes": 20.0},
        "labelled": {"found": [2, 3], "accused": [1, 31]},
    }


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record of one detector that gates, one that warns without a fault, and one fault without a detector."""
    unseen = figures() | {"recall": {}, "fails": {}, "by_fault": {}, "auc": None, "start_error_s": None}
    table: Mapping[str, Any] = {
        "half": "test",
        "videobench": "0.1.0",
        "noticed": 0.5,
        "sources": 17,
        "clean_minutes": 20.0,
        "detectors": {"freeze": figures(), "low_motion": unseen, "watermark": figures(hits=0)},
        "stability": {"same": [40, 40], "crf18": [39, 40]},
    }
    monkeypatch.setattr(numbers, "record", lambda: table)
    monkeypatch.setattr(pages, "record", lambda: table)


def page(name: str) -> str:
    return next(text for path, text in pages.pages().items() if path.name == f"{name}.md")


def card(text: str, name: str) -> str:
    """What stands below a card's heading."""
    return text.split(f"# `{name}`\n")[1].split("\n#")[0]


def test_nothing_is_out_of_date() -> None:
    assert list(check.complaints()) == [], "run python -m benchmarks.cards"


def test_the_check_says_nothing_and_passes_where_all_is_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["benchmarks.cards", "--check"])
    assert main() == 0
    assert capsys.readouterr().out == ""


def test_a_page_that_was_edited_by_hand_is_out_of_date(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = {path: f"{text}By hand.\n" for path, text in pages.pages().items()}
    monkeypatch.setattr(check, "pages", lambda: made)
    monkeypatch.setattr("sys.argv", ["benchmarks.cards", "--check"])
    assert main() == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first == "docs/defects.md is out of date; run python -m benchmarks.cards"
    assert "docs/metrics.md" in second


def test_a_detector_without_a_card_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "words", lambda: ["freeze", "brand_new"])
    found = list(check.complaints())
    assert "docs/cards/defects.toml: brand_new has no card" in found
    assert "docs/cards/defects.toml: nothing is called black_frames" in found


def test_a_severity_that_was_moved_needs_new_words(monkeypatch: pytest.MonkeyPatch) -> None:
    moved = {**base.gates(), "jitter": 0.7}
    monkeypatch.setattr(known, "gates", lambda: moved)
    told = "docs/cards/defects.toml: jitter: means: say what a severity of 0.7 is; gates.toml has it"
    assert told in check.complaints()


def test_a_rule_that_names_a_number_that_is_gone_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    left = known.rule_names() - {"run_ratio"}
    monkeypatch.setattr(known, "rule_names", lambda: left)
    assert "docs/cards/defects.toml: freeze: rule: nothing is called run_ratio" in check.complaints()


def test_a_picture_that_is_missing_and_one_too_many_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = dict(data.shown())
    kept["stray"] = kept.pop("freeze")
    monkeypatch.setattr(check, "shown", lambda: kept)
    found = list(check.complaints())
    assert "docs/cards/freeze.jpg is missing; run python -m benchmarks.cards --pictures freeze" in found
    assert "docs/cards/stray.jpg belongs to no card; delete it, and its line in pictures.json" in found


def test_a_card_says_only_what_cards_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "defects.toml").write_text('[picture.freeze]\nwhat = "Still."\nmised = "Much."\n')
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    monkeypatch.setattr("sys.argv", ["benchmarks.cards", "--check"])
    data.groups.cache_clear()
    try:
        assert main() == 2
    finally:
        data.groups.cache_clear()
    assert capsys.readouterr().err.endswith("freeze: no card has mised\n")


def test_every_detector_has_a_rule_and_every_other_word_says_who_would_have_to_look() -> None:
    for name in known.words():
        of = defect_card(name)
        if known.status(name) == "not checked":
            assert "Who would have to look: a person" in of["unseen"]
        else:
            assert any(title.startswith("Rule") and text for title, text in of["points"])


def test_every_metric_has_a_formula_a_range_and_a_source() -> None:
    for name in METRICS.names():
        of = metric_card(name)
        told = {title: text for title, text in of["points"] if text}
        assert {"Formula:", "Computed on:", "Source:", "Checked against:"} <= told.keys()
        assert of["range"]
        assert "Range" not in told["Formula:"]


@pytest.mark.usefixtures("recorded")
def test_measured_numbers_stand_with_what_they_are_of() -> None:
    freeze = card(page("defects"), "freeze")
    assert "| named | 9 of 12 | 9 of 12 | 9 of 12 | 9 of 12 |" in freeze
    assert "75 (47–91)" in freeze  # Wilson's interval of 9 of 12
    assert "| named, `freeze_region` |" in freeze
    assert "0 fail, 2 warn" in freeze
    assert "0.0 (0.0–1.8), 1.0 (0.1–3.6)" in freeze  # a count of 0 and of 2 in 20 minutes, for 10
    assert "| 2 of 3 | 1 of 31 |" in freeze


@pytest.mark.usefixtures("recorded")
def test_what_was_not_measured_has_no_number() -> None:
    defects = page("defects")
    motion = card(defects, "low_motion")
    assert "| 2 warn |" in motion
    assert "severity (" not in motion
    assert "ROC" not in motion
    assert "|---|" not in card(defects, "black_frames")
    assert "|---|" not in card(defects, "watermark")
    assert "| [`black_frames`](#black_frames) | gate | – | – | – | – | – | – |" in defects


@pytest.mark.usefixtures("recorded")
def test_the_table_of_all_has_every_detector_once_and_says_which_half() -> None:
    table = page("defects").split("## Measured numbers")[1].split("\n## ")[0]
    named = [line.split("`")[1] for line in table.splitlines() if line.startswith("| [")]
    assert sorted(named) == DEFECTS.names()
    assert "**test half**: 17 sources, 20.0 clean minutes, videobench 0.1.0" in " ".join(table.split())
    assert "98 (87–100) of 40" in table


def test_a_record_without_detectors_is_said_to_be_none(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = {"noticed": 0.5, "detectors": {}}
    monkeypatch.setattr(numbers, "record", lambda: nothing)
    monkeypatch.setattr(pages, "record", lambda: nothing)
    assert "Nothing is recorded yet" in page("defects")


def test_the_record_of_the_package_can_be_read() -> None:
    assert set(measured.record()["detectors"]) <= {*known.words(), *DEFECTS.names()}
    json.dumps(measured.record(), allow_nan=False)


@given(st.lists(st.text("ab |`\n", min_size=1), min_size=1, max_size=30).map(" ".join))
def test_broken_lines_hold_the_same_words(text: str) -> None:
    assert wording.filled(text).split() == text.split()


def test_no_line_ends_inside_code() -> None:
    text = " ".join(["`python -m benchmarks.cards --check`"] * 20)
    assert all(line.count("`") % 2 == 0 for line in wording.filled(text).splitlines())


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert wording.table([["a", "b"], ["c|d", "e"]]) == "| a | b |\n|---|---|\n| c\\|d | e |"
