"""A new style is written whole or not at all, and says what the loader can read."""

from __future__ import annotations

import argparse
import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_videobench.cli.prompts import add_parser
from pytest_videobench.errors import PromptError
from pytest_videobench.prompts.load import PROMPTS_FILE, load_style
from pytest_videobench.prompts.model import Coverage, Watch
from pytest_videobench.prompts.new import new_style

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "suites"


def refused(root: Path, name: str, *, title: str = "", texts: Sequence[str] = ()) -> str:
    with pytest.raises(PromptError) as caught:
        new_style(root, name, title=title, texts=texts)
    message = str(caught.value)
    assert message.splitlines() == [message]
    return message


def test_a_style_with_two_examples(root: Path) -> None:
    folder = new_style(root, "noir")
    assert folder == root / "noir"
    assert sorted(path.name for path in folder.iterdir()) == ["__init__.py", PROMPTS_FILE, "test_noir.py"]
    assert [path.name for path in root.iterdir()] == ["noir"]
    style = load_style(folder / PROMPTS_FILE)
    assert (style.name, style.title, len(style.prompts)) == ("noir", "Noir", 2)
    assert all(prompt.covers != Coverage() for prompt in style.prompts)


def test_every_key_is_explained(root: Path) -> None:
    """What stands in comments is valid too: without their marks they are keys that load."""
    file = new_style(root, "noir") / PROMPTS_FILE
    lines = file.read_text(encoding="utf-8").splitlines()
    keys = ("# watch =", "# delivery =", "# [[", "# [style.", "# min =", "# defect =", "# reason =")
    said = [line.removeprefix("# ") if line.startswith(keys) else line for line in lines]
    file.write_text("\n".join(said), encoding="utf-8")
    style = load_style(file)
    assert [permission.defect for permission in style.expect.permitted] == ["stutter"]
    assert [threshold.metric for threshold in style.expect.thresholds] == ["contrast"]
    [_, lamp] = style.prompts
    assert lamp.watch == (Watch(defect="object_deformation", note="the hook melts into the lamp"),)
    assert (lamp.delivery.duration, lamp.delivery.ratio) == (10, (9, 16))


def test_the_module_is_named_after_the_style(root: Path) -> None:
    source = (new_style(root, "film_noir") / "test_film_noir.py").read_text(encoding="utf-8")
    tests = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    assert tests == ["test_film_noir"]


def test_pasted_prompts_are_added_in_their_parts(root: Path) -> None:
    texts = [
        "Close-up, slow dolly in, warm light, an old dog, dreaming, on a rug, calm mood.",
        "An old  dog\nbarks",
        "龙",
    ]
    prompts = load_style(new_style(root, "noir", texts=texts) / PROMPTS_FILE).prompts[2:]
    assert [prompt.id for prompt in prompts] == ["old-dog", "old-dog-barks", "pasted"]
    assert prompts[0].text() == texts[0]
    assert prompts[0].scene == "on a rug"
    assert prompts[0].expect.camera == "dolly_in"
    assert [prompt.text() for prompt in prompts[1:]] == ["An old dog barks.", "龙."]
    assert prompts[1].expect.camera == "any"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(max_size=20), texts=st.lists(st.text(max_size=40), max_size=3))
def test_any_text_is_kept_or_refused_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, title: str, texts: list[str]
) -> None:
    root = tmp_path_factory.mktemp("any")
    try:
        folder = new_style(root, "noir", title=title, texts=texts)
    except PromptError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017
        assert list(root.iterdir()) == []
    else:
        style = load_style(folder / PROMPTS_FILE)
        assert style.title == (title or "Noir")
        pasted = [prompt.text() for prompt in style.prompts[2:]]
        assert pasted == [" ".join(text.split()).removesuffix(".") + "." for text in texts]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("film-noir", "key 'STYLE': expected an identifier such as 'deep_space', got 'film-noir'"),
        ("../noir", "key 'STYLE': expected an identifier such as 'deep_space', got '../noir'"),
        ("skip", "key 'STYLE': expected a mark that pytest has no meaning for, got 'skip'"),
        ("", "key 'STYLE': expected a text that is not empty, got ''"),
        ("json", "expected a name that no Python module has, got 'json'"),
    ],
)
def test_a_bad_name_is_refused(root: Path, name: str, expected: str) -> None:
    assert refused(root, name) == f"{root / name}: {expected}"
    assert not root.exists()


def test_a_name_that_no_folder_can_have_leaves_nothing(root: Path) -> None:
    assert refused(root, "a" * 300).endswith("expected a place that can be written, got: File name too long")
    assert list(root.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(root: Path) -> None:
    (root / "noir").mkdir(parents=True)
    assert refused(root, "noir").startswith(f"{root / 'noir'}: expected a folder that does not exist yet")
    assert list((root / "noir").iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "suites").write_text("a file", encoding="utf-8")
    message = refused(tmp_path / "suites", "noir")
    assert message.startswith(f"{tmp_path / 'suites/noir'}: expected a place that can be written, got: ")


def test_a_write_that_fails_leaves_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    assert refused(root, "noir").endswith("got: No space left on device")
    assert list(root.iterdir()) == []


def test_an_empty_prompt_is_refused(root: Path) -> None:
    assert refused(root, "noir", texts=[" . "]).endswith("key '--text': expected a prompt, got ' . '")


def test_the_command_says_how_to_run_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    parser = argparse.ArgumentParser(prog="videobench")
    add_parser(parser.add_subparsers(required=True))
    options = parser.parse_args(
        ["prompts", "new", "noir", "--title", "Film noir", "--text", "A cat, running"]
    )
    assert options.func(options) == 0
    assert (
        capsys.readouterr().out == f"wrote {Path('suites/noir')}; try it: pytest suites/noir --vb-rolls 1\n"
    )
    style = load_style(tmp_path / "suites/noir" / PROMPTS_FILE)
    assert (style.title, len(style.prompts)) == ("Film noir", 3)
