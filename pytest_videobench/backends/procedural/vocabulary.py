"""What the renderer understands of a prompt: words in, light, scene, subject and move out."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pytest_videobench.prompts.model import Prompt

Table = dict[str, Any]

_TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")

LIGHT_PARTS = ("lighting", "atmosphere", "scene", "subject")
SCENE_PARTS = ("scene", "atmosphere", "subject", "motion", "lighting")
FORM_PARTS = ("subject", "motion", "scene")
AIR_PARTS = ("atmosphere", "scene", "lighting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was understood, by the names of the vocabulary, and the words that led there."""

    look: str
    palette: str
    scene: str
    form: str
    move: str
    gentle: bool
    """Whether the move is a guess from the words of the camera part."""
    air: str
    colours: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    """What decided, by what it decided."""
    outvoted: Mapping[str, tuple[str, ...]]
    """Known words that other words outvoted, by the part of the prompt."""
    unknown: Mapping[str, tuple[str, ...]]
    """Words that no table has, by the part of the prompt."""


@cache
def vocabulary() -> Table:
    """Load the vocabulary once."""
    return tomllib.loads((files(__package__) / "vocabulary.toml").read_text("utf-8"))


def read(prompt: Prompt) -> Reading:
    """Understand a prompt as far as the vocabulary goes; its style decides where it says nothing."""
    known = vocabulary()
    look = prompt.style if prompt.style in known["looks"] else "realistic"
    style = known["looks"][look]
    parts = prompt.parts()
    palette, light_words = _choose(_words(known["palettes"]), parts, LIGHT_PARTS, style["palette"])
    scene, scene_words = _choose(_words(known["scenes"]), parts, SCENE_PARTS, style["scene"])
    scene = style.get("instead", {}).get(scene, scene)
    form, form_words = _form(prompt, parts, style)
    move, move_words = _move(prompt)
    air, air_words = _choose(known["weather"], parts, AIR_PARTS, known["scenes"][scene]["air"])
    colours, colour_words = _colours(prompt.subject)
    words = {
        "palette": light_words,
        "scene": scene_words,
        "subject": form_words + colour_words,
        "camera": move_words,
        "air": air_words,
    }
    outvoted, unknown = _left_over(parts, {word for found in words.values() for word in found})
    return Reading(
        look=look,
        palette=palette,
        scene=scene,
        form=form,
        move=move,
        gentle=bool(move_words),
        air=air,
        colours=colours,
        words=words,
        outvoted=outvoted,
        unknown=unknown,
    )


def _left_over(
    parts: Mapping[str, str], used: Collection[str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Name, part by part, the known words that decided nothing and the words that are not known."""
    known = _known()
    outvoted = {part: tuple(w for w in found(known, text) if w not in used) for part, text in parts.items()}
    unknown = {part: _strange(text, known) for part, text in parts.items()}
    return outvoted, unknown


def _strange(text: str, known: Sequence[str]) -> tuple[str, ...]:
    plain = text.lower()
    for word in found(known, plain):
        plain = _pattern(word).sub(" ", plain)
    return tuple(word for word in dict.fromkeys(_TOKEN.findall(plain)) if word not in _plain_words())


@cache
def _plain_words() -> frozenset[str]:
    return frozenset(vocabulary()["plain"]["words"])


@cache
def _known() -> tuple[str, ...]:
    """Give every word of every table, the longest first."""
    tables = vocabulary()
    entries = [*tables["palettes"].values(), *tables["scenes"].values(), *tables["forms"].values()]
    lists = [
        *(entry["words"] for entry in entries),
        *(words for name in ("weather", "colours", "moves") for words in tables[name].values()),
        tables["spoken"]["words"],
    ]
    return tuple(sorted({word for words in lists for word in words}, key=len, reverse=True))


def _words(table: Table) -> dict[str, list[str]]:
    return {name: entry["words"] for name, entry in table.items()}


def found(words: Sequence[str], text: str) -> tuple[str, ...]:
    """Give those of the words that stand in the text as whole words."""
    lowered = text.lower()
    return tuple(word for word in words if _pattern(word).search(lowered))


@cache  # there are more words than the re module remembers
def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")


def _choose(
    table: Mapping[str, Sequence[str]], parts: Mapping[str, str], order: Sequence[str], otherwise: str
) -> tuple[str, tuple[str, ...]]:
    for part in order:
        hits = {name: found(words, parts[part]) for name, words in table.items()}
        best = max(hits, key=lambda name: len(hits[name]))
        if hits[best]:
            return best, hits[best]
    return otherwise, ()


def _form(prompt: Prompt, parts: Mapping[str, str], style: Table) -> tuple[str, tuple[str, ...]]:
    forms = vocabulary()["forms"]
    kind = prompt.expect.motion
    fitting = {name: form["words"] for name, form in forms.items() if kind in form["kinds"]}
    first = "monolith" if kind == "none" else next(iter(fitting))
    return _choose(fitting, parts, FORM_PARTS, style.get("forms", {}).get(kind, first))


def _move(prompt: Prompt) -> tuple[str, tuple[str, ...]]:
    if prompt.expect.camera != "any":
        return prompt.expect.camera, ()
    return _choose(vocabulary()["moves"], {"camera": prompt.camera}, ("camera",), "static")


def _colours(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    hits = {shade: found(words, text) for shade, words in vocabulary()["colours"].items()}
    named = sorted(
        ((text.lower().index(word), shade, word) for shade, words in hits.items() for word in words[:1])
    )
    return tuple(shade for _, shade, _ in named), tuple(word for _, _, word in named)
