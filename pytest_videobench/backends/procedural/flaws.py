"""Which faults a clip of ``procedural:flawed`` gets: drawn by seed, at rates that are data."""

from __future__ import annotations

import hashlib
import tomllib
import zlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pytest_videobench.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.base import BackendSpec, Request
    from pytest_videobench.prompts.model import Prompt

PARAMS = ("rate", "only", "severity")
_SMALL_SHOTS = ("wide", "aerial")
_FREE = ("none", None)
"""Interactions that are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One fault to put into one clip."""

    fault: str
    severity: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaws:
    """How a backend's spec tunes the faults."""

    rate: float | None = None
    """Share of the clips with a fault, the same for all; ``None`` leaves it to the style."""
    only: tuple[str, ...] = ()
    """The faults to choose from, equally often; empty leaves it to the style."""
    severity: float | None = None
    """0–1, the same for all; ``None`` draws one."""

    def choose(self, request: Request) -> Flaw | None:
        """Draw a fault for a clip; ``None`` where it stays clean."""
        import numpy as np

        rng = np.random.default_rng([request.seed, request.roll, zlib.crc32(b"flaws")])
        luck, severity, seed = rng.random(), rng.random(), int(rng.integers(2**31))
        share, weights = _odds(request.prompt)
        if self.only:
            weights = dict.fromkeys(self.only, 1.0)
        if luck >= (share if self.rate is None else self.rate):
            return None
        names = sorted(weights)
        chances = np.array([weights[name] for name in names], float)
        name = str(rng.choice(names, p=chances / chances.sum()))
        low, high = table()["common"]["severity"]
        severity = round(low + severity * (high - low), 3) if self.severity is None else self.severity
        return Flaw(fault=name, severity=severity, seed=seed)


@cache
def version() -> str:
    """Give what is part of a flawed clip's key in the store: it changes whenever rates or strengths do."""
    digest = hashlib.sha256((files(__package__) / "flaws.toml").read_bytes())
    digest.update((files("pytest_videobench.faults") / "strengths.toml").read_bytes())
    return f"flaws-{digest.hexdigest()[:12]}"


@cache
def table() -> dict[str, Any]:
    """Load the rates once."""
    return tomllib.loads((files(__package__) / "flaws.toml").read_text("utf-8"))


def _odds(prompt: Prompt) -> tuple[float, dict[str, float]]:
    """Give the share of faulty clips of a prompt, and the weight of every fault."""
    styles = table()["style"]
    entries = [styles.get(prompt.style, styles["default"])]
    entries += [table()["condition"][name] for name in _conditions(prompt)]
    share, weights = float(entries[0]["share"]), dict[str, float]()
    for entry in entries:
        share *= float(entry.get("times", 1.0))
        for name, weight in entry.items():
            if name not in ("share", "times"):
                weights[name] = weights.get(name, 0.0) + float(weight)
    return min(share, float(table()["common"]["most"])), weights


def _conditions(prompt: Prompt) -> list[str]:
    expect, covers = prompt.expect, prompt.covers
    holds: Mapping[str, bool] = {
        "small_subject": expect.shot in _SMALL_SHOTS or covers.subject == "small_far",
        "interaction": prompt.style != "abstract" and covers.interaction not in _FREE,
        "fast_abstract": prompt.style == "abstract" and expect.amount == "high",
    }
    return [name for name, held in holds.items() if held]


def read_flaws(spec: BackendSpec) -> Flaws:
    """Read ``rate``, ``only`` and ``severity`` of a spec; a :class:`SpecError` names what is wrong."""
    params = {name: text for name, text in spec.params if name in PARAMS}
    only = tuple(name.strip() for name in params.get("only", "").split(",") if name.strip())
    try:
        faults = tuple(fault for name in only for fault in _meant(name))
    except SpecError as error:
        raise SpecError(f"backend {str(spec)!r}: parameter 'only': {error}") from None
    return Flaws(
        rate=_share(spec, "rate", params.get("rate")),
        only=faults,
        severity=_share(spec, "severity", params.get("severity")),
    )


def _meant(name: str) -> list[str]:
    """Give the faults that a name means: one of that name, or all that are seen as a defect of that name."""
    from pytest_videobench.faults import FAULTS, find

    seen = [fault.name for fault in FAULTS.values() if fault.defect == name]
    return [name] if name in FAULTS else seen or [find(name).name]


def _share(spec: BackendSpec, name: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    low = 0.0 if name == "rate" else 0.01
    if not low <= value <= 1:
        raise SpecError(f"backend {str(spec)!r}: parameter {name!r}: expected {low:g} to 1, got {text!r}")
    return value
