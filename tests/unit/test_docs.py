"""The documents name what the code has, and link to what exists; the cards have tests of their own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_videobench.defects.base import DEFECTS
from pytest_videobench.defects.coverage import DECODING
from pytest_videobench.prompts import vocabulary
from pytest_videobench.prompts.load import load_style
from pytest_videobench.prompts.model import Prompt

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md")), *sorted(DOCS.glob("ci/*.md"))]
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# [text](target) and [name]: target
LINK = re.compile(r"\]\(([^()\s]+)\)|^\[[^\]]+\]: (\S+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """A page without its code blocks, where # is no heading and brackets are no link."""
    return FENCE.sub("", read(page))


def anchors(page: Path) -> set[str]:
    """What GitHub makes of a page's headings."""
    headings = HEADING.findall(prose(page))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> list[str]:
    found = (inline or named for inline, named in LINK.findall(prose(page)))
    return [target for target in found if "://" not in target]


def test_the_limitations_count_what_is_not_checked() -> None:
    unchecked = {*vocabulary.DEFECTS} - {*DEFECTS.names(), *DECODING}
    said = f"{len(unchecked)} of the {len(vocabulary.DEFECTS)} words for defects have no detector"
    assert said in read(DOCS / "known-limitations.md")


def test_the_example_of_a_style_can_be_read(tmp_path: Path) -> None:
    page = read(DOCS / "writing-prompts.md")
    (example,) = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    path = tmp_path / "prompts.toml"
    path.write_text(example, encoding="utf-8")
    style = load_style(path)
    assert [prompt.id for prompt in style.prompts] == ["detective-under-lamp", "neon-hotel-sign"]
    assert all(isinstance(prompt, Prompt) and prompt.expect.thresholds for prompt in style.prompts)


def test_every_closed_word_of_a_prompt_is_named() -> None:
    page = read(DOCS / "writing-prompts.md")
    closed = (
        *(vocabulary.SHOTS, vocabulary.CAMERA_MOVES, vocabulary.MOTION_KINDS, vocabulary.AMOUNTS),
        *(vocabulary.LIGHTS, vocabulary.SUBJECTS, vocabulary.INTERACTIONS),
    )
    words = {word for vocabulary_words in (vocabulary.PARTS, *closed) for word in vocabulary_words}
    assert {word for word in words if f"`{word}`" not in page} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = []
    for target in links(page):
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            dead.append(target)
    assert dead == []
