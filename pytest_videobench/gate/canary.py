"""Canary clips: small drawn clips beside a golden, with the values that they had when it was recorded.

Measured again later, they tell whether today's software is the same ruler. ``canary/`` beside the goldens of
a backend has the clips, shared by all styles, and ``<style>.json`` with the values of each style's recording.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pytest_videobench.errors import GoldenError
from pytest_videobench.files import file_digest, publish
from pytest_videobench.gate.sample import short
from pytest_videobench.prompts.model import Delivery, Expectations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

CANARY_VERSION = 1
FOLDER = "canary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is measured on a canary."""

    metrics: dict[str, float]
    """Values that exist, by metric."""
    severities: dict[str, float]
    """The highest severity of each defect that was found."""
    failing: tuple[str, ...]
    """Those defects that fail the clip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A small clip, and what was measured on it when the golden was recorded."""

    file: str
    sha256: str
    about: str
    """Such as ``freeze, just inside its limit`` or ``h264 yuv420p, 640 px``."""
    expect: dict[str, Any]
    """What the clip is held to: ``camera``, and ``delivery`` by field."""
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class CanarySet:
    """The canaries of one style's golden."""

    fingerprint: dict[str, str]
    """The software that measured them."""
    spread: dict[str, float]
    """Standard deviation between rolls of one prompt of the baseline, by metric."""
    rules: dict[str, str]
    """Version of each table of rules of detection."""
    unmatched: tuple[str, ...]
    """Formats of the baseline's clips that no canary has."""
    canaries: tuple[Canary, ...]

    def text(self) -> str:
        """Return it as JSON: a head that names the metrics, and a line a canary with their values."""
        metrics = sorted({name for canary in self.canaries for name in canary.reading.metrics})
        head = {
            "version": CANARY_VERSION,
            "fingerprint": dict(sorted(self.fingerprint.items())),
            "spread": dict(sorted(self.spread.items())),
            "rules": dict(sorted(self.rules.items())),
            "unmatched": list(self.unmatched),
            "metrics": metrics,
        }
        lines = ",\n  ".join(
            json.dumps(_line(canary, metrics), ensure_ascii=False) for canary in self.canaries
        )
        opened = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
        return f'{opened},\n "canaries": [\n  {lines}\n ]\n}}\n'


def measure(path: Path, expect: Mapping[str, Any]) -> Reading:
    """Measure a clip with today's software.

    Raises :class:`~pytest_videobench.errors.Unreadable` where no picture can be decoded.
    """
    from pytest_videobench.footage.analyse import analyse
    from pytest_videobench.gate.assess import assess
    from pytest_videobench.gate.thresholds import complete

    found = assess(analyse(path), complete(expectations(expect)))
    severities: dict[str, float] = {}
    for finding in found.findings:
        severities[finding.defect] = max(short(finding.severity), severities.get(finding.defect, 0.0))
    return Reading(
        metrics={name: short(m.value) for name, m in sorted(found.measures.items()) if m.value is not None},
        severities=dict(sorted(severities.items())),
        failing=tuple(sorted({finding.defect for finding in found.findings if finding.gate})),
    )


def expectations(expect: Mapping[str, Any]) -> Expectations:
    """Return what a canary is held to."""
    return Expectations(camera=expect.get("camera", "any"), delivery=Delivery(**expect.get("delivery", {})))


def write_canaries(home: Path, style: str, made: CanarySet, clips: Mapping[str, Path]) -> None:
    """Write clips and values into the ``canary`` folder; drop clips that no style names any more."""
    home.mkdir(parents=True, exist_ok=True)
    for canary in made.canaries:
        if _digest(home / canary.file) != canary.sha256:
            publish(home / canary.file, clips[canary.file].read_bytes())
    publish(home / f"{style}.json", made.text().encode())
    needed = {name for path in home.glob("*.json") for name in _named(path)}
    for path in home.iterdir():
        if path.suffix != ".json" and path.name not in needed:
            path.unlink()


def read_canaries(home: Path, style: str) -> CanarySet | None:
    """Read the canaries of a style's golden and check their files; ``None`` where none were recorded.

    Raises a one-line :class:`~pytest_videobench.errors.GoldenError` that names the file that is broken.
    """
    path = home / f"{style}.json"
    if not path.exists():
        return None
    try:
        found = parse_canaries(path.read_bytes())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GoldenError(f"{path}: cannot be read as canaries ({error}); record the golden again") from None
    for canary in found.canaries:
        if _digest(home / canary.file) != canary.sha256:
            raise GoldenError(
                f"{home / canary.file}: missing, or not as recorded; put it back, or record the golden again"
            )
    return found


def parse_canaries(text: bytes) -> CanarySet:
    """Read a set from JSON; raise ``ValueError``, ``KeyError`` or ``TypeError`` for anything else."""
    data = json.loads(text)
    if data.get("version") != CANARY_VERSION:
        raise ValueError(f"version {data.get('version')!r}, expected {CANARY_VERSION}")
    return CanarySet(
        fingerprint=dict(data["fingerprint"]),
        spread={name: float(value) for name, value in data["spread"].items()},
        rules=dict(data["rules"]),
        unmatched=tuple(map(str, data["unmatched"])),
        canaries=tuple(_canary(entry, data["metrics"]) for entry in data["canaries"]),
    )


def _line(canary: Canary, metrics: Sequence[str]) -> dict[str, Any]:
    data = asdict(canary) | asdict(canary.reading)
    del data["reading"]
    return data | {"metrics": [canary.reading.metrics.get(name) for name in metrics]}


def _canary(data: Mapping[str, Any], metrics: Sequence[str]) -> Canary:
    name = str(data["file"])
    if "/" in name or "\\" in name or name.startswith("."):
        raise ValueError(f"{name!r} is not a file beside it")
    return Canary(
        file=name,
        sha256=str(data["sha256"]),
        about=str(data["about"]),
        expect=dict(data["expect"]),
        reading=Reading(
            metrics={
                metric: float(value)
                for metric, value in zip(metrics, data["metrics"], strict=True)
                if value is not None
            },
            severities={defect: float(value) for defect, value in data["severities"].items()},
            failing=tuple(data["failing"]),
        ),
    )


def _named(path: Path) -> set[str]:
    try:
        return {canary.file for canary in parse_canaries(path.read_bytes()).canaries}
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ):  # of an earlier version, or damaged: recorded again
        return set()


def _digest(path: Path) -> str:
    return file_digest(path) if path.is_file() else ""
