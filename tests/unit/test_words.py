"""What a run says in words: exact sentences for known numbers, and nothing where there is nothing to say."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from pytest_videobench.gate.facts import facts_of
from pytest_videobench.report.grammar import count, duration, listed, percent
from pytest_videobench.report.words import caveats, headline, sentences, software
from tests.unit.rows import COVERAGE, expected, finding, row, runs, without_clip

if TYPE_CHECKING:
    from pytest_videobench.gate.row import Row

UNSEEN = "nothing looked for anachronism, missing element and style mismatch."
MADE = "A clip took 2.0 s to make (median of {})."
DRAWN = {"cost_usd": 0.0, "synthetic": True, "origin": ""}


def said(rows: list[Row]) -> list[str]:
    return list(sentences(facts_of(rows)))


@settings(max_examples=50, deadline=None)
@given(runs())
def test_sentences_are_few_and_well_formed(rows: list[Row]) -> None:
    for style in {case.style for case in rows}:
        found = said([case for case in rows if case.style == style])
        assert 1 <= len(found) <= 6
        for sentence in found:
            assert re.fullmatch(r"[A-Z0-9].*[^.;:, ]\.", sentence)
            assert not re.search(
                r"\b([01] \w+s (pass|came|are)|1 (case|prompt|roll|clip)s|all 1)\b|None(?! of)|all 2|  ",
                sentence,
            )


def test_no_rows_say_nothing() -> None:
    assert said([]) == []


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([row("a")], "The only judged case passes."),
        ([row("a", 0, finding())], "The only judged case fails."),
        ([row("a"), row("b")], "Both cases pass."),
        ([row("a"), row("b", 0, finding())], "1 of 2 cases passes."),
        ([row("a", 0, finding()), row("b", 0, finding())], "None of the 2 cases passes."),
        ([without_clip("a")], "No case could be judged: 1 ended in an error."),
        (
            [row("a"), row("b"), without_clip("c"), without_clip("d", verdict="unscored")],
            "Both cases pass; beside them 1 ended in an error and 1 went without a score.",
        ),
        (
            [row("a"), row("b", 0, finding()), row("a", backend="bought@two")],
            "2 of 3 cases pass, 1 of 1 (100 %) by bought@two and 1 of 2 (50 %) by drawn@one.",
        ),
    ],
)
def test_the_first_sentence_is_the_verdict(rows: list[Row], sentence: str) -> None:
    assert said(rows)[0] == sentence


def test_a_clean_style_says_what_was_not_measured_and_no_more() -> None:
    assert said([row("a"), row("b")]) == [
        "Both cases pass.",
        f"Nothing that breaks a clip was found in 2 cases, but semantics was not measured; {UNSEEN}",
        MADE.format(2),
    ]


def test_a_warning_is_said_and_its_dimension_not_praised() -> None:
    rows = [row("a", 0, finding("blur", gate=False)), row("b", 0, finding("flicker"))]
    assert said(rows)[1] == (
        "Nothing was found against motion, camera, decay and delivery;"
        f" what breaks is flicker in 1 case; what only warns is blur in 1 case; {UNSEEN}"
    )


def test_a_dimension_of_which_a_part_was_not_looked_at_is_not_praised() -> None:
    rows = [row("a", 0, finding("flicker")), row("b")]
    assert "against detail, motion" in said(rows)[1]
    unseen = {**COVERAGE, "unchecked": {"overlay_text": "OCR"}}
    seldom = [replace(rows[0], coverage=unseen), replace(rows[1], coverage=unseen)]
    assert "against motion" in said(seldom)[1]
    assert said(seldom)[1].endswith("; nothing looked for overlay text.")


def test_many_kinds_that_nothing_looked_for_are_counted() -> None:
    unseen = dict.fromkeys(("morph", "merge", "overlay_text", "watermark", "anachronism"), "a person")
    rows = [replace(row("a"), coverage={**COVERAGE, "unchecked": unseen})]
    assert said(rows)[1].endswith(
        "; nothing looked for 5 kinds of defect, such as anachronism, overlay text and watermark."
    )


def test_a_defect_that_fails_a_case_does_not_warn_of_it_as_well() -> None:
    assert said([row("a", 0, finding("blur"), finding("blur", 0.1, gate=False))])[1].endswith(
        f"what breaks is blur in 1 case; {UNSEEN}"
    )


def test_what_breaks_is_named_by_its_number_of_cases() -> None:
    broken = row(
        "d", metrics={"contrast": 2.0}, expected=expected(thresholds={"contrast": {"min": 6.0, "max": None}})
    )
    rows = [
        row("a", 0, finding("late_decay"), finding("hard_cut"), finding("jitter")),
        row("b", 0, finding("late_decay"), finding("freeze"), finding("late_decay")),
        row("c", 0, finding("freeze"), finding("glow_worm", permitted="asked for")),
        broken,
    ]
    assert said(rows)[1] == (
        "Nothing was found against delivery;"
        " what breaks is freeze in 2 cases, late decay in 2, contrast out of its range in 1 and 2 other kinds;"
        f" {UNSEEN}"
    )


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            [row("a"), row("a", 1), row("b"), row("b", 1), row("c"), row("c", 1, finding("freeze", 0.8))],
            "2 of 3 prompts pass every time; the weakest is c: 1 of its 2 rolls passes,"
            " and its gravest defect is freeze (severity 0.80).",
        ),
        (
            [row("a"), row("b", 0, finding("flash", 0.7))],
            "Only a passes; the weakest is b: its only roll fails, and its gravest defect is flash (severity 0.70).",
        ),
        (
            [
                row("a"),
                row("a", 1),
                row("a", 2, finding()),
                row("b", 0, finding()),
                row("b", 1, finding("blur", 0.6)),
            ],
            "No prompt passes every time; the strongest is a: 2 of its 3 rolls pass; the weakest is b:"
            " none of its 2 rolls passes, and its gravest defect is blur (severity 0.60).",
        ),
        (
            [row("a", 0, finding()), row("b", verdict="fail")],
            "None of the 2 prompts passes; the weakest is a: its only roll fails, and its gravest defect is freeze"
            " (severity 0.50).",
        ),
        (
            [row("a"), row("b"), row("b", 0, finding(), backend="bought@two")],
            "Only a passes every time; the weakest is b: 1 of its 2 cases passes, and its gravest defect is freeze"
            " (severity 0.50).",
        ),
        (
            [row("a"), row("b", 0, finding()), row("b", 0, finding(), test="_again")],
            "Only a passes every time; the weakest is b: none of its 2 cases passes, and its gravest defect is freeze"
            " (severity 0.50).",
        ),
    ],
)
def test_the_best_and_the_worst_prompt_are_named(rows: list[Row], sentence: str) -> None:
    assert said(rows)[2] == sentence


def camera(prompt: str, asked: str, seen: str, *findings: dict[str, object]) -> Row:
    return row(
        prompt, 0, *findings, expected=expected(camera=asked), camera={"move": seen, "confidence": 0.9}
    )


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            [
                camera("a", "pan_left", "pan_left"),
                camera("b", "truck_right", "pan_right"),
                camera("c", "any", "static"),
            ],
            "A certain camera was asked for in 2 cases: it was seen in all of them.",
        ),
        (
            [
                camera("a", "pan_left", "pan_left"),
                camera("b", "roll", "any"),
                camera("c", "zoom_in", "static", finding("camera_mismatch", gate=False)),
                camera("d", "tilt_up", "static", finding("camera_mismatch")),
                camera("e", "pan_left", "pan_left", finding("camera_mismatch")),
            ],
            "A certain camera was asked for in 5 cases:"
            " it was seen in 1 of them, contradicted in 3 and not to be told in 1.",
        ),
        (
            [camera("a", "static", "any"), camera("b", "roll", "any")],
            "A certain camera was asked for in 2 cases: it was seen in none of them and not to be told in 2.",
        ),
        (
            [camera("a", "static", "any")],
            "A certain camera was asked for in 1 case: it was not to be told.",
        ),
    ],
)
def test_the_camera_that_was_asked_for_is_compared_with_the_one_seen(rows: list[Row], sentence: str) -> None:
    assert sentence in said(rows)


def shot(prompt: str, size: str, *findings: dict[str, object]) -> Row:
    return row(prompt, 0, *findings, expected=expected(shot=size))


def test_far_subjects_are_compared_with_near_ones() -> None:
    rows = [shot("a", "wide", finding()), shot("b", "aerial"), shot("c", "wide"), shot("d", "close_up")]
    assert "In wide and aerial shots 2 of 3 cases pass, in nearer ones the only case passes." in said(rows)
    small = [replace(rows[0], covers={"subject": "small_far"}), *rows[1:]]
    assert "With small, far subjects the only case fails, with others all 3 cases pass." in said(small)
    assert not any("aerial" in sentence for sentence in said(rows[1:]))  # all pass: nothing to compare
    assert not any("aerial" in sentence for sentence in said(rows[:3]))  # no near shot


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            [row("a", timing={"clip": 90.0}), row("b", timing={"clip": 200.0})],
            "A clip took 2.4 min to make (median of 2).",
        ),
        (
            [row("a", timing={"clip": 0.04}), row("b", timing={"store": 0.1})],
            "A clip took 0.04 s to make (median of 1); 1 of 2 clips came from the store.",
        ),
        (
            [row("a", clip=DRAWN), row("b")],
            "A clip took 2.0 s to make (median of 2); 1 of 2 clips is synthetic,"
            " drawn by the embedded generator, made by no model.",
        ),
        (
            [row("a", clip={"cost_usd": 0.0, "synthetic": False, "origin": "a.mp4"})],
            "The only clip came from a folder.",
        ),
        (
            [row("a", timing={"store": 0.1}), row("b", timing={"store": 0.2})],
            "Both clips came from the store.",
        ),
    ],
)
def test_the_last_sentence_says_where_clips_came_from(rows: list[Row], sentence: str) -> None:
    assert said(rows)[-1] == sentence


def test_counts_and_lists_read_well() -> None:
    assert [count(n, "case") for n in (0, 1, 2)] == ["0 cases", "1 case", "2 cases"]
    assert [listed("abc"[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert [duration(s) for s in (0, 0.5, 1.0, 9.94, 12.3, 119, 120, 7190, 9000)] == [
        "0 s",
        "0.5 s",
        "1.0 s",
        "9.9 s",
        "12 s",
        "119 s",
        "2.0 min",
        "119.8 min",
        "2.5 h",
    ]


def test_the_headline_counts_cases_and_what_has_no_verdict() -> None:
    assert headline({"pass": 0, "fail": 0, "error": 0, "unscored": 0}) == "No case ran."
    assert headline({"pass": 1, "fail": 0, "error": 0, "unscored": 0}) == "1 case: 1 pass."
    assert headline({"pass": 0, "fail": 3, "error": 1, "unscored": 2}) == (
        "6 cases: 0 pass, 3 fail, 1 could not be judged, 2 have no score."
    )


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({}, ()),
        ({"planned": 2, "unclaimed": []}, ()),
        ({"planned": 69}, ("2 of 69 cases reported; the run was stopped.",)),
        ({"unclaimed": ["x.mp4"]}, ("1 file matched no case: x.mp4.",)),
        ({"unclaimed": list("abcde")}, ("5 files matched no case: a, b, c, d and e.",)),
        ({"unclaimed": list("abcdefg")}, ("7 files matched no case: a, b, c, d, e and 2 others.",)),
    ],
)
def test_what_a_reader_must_know_is_said(about: dict[str, object], said: tuple[str, ...]) -> None:
    assert caveats([row("a"), row("b")], about) == said


def test_rows_of_different_software_are_told() -> None:
    old, new = {"numpy": "1.26", "opencv": "4.10"}, {"numpy": "2.0", "opencv": "4.10"}
    rows = [row("a", fingerprint=new), row("b", fingerprint=old), without_clip("c")]
    assert caveats(rows, {}) == ("Not all rows were measured by the same software: numpy 1.26 and 2.0.",)
    assert software(rows) == {"numpy": ["1.26", "2.0"], "opencv": ["4.10"]}
    assert caveats(rows[1:], {}) == ()


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0"), (0.001, "1"), (0.5, "50"), (0.996, "99"), (0.999, "99"), (1, "100")]
)
def test_all_and_none_are_never_rounded_to(share: float, text: str) -> None:
    assert percent(share) == text
