"""The templates of the pages, and the few words that they share."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment

MARKS = {"pass": "✓", "fail": "✗", "error": "!", "unscored": "–"}
"""A sign per verdict, because colour alone tells some readers nothing."""
STATIC = ("videobench.css", "index.js", "case.js")


def render(name: str, **values: object) -> str:
    """Fill a template; everything in it is escaped unless a template made it."""
    return _environment().get_template(name).render(**values)


def write_static(folder: Path) -> None:
    """Put style and scripts beside the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in STATIC:
        (folder / name).write_bytes((files("pytest_videobench.report") / "static" / name).read_bytes())


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from pytest_videobench.gate.changes import CHANGES
    from pytest_videobench.gate.facts import SYNTHETIC
    from pytest_videobench.report.grammar import percent, plain

    environment = Environment(
        loader=PackageLoader("pytest_videobench.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"number": number, "percent": percent, "words": plain}
    environment.globals |= {"marks": MARKS, "synthetic_words": SYNTHETIC, "change_words": CHANGES}
    return environment


def number(value: float | None) -> str:
    """Write a number in four digits, and a dash for a missing one."""
    return "–" if value is None else f"{value:.4g}"
