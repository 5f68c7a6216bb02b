"""Goldens: the recorded clips of a backend in one style, small enough to be read in a diff.

``golden/<backend>@<model>/<style>.json`` has a head, and a line for every prompt and roll.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_videobench.errors import GoldenError, SpecError
from pytest_videobench.files import publish
from pytest_videobench.gate.canary import FOLDER
from pytest_videobench.gate.sample import Sample, samples_of
from pytest_videobench.gate.suite import prompt_digest, software, suite_digest
from pytest_videobench.metrics.base import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_videobench.gate.row import Row

GOLDEN_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """What was recorded of one backend in one style."""

    backend: str
    """``name@model[?params]``."""
    style: str
    recorded: str
    """Day, as ``2026-11-23``."""
    fingerprint: dict[str, str]
    prompts: dict[str, str]
    """Version of every prompt by its id."""
    samples: tuple[Sample, ...]
    """By prompt and roll."""

    @property
    def suite(self) -> str:
        """Give the version of the prompts and of what their clips are held to."""
        return suite_digest(self.prompts)

    @property
    def rolls(self) -> int:
        """Count the rolls that every prompt has."""
        counts = dict.fromkeys(self.prompts, 0)
        for sample in self.samples:
            counts[sample.prompt] += 1
        return min(counts.values(), default=0)

    @property
    def cost_usd(self) -> float:
        """Sum up what the clips once cost."""
        return round(sum(sample.cost_usd or 0.0 for sample in self.samples), 6)

    def path(self, root: Path) -> Path:
        """Give where it lies under the folder of all goldens."""
        return root / folder_name(self.backend) / f"{self.style}.json"

    def text(self) -> str:
        """Write it: a head that is indented, and one line a sample, all sorted."""
        looked = sorted(frozenset().union(*(sample.checked for sample in self.samples)))
        head = {
            "version": GOLDEN_VERSION,
            "backend": self.backend,
            "style": self.style,
            "suite": self.suite,
            "recorded": self.recorded,
            "rolls": self.rolls,
            "cost_usd": self.cost_usd,
            "fingerprint": dict(sorted(self.fingerprint.items())),
            "looked_for": looked,
            "prompts": dict(sorted(self.prompts.items())),
        }
        ordered = sorted(self.samples, key=lambda sample: (sample.prompt, sample.roll))
        lines = ",\n  ".join(json.dumps(_line(one, frozenset(looked)), ensure_ascii=False) for one in ordered)
        opened = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
        return f'{opened},\n "rows": [\n  {lines}\n ]\n}}\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """All goldens of one backend."""

    name: str
    """As it was asked for."""
    folder: Path
    goldens: dict[str, Golden] = field(default_factory=dict)
    """By style."""

    @property
    def canaries(self) -> Path:
        """Return the folder of the canary clips."""
        return (self.folder.parent if self.folder.is_file() else self.folder) / FOLDER

    @property
    def backend(self) -> str:
        """Give the label of the backend whose clips these are."""
        return next(golden.backend for golden in self.goldens.values())

    def samples(self, styles: Iterable[str]) -> tuple[Sample, ...]:
        """Give what was recorded in some styles."""
        return tuple(sample for style in styles for sample in self.goldens[style].samples)


def goldens_of(rows: Sequence[Row], day: str) -> tuple[Golden, ...]:
    """Draw up the goldens of a run that this process measured, one for every backend and style."""
    rows_of: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        rows_of[row.backend, row.style].append(row)
    return tuple(
        Golden(
            backend=backend,
            style=style,
            recorded=day,
            fingerprint=software(),
            prompts=prompt_digests(own),
            samples=tuple(_trimmed(sample) for sample in samples_of(own)),
        )
        for (backend, style), own in sorted(rows_of.items())
    )


def prompt_digests(rows: Iterable[Row]) -> dict[str, str]:
    """Give the version of every prompt of a style by its id."""
    told = sorted(rows, key=lambda row: bool(row.expected))  # what a crashed case was held to is not known
    return {row.prompt: prompt_digest(row.text, row.expected) for row in told}


def write_golden(golden: Golden, root: Path) -> bool:
    """Write a golden, whole or not at all; say whether anything but its day is new.

    A golden that would only get another day stays as it is.
    """
    path = golden.path(root)
    if path.exists():
        try:
            old = read_golden(path)
        except GoldenError:  # of an earlier version, or damaged: replaced
            old = None
        if old is not None and replace(golden, recorded=old.recorded).text() == old.text():
            return False
    path.parent.mkdir(parents=True, exist_ok=True)
    publish(path, golden.text().encode())
    return True


def read_golden(path: Path) -> Golden:
    """Read a golden; raise a one-line :class:`GoldenError` that names the file and what is wrong with it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GoldenError(f"{path}: cannot be read as a golden ({error}); record it again") from None
    if not isinstance(data, dict) or data.get("version") != GOLDEN_VERSION:
        found = data.get("version") if isinstance(data, dict) else None
        raise GoldenError(f"{path}: version {found!r}, expected {GOLDEN_VERSION}; record it again")
    try:
        return _golden(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise GoldenError(f"{path}: not a golden ({error}); record it again") from None


def read_baseline(name: str, root: Path) -> Baseline:
    """Find a baseline by a path, by a folder under ``root``, or by a backend spec, and read it."""
    folder = _folder(name, root)
    files = [folder] if folder.is_file() else sorted(folder.glob("*.json"))
    goldens = {golden.style: golden for golden in map(read_golden, files)}
    if not goldens:
        raise GoldenError(f"{folder}: holds no golden; record one with --vb-update-golden")
    labels = sorted({golden.backend for golden in goldens.values()})
    if len(labels) > 1:
        raise GoldenError(f"{folder}: holds goldens of {' and '.join(labels)}; a baseline is of one backend")
    return Baseline(name=name, folder=folder, goldens=goldens)


def folder_name(label: str) -> str:
    """Turn a backend's label into the name of its folder."""
    return re.sub(r"[^\w.@+=]+", "-", label.casefold()).strip("-.")


def _folder(name: str, root: Path) -> Path:
    """Find where a baseline lies; name those that are there where it does not."""
    for path in (Path(name), root / name, root / folder_name(name)):
        if name and path.exists():
            return path
    label = _label(name)
    if label and (root / folder_name(label)).exists():
        return root / folder_name(label)
    known = sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    there = f"{root} has {', '.join(known)}" if known else f"{root} holds none"
    raise GoldenError(f"no baseline {name!r}: {there}; record one with --vb-update-golden")


def _label(name: str) -> str:
    """Give the label of the backend that a spec means; nothing where it is none that is known here."""
    from pytest_videobench.backends.registry import make_backend
    from pytest_videobench.cases import backend_label

    try:
        return backend_label(make_backend(name))
    except SpecError:
        return ""


def _trimmed(sample: Sample) -> Sample:
    """Leave out metrics of which more is neither better nor worse."""
    known = set(METRICS.names())
    kept = {n: v for n, v in sample.metrics.items() if n in known and METRICS.get(n).better != "neither"}
    return replace(sample, metrics=kept)


def _line(sample: Sample, looked: frozenset[str]) -> dict[str, Any]:
    """Give a sample as builtins; what the head says, and what is empty, is left out."""
    held = [name for name, holds in sample.holds.items() if holds]
    broken = [name for name, holds in sample.holds.items() if not holds]
    cells = {
        "prompt": sample.prompt,
        "roll": sample.roll,
        "verdict": sample.verdict,
        "error": sample.error,
        "defects": sample.defects,
        "breaches": list(sample.breaches),
        "warned": sample.warned,
        "metrics": sample.metrics,
        "broken": broken,
        "held": held,
        "blind": sorted(looked - sample.checked) if sample.checked else [],
        "cost_usd": sample.cost_usd,
        "seconds": sample.seconds,
        "seed": sample.seed,
        "sha256": sample.sha256,
    }
    return {name: value for name, value in cells.items() if value not in ("", [], {}, None)}


def _golden(data: Mapping[str, Any]) -> Golden:
    backend, style = str(data["backend"]), str(data["style"])
    looked = frozenset(map(str, data["looked_for"]))
    golden = Golden(
        backend=backend,
        style=style,
        recorded=str(data["recorded"]),
        fingerprint=dict(data["fingerprint"]),
        prompts=dict(data["prompts"]),
        samples=tuple(_sample(row, backend, style, looked) for row in data["rows"]),
    )
    strange = sorted({sample.prompt for sample in golden.samples} - golden.prompts.keys())
    if strange:
        raise ValueError(f"rows of unknown prompts: {', '.join(strange)}")
    places = [(sample.prompt, sample.roll) for sample in golden.samples]
    if len(set(places)) < len(places):
        raise ValueError("a roll stands there twice")
    return golden


def _sample(row: Mapping[str, Any], backend: str, style: str, looked: frozenset[str]) -> Sample:
    held: dict[Any, bool] = dict.fromkeys(row.get("held", ()), True)
    broken: dict[Any, bool] = dict.fromkeys(row.get("broken", ()), False)
    if row["verdict"] not in ("pass", "fail", "error", "unscored"):
        raise ValueError(f"unknown verdict {row['verdict']!r}")
    return Sample(
        style=style,
        prompt=str(row["prompt"]),
        roll=int(row["roll"]),
        backend=backend,
        verdict=row["verdict"],
        metrics={name: float(value) for name, value in row.get("metrics", {}).items()},
        defects={name: float(value) for name, value in row.get("defects", {}).items()},
        warned={name: float(value) for name, value in row.get("warned", {}).items()},
        breaches=tuple(row.get("breaches", ())),
        checked=looked - frozenset(row.get("blind", ())) if held or broken else frozenset(),
        holds=dict(sorted((held | broken).items())),
        error=str(row.get("error", "")),
        cost_usd=row.get("cost_usd"),
        seconds=row.get("seconds"),
        sha256=str(row.get("sha256", "")),
        seed=row.get("seed"),
    )
