"""The documents name what the code has, say of it what the code says, and link to what exists."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from pytest_videobench.defects.base import DEFECTS
from pytest_videobench.metrics.base import METRICS
from pytest_videobench.prompts import vocabulary
from pytest_videobench.prompts.load import load_style
from pytest_videobench.prompts.model import Prompt

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# [text](target) and [name]: target
LINK = re.compile(r"\]\(([^()\s]+)\)|^\[[^\]]+\]: (\S+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """A page without its code blocks, where # is no heading and brackets are no link."""
    return FENCE.sub("", read(page))


def section(page: Path, title: str) -> str:
    """What stands below a heading, up to the next one of its level."""
    return prose(page).split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(page: Path, title: str) -> list[list[str]]:
    """The cells of the last table of a section, bare of backticks and links."""
    cells = [
        [re.sub(r"`|\[|\]\(#\w+\)", "", cell).strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in section(page, title).splitlines()
        if line.startswith("|")
    ]
    start = next(i for i, row in reversed(list(enumerate(cells))) if set("".join(row)) == {"-"})
    return cells[start + 1 :]


def anchors(page: Path) -> set[str]:
    """What GitHub makes of a page's headings."""
    headings = HEADING.findall(prose(page))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(page: Path) -> list[str]:
    found = (inline or named for inline, named in LINK.findall(prose(page)))
    return [target for target in found if "://" not in target]


def status(defect: str) -> str:
    """What the code says of a defect."""
    if defect in DEFECTS.names():
        return "gate" if DEFECTS.get(defect).gate else "warn"
    return "error" if defect == "unreadable" else "not checked"


def test_every_metric_has_a_card() -> None:
    cards = re.findall(r"^### `(\w+)`$", read(DOCS / "metrics.md"), re.MULTILINE)
    assert sorted(cards) == METRICS.names()


def test_the_table_of_metrics_says_what_the_code_says() -> None:
    table = [row[:4] for row in rows(DOCS / "metrics.md", "All metrics")]
    assert sorted(table) == sorted([m.dimension, m.name, m.unit, m.better] for m in METRICS.all())


def test_the_table_of_thresholds_says_what_the_file_says() -> None:
    data = tomllib.loads((files("pytest_videobench.gate") / "thresholds.toml").read_text(encoding="utf-8"))
    styles = {"default": data["default"], **data["style"]}
    limits = {
        (metric, style, limit.get("min"), limit.get("max"))
        for style, table in styles.items()
        for metric, limit in table.items()
    }
    said = rows(DOCS / "metrics.md", "Default thresholds")
    assert limits == {
        (metric, style, float(low) if low else None, float(high) if high else None)
        for metric, style, low, high, _ in said
    }


def test_every_word_for_a_defect_has_its_coverage() -> None:
    table = {row[0]: row[1] for row in rows(DOCS / "defects.md", "Coverage")}
    assert table == {defect: status(defect) for defect in vocabulary.DEFECTS}


def test_every_detector_has_an_entry_and_a_measured_row() -> None:
    page = DOCS / "defects.md"
    entries = dict(re.findall(r"^#### `(\w+)` \((\w+)\)$", read(page), re.MULTILINE))
    assert entries == {name: status(name) for name in ("unreadable", *DEFECTS.names())}
    measured = {row[0]: row[1] for row in rows(page, "Measured numbers")}
    assert measured == {name: status(name) for name in DEFECTS.names()}


def test_the_limitations_count_what_is_not_checked() -> None:
    unchecked = [defect for defect in vocabulary.DEFECTS if status(defect) == "not checked"]
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = []
    for target in links(page):
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            dead.append(target)
    assert dead == []
