"""What a prompt's bare text demands: for clips that come with a sentence and nothing else."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files


def spoken_camera(text: str) -> str:
    """Read the camera move out of a text where it names exactly one beyond doubt; ``any`` elsewhere."""
    moves = {move for move, pattern in _patterns() if pattern.search(text.casefold())}
    return moves.pop() if len(moves) == 1 else "any"


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    source = (files("pytest_videobench.prompts") / "spoken.toml").read_text(encoding="utf-8")
    table: dict[str, list[str]] = tomllib.loads(source)["camera"]
    return tuple((move, _pattern(phrase)) for move, phrases in table.items() for phrase in phrases)


def _pattern(phrase: str) -> re.Pattern[str]:
    """Match whole words; an ellipsis stands for up to three other words."""
    words = re.escape(phrase).replace(r"\ …\ ", r"\ (?:\w+\ ){0,3}").replace(r"\ ", r"\s+")
    return re.compile(rf"(?<!\w){words}(?!\w)")
