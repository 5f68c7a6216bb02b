"""Prompts on paper: a table, a page for one prompt, and a checklist for making clips by hand."""

from __future__ import annotations

import html
import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_videobench.prompts.model import Delivery, Expectations, Prompt, Style, Threshold

_COLUMNS = ("style", "id", "shot", "camera", "motion", "source")


def file_name(prompt: Prompt, roll: int) -> str:
    """Name the file under which the folder backend looks for a roll made by hand."""
    return f"{prompt.style}__{prompt.id}__r{roll}.mp4"


def table(styles: Sequence[Style]) -> str:
    """Lay the prompts of some styles out as an aligned table with the counts below it."""
    rows = [_COLUMNS, *(_row(prompt) for style in styles for prompt in style.prompts)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([*lines, "", _counts(styles)])


def records(styles: Sequence[Style]) -> str:
    """Give the prompts of some styles as JSON lines, each with its key, its text and every field."""
    return "\n".join(json.dumps(_record(prompt)) for style in styles for prompt in style.prompts)


def page(prompt: Prompt) -> str:
    """Show all there is to know about one prompt."""
    expect = prompt.expect
    sections = (
        ("parts", prompt.parts().items()),
        ("text", [(prompt.text(), "")]),
        ("expect", _demands(expect)),
        ("thresholds", [(limit.metric, _limit(limit)) for limit in expect.thresholds]),
        ("permit", [(permission.defect, permission.reason) for permission in expect.permitted]),
        ("watch", [(watch.defect, watch.note) for watch in prompt.watch]),
        ("covers", [(name, word) for name, word in asdict(prompt.covers).items() if word]),
        ("delivery", _asked(prompt.delivery)),
        ("marks", [(" ".join(prompt.tags), "")] if prompt.tags else []),
        ("source", [(prompt.source, "")] if prompt.source else []),
    )
    return "\n\n".join([prompt.key, *(_section(title, list(rows)) for title, rows in sections if rows)])


def checklist(styles: Sequence[Style], *, rolls: int, suites: str) -> str:
    """Write the Markdown sheet for somebody who pastes prompts into a web page and downloads the clips.

    ``suites`` is what `pytest` is told to run once the clips are in their folder.
    """
    prompts = [prompt for style in styles for prompt in style.prompts]
    head = _HEAD.format(clips=_number(len(prompts) * rolls, "clip"), rolls=rolls, suites=suites)
    return "\n".join([head, *(_chapter(style, rolls) for style in styles)])


_HEAD = """# Clips to make by hand: {clips}

1. Open the model's page, choose duration and size once, and keep them for every prompt that names none.
2. Copy a prompt from its block, paste it unchanged, and generate one clip per box ({rolls} each). Keep what
   comes: a clip picked as the best of several says nothing about the model.
3. Save each clip under the name at its box and tick the box. All clips go into one folder.
4. Score the folder, here called PATH:

   ```sh
   pytest {suites} --vb-backend folder:PATH --vb-rolls {rolls}
   ```
"""


def _chapter(style: Style, rolls: int) -> str:
    title = f"## {_prose(style.title)}: {_number(len(style.prompts), 'prompt')}"
    entries = (_entry(prompt, rolls) for prompt in style.prompts)
    return "\n".join([title, "", _prose(style.about), "", *entries])


def _entry(prompt: Prompt, rolls: int) -> str:
    fence = _fence(prompt.text())
    boxes = [f"- [ ] `{file_name(prompt, roll)}`" for roll in range(rolls)]
    wishes = ", ".join(f"{name} {value}" for name, value in _asked(prompt.delivery))
    asked = [f"Choose for this one: {wishes}.", ""] if wishes else []
    return "\n".join([f"### {prompt.key}", "", f"{fence}text", prompt.text(), fence, "", *asked, *boxes, ""])


def _fence(text: str) -> str:
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    return "`" * max(3, longest + 1)


def _prose(text: str) -> str:
    return re.sub(r"([\\`*_\[\]#])", r"\\\1", html.escape(text, quote=False))


def _row(prompt: Prompt) -> tuple[str, ...]:
    expect = prompt.expect
    return (prompt.style, prompt.id, expect.shot or "-", expect.camera, expect.motion, prompt.source or "-")


def _record(prompt: Prompt) -> dict[str, object]:
    return {"key": prompt.key, "text": prompt.text(), **asdict(prompt)}


def _counts(styles: Sequence[Style]) -> str:
    prompts = [prompt for style in styles for prompt in style.prompts]
    review = sum(prompt.source == "review" for prompt in prompts)
    shares = ", ".join(f"{style.name} {len(style.prompts)}" for style in styles)
    return f"{_number(len(prompts), 'prompt')} ({shares}), {review} of them from the founding review"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _demands(expect: Expectations) -> Iterable[tuple[str, str]]:
    return [
        ("shot", expect.shot or "any"),
        ("camera", expect.camera),
        ("elements", ", ".join(expect.elements) or "any"),
        ("motion", expect.motion),
        ("amount", expect.amount),
    ]


def _asked(delivery: Delivery) -> list[tuple[str, str]]:
    shape = f"{delivery.width}x{delivery.height}" if delivery.width else ""
    named = (
        ("seconds", f"{delivery.duration:g}" if delivery.duration else ""),
        ("ratio", ":".join(map(str, delivery.ratio or ()))),
        ("size", shape),
        ("fps", f"{delivery.fps:g}" if delivery.fps else ""),
    )
    return [(name, value) for name, value in named if value]


def _limit(limit: Threshold) -> str:
    bounds = (("at least", limit.min), ("at most", limit.max))
    span = " and ".join(f"{words} {bound:g}" for words, bound in bounds if bound is not None)
    return f"{span}: {limit.reason}"


def _section(title: str, rows: Sequence[tuple[str, str]]) -> str:
    width = max((len(name) for name, value in rows if value), default=0)
    return "\n".join([title, *(f"  {name:<{width}}  {value}".rstrip() for name, value in rows)])
