"""Who appears, as the words have it: the form, its company, what it wears and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_videobench.backends.procedural.words import best, found

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.prompts.model import Prompt

Table = dict[str, Any]
FORM_PARTS = ("subject", "motion", "scene")
CLOSE = ("close_up", "extreme_close_up")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """What the words say about those who appear, by the names of the vocabulary."""

    form: str
    others: tuple[str, ...] = ()
    """Forms that stand beside the main subject."""
    count: int = 1
    """How many of the main subject: 1, 2, or more for a group."""
    pose: str = ""
    traits: tuple[str, ...] = ()
    scale: float = 1.0
    """How large the subject is beside others of its kind."""
    hair: str | None = None
    colours: tuple[str, ...] = ()


def roles(prompt: Prompt, known: Table, style: Table) -> tuple[Roles, dict[str, tuple[str, ...]]]:
    """Read the roles, and tell the words that decided by what they decided."""
    parts = prompt.parts()
    told = f"{prompt.subject}, {prompt.motion}"
    form, form_words = _form(prompt, parts, known, style)
    others, other_words = _others(form, prompt, known)
    count, count_words = best(known["counts"], told, "1")
    pose, pose_words = best(known["poses"], told)
    traits = {name: found(words, told) for name, words in known["traits"].items()}
    hair, hair_words = best(known["hair"], told)
    scale, scale_words = best(known["scales"], prompt.subject, "1")
    colours, colour_words = _colours(prompt.subject, hair_words, known)
    close = known["close"] if prompt.expect.shot in CLOSE else {}
    read = Roles(
        form=close.get(form, form),
        others=tuple(close.get(other, other) for other in others),
        count=int(count),
        pose=pose,
        traits=tuple(name for name, words in traits.items() if words),
        scale=float(scale),
        hair=hair or None,
        colours=colours,
    )
    words = {
        "subject": form_words + colour_words,
        "company": other_words + count_words + scale_words,
        "pose": pose_words,
        "traits": tuple(word for hits in traits.values() for word in hits) + hair_words,
    }
    return read, words


def _form(
    prompt: Prompt, parts: Mapping[str, str], known: Table, style: Table
) -> tuple[str, tuple[str, ...]]:
    kind = prompt.expect.motion
    fitting = {name: form["words"] for name, form in known["forms"].items() if kind in form["kinds"]}
    for part in FORM_PARTS:
        name, words = best(fitting, parts[part])
        if name:
            return name, words
    return style.get("forms", {}).get(kind, known["first"][kind]), ()


def _others(form: str, prompt: Prompt, known: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find the company: people in the subject only, for the motion also names what is done."""
    hits = {
        name: found(words, prompt.subject)
        or (found(words, prompt.motion) if name in known["company"]["moved"] else ())
        for name, words in known["others"].items()
        if name != form
    }
    named = [name for name, words in hits.items() if words]
    return tuple(named), tuple(word for name in named for word in hits[name])


def _colours(text: str, taken: Sequence[str], known: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    plain = text.lower()
    for phrase in taken:
        plain = plain.replace(phrase, " ")
    hits = {shade: found(words, plain) for shade, words in known["colours"].items()}
    named = sorted((plain.index(word), shade, word) for shade, words in hits.items() for word in words[:1])
    return tuple(shade for _, shade, _ in named), tuple(word for _, _, word in named)
