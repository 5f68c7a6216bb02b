"""Plots as SVG: recall by severity, ROC curves, and how far found spans are off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.accuracy import statistics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WIDE, HIGH, EDGE = 280, 200, 34
"""Size of a plot, and of the margin on its left and below."""
REACH = 12
"""Frames beyond which an error is put into the last bar."""


def recall(of: Mapping[str, Any], noticed: float) -> str:
    """Draw what is named, with 95 % intervals, and what fails, over severity."""
    table, body = of["recall"], [_frame("severity", "share", ("0", "0.5", "1"), ("0", "0.5", "1"))]
    body.append(_line([(noticed, 0), (noticed, 1)], "mark"))
    for key, pair in table.items():
        low, high = statistics.share_interval(*pair)
        body.append(_line([(float(key), low), (float(key), high)], "interval"))
    for name, kind in (("recall", "own"), ("fails", "fails")):
        points = [(float(key), hits / n) for key, (hits, n) in of[name].items()]
        body += [_line(points, kind), *(_dot(point, kind) for point in points)]
    return _svg(body, "Recall by severity")


def roc(of: Mapping[str, Any]) -> str:
    """Draw the ROC curve of a detector and of both baselines."""
    body = [_frame("false alarms", "found", ("0", "0.5", "1"), ("0", "0.5", "1"))]
    body += [_line(of["roc"][name], name) for name in ("step", "motion", "own")]
    return _svg(body, "ROC curves")


def errors(frames: Sequence[float], what: str) -> str:
    """Draw a histogram of signed errors in frames; the outer bars hold everything beyond."""
    edges = np.arange(-REACH - 0.5, REACH + 1)
    counts, _ = np.histogram(np.clip(frames, -REACH, REACH), edges)
    top = max(1, int(counts.max()))
    width = 1 / len(counts)
    ticks = (f"≤ -{REACH}", "0", f"≥ {REACH}")
    bars = [_bar(i * width, width, float(n) / top) for i, n in enumerate(counts) if n]
    return _svg([_frame(f"frames, {what}", "clips", ticks, ("0", f"{top / 2:g}", str(top))), *bars], what)


def _svg(body: Iterable[str], title: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{title}"><title>{title}</title>'
        + "".join(body)
        + "</svg>"
    )


def _at(x: float, y: float) -> tuple[float, float]:
    """Go from shares to the plot's own units."""
    return EDGE + 6 + x * (WIDE - EDGE - 22), HIGH - EDGE - 6 - y * (HIGH - EDGE - 18)


def _line(points: Sequence[Sequence[float]], kind: str) -> str:
    text = " ".join("{:.1f},{:.1f}".format(*_at(x, y)) for x, y in points)
    return f'<polyline class="{kind}" points="{text}"/>'


def _dot(point: Sequence[float], kind: str) -> str:
    x, y = _at(*point)
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="3"/>'


def _bar(x: float, width: float, high: float) -> str:
    (left, top), (right, bottom) = _at(x, high), _at(x + width, 0)
    return (
        f'<rect class="bar" x="{left:.1f}" y="{top:.1f}" width="{right - left - 1:.1f}" '
        f'height="{bottom - top:.1f}"/>'
    )


def _frame(below: str, beside: str, across: Sequence[str], up: Sequence[str]) -> str:
    """Draw the axes with three ticks each and a word."""
    parts = [_line([(0, 1), (0, 0), (1, 0)], "axis")]
    for share, word in zip((0, 0.5, 1), across, strict=True):
        x, y = _at(share, 0)
        parts.append(f'<text x="{x:.1f}" y="{y + 15:.1f}" text-anchor="middle">{word}</text>')
    for share, word in zip((0, 0.5, 1), up, strict=True):
        x, y = _at(0, share)
        parts.append(f'<text x="{x - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{word}</text>')
    middle, foot = _at(0.5, 0)
    parts.append(f'<text x="{middle:.1f}" y="{foot + 31:.1f}" text-anchor="middle">{below}</text>')
    left, height = 10.0, _at(0, 0.5)[1]
    turn = f'transform="rotate(-90 {left:g} {height:.1f})"'
    parts.append(f'<text x="{left:g}" y="{height:.1f}" text-anchor="middle" {turn}>{beside}</text>')
    return "".join(parts)
