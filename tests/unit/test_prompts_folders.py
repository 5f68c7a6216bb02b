"""Styles are found one folder down, under names of their own, in an installed package or a checkout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_videobench.errors import PromptError
from pytest_videobench.prompts.load import find_styles, load_styles, suites_root

if TYPE_CHECKING:
    from pathlib import Path

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


def test_styles_are_found_sorted_and_one_level_down(tmp_path: Path) -> None:
    for folder in ("b", "a", "c/d"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "prompts.toml").touch()
    assert find_styles(tmp_path) == [tmp_path / "a/prompts.toml", tmp_path / "b/prompts.toml"]


def test_no_folder_no_styles(tmp_path: Path) -> None:
    assert find_styles(tmp_path / "none") == []
    with pytest.raises(
        PromptError, match=r"none: expected style folders with a prompts\.toml each, got none"
    ):
        load_styles(tmp_path / "none")


def test_two_styles_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "prompts.toml").write_text(STYLE + PROMPT, encoding="utf-8")
    with pytest.raises(PromptError) as caught:
        load_styles(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'b/prompts.toml'}: key 'style.name': expected a name that no other style has, "
        f"got 'scifi' as in {tmp_path / 'a/prompts.toml'}"
    )


def test_the_shipped_suites_are_found() -> None:
    assert find_styles(suites_root())


@pytest.mark.parametrize("place", ["package/suites", "suites"])
def test_suites_lie_inside_or_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / place / "scifi").mkdir(parents=True)
    (tmp_path / place / "scifi/prompts.toml").touch()
    monkeypatch.setattr("pytest_videobench.prompts.load.__file__", str(tmp_path / "package/prompts/load.py"))
    assert suites_root() == (tmp_path / place).resolve()


def test_a_package_without_suites_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_videobench.prompts.load.__file__", str(tmp_path / "package/prompts/load.py"))
    with pytest.raises(PromptError, match="expected suites inside or beside the package"):
        suites_root()
