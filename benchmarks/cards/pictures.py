"""The pictures of the cards, and the record of what they show.

Clips are taken in a fixed order until one shows what is wanted, so the same code makes the same pictures.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import cv2

from benchmarks.cards import extremes, hits
from benchmarks.cards.clips import drawn
from benchmarks.cards.data import FOLDER, SHOWN, cards, picture_of, shown
from pytest_videobench.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.cards.clips import Clip
    from benchmarks.cards.data import Kind
    from benchmarks.cards.hits import Shown
    from pytest_videobench.faults.model import Picture

POOL = 36
"""Clips that are drawn."""
QUALITY = 72
"""Of the JPEG files."""


def planned() -> Mapping[str, tuple[Kind, str]]:
    """Give the pictures that the cards ask for: by file name, the kind and name of the card."""
    kinds: tuple[Kind, ...] = ("defects", "metrics")
    return {
        picture_of(kind, name): (kind, name)
        for kind in kinds
        for name, card in cards(kind).items()
        if "picture" in card
    }


def make(names: Sequence[str]) -> Iterator[str]:
    """Make the named pictures, or all, and give a line for each; the others stay as they are."""
    plans = planned()
    if unknown := sorted(set(names) - set(plans)):
        raise SpecError(f"no picture is planned for {', '.join(unknown)} in {FOLDER}")
    pool = list(drawn(POOL))
    for name in names or plans:
        made = _made(*plans[name], pool)
        if made is None:
            yield f"{name}: no clip shows it"
            continue
        picture, words = made
        path = FOLDER / f"{name}.jpg"
        cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        yield f"{name}: {path.stat().st_size // 1024} KB, {json.dumps(words, ensure_ascii=False)}"
        known = {**shown(), name: words}
        _write({name: known[name] for name in plans if name in known})


def _made(kind: Kind, name: str, pool: Sequence[Clip]) -> tuple[Picture, Shown] | None:
    plan = cards(kind)[name]["picture"]
    return hits.picture(name, plan, pool) if kind == "defects" else extremes.picture(name, plan, pool)


def _write(known: Mapping[str, Mapping[str, Any]]) -> None:
    lines = [f"{json.dumps(name)}: {json.dumps(one, ensure_ascii=False)}" for name, one in known.items()]
    SHOWN.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
