"""A new style: a folder with a test module and prompts that explain themselves, ready to run."""

from __future__ import annotations

import importlib.util
import json
import re
import tempfile
import unicodedata
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from pytest_videobench.errors import PromptError
from pytest_videobench.prompts.load import PROMPTS_FILE, load_style, read_mark
from pytest_videobench.prompts.parse import parts_of
from pytest_videobench.prompts.spoken import spoken_camera
from pytest_videobench.prompts.toml import Table, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SLUG_WORDS = 5
_SKIPPED = frozenset({"a", "an", "the", "of", "in", "on", "at", "and", "with", "shot", "camera"})


def new_style(root: Path, name: str, *, title: str = "", texts: Sequence[str] = ()) -> Path:
    """Create a style's folder below a suites folder, all of it or nothing, and give its path.

    Without a title the name stands for it. Each text becomes a prompt of its own, split into the six parts.
    """
    folder = root / name
    table = Table(path=folder, data={"STYLE": name, "--title": title or name.replace("_", " ").capitalize()})
    read_mark(table, "STYLE", table.text("STYLE"))
    sources = _sources(name, table.text("--title"), [_sentence(folder, text) for text in texts])
    try:
        _free(folder)
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root, prefix=".new-") as work:
            draft = Path(work) / name
            draft.mkdir()
            for file, source in sources.items():
                (draft / file).write_text(source, encoding="utf-8")
            load_style(draft / PROMPTS_FILE)
            draft.rename(folder)
    except OSError as error:
        raise PromptError(f"{folder}: expected a place that can be written, got: {error.strerror}") from error
    return folder


def _free(folder: Path) -> None:
    if folder.exists():
        raise PromptError(
            f"{folder}: expected a folder that does not exist yet, got one; choose another name"
        )
    # pytest imports the folder as a package of this name, which must not hide another one.
    if importlib.util.find_spec(folder.name):
        raise PromptError(f"{folder}: expected a name that no Python module has, got {shown(folder.name)}")


def _sentence(folder: Path, text: str) -> str:
    sentence = " ".join(text.split())
    if not sentence.strip(" ."):
        raise PromptError(f"{folder}: key '--text': expected a prompt, got {shown(text)}")
    return Table(path=folder, data={"--text": sentence}).text("--text")


def _sources(name: str, title: str, sentences: Sequence[str]) -> dict[str, str]:
    about = f"Say here in one sentence what {title} is."
    style = {"bare": name, "name": _quoted(name), "title": _quoted(title), "about": _quoted(about)}
    pasted = (_fill("pasted.toml.txt", entry) for entry in _entries(sentences))
    return {
        "__init__.py": _fill("__init__.py.txt", {"name": name}),
        f"test_{name}.py": _fill("test_style.py.txt", {"name": name}),
        PROMPTS_FILE: _fill("prompts.toml.txt", style) + "".join(pasted),
    }


def _entries(sentences: Iterable[str]) -> list[dict[str, str]]:
    entries: dict[str, dict[str, str]] = {}
    for sentence in sentences:
        parts = parts_of(sentence)
        slug = _slug(parts["subject"] or sentence)
        number = next(
            n for n in range(1, len(entries) + 2) if (f"{slug}-{n}" if n > 1 else slug) not in entries
        )
        key = f"{slug}-{number}" if number > 1 else slug
        values = {"id": key, **parts, "move": spoken_camera(sentence)}
        entries[key] = {name: _quoted(value) for name, value in values.items()}
    return list(entries.values())


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in _SKIPPED]
    return "-".join(words[:_SLUG_WORDS])[:50].strip("-") or "pasted"


def _quoted(text: str) -> str:
    """Write a text as TOML does; JSON differs in one character only."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _fill(template: str, values: dict[str, str]) -> str:
    source = files("pytest_videobench.prompts") / "template" / template
    return Template(source.read_text(encoding="utf-8")).substitute(values)
