"""What only many clips of one backend show together: a watermark, a true frame rate, early decay."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from statistics import median
from typing import TYPE_CHECKING, Any

from pytest_videobench.gate.marks import find_mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from pytest_videobench.gate.row import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Something that the clips of a backend share; it fails no case."""

    backend: str
    defect: str
    cases: tuple[str, ...]
    """Keys of the cases that show it."""
    of: int
    """Cases of the backend that have a clip."""
    note: str
    """One sentence for people, with the numbers that decided."""
    box: tuple[float, float, float, float] | None = None
    """x, y, width, height as shares of the picture, where it has a place."""


def patterns(rows: Sequence[Row], edges: Mapping[str, NDArray[np.int8]]) -> tuple[Pattern, ...]:
    """Give every pattern of a run's rows; ``edges`` has the map of still edges by key of the case."""
    found: list[Pattern] = []
    for backend in sorted({row.backend for row in rows}):
        seen = list({row.key: row for row in rows if row.backend == backend and row.probe}.values())
        if enough(seen):
            found += _rate(backend, seen)
            found += _shared(backend, seen, {pattern.defect for pattern in found})
            found += _decay(backend, seen)
            found += _mark(backend, seen, edges)
    return tuple(found)


def enough(rows: Sequence[Row]) -> bool:
    """Say whether clips of so many prompts are there that they can be compared."""
    return len({(row.style, row.prompt) for row in rows}) >= int(limits("common")["prompts"])


def inherit(rows: Sequence[Row], found: Sequence[Pattern], edges: Mapping[str, object]) -> list[Row]:
    """Give the rows with the patterns that their cases show, and with what comparing them has checked."""
    by_case: dict[str, list[dict[str, str]]] = defaultdict(list)
    for pattern in found:
        for key in pattern.cases:
            by_case[key].append({"defect": pattern.defect, "note": pattern.note})
    compared = {
        backend
        for backend in {row.backend for row in rows}
        if enough([row for row in rows if row.backend == backend and row.key in edges])
    }
    return [
        replace(
            row,
            shared=by_case.get(row.key, []),
            coverage=_compared(row.coverage) if row.backend in compared else row.coverage,
        )
        for row in rows
    ]


def _compared(coverage: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Say that a clip was looked at for a mark, by comparison with others."""
    cells = {state: dict(names) for state, names in coverage.items()}
    if "watermark" in cells.get("unchecked", {}):
        del cells["unchecked"]["watermark"]
        cells["weak"]["watermark"] = None
    return cells


def _rate(backend: str, rows: Sequence[Row]) -> Iterator[Pattern]:
    rule = limits("true_rate")
    ratios = {row.key: _new_pictures(row) for row in rows}
    known = [ratio for ratio in ratios.values() if ratio is not None]
    usual = median(known) if known else 1.0
    alike = [key for key, ratio in ratios.items() if ratio is not None and abs(ratio - usual) <= rule["even"]]
    if usual < rule["ratio"] and len(alike) >= limits("common")["share"] * len(rows):
        note = f"{len(alike)} of {len(rows)} clips show {usual:.2f} new pictures for every stored frame."
        yield _pattern(backend, "duplicate_frames", alike, rows, note)


def _new_pictures(row: Row) -> float | None:
    stored, true = (row.metrics.get(name, {}).get("value") for name in ("fps", "true_fps"))
    return true / stored if stored and true else None


def _shared(backend: str, rows: Sequence[Row], told: set[str]) -> Iterator[Pattern]:
    """Find defects that nearly every clip has, such as bars or flicker."""
    showing: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for finding in row.findings:
            if not finding["permitted"]:
                showing[finding["defect"]].add(row.key)
    for defect, keys in sorted(showing.items()):
        if defect not in told and len(keys) >= limits("common")["share"] * len(rows):
            note = f"{len(keys)} of {len(rows)} clips have {defect.replace('_', ' ')}, whatever the prompt."
            yield _pattern(backend, defect, sorted(keys), rows, note)


def _decay(backend: str, rows: Sequence[Row]) -> Iterator[Pattern]:
    """Find the second from which clips decay, where most of those that do begin at the same one."""
    rule = limits("late_decay")
    begins = sorted(
        (min(f["start"] for f in row.findings if f["defect"] == "late_decay"), row.key)
        for row in rows
        if any(f["defect"] == "late_decay" for f in row.findings)
    )
    runs = ([b for b in begins if first <= b[0] <= first + rule["window"]] for first, _ in begins)
    most = max(runs, key=len, default=[])
    if len(most) >= max(rule["clips"], rule["share"] * len(rows), rule["together"] * len(begins)):
        note = (
            f"{len(most)} of {len(rows)} clips decay from {most[0][0]:.1f}–{most[-1][0]:.1f} s on."  # a range
        )
        yield _pattern(backend, "late_decay", [key for _, key in most], rows, note)


def _mark(backend: str, rows: Sequence[Row], edges: Mapping[str, NDArray[np.int8]]) -> Iterator[Pattern]:
    known = {row.key: (f"{row.style}/{row.prompt}", edges[row.key]) for row in rows if row.key in edges}
    mark = find_mark(known, limits("watermark")) if enough([r for r in rows if r.key in known]) else None
    if mark is not None:
        note = (
            f"{len(mark.keys)} of {len(rows)} clips have the same still edges at one place: they agree by "
            f"{mark.peak:.0f} median deviations more than elsewhere, limit {limits('watermark')['peak']:g}."
        )
        yield replace(_pattern(backend, "watermark", mark.keys, rows, note), box=mark.box)


def _pattern(backend: str, defect: str, keys: Sequence[str], rows: Sequence[Row], note: str) -> Pattern:
    return Pattern(backend=backend, defect=defect, cases=tuple(sorted(keys)), of=len(rows), note=note)


@cache
def limits(name: str) -> Mapping[str, Any]:
    """Give a table of ``patterns.toml``."""
    text = (files("pytest_videobench.gate") / "patterns.toml").read_text(encoding="utf-8")
    table: dict[str, Mapping[str, Any]] = tomllib.loads(text)
    return table[name]
