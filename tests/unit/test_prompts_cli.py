"""``videobench prompts``: a table, a page and a sheet, and one line for every wrong word."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.cli.prompts import add_parser
from pytest_videobench.errors import PromptError
from pytest_videobench.prompts import sheet
from pytest_videobench.prompts.load import load_style, suites_root

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.prompts.model import Style

STYLE = """
[style]
name = "{name}"
title = "The *{name}*"
about = "Things & <b>stuff</b>."
[[style.permit]]
defect = "flash"
reason = "weapons"
"""
PROMPT = """
[[prompt]]
id = "{id}"
camera = "Wide shot"
lighting = "neon"
subject = "a mech"
motion = "unfolding"
scene = "in a city"
atmosphere = "tense mood"
"""
FULL = """
source = "review"
tags = ["mech", "city"]
covers = { light = "neon", subject = "machine" }
watch = [{ defect = "object_deformation", note = "the knee bends backwards" }, { defect = "blur", note = "soft" }]
delivery = { seconds = 10, size = "1280x720", fps = 23.976 }
expect = { shot = "wide", camera = "pan_left", elements = ["mech", "city"], motion = "rigid", amount = "low" }
[prompt.thresholds.ti]
min = 0.5
max = 9
reason = "it moves"
"""


@pytest.fixture
def suites(tmp_path: Path) -> Path:
    sources = {
        "alpha": STYLE.format(name="alpha") + PROMPT.format(id="mech") + FULL + PROMPT.format(id="fog"),
        "beta": STYLE.format(name="beta") + PROMPT.format(id="fog"),
    }
    for name, source in sources.items():
        (tmp_path / "my suites" / name).mkdir(parents=True)
        (tmp_path / "my suites" / name / "prompts.toml").write_text(source, encoding="utf-8")
    return tmp_path / "my suites"


@pytest.fixture
def alpha(suites: Path) -> Style:
    return load_style(suites / "alpha/prompts.toml")


def run(*words: object) -> int:
    parser = argparse.ArgumentParser(prog="videobench")
    add_parser(parser.add_subparsers(required=True))
    options = parser.parse_args(["prompts", *map(str, words)])
    status: int = options.func(options)
    return status


def refused(*words: object) -> str:
    with pytest.raises(PromptError) as caught:
        run(*words)
    return str(caught.value)


class TestList:
    def test_a_table_with_counts(self, suites: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("list", "--suites", suites) == 0
        assert capsys.readouterr().out.splitlines() == [
            "style  id    shot  camera    motion  source",
            "alpha  mech  wide  pan_left  rigid   review",
            "alpha  fog   -     any       none    -",
            "beta   fog   -     any       none    -",
            "",
            "3 prompts (alpha 2, beta 1), 1 of them from the founding review",
        ]

    def test_only_the_styles_that_were_named(self, suites: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("list", "beta", "--suites", suites) == 0
        assert "1 prompt (beta 1), 0 of them" in capsys.readouterr().out

    def test_json_lines_carry_everything(self, suites: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("list", "alpha", "--suites", suites, "--format", "jsonl") == 0
        first, second = map(json.loads, capsys.readouterr().out.splitlines())
        assert first["key"] == "alpha/mech"
        assert first["text"] == "Wide shot, neon, a mech, unfolding, in a city, tense mood."
        assert first["expect"]["camera"] == "pan_left"
        assert first["delivery"] == {
            "duration": 10,
            "fps": 23.976,
            "width": 1280,
            "height": 720,
            "ratio": None,
        }
        assert first["watch"][0] == {"defect": "object_deformation", "note": "the knee bends backwards"}
        assert first["covers"] == {"light": "neon", "subject": "machine", "interaction": None}
        assert second["expect"]["permitted"] == [{"defect": "flash", "reason": "weapons"}]

    def test_suites_of_the_working_folder_come_first(
        self, suites: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        suites.rename(suites.parent / "suites")
        monkeypatch.chdir(suites.parent)
        run("list")
        assert "(alpha 2, beta 1)" in capsys.readouterr().out

    def test_else_the_shipped_suites(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.chdir(tmp_path)
        run("list")
        assert "scifi 23), 25 of them from the founding review" in capsys.readouterr().out

    def test_an_unknown_style(self, suites: Path) -> None:
        expected = f"{suites}: expected one of alpha, beta, got 'alfa'; did you mean 'alpha'?"
        assert refused("list", "beta", "alfa", "--suites", suites) == expected

    def test_a_folder_without_styles(self, tmp_path: Path) -> None:
        assert refused("list", "--suites", tmp_path / "x").startswith(
            f"{tmp_path / 'x'}: expected style folders"
        )


class TestShow:
    def test_the_whole_prompt(self, suites: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("show", "alpha/mech", "--suites", suites) == 0
        assert capsys.readouterr().out == PAGE

    def test_an_id_that_only_one_style_has(self, suites: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run("show", "mech", "--suites", suites)
        assert capsys.readouterr().out == PAGE

    def test_a_plain_prompt_has_no_empty_sections(
        self, suites: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run("show", "beta/fog", "--suites", suites)
        titles = [line for line in capsys.readouterr().out.splitlines() if line and line[0] != " "]
        assert titles == ["beta/fog", "parts", "text", "expect", "permit"]

    def test_an_id_of_two_styles(self, suites: Path) -> None:
        assert refused("show", "fog", "--suites", suites) == (
            f"{suites}: expected alpha/fog or beta/fog, got 'fog'"
        )

    @pytest.mark.parametrize(
        ("wanted", "hint"),
        [("mec", "'mec'; did you mean 'mech'?"), ("alpha/fgo", "'alpha/fgo'; did you mean 'alpha/fog'?")],
    )
    def test_an_unknown_prompt(self, suites: Path, wanted: str, hint: str) -> None:
        message = refused("show", wanted, "--suites", suites)
        assert message.startswith(f"{suites}: expected one of ")
        assert message.endswith(f", got {hint}")


PAGE = """\
alpha/mech

parts
  camera      Wide shot
  lighting    neon
  subject     a mech
  motion      unfolding
  scene       in a city
  atmosphere  tense mood

text
  Wide shot, neon, a mech, unfolding, in a city, tense mood.

expect
  shot      wide
  camera    pan_left
  elements  mech, city
  motion    rigid
  amount    low

thresholds
  ti  at least 0.5 and at most 9: it moves

permit
  flash  weapons

watch
  object_deformation  the knee bends backwards
  blur                soft

covers
  light    neon
  subject  machine

delivery
  seconds  10
  size     1280x720
  fps      23.976

marks
  mech city

source
  review
"""


class TestSheet:
    def test_a_box_for_every_roll(self, suites: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("sheet", "--rolls", 2, "--suites", suites) == 0
        boxes = [line for line in capsys.readouterr().out.splitlines() if line.startswith("- [ ]")]
        assert boxes == [
            "- [ ] `alpha__mech__r0.mp4`",
            "- [ ] `alpha__mech__r1.mp4`",
            "- [ ] `alpha__fog__r0.mp4`",
            "- [ ] `alpha__fog__r1.mp4`",
            "- [ ] `beta__fog__r0.mp4`",
            "- [ ] `beta__fog__r1.mp4`",
        ]

    def test_the_command_that_scores_the_folder(
        self, suites: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.chdir(suites.parent)
        run("sheet", "--suites", suites.name)
        assert "pytest 'my suites' --vb-backend folder:PATH --vb-rolls 3\n" in capsys.readouterr().out
        run("sheet", "beta", "--rolls", 1, "--suites", suites.name)
        assert "pytest 'my suites/beta' --vb-backend folder:PATH --vb-rolls 1\n" in capsys.readouterr().out

    def test_a_prompt_can_be_copied_from_its_block(self, alpha: Style) -> None:
        text = sheet.checklist([alpha], rolls=1, suites="suites")
        assert (
            "### alpha/mech\n\n```text\nWide shot, neon, a mech, unfolding, in a city, tense mood.\n```\n"
            in text
        )

    def test_a_shape_of_its_own_stands_at_the_prompt(self, alpha: Style) -> None:
        text = sheet.checklist([alpha], rolls=1, suites="suites")
        wish = "```\n\nChoose for this one: seconds 10, size 1280x720, fps 23.976.\n\n- [ ] `alpha__mech__r0.mp4`\n"
        assert wish in text
        assert text.count("Choose for this one") == 1

    def test_no_text_breaks_out_of_its_block(self, alpha: Style) -> None:
        sly = replace(alpha.prompts[0], scene="```\u0020<script>", atmosphere="````")
        text = sheet.checklist([replace(alpha, prompts=(sly,))], rolls=1, suites="suites")
        assert f"\n`````text\n{sly.text()}\n`````\n" in text

    def test_titles_are_text_and_no_markup(self, alpha: Style) -> None:
        text = sheet.checklist([alpha], rolls=1, suites="suites")
        assert "## The \\*alpha\\*: 2 prompts\n\nThings &amp; &lt;b&gt;stuff&lt;/b&gt;.\n" in text

    def test_the_clips_are_counted(self, alpha: Style) -> None:
        assert sheet.checklist([alpha], rolls=3, suites="suites").startswith(
            "# Clips to make by hand: 6 clips\n"
        )

    def test_a_file_on_request(
        self, suites: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        target = tmp_path / "sheet.md"
        run("sheet", "--suites", suites)
        printed = capsys.readouterr().out
        run("sheet", "--suites", suites, "--output", target)
        assert target.read_text(encoding="utf-8") == printed
        assert capsys.readouterr().out == f"wrote {target}\n"

    def test_a_file_that_cannot_be_written(self, suites: Path, tmp_path: Path) -> None:
        target = tmp_path / "none/sheet.md"
        assert refused("sheet", "--suites", suites, "--output", target).startswith(
            f"{target}: expected a file that"
        )

    @pytest.mark.parametrize("rolls", ["0", "-1", "two", "1.5", "9" * 5000, "²"])
    def test_rolls_are_counted_in_whole_numbers(
        self, suites: Path, rolls: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit):
            run("sheet", "--suites", suites, f"--rolls={rolls}")
        assert "expected a whole number from 1 to 9999" in capsys.readouterr().err

    def test_a_style_that_is_not_there(self, suites: Path) -> None:
        assert "got 'bta'; did you mean 'beta'?" in refused("sheet", "bta", "--suites", suites)


def test_a_ratio_is_shown_as_it_was_asked_for(suites: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = suites / "beta/prompts.toml"
    file.write_text(file.read_text(encoding="utf-8") + 'delivery = { ratio = "21:9" }', encoding="utf-8")
    run("show", "beta/fog", "--suites", suites)
    assert "\ndelivery\n  ratio  21:9\n" in capsys.readouterr().out


def test_the_shipped_suites_fill_a_sheet() -> None:
    style = load_style(suites_root() / "scifi/prompts.toml")
    assert sheet.checklist([style], rolls=3, suites="suites").count("- [ ] ") == 3 * len(style.prompts)
