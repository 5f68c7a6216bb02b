"""How prose, lists and tables are written in Markdown."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH = 140
"""Characters of a line of prose."""
CODE = re.compile(r"`[^`]+`")
GLUE = "\x00"
"""Stands for a blank inside code, where no line may end."""


def filled(text: str, first: str = "", others: str = "") -> str:
    """Break prose into lines; ``first`` begins the first of them, ``others`` the rest."""
    kept = CODE.sub(lambda code: code[0].replace(" ", GLUE), " ".join(text.split()))
    lines = textwrap.wrap(
        kept,
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace(GLUE, " ")


def points(items: Iterable[tuple[str, str]]) -> str:
    """Write a list of titled points; what has no text is left out."""
    return "\n".join(filled(sentence(text), f"- **{title}** ", "  ") for title, text in items if text)


def sentence(text: str) -> str:
    """End a text with a full stop, unless it ends by itself."""
    text = text.strip()
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."


def table(rows: Sequence[Sequence[str]]) -> str:
    """Write a table; the first row is its head."""
    head, *others = ([cell.replace("|", "\\|") for cell in row] for row in rows)
    lines = [f"| {' | '.join(cells)} |" for cells in (head, *others)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def codes(names: Iterable[str], link: bool = False) -> str:
    """Write names as code, with links to their cards where asked."""
    return ", ".join(f"[`{name}`](#{name})" if link else f"`{name}`" for name in names)


def number(value: float | None) -> str:
    """Write a number as people do; empty where there is none."""
    return "" if value is None else f"{value:g}"


def lead(text: str) -> str:
    """Begin with a capital letter, unless with a number or a name."""
    return text[:1].upper() + text[1:]
