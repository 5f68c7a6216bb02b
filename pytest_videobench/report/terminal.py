"""Lines for the terminal at the end of a run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_videobench.gate.facts import VERDICTS, without_clip
from pytest_videobench.kinds import ErrorKind
from pytest_videobench.report.grammar import cut, plain
from pytest_videobench.report.looked import looked_for
from pytest_videobench.report.words import not_looked_for, part_of, reasons_of, synthetic_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from _pytest._io import TerminalWriter

    from pytest_videobench.gate.row import Row
    from pytest_videobench.report.run import RunFolder

_SHOWN = 10
_WORST = 5
_COLOURS = {"pass": "green", "fail": "red", "error": "red"}


def summary(
    run: RunFolder, unclaimed: Sequence[str], verbosity: int, writer: TerminalWriter
) -> Iterator[str]:
    """Give verdicts, the worst findings, and what had no clip; all of it with ``-v``, little with ``-q``."""
    yield from _table(run.counts(), writer)
    if part := part_of(run.about):
        yield part
    if verbosity < 0:
        return
    everything = verbosity > 0
    yield from _worst(run.rows, None if everything else _WORST, None if everything else writer.fullwidth)
    defects = Counter(
        f["defect"] for row in run.rows for f in row.findings if f["gate"] and not f["permitted"]
    )
    if defects:
        yield "defects: " + ", ".join(f"{name} {count}" for name, count in defects.most_common())
    for style, said in ((run.about.get("board") or {}).get("sentences") or {}).items():
        yield f"{style}: {' '.join(said)}"
    for pattern in run.patterns:
        yield f"{pattern.backend}, {plain(pattern.defect)} in general: {pattern.note}"
    silent = not_looked_for(looked_for(run.rows))
    if silent:
        yield silent
    reasons = without_clip(run.rows)
    if reasons:
        yield "no clip: " + reasons_of(reasons)
    limit = None if everything else _SHOWN
    yield from _listed("cases without a clip", [row.key for row in run.rows if _is_missing(row)], limit)
    yield from _listed("files that matched no case", unclaimed, limit)
    clips = [row.clip for row in run.rows if row.clip]
    synthetic = sum(bool(clip["synthetic"]) for clip in clips)
    if synthetic:
        yield synthetic_of(synthetic, len(clips))


def _table(counts: dict[str, dict[str, int]], writer: TerminalWriter) -> Iterator[str]:
    if not counts:
        yield "no case ran"
        return
    width = max(map(len, ("style", *counts)))
    yield f"{'style':{width}}  " + "  ".join(f"{verdict:>8}" for verdict in VERDICTS)
    for style, by_verdict in counts.items():
        cells = (_coloured(f"{by_verdict[verdict]:8}", verdict, writer) for verdict in VERDICTS)
        yield f"{style:{width}}  " + "  ".join(cells)


def _coloured(cell: str, verdict: str, writer: TerminalWriter) -> str:
    """Colour a count that is not zero, where the writer colours at all."""
    colour = _COLOURS.get(verdict)
    return writer.markup(cell, **{colour: True}) if colour and cell.strip() != "0" else cell


def _worst(rows: Iterable[Row], limit: int | None, width: int | None) -> Iterator[str]:
    """Give findings that failed their case before all others, the most severe first."""
    found = [(row, finding) for row in rows for finding in row.findings]
    found.sort(key=lambda pair: (not _fails(pair[1]), -pair[1]["severity"], pair[0].key, pair[1]["start"]))
    if not found:
        return
    shown = found[:limit]
    yield (
        f"worst findings: {len(shown)} of {len(found)}"
        if len(shown) < len(found)
        else f"findings: {len(found)}"
    )
    for row, finding in shown:
        yield from _block(row.key, finding, width)


def _block(key: str, finding: dict[str, Any], width: int | None) -> Iterator[str]:
    """Give a finding, then its case and its note, each on a line of its own; without a width, in full."""
    for line in (f"  {_told(finding)}", f"    {key}", f"    {finding['note']}"):
        yield line if width is None else cut(line, width)


def _told(finding: dict[str, Any]) -> str:
    start, end = f"{finding['start']:.2f}", f"{finding['end']:.2f}"
    span = start if start == end else f"{start}–{end}"
    weight = "" if _fails(finding) else " (permitted)" if finding["permitted"] else " (a warning)"
    return f"{finding['defect']} {span} s  severity {finding['severity']:.2f}{weight}"


def _fails(finding: dict[str, Any]) -> bool:
    return bool(finding["gate"]) and not finding["permitted"]


def _is_missing(row: Row) -> bool:
    return (row.error or {}).get("kind") == ErrorKind.MISSING_CLIP


def _listed(title: str, names: Sequence[str], limit: int | None) -> Iterator[str]:
    if not names:
        return
    yield f"{title}: {len(names)}"
    yield from (f"  {name}" for name in names[:limit])
    if limit is not None and len(names) > limit:
        yield f"  … and {len(names) - limit} more (all with -v, and in run.json and rows.jsonl)"
