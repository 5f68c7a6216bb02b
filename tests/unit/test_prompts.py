"""A valid prompts file says what was written; a broken one is refused in one line that says where."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pytest_videobench.defects.base import DEFECTS as DETECTORS
from pytest_videobench.defects.base import Finding, detector
from pytest_videobench.errors import PromptError
from pytest_videobench.prompts.load import load_style
from pytest_videobench.prompts.model import (
    Coverage,
    Delivery,
    Expectations,
    Permission,
    Style,
    Threshold,
    Watch,
)
from pytest_videobench.prompts.vocabulary import DEFECTS

PROMPT = """
[[prompt]]
id = "mech"
camera = "Wide shot"
lighting = "neon"
subject = "a mech"
motion = "unfolding"
scene = "in a city"
atmosphere = "tense mood"
"""
STYLE = """
[style]
name = "scifi"
title = "Sci-fi"
about = "Machines."
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "prompts.toml"


def load(file: Path, source: str) -> Style:
    file.write_text(source, encoding="utf-8")
    return load_style(file)


def complaint(file: Path, source: str) -> str:
    with pytest.raises(PromptError) as caught:
        load(file, source)
    message = str(caught.value)
    assert message.startswith(f"{file}: ")
    assert message.splitlines() == [message]
    return message.removeprefix(f"{file}: ")


class TestAValidFile:
    def test_the_least_a_prompt_can_say(self, file: Path) -> None:
        style = load(file, STYLE + PROMPT)
        assert (style.name, style.title, style.about) == ("scifi", "Sci-fi", "Machines.")
        [prompt] = style.prompts
        assert prompt.key == "scifi/mech"
        assert prompt.text() == "Wide shot, neon, a mech, unfolding, in a city, tense mood."
        assert prompt.expect == Expectations(style="scifi")
        assert (prompt.tags, prompt.watch, prompt.source) == ((), (), "")
        assert (prompt.covers, prompt.delivery) == (Coverage(), Delivery())

    def test_everything_a_prompt_can_say(self, file: Path) -> None:
        said = """
            source = "review"
            tags = ["mech", "deep_space"]
            covers = { light = "neon", subject = "machine", interaction = "join" }
            watch = [{ defect = "morph", note = "the arm melts" }]
            delivery = { seconds = 10, ratio = "9:16", fps = 24 }
            expect = { shot = "wide", camera = "pan_left", elements = ["a"], motion = "face", amount = "low" }
            [[prompt.permit]]
            defect = "blur"
            reason = "speed"
            [prompt.thresholds.sharpness]
            min = 3
            reason = "it is a close-up"
            """
        [prompt] = load(file, STYLE + PROMPT + said).prompts
        assert (prompt.source, prompt.tags) == ("review", ("mech", "deep_space"))
        assert prompt.covers == Coverage(light="neon", subject="machine", interaction="join")
        assert prompt.watch == (Watch(defect="morph", note="the arm melts"),)
        assert prompt.delivery == Delivery(duration=10, ratio=(9, 16), fps=24)
        assert prompt.expect == Expectations(
            style="scifi",
            shot="wide",
            camera="pan_left",
            elements=("a",),
            motion="face",
            amount="low",
            permitted=(Permission(defect="blur", reason="speed"),),
            thresholds=(Threshold(metric="sharpness", min=3.0, reason="it is a close-up"),),
        )

    def test_nothing_needs_to_be_said_of_a_part(self, file: Path) -> None:
        [prompt] = load(file, (STYLE + PROMPT).replace('"neon"', '""')).prompts
        assert prompt.text() == "Wide shot, a mech, unfolding, in a city, tense mood."

    def test_something_needs_to_be_said(self, file: Path) -> None:
        silent = re.sub('(?<=[a-z]{5} = )".*"', '""', PROMPT)
        assert complaint(file, STYLE + silent) == (
            "prompt 'mech': key 'subject': expected at least one part that says something, got six empty ones"
        )

    def test_a_size_is_asked_for_in_pixels(self, file: Path) -> None:
        [prompt] = load(file, STYLE + PROMPT + 'delivery = { size = "1280x720" }').prompts
        assert prompt.delivery == Delivery(width=1280, height=720)

    def test_a_prompts_own_permissions_come_before_its_styles(self, file: Path) -> None:
        shared = '[[style.permit]]\ndefect = "flash"\nreason = "weapons"\n'
        own = '[[prompt.permit]]\ndefect = "flash"\nreason = "a bomb"\n'
        [prompt] = load(file, STYLE + shared + PROMPT + own).prompts
        assert [permission.reason for permission in prompt.expect.permitted] == ["a bomb", "weapons"]

    def test_a_prompts_own_threshold_replaces_its_styles(self, file: Path) -> None:
        shared = "\n".join(f'[style.thresholds.{m}]\nmin = 0.1\nreason = "style"' for m in ("si", "ti"))
        own = '[prompt.thresholds.ti]\nmax = 9\nreason = "prompt"\n'
        [prompt] = load(file, STYLE + shared + PROMPT + own).prompts
        assert prompt.expect.thresholds == (
            Threshold(metric="ti", max=9.0, reason="prompt"),
            Threshold(metric="si", min=0.1, reason="style"),
        )

    def test_text_may_hold_anything_but_line_breaks(self, file: Path) -> None:
        odd = """<script>alert("x")</script> 'q' `b` \\\\ žluťoučký 龙 👩‍🚀"""
        source = (STYLE + PROMPT).replace('"a mech"', json.dumps(odd, ensure_ascii=False))
        assert load(file, source).prompts[0].subject == odd

    def test_prompts_keep_the_order_of_the_file(self, file: Path) -> None:
        source = STYLE + PROMPT.replace("mech", "z") + PROMPT.replace("mech", "a")
        assert [prompt.id for prompt in load(file, source).prompts] == ["z", "a"]

    def test_a_byte_order_mark_and_windows_line_ends_are_forgiven(self, file: Path) -> None:
        file.write_bytes(b"\xef\xbb\xbf" + (STYLE + PROMPT).replace("\n", "\r\n").encode())
        assert load_style(file).name == "scifi"


BROKEN = {
    "shot": (
        'expect = { shot = "huge" }',
        "prompt 'mech': key 'expect.shot': expected one of extreme_close_up, close_up, medium, full, wide, "
        "aerial, got 'huge'",
    ),
    "near shot": (
        'expect = { shot = "close-up" }',
        "prompt 'mech': key 'expect.shot': expected one of extreme_close_up, close_up, medium, full, wide, "
        "aerial, got 'close-up'; did you mean 'close_up'?",
    ),
    "camera type": ("expect = { camera = 3 }", "key 'expect.camera': expected one of static, pan_left"),
    "motion": ('expect = { motion = "legs" }', "key 'expect.motion': expected one of face, limb"),
    "amount": ('expect = { amount = "lots" }', "key 'expect.amount': expected one of none, low"),
    "elements": ('expect = { elements = "car" }', "'expect.elements': expected an array of texts, got 'car'"),
    "element": ("expect = { elements = [true] }", "key 'expect.elements': expected a text, got true"),
    "expect": ('expect = "wide"', "key 'expect': expected a table, got 'wide'"),
    "expectation": (
        'expect = { shoot = "wide" }',
        "key 'expect.shoot': expected one of shot, camera, elements, motion, amount, got an unknown key; "
        "did you mean 'shot'?",
    ),
    "key": ('sorce = "review"', "got an unknown key; did you mean 'source'?"),
    "far key": ('zzz = "review"', "thresholds, got an unknown key"),
    "watch": (
        'watch = [{ defect = "morhp", note = "x" }]',
        "key 'watch #1.defect': expected one of morph, ",
    ),
    "watch hint": (
        'watch = [{ defect = "morhp", note = "x" }]',
        f"or {len(DEFECTS) - 5} others, got 'morhp'; did you mean 'morph'?",
    ),
    "watch word": ('watch = ["morph"]', "key 'watch #1': expected a table, got 'morph'"),
    "watch note": (
        'watch = [{ defect = "morph" }]',
        "key 'watch #1.note': expected a short clause that says how it looked, got nothing",
    ),
    "watch defect": ('watch = [{ note = "x" }]', "key 'watch #1.defect': expected one of unreadable,"),
    "covers": (
        'covers = { light = "candel" }',
        "key 'covers.light': expected one of daylight, golden, overcast, dusk, night, moonlight, interior, "
        "candle, neon, backlight, studio, underwater, space, monochrome, strobe, glow, got 'candel'; "
        "did you mean 'candle'?",
    ),
    "covers subject": (
        'covers = { subject = "dog" }',
        "key 'covers.subject': expected one of person, people",
    ),
    "covers interaction": (
        "covers = { interaction = 1 }",
        "key 'covers.interaction': expected one of none, ",
    ),
    "covers key": (
        'covers = { lights = "neon" }',
        "key 'covers.lights': expected one of light, subject, interaction, got an unknown key; did you mean",
    ),
    "delivery": ("delivery = 10", "key 'delivery': expected a table, got 10"),
    "delivery key": (
        "delivery = { duration = 10 }",
        "key 'delivery.duration': expected one of seconds, ratio, size, fps, got an unknown key",
    ),
    "no time": (
        "delivery = { seconds = 0 }",
        "key 'delivery.seconds': expected a number from 0.2 to 600, got 0",
    ),
    "too long": ("delivery = { seconds = 601 }", "expected a number from 0.2 to 600, got 601"),
    "fps": ("delivery = { fps = 0.5 }", "key 'delivery.fps': expected a number from 1 to 240, got 0.5"),
    "ratio": (
        'delivery = { ratio = "16x9" }',
        "key 'delivery.ratio': expected W:H of whole numbers from 1 to 99 such as '9:16', got '16x9'",
    ),
    "ratio type": ("delivery = { ratio = 1.78 }", "key 'delivery.ratio': expected a text, got 1.78"),
    "size": (
        'delivery = { size = "1280" }',
        "key 'delivery.size': expected WIDTHxHEIGHT of 16 to 8192 pixels such as '1280x720', got '1280'",
    ),
    "two shapes": (
        'delivery = { ratio = "1:1", size = "64x64" }',
        "prompt 'mech': key 'delivery': expected a ratio or a size, got both",
    ),
    "permit": ('permit = ["morph"]', "key 'permit #1': expected a table, got 'morph'"),
    "permits": ('permit = "morph"', "key 'permit': expected an array of tables, got 'morph'"),
    "permitted": (
        '[[prompt.permit]]\ndefect = "flsh"\nreason = "x"',
        "prompt 'mech': key 'permit #1.defect': expected one of flash, ",
    ),
    "defect": ('[[prompt.permit]]\nreason = "x"', "key 'permit #1.defect': expected one of unreadable,"),
    "no reason": (
        '[[prompt.permit]]\ndefect = "flash"',
        "key 'permit #1.reason': expected one sentence that says why, got nothing",
    ),
    "blank reason": (
        '[[prompt.permit]]\ndefect = "flash"\nreason = " "',
        "key 'permit #1.reason': expected a text that is not empty, got ' '",
    ),
    "permit key": ('[[prompt.permit]]\ndefct = "flash"', "got an unknown key; did you mean 'defect'?"),
    "no range": (
        '[prompt.thresholds.ti]\nreason = "x"',
        "key 'thresholds.ti': expected a min, a max or both, got neither",
    ),
    "empty range": (
        '[prompt.thresholds.ti]\nmin = 2\nmax = 1.5\nreason = "x"',
        "key 'thresholds.ti': expected a min that is not above the max, got 2.0 and 1.5",
    ),
    "threshold reason": (
        "[prompt.thresholds.ti]\nmin = 2",
        "key 'thresholds.ti.reason': expected one sentence that says why, got nothing",
    ),
    "nan": (
        '[prompt.thresholds.ti]\nmin = nan\nreason = "x"',
        "key 'thresholds.ti.min': expected a finite number, got nan",
    ),
    "infinity": (
        "[prompt.thresholds.ti]\nmax = -inf",
        "'thresholds.ti.max': expected a finite number, got -inf",
    ),
    "bool": ("[prompt.thresholds.ti]\nmin = true", "'thresholds.ti.min': expected a finite number, got true"),
    "text for number": ('[prompt.thresholds.ti]\nmax = "9"', "expected a finite number, got '9'"),
    "huge": (f"[prompt.thresholds.ti]\nmax = 0x{'f' * 5000}", "expected a finite number, got a huge integer"),
    "metric": ('[prompt.thresholds."t i"]\nmax = 9', "key 'thresholds.t i': expected the name of a metric"),
    "limit": ("thresholds = { ti = 9 }", "key 'thresholds.ti': expected a table, got 9"),
    "limits": ("thresholds = 9", "key 'thresholds': expected a table, got 9"),
    "tag": (
        'tags = ["deep space"]',
        "key 'tags': expected an identifier such as 'deep_space', got 'deep space'",
    ),
    "keyword": ('tags = ["not"]', "key 'tags': expected an identifier such as 'deep_space', got 'not'"),
    "taken": ('tags = ["skip"]', "key 'tags': expected a mark that pytest has no meaning for, got 'skip'"),
    "tags": ("tags = { a = 1 }", "key 'tags': expected an array of texts, got a table"),
    "source": ("source = 2024-06-30", "key 'source': expected a text, got 2024-06-30"),
    "twice": (PROMPT, "prompt 'mech': key 'id': expected an id that no other prompt has, got 'mech' twice"),
    "no id": ('[[prompt]]\ncamera = "x"', "prompt #2: key 'id': expected a text, got nothing"),
    "id type": ("[[prompt]]\nid = 7", "prompt #2: key 'id': expected a text, got 7"),
}


@pytest.mark.parametrize(("added", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_broken_prompt_is_refused(file: Path, added: str, expected: str) -> None:
    assert expected in complaint(file, STYLE + PROMPT + added)


REPLACED = {
    "blank part": ('"neon"', '"  "', "key 'lighting': expected a text that is not empty, got '  '"),
    "list part": ('"neon"', '["neon"]', "prompt 'mech': key 'lighting': expected a text, got an array"),
    "missing part": ('lighting = "neon"', "", "prompt 'mech': key 'lighting': expected a text, got nothing"),
    "misspelt part": ("lighting", "ligthing", "got an unknown key; did you mean 'lighting'?"),
    "new line": (
        '"neon"',
        r'"a\nb"',
        r"'lighting': expected one line without control characters, got 'a\nb'",
    ),
    "escape": ('"neon"', r'"\u001b[31m"', r"expected one line without control characters, got '\x1b[31m'"),
    "separator": ('"neon"', r'"a\u2028b"', r"one line without control characters, got 'a\u2028b'"),
    "capitals": ('"mech"', '"Mech"', "prompt 'Mech': key 'id': expected a slug such as 'mech-transforms'"),
    "double dash": ('"mech"', '"a--b"', "key 'id': expected a slug"),
    "odd id": ('"mech"', r'"a\nb"', r"prompt 'a\nb': key 'id': expected one line"),
    "long id": ('"mech"', f'"{"a" * 61}"', "of at most 60 characters, got 'aaa"),
    "style name": ('"scifi"', '"sci-fi"', "key 'style.name': expected an identifier"),
    "style keyword": ('"scifi"', '"or"', "key 'style.name': expected an identifier"),
    "style title": ('title = "Sci-fi"', "", "key 'style.title': expected a text, got nothing"),
    "style key": (
        "about",
        "abuot",
        "key 'style.abuot': expected one of name, title, about, permit, thresholds",
    ),
    "no style": (STYLE, "", "key 'style.name': expected a text, got nothing"),
    "top key": (
        "[[prompt]]",
        "[[promt]]",
        "key 'promt': expected one of style, prompt, got an unknown key; did",
    ),
    "one table": ("[[prompt]]", "[prompt]", "key 'prompt': expected an array of tables, got a table"),
    "no prompts": (PROMPT, "", "key 'prompt': expected at least one [[prompt]], got none"),
}


@pytest.mark.parametrize(("old", "new", "expected"), REPLACED.values(), ids=REPLACED)
def test_a_spoilt_file_is_refused(file: Path, old: str, new: str, expected: str) -> None:
    assert (STYLE + PROMPT).count(old) == 1
    assert expected in complaint(file, (STYLE + PROMPT).replace(old, new))


class TestTheDefectOfAThirdParty:
    """Whatever may be found may be permitted and watched."""

    @pytest.fixture(autouse=True)
    def too_dark(self, monkeypatch: pytest.MonkeyPatch) -> None:
        @detector(gate=True)
        def too_dark(footage: object, expected: object) -> list[Finding]:
            return []

        monkeypatch.setitem(DETECTORS._added, "too_dark", too_dark)

    def test_it_is_permitted_by_a_style_and_watched_on_a_prompt(self, file: Path) -> None:
        permit = '[[style.permit]]\ndefect = "too_dark"\nreason = "Night."\n'
        watch = 'watch = [{ defect = "too_dark", note = "the alley is black" }]'
        style = load(file, STYLE + permit + PROMPT + watch)
        assert style.expect.permitted == (Permission(defect="too_dark", reason="Night."),)
        assert style.prompts[0].watch == (Watch(defect="too_dark", note="the alley is black"),)

    def test_it_is_permitted_by_a_prompt(self, file: Path) -> None:
        [prompt] = load(
            file, STYLE + PROMPT + 'permit = [{ defect = "too_dark", reason = "Night." }]'
        ).prompts
        assert prompt.expect.permission("too_dark")

    def test_it_is_what_somebody_may_have_meant(self, file: Path) -> None:
        said = complaint(file, STYLE + PROMPT + 'permit = [{ defect = "to_dark", reason = "Night." }]')
        assert said.endswith("got 'to_dark'; did you mean 'too_dark'?")


def test_a_style_gives_reasons_too(file: Path) -> None:
    assert "key 'style.permit #1.reason': expected one sentence that says why, got nothing" in complaint(
        file, STYLE + '[[style.permit]]\ndefect = "flash"\n' + PROMPT
    )


class TestNoTomlAtAll:
    def test_a_syntax_error_is_told_with_its_line(self, file: Path) -> None:
        assert complaint(file, '[style]\nname = "a\n') == (
            "expected TOML, got: Illegal character '\\n' (at line 2, column 10)"
        )

    def test_an_open_end_is_told_with_its_line(self, file: Path) -> None:
        assert "(at line 2, the end of the file)" in complaint(file, "[style]\nname = [1,")

    @pytest.mark.parametrize("source", [f"a = {'[' * 5000}", f"a = {'9' * 5000}", 'a = "\x00"', "[a]\n[a]\n"])
    def test_hostile_files_are_told_apart_from_crashes(self, file: Path, source: str) -> None:
        assert "expected TOML, got: " in complaint(file, source)

    def test_bytes_that_are_no_text(self, file: Path) -> None:
        file.write_bytes(b"[style]\n\xff")
        with pytest.raises(PromptError, match="expected UTF-8 text, got a stray byte at offset 8"):
            load_style(file)

    def test_a_missing_file(self) -> None:
        with pytest.raises(PromptError) as caught:
            load_style(Path("no/such/prompts.toml"))
        expected = "no/such/prompts.toml: expected a readable file, got: No such file or directory"
        assert str(caught.value) == str(Path(expected))

    def test_a_folder_in_its_place(self, tmp_path: Path) -> None:
        with pytest.raises(PromptError, match="expected a readable file"):
            load_style(tmp_path)
