"""The figures as a file and as one self-contained page of tables and plots."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined

from benchmarks.accuracy import plots, statistics, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def write(figures: Mapping[str, Any], folder: Path) -> None:
    """Write ``accuracy.json`` and ``index.html`` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures, indent=1, sort_keys=True)
    (folder / "accuracy.json").write_text(text + "\n", encoding="utf-8")
    (folder / "index.html").write_text(html(figures), encoding="utf-8")


def html(figures: Mapping[str, Any]) -> str:
    """Give the page as text."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    source = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
    detectors, noticed = figures["detectors"], figures["noticed"]
    names = table.ranked(detectors)
    plotted = [name for name in names if detectors[name]["recall"] and detectors[name]["detector"]]
    return environment.from_string(source).render(
        figures=figures,
        basis=table.basis(figures),
        plotted=plotted,
        plots={name: _plots(detectors[name], noticed) for name in plotted},
        facts={name: _facts(detectors[name], noticed) for name in plotted},
        found_head=table.FOUND,
        found=[(name, table.found(detectors[name], f"{noticed:g}")) for name in names],
        trust_head=table.TRUST,
        trust=[(name, table.trust(detectors[name])) for name in names],
        wrong=list(table.wrong(figures)),
        severities=table.KEYS,
        faults=list(_faults(detectors)),
        styles=_styles([detectors[name] for name in plotted]),
        stability={name: table.share(figures["stability"][name]) for name in ("same", "crf18")},
        moments=table.moments(figures["moments"]),
        moment_rows=[(name, (f, even, n)) for name, (f, n, even) in figures["moments"].items()],
        left_out=table.left_out(figures),
        comparison_head=table.COMPARED,
        comparison=list(table.compared(figures)),
    )


def _plots(of: Mapping[str, Any], noticed: float) -> dict[str, str]:
    frames = of["errors_frames"]
    return {
        "recall": plots.recall(of, noticed),
        "roc": plots.roc(of) if of["roc"] else "",
        "start": plots.errors(frames["start"], "start") if frames["start"] else "",
        "end": plots.errors(frames["end"], "end") if frames["end"] else "",
    }


def _facts(of: Mapping[str, Any], noticed: float) -> str:
    """Say the numbers that count in one line."""
    alarms, key = of["false_alarms"], f"{noticed:g}"
    named, failed = (table.share(of[name].get(key)) for name in ("recall", "fails"))
    kind = "May fail a case" if of["gate"] else "Warns only"
    _, most = statistics.rate_interval(alarms["gate"], alarms["minutes"])
    driven = alarms["by_origin"]["driven"]
    beside = ", ".join(f"{name} {count}" for name, count in of["beside"].items())
    return (
        f"{kind}. Named at {key}: {named}; failed: {failed}. False alarms in {alarms['minutes']:.1f} clean "
        f"minutes: {alarms['gate']} that fail (at most {most:.1f} a minute), {alarms['warn']} that warn; "
        f"{driven['gate']} and {driven['warn']} of them in the {driven['minutes']:.1f} driven minutes. "
        f"Found beside other faults: {beside or 'never'}."
    )


def _faults(detectors: Mapping[str, Any]) -> Iterable[tuple[str, list[str]]]:
    for of in detectors.values():
        for fault, counts in of["by_fault"].items():
            yield fault, [table.of(counts[key]) if key in counts else table.NONE for key in table.KEYS]


def _styles(detectors: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    """Add up what is split by style."""
    total: dict[str, list[float]] = {}
    for of in detectors:
        for style, row in of["styles"].items():
            hits, n, false, _ = total.get(style, [0, 0, 0, 0.0])
            named, clips = row["recall"]
            total[style] = [hits + named, n + clips, false + row["gate"], row["minutes"]]
    return [
        (style, [table.share((int(hits), int(n))), str(int(false)), f"{minutes:.1f}"])
        for style, (hits, n, false, minutes) in sorted(total.items())
    ]
