"""The two pages, made of templates, prose, code and record."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks.accuracy.corpus import settings
from benchmarks.cards import known, numbers, wording
from benchmarks.cards.cards import defect_card, metric_card
from benchmarks.cards.data import DOCS, FOLDER, groups, shown
from pytest_videobench.defects import attribution
from pytest_videobench.defects.base import rules
from pytest_videobench.defects.measured import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from benchmarks.cards.data import Kind


def pages() -> dict[Path, str]:
    """Give the text of every page by its path."""
    return {
        DOCS / "defects.md": _page("defects", _defects()),
        DOCS / "metrics.md": _page("metrics", _metrics()),
    }


def _page(kind: Kind, context: Mapping[str, Any]) -> str:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in ("filled", "points", "table", "codes"):
        environment.filters[name] = getattr(wording, name)
    intros = tomllib.loads((FOLDER / "intros.toml").read_text(encoding="utf-8"))[kind]
    text = environment.get_template(f"{kind}.md.txt").render(shown=shown(), intros=intros, **context)
    return text.rstrip() + "\n"


def _defects() -> dict[str, Any]:
    table = {group: [defect_card(name) for name in entries] for group, entries in groups("defects").items()}
    measured = record()
    return {
        "groups": table,
        "order": attribution.ORDER,
        "one_shot": attribution.ONE_SHOT,
        "rule": rules("attribution"),
        "explained": known.explained(),
        "record": measured,
        "pieces": settings()["pieces"],
        "checked_from": known.coverage()["checked_from"],
        "stable": {name: numbers.share(pair) for name, pair in measured.get("stability", {}).items()},
    }


def _metrics() -> dict[str, Any]:
    table = {group: [metric_card(name) for name in entries] for group, entries in groups("metrics").items()}
    return {"groups": table, "limits": known.limits()}
