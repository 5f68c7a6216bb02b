"""The figures as two tables for the terminal: what is found, and how far it can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.accuracy import statistics
from benchmarks.accuracy.injection import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

KEYS = tuple(f"{severity:g}" for severity in SEVERITIES)
FOUND = ("", *KEYS, "noticed, 95 %", "other name", "right", "right, failing", "labelled")
TRUST = (
    "fail",
    "warn",
    "driven",
    "accused",
    "ROC area, 95 %",
    "motion",
    "step",
    "start s",
    "end s",
    "frames",
)
COMPARED = ("injected found, 95 %", "injected", "labelled", "accused", "s a clip", "failed")
NONE = "–"  # a range of nothing


def lines(figures: Mapping[str, Any]) -> Iterator[str]:
    """Give both tables, and then what concerns all detectors."""
    table, noticed = figures["detectors"], f"{figures['noticed']:g}"
    names = ranked(table)
    yield "named/failed of the clips with the fault, at severity; findings that are right; labels found"
    yield from _table(FOUND, {name: found(table[name], noticed) for name in names})
    yield ""
    yield (
        "false alarms on clean clips, and fail/warn of those on driven ones; labelled clips wrongly accused; "
        "area beside baselines; median errors"
    )
    yield from _table(TRUST, {name: trust(table[name]) for name in names})
    yield ""
    if rows := dict(compared(figures)):
        yield "other tools on the same clips"
        yield from _table(COMPARED, rows)
        yield ""
    yield from notes(figures)


def ranked(table: Mapping[str, Any]) -> list[str]:
    """Name the detectors, those without faults and the faults without detectors last."""
    return sorted(table, key=lambda name: (not table[name]["recall"], not table[name]["detector"], name))


def found(figure: Mapping[str, Any], noticed: str) -> list[str]:
    """Give a detector's cells of the first table."""
    recall, fails = figure["recall"], figure["fails"]
    counts = [f"{recall[k][0]}/{fails[k][0]} of {recall[k][1]}" if k in recall else NONE for k in KEYS]
    other = figure["otherwise"].get(noticed)
    return [
        kind(figure),
        *counts,
        share(recall.get(noticed)),
        str(other[0]) if other else NONE,
        of(figure["precision"]),
        of(figure["precision_gate"]),
        of(figure["labelled"]["found"]),
    ]


def trust(figure: Mapping[str, Any]) -> list[str]:
    """Give a detector's cells of the second table."""
    alarms, frames = figure["false_alarms"], (figure["start_error_frames"], figure["end_error_frames"])
    numbers = (figure[key] for key in ("auc_motion", "auc_step", "start_error_s", "end_error_s"))
    driven = alarms["by_origin"]["driven"]
    return [
        str(alarms["gate"]),
        str(alarms["warn"]),
        f"{driven['gate']}/{driven['warn']}",
        of(figure["labelled"]["accused"]),
        NONE if figure["auc"] is None else "{:.2f} ({:.2f}–{:.2f})".format(*figure["auc"]),
        *map(_number, numbers),
        NONE if None in frames else "{:.1f}, {:.1f}".format(*frames),
    ]


def kind(figure: Mapping[str, Any]) -> str:
    """Say whether a detector may fail a case."""
    return "none" if not figure["detector"] else "gate" if figure["gate"] else "warn"


def share(pair: Sequence[int] | None) -> str:
    """Write a share with its interval, in per cent."""
    if not pair or not pair[1]:
        return NONE
    low, high = statistics.share_interval(pair[0], pair[1])
    return f"{pair[0] / pair[1]:.0%} ({low:.0%}–{high:.0%})"


def notes(figures: Mapping[str, Any]) -> Iterator[str]:
    """Say what the bench stands on, and name what was wrong."""
    stable = figures["stability"]
    yield f"{figures['half']} half: {basis(figures)}"
    yield from (f"  {line}" for line in wrong(figures))
    yield f"a second look finds the same: {of(stable['same'])}"
    yield f"a second encoding fails the same: {share(stable['crf18'])}, {of(stable['crf18'])}"
    for flip in stable["flips"]:
        yield f"  {flip['clip']} {flip['fault'] or 'untouched'}: {', '.join(flip['defects'])}"
    yield f"not put in: {left_out(figures)}"
    yield f"faults whose time is among the moments: {moments(figures['moments'])}"


def wrong(figures: Mapping[str, Any]) -> Iterator[str]:
    """Name every false alarm: the detector, the clean clip, and when."""
    for name, figure in figures["detectors"].items():
        for clip, origin, word, start, end in figure["false_alarms"]["each"]:
            yield f"{name} {word} on {clip} ({origin}) at {start:.2f}–{end:.2f} s"


def left_out(figures: Mapping[str, Any]) -> str:
    """Count what could not be put in, by fault."""
    return ", ".join(f"{name} {count}" for name, count in figures["left_out"].items()) or "none"


def compared(figures: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Give a row per defect and tool, where others were asked about the same clips."""
    for row in figures.get("comparison", ()):
        counts = [of(row[key]) for key in ("found", "labelled", "accused")]
        cells = [share(row["found"]), *counts, _number(row["seconds"]), str(row["errors"])]
        yield f"{row['defect']}: {row['tool']}", cells


def basis(figures: Mapping[str, Any]) -> str:
    """Say in one line how much there is, and how often a clean clip would fail."""
    parts = figures["clean_minutes_by_origin"]
    apart = " and ".join(
        f"{minutes:.1f} {origin} with {_failing(figures, origin)}" for origin, minutes in parts.items()
    )
    return (
        f"{figures['sources']} origins, {figures['pieces']} pieces, "
        f"{figures['clean_minutes']:.1f} clean minutes: {apart}"
    )


def _failing(figures: Mapping[str, Any], origin: str) -> str:
    """Count the findings that fail on clean clips of an origin, and give their rate."""
    alarms = [figure["false_alarms"]["by_origin"][origin] for figure in figures["detectors"].values()]
    total, minutes = sum(one["gate"] for one in alarms), figures["clean_minutes_by_origin"][origin]
    if not minutes:
        return f"{total} findings that fail"
    low, high = statistics.rate_interval(total, minutes)
    return f"{total} findings that fail, {total / minutes:.2f} a minute ({low:.2f}–{high:.2f})"


def moments(table: Mapping[str, Sequence[int]]) -> str:
    """Sum up how many faults are among the moments."""
    found, n, even = (sum(row[i] for row in table.values()) for i in range(3))
    return f"{share((found, n))} of {n}; among as many evenly spaced frames: {share((even, n))}"


def _table(head: Sequence[str], rows: Mapping[str, Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) + 2 for column in zip(head, *rows.values(), strict=True)]
    first = max(map(len, rows))
    for name, cells in (("", head), *rows.items()):
        yield f"{name:{first}}" + "".join(
            f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)
        )


def of(pair: Sequence[int]) -> str:
    """Write a count and what it is of."""
    return f"{pair[0]} of {pair[1]}" if pair[1] else NONE


def _number(value: float | None) -> str:
    return NONE if value is None else f"{value:.2f}"
