"""What the code and its data know of defects and metrics, and nobody types into a page."""

from __future__ import annotations

import inspect
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pytest_videobench.defects.attribution import EVENTS
from pytest_videobench.defects.base import DEFECTS, gates
from pytest_videobench.defects.coverage import DECODING
from pytest_videobench.gate.thresholds import package_thresholds
from pytest_videobench.metrics.base import METRICS
from pytest_videobench.prompts import vocabulary
from pytest_videobench.prompts.load import load_styles, suites_root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.prompts.model import Style

Status: TypeAlias = Literal["gate", "warn", "error", "not checked"]
RANGE = re.compile(r"^Range (.+?)(?:[;:]|\.(?: |$)|, (?:higher|lower)|$)")
NEITHER = re.compile(r"(?:^|[;,] )[Nn]either end is better(?=\.|$)")
MINUS = re.compile(r"(?<=[\w)]) - (?=[\w(])")


def words() -> list[str]:
    """Name every defect that a case's coverage names: the vocabulary, and what else has a detector."""
    return list(vocabulary.known_defects())


def status(defect: str) -> Status:
    """Say what a finding of the defect may do."""
    if defect in DEFECTS.names():
        return "gate" if DEFECTS.get(defect).gate else "warn"
    return "error" if defect in DECODING else "not checked"


def gates_from(defect: str) -> float | None:
    """Give the severity from which a finding fails its case; ``None`` where none does."""
    return gates().get(defect, 0.0) if status(defect) == "gate" else None


def severity(defect: str) -> str:
    """Give what a detector's docstring says of severity; empty where it says nothing."""
    if defect not in DEFECTS.names():
        return ""
    _, found, text = _said(DEFECTS.get(defect).look).partition("Severity")
    return text.lstrip(": ").removeprefix("is ") if found else ""


def yields_to(defect: str) -> tuple[str, ...]:
    """Name the defects that explain this one away."""
    return EVENTS.get(defect, ())


def explains(defect: str) -> tuple[str, ...]:
    """Name the defects that this one explains away."""
    return tuple(other for other, causes in EVENTS.items() if defect in causes)


def explained() -> list[tuple[list[str], tuple[str, ...]]]:
    """Give the defects that yield to the same others, and these."""
    several = dict.fromkeys(EVENTS.values())
    return [([name for name, other in EVENTS.items() if other == causes], causes) for causes in several]


def permitting(defect: str) -> dict[str, str]:
    """Name the shipped styles that permit a defect, and why."""
    found = {style.name: style.expect.permission(defect) for style in _styles()}
    return {name: permission.reason for name, permission in found.items() if permission}


@cache
def _styles() -> tuple[Style, ...]:
    return tuple(load_styles(suites_root()).values())


def judge(defect: str) -> str:
    """Say who would have to look for what nothing here looks for."""
    judges: Mapping[str, str] = coverage()["judges"]
    return judges.get(defect, "a person")


@cache
def coverage() -> Mapping[str, Any]:
    """Read ``coverage.toml``."""
    return _toml("pytest_videobench.defects", "coverage.toml")


@cache
def rule_names() -> frozenset[str]:
    """Name every number of ``rules.toml``."""
    table = _toml("pytest_videobench.defects", "rules.toml")
    return frozenset(name for section in table.values() for name in section)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A default threshold of the package."""

    metric: str
    least: float | None
    most: float | None
    reason: str


@cache
def limits() -> tuple[Limit, ...]:
    """Give the default thresholds, by metric."""
    return tuple(
        Limit(metric=limit.metric, least=limit.min, most=limit.max, reason=limit.reason)
        for limit in package_thresholds()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a metric's docstring says; empty where it says nothing."""

    formula: str
    range: str
    """The numbers alone."""
    reading: str
    """The sentences about them."""
    source: str


def said(metric: str) -> Said:
    """Take a metric's docstring apart."""
    text = MINUS.sub(" \N{MINUS SIGN} ", _said(METRICS.get(metric).read))
    body, _, source = text.partition("Source: ")
    _, _, body = body.partition("Formula: ") if "Formula: " in body else ("", "", body.partition(". ")[2])
    start = re.search(r"(?:^|(?<=[.;] ))(Range|Negative|Neither end)\b", body)
    at = start.start() if start else len(body)
    found = RANGE.match(body[at:])
    return Said(
        formula=body[:at].strip(" ."),
        range=found[1] if found else "",
        reading=_reading(body[at:].strip(), found),
        source=source.strip(),
    )


def _reading(text: str, found: re.Match[str] | None) -> str:
    """Give what is said beside the range and the better end, which stand elsewhere."""
    rest = text[found.end(1) :].lstrip(" ,;:.") if found else text
    return NEITHER.sub("", rest).strip(" .")


def _said(function: object) -> str:
    """Give a docstring in one line, with its code marked as Markdown does."""
    return " ".join((inspect.getdoc(function) or "").split()).replace("``", "`")


def _toml(package: str, name: str) -> Mapping[str, Any]:
    return tomllib.loads((files(package) / name).read_text(encoding="utf-8"))
