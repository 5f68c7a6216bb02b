"""What a number depends on besides the clip: the prompt and its limits, the software, and its rules.

Rows in which any of these differ are not comparable.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pytest_videobench.defects.base import gates, rule_tables, rules

if TYPE_CHECKING:
    from collections.abc import Mapping

_RULES = ("gates.toml", "rules.toml")
_LENGTH = 12
OWN_VERSION = "videobench"
"""What may differ between fingerprints: measuring and rules have versions of their own."""


def prompt_digest(text: str, expected: Mapping[str, Any]) -> str:
    """Give the version of a prompt: its words, and everything that its clips are held to.

    ``expected`` is that of a row. What the backend delivers is left out: a model's upgrade may change it.
    """
    held_to = {name: value for name, value in expected.items() if name != "delivery"}
    return _digest(json.dumps([text, held_to], sort_keys=True, ensure_ascii=False).encode())


def suite_digest(prompts: Mapping[str, str]) -> str:
    """Give the version of a style from those of its prompts."""
    return _digest(json.dumps(prompts, sort_keys=True).encode())


def software() -> dict[str, str]:
    """Name what measures and looks: the decoder, the libraries, our version, and the detectors' rules."""
    from pytest_videobench.footage.fingerprint import fingerprint

    return {**fingerprint(), "rules": _rules()}


def software_differences(there: Mapping[str, str], here: Mapping[str, str]) -> dict[str, str]:
    """Return what differs between two fingerprints, by name, as ``opencv 4.13.0 → 5.0.0``."""
    return {
        name: f"{name} {there.get(name, 'none')} → {here.get(name, 'none')}"
        for name in sorted({*there, *here})
        if there.get(name) != here.get(name)
    }


def rule_digests() -> dict[str, str]:
    """Return the versions of all tables of rules, and of the severities from which findings fail a clip."""
    tables = {name: dict(rules(name)) for name in rule_tables()} | {"severity limits": dict(gates())}
    return {name: _digest(json.dumps(table, sort_keys=True).encode()) for name, table in tables.items()}


@cache
def _rules() -> str:
    folder = files("pytest_videobench.defects")
    return _digest(b"\0".join((folder / name).read_bytes() for name in _RULES))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_LENGTH]
