"""What is out of date or missing, one line each."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from benchmarks.cards import known
from benchmarks.cards.data import FOLDER, cards, picture_of, shown
from benchmarks.cards.pages import pages
from pytest_videobench.defects.base import DEFECTS
from pytest_videobench.faults import FAULTS
from pytest_videobench.metrics.base import METRICS
from pytest_videobench.prompts import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.cards.data import Card, Kind

COMMAND = "python -m benchmarks.cards"
LARGEST = 1_500_000
"""Bytes of all pictures together."""
CODE = re.compile(r"`(\w+)`")
PICTURE = re.compile(r"\(cards/([\w-]+)\.jpg\)")


def complaints() -> Iterator[str]:
    """Say what is wrong with the cards; the pages are only made where every card is there."""
    wrong = [*_cards(), *_pictures()]
    yield from wrong or _pages()


def _cards() -> Iterator[str]:
    known_names: dict[Kind, list[str]] = {"defects": known.words(), "metrics": METRICS.names()}
    for kind, names in known_names.items():
        written = cards(kind)
        yield from (f"{_file(kind)}: {name} has no card" for name in names if name not in written)
        yield from (f"{_file(kind)}: nothing is called {name}" for name in written if name not in names)
    for name in known.words():
        wrong = _defect(name, cards("defects").get(name, {}))
        yield from (f"{_file('defects')}: {name}: {what}" for what in wrong)


def _defect(name: str, card: Card) -> Iterator[str]:
    """Compare a card with what the code says of its defect."""
    if not card:
        return
    needed = ("what", "why") if known.status(name) == "not checked" else ("what", "by", "rule")
    yield from (f"{field} is missing" for field in needed if field not in card)
    from_, means = known.gates_from(name), card.get("means", {})
    if from_ and means.get("severity") != from_:
        yield f"means: say what a severity of {from_:g} is; gates.toml has it"
    texts = card.get("rule", "")
    for word in CODE.findall(" ".join(texts.values()) if isinstance(texts, dict) else texts):
        if word not in _names():
            yield f"rule: nothing is called {word}"


def _names() -> set[str]:
    """Give every word that a rule may name."""
    words = (vocabulary.CAMERA_MOVES, vocabulary.AMOUNTS, known.words(), FAULTS, known.rule_names())
    return {*chain.from_iterable(words), "amount", "error"}


def _pictures() -> Iterator[str]:
    """Hold plans, record, files and names against one another."""
    planned = {picture_of(kind, name) for kind, card, name in _all() if "picture" in card}
    there = {path.stem: path.stat().st_size for path in FOLDER.glob("*.jpg")}
    for name in sorted(planned - (there.keys() & shown().keys())):
        yield f"docs/cards/{name}.jpg is missing; run {COMMAND} --pictures {name}"
    for name in sorted((there.keys() | shown().keys()) - planned):
        yield f"docs/cards/{name}.jpg belongs to no card; delete it, and its line in pictures.json"
    for kind, card, name in _all():
        if kind == "defects" and name in DEFECTS.names() and ("picture" in card) == ("no_picture" in card):
            yield f"{_file(kind)}: {name}: give either picture or no_picture"
    if sum(there.values()) > LARGEST:
        yield f"docs/cards: the pictures have {sum(there.values()) / 1e6:.2f} MB; at most {LARGEST / 1e6:g}"


def _all() -> Iterator[tuple[Kind, Card, str]]:
    kinds: tuple[Kind, ...] = ("defects", "metrics")
    return ((kind, card, name) for kind in kinds for name, card in cards(kind).items())


def _pages() -> Iterator[str]:
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield f"docs/{path.name} is out of date; run {COMMAND}"
        named = set(PICTURE.findall(text))
        yield from (f"docs/{path.name}: no picture {name}.jpg" for name in sorted(named - shown().keys()))


def _file(kind: Kind) -> str:
    return f"docs/cards/{kind}.toml"
