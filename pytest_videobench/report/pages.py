"""A page of its own for every case: the clip, what is wrong with it and where, and how it was made."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pytest_videobench.footage.camera_class import seen_as
from pytest_videobench.gate.facts import tested_by
from pytest_videobench.report.plots import curves, spans
from pytest_videobench.report.render import render, write_static

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_videobench.gate.row import Row

BESIDE = 0.2
"""Seconds before and after a moment of which the page shows pictures."""
ASSETS = "assets"
"""Folder of style and scripts, beside the pages."""


def write_pages(rows: Sequence[Row], folder: Path, home: str) -> None:
    """Write the pages of all cases, in the order of the rows, each with a way to its neighbours.

    ``home`` leads from the folder to the page of the run, where there is one.
    """
    write_static(folder / ASSETS)
    (folder / "cases").mkdir(exist_ok=True)
    rolls: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        rolls[_prompt_of(row)].append(row)
    for index, row in enumerate(rows):
        text = render(
            "case.html",
            row=row,
            rolls=sorted(rolls[_prompt_of(row)], key=lambda other: other.roll),
            before=rows[index - 1] if index else None,
            after=rows[index + 1] if index + 1 < len(rows) else None,
            home=home,
            place=(index + 1, len(rows)),
            duration=_duration(row),
            frames=list(_frames(row)),
            curves=curves(row.curves, _duration(row)),
            spans=spans(row.findings, _duration(row)),
            asked=[line for line in _asked(row) if line[1]],
            metrics=list(_metrics(row)),
            facts=_facts(row),
            unlooked=_unlooked(row),
            beside=BESIDE,
        )
        (folder / row.page).write_text(text, encoding="utf-8")


def _prompt_of(row: Row) -> tuple[str, ...]:
    """Tell the rolls of one prompt, one backend and one test from all others."""
    return row.style, row.prompt, row.backend, tested_by(row)


def _facts(row: Row) -> dict[str, str]:
    """Give where a clip came from, how long it took, and which software looked at it."""
    clip = row.clip or {}
    names = ("origin", "model", "seed", "job_id", "sha256", "bytes")
    found = {name.replace("_", " "): str(clip[name]) for name in names if clip.get(name) is not None}
    if clip:
        found["cost"] = f"{clip['cost_usd']:.4g} USD"
    if row.probe:
        probe = row.probe
        found["file"] = (
            f"{probe['width']} × {probe['height']}, {probe['fps']:g} fps, {probe['frames']} frames, "
            f"{probe['duration']:.2f} s, {probe['codec']}"
        )
    found |= {f"time: {phase}": f"{seconds:.2f} s" for phase, seconds in row.timing.items()}
    found |= row.fingerprint
    return {"case": row.key, "test": row.nodeid, **found}


def _unlooked(row: Row) -> dict[str, list[str]]:
    """Give what was not looked for by the reason, or by who would have to look."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for defect, why in row.coverage.get("unchecked", {}).items():
        reasons[why].append(defect)
    return dict(reasons)


def _duration(row: Row) -> float:
    return float(row.probe["duration"]) if row.probe else 0.0


def _frames(row: Row) -> Iterator[dict[str, Any]]:
    """Give the frames of the strip, each with the findings that it shows, or is the nearest to."""
    located = [bar.index for bar in spans(row.findings, _duration(row)) if bar.shades]
    shown = [_showing(f, row.strip) if i in located else [] for i, f in enumerate(row.findings)]
    for index, time in enumerate(row.strip):
        findings = [finding for finding, frames in zip(row.findings, shown, strict=True) if index in frames]
        yield {"index": index, "time": time, "findings": findings}


def _showing(finding: Mapping[str, Any], times: Sequence[float]) -> list[int]:
    within = [i for i, time in enumerate(times) if finding["start"] <= time <= finding["end"]]
    later = [i for i, time in enumerate(times) if time >= finding["start"]]
    return within or later[:1] or [len(times) - 1]  # a cut is seen in the first frame after it


def _asked(row: Row) -> Iterator[tuple[str, str, str, str]]:
    """Give what was asked for, as what, what was seen, and whether that holds, where anybody can say."""
    expected, defects = row.expected, {f["defect"] for f in row.findings if not f["permitted"]}
    if not expected:
        return
    yield ("camera", expected["camera"], *_camera(row, defects))
    speed = row.metrics.get("motion_amplitude", {}).get("value")
    moved = "" if speed is None else f"{speed:.3g} picture widths a second"
    yield "amount of motion", expected["amount"], moved, _holds("low_motion" not in defects) if moved else ""
    yield "kind of motion", expected["motion"], "", ""
    yield "shot", expected["shot"], "", ""
    if expected["elements"]:
        yield "elements", ", ".join(expected["elements"]), "", ""
    yield from _delivered(expected["delivery"], row.probe, defects)


def _camera(row: Row, defects: set[str]) -> tuple[str, str]:
    """Give the move that was seen, and whether it is the one asked for; often neither can be told."""
    asked = row.expected["camera"]
    if not row.camera:
        return "", ""
    move = row.camera["move"]
    seen = f"{move} ({row.camera['confidence']:.0%} sure)"
    if asked == "any":
        return seen, ""
    if "camera_mismatch" in defects:
        return seen, _holds(False)
    return seen, _holds(True) if move in seen_as(asked) else "cannot be told"


def _delivered(
    asked: Mapping[str, Any], probe: Mapping[str, Any] | None, defects: set[str]
) -> Iterator[tuple[str, str, str, str]]:
    pairs = {
        "length": (asked["duration"], "{:g} s", "duration", "{:.2f} s", "wrong_duration"),
        "frame rate": (asked["fps"], "{:g} fps", "fps", "{:g} fps", "wrong_fps"),
    }
    for name, (value, spelled, key, seen, defect) in pairs.items():
        if value:
            there = seen.format(probe[key]) if probe else ""
            yield name, spelled.format(value), there, _holds(defect not in defects) if probe else ""
    if asked["ratio"]:
        there = f"{probe['width'] / probe['height']:.3g}:1" if probe else ""
        yield "ratio", ":".join(map(str, asked["ratio"])), there, ""
    if asked["width"] and asked["height"]:
        there = f"{probe['width']} × {probe['height']}" if probe else ""
        verdict = _holds("wrong_size" not in defects) if probe else ""
        yield "size", f"{asked['width']} × {asked['height']}", there, verdict


def _holds(holds: bool) -> str:
    return "yes" if holds else "no"


def _metrics(row: Row) -> Iterator[dict[str, Any]]:
    """Give every metric with what is accepted of it, the broken ones first."""
    thresholds = row.expected.get("thresholds", {})
    cells = []
    for name, cell in sorted(row.metrics.items()):
        bound, value = thresholds.get(name, {}), cell["value"]
        low, high = bound.get("min"), bound.get("max")
        broken = value is not None and (
            (low is not None and value < low) or (high is not None and value > high)
        )
        cells.append(
            {"name": name, "value": value, "unit": cell["unit"], "min": low, "max": high, "broken": broken}
        )
    yield from sorted(cells, key=lambda cell: not cell["broken"])
