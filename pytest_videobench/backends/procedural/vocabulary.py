"""What the renderer understands of a prompt: words in, light, scene, subject and move out."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pytest_videobench.backends.procedural.extension import LISTS, extended
from pytest_videobench.backends.procedural.roles import Roles, roles
from pytest_videobench.backends.procedural.words import best, found, pattern
from pytest_videobench.files import file_digest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from pytest_videobench.prompts.model import Prompt

Table = dict[str, Any]

_TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")

LIGHT_PARTS = ("lighting", "atmosphere", "scene", "subject")
SCENE_PARTS = ("scene", "atmosphere", "subject", "motion", "lighting")
AIR_PARTS = ("atmosphere", "scene", "lighting", "motion")
FINISH_PARTS = ("subject", "atmosphere", "lighting", "scene")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was understood, by the names of the vocabulary, and the words that led there."""

    look: str
    palette: str
    scene: str
    roles: Roles
    finish: str
    """How the picture is made: as a photograph, a drawing, in clay, in ink."""
    move: str
    gentle: bool
    """Whether the move is a guess from the words of the camera part."""
    air: str
    words: Mapping[str, tuple[str, ...]]
    """What decided, by what it decided."""
    outvoted: Mapping[str, tuple[str, ...]]
    """Known words that other words outvoted, by the part of the prompt."""
    unknown: Mapping[str, tuple[str, ...]]
    """Words that no table has, by the part of the prompt."""

    @property
    def form(self) -> str:
        """Give the form of the main subject."""
        return self.roles.form


class Lexicon:
    """A vocabulary and what is looked up in all of it."""

    def __init__(self, tables: Table) -> None:
        self.tables = tables

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Every word of every table, the longest first."""
        tables = self.tables
        entries = [
            entry for name in ("palettes", "scenes", "forms", "finishes") for entry in tables[name].values()
        ]
        lists = [
            *(entry["words"] for entry in entries),
            *(words for name in LISTS for words in tables[name].values()),
            tables["spoken"]["words"],
        ]
        return tuple(sorted({word for words in lists for word in words}, key=len, reverse=True))

    @cached_property
    def plain(self) -> frozenset[str]:
        """Words that carry no picture."""
        return frozenset(self.tables["plain"]["words"])


@cache
def vocabulary() -> Table:
    """Load the built-in vocabulary once."""
    return tomllib.loads((files(__package__) / "vocabulary.toml").read_text("utf-8"))


def lexicon(own: Path | None = None) -> Lexicon:
    """Give the built-in vocabulary, with a file of the user's before it.

    Raises :class:`~pytest_videobench.errors.PromptError` in one line where the file makes no sense.
    """
    return _lexicon(own, file_digest(own) if own is not None and own.is_file() else "")


@cache
def _lexicon(own: Path | None, _digest: str) -> Lexicon:
    return Lexicon(vocabulary() if own is None else extended(vocabulary(), own))


def read(prompt: Prompt, words: Lexicon | None = None) -> Reading:
    """Understand a prompt as far as the vocabulary goes; its style decides where it says nothing."""
    words = words or lexicon()
    known = words.tables
    look = prompt.style if prompt.style in known["looks"] else "realistic"
    style = known["looks"][look]
    parts = prompt.parts()
    palette, light_words = _choose(_words(known["palettes"]), parts, LIGHT_PARTS, style["palette"])
    scene, scene_words = _scene(known["scenes"], parts, style["scene"])
    scene = style.get("instead", {}).get(scene, scene)
    cast, cast_words = roles(prompt, known, style)
    finish, finish_words = _choose(_words(known["finishes"]), parts, FINISH_PARTS, style["finish"])
    move, move_words = _move(prompt, known["moves"])
    air, air_words = _choose(known["weather"], parts, AIR_PARTS, known["scenes"][scene]["air"])
    decided = {
        "palette": light_words,
        "scene": scene_words,
        **cast_words,
        "finish": finish_words,
        "camera": move_words,
        "air": air_words,
    }
    outvoted, unknown = _left_over(parts, {word for found in decided.values() for word in found}, words)
    return Reading(
        look=look,
        palette=palette,
        scene=scene,
        roles=cast,
        finish=finish,
        move=move,
        gentle=bool(move_words),
        air=air,
        words=decided,
        outvoted=outvoted,
        unknown=unknown,
    )


def _left_over(
    parts: Mapping[str, str], used: Collection[str], words: Lexicon
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Name, part by part, the known words that decided nothing and the words that are not known."""
    outvoted = {
        part: tuple(w for w in found(words.words, text) if w not in used) for part, text in parts.items()
    }
    unknown = {part: _strange(text, words) for part, text in parts.items()}
    return outvoted, unknown


def _strange(text: str, words: Lexicon) -> tuple[str, ...]:
    left = text.lower()
    for word in found(words.words, left):
        left = pattern(word).sub(" ", left)
    return tuple(word for word in dict.fromkeys(_TOKEN.findall(left)) if word not in words.plain)


def _words(table: Table) -> dict[str, list[str]]:
    return {name: entry["words"] for name, entry in table.items()}


def _choose(
    table: Mapping[str, Sequence[str]], parts: Mapping[str, str], order: Sequence[str], otherwise: str
) -> tuple[str, tuple[str, ...]]:
    for part in order:
        name, words = best(table, parts[part])
        if name:
            return name, words
    return otherwise, ()


def _scene(scenes: Table, parts: Mapping[str, str], otherwise: str) -> tuple[str, tuple[str, ...]]:
    """Choose the scene; the words that lead choose theirs from the subject, wherever that stands."""
    leading = {name: scene["leads"] for name, scene in scenes.items() if "leads" in scene}
    name, words = best(leading, parts["subject"])
    return (name, words) if name else _choose(_words(scenes), parts, SCENE_PARTS, otherwise)


def _move(prompt: Prompt, moves: Mapping[str, Sequence[str]]) -> tuple[str, tuple[str, ...]]:
    if prompt.expect.camera != "any":
        return prompt.expect.camera, ()
    return _choose(moves, {"camera": prompt.camera}, ("camera",), "static")
