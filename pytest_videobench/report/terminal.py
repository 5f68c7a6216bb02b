"""Lines for the terminal at the end of a run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_videobench.report.run import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_videobench.gate.row import Row
    from pytest_videobench.report.run import RunFolder

_SHOWN = 10
SYNTHETIC = "drawn by the embedded generator, made by no model"


def summary(run: RunFolder, unclaimed: Sequence[str], verbosity: int) -> Iterator[str]:
    """Give verdicts by style, defects, and what had no clip; all of it with ``-v``, little with ``-q``."""
    counts = run.counts()
    width = max(len("style"), *(len(style) for style in counts))
    yield f"{'style':{width}}  " + "  ".join(f"{verdict:>8}" for verdict in VERDICTS)
    for style, by_verdict in counts.items():
        yield f"{style:{width}}  " + "  ".join(f"{by_verdict[verdict]:8}" for verdict in VERDICTS)
    if verbosity < 0:
        return
    defects = Counter(
        f["defect"] for row in run.rows for f in row.findings if f["gate"] and not f["permitted"]
    )
    if defects:
        yield "defects: " + ", ".join(f"{name} {count}" for name, count in defects.most_common())
    limit = None if verbosity > 0 else _SHOWN
    yield from _listed("cases without a clip", [row.key for row in run.rows if _is_missing(row)], limit)
    yield from _listed("files that matched no case", unclaimed, limit)
    synthetic = sum(bool(row.clip and row.clip["synthetic"]) for row in run.rows)
    if synthetic:
        yield f"{synthetic} of {len(run.rows)} clips are synthetic: {SYNTHETIC}"


def _is_missing(row: Row) -> bool:
    return (row.error or {}).get("kind") == "missing_clip"


def _listed(title: str, names: Sequence[str], limit: int | None) -> Iterator[str]:
    if not names:
        return
    yield f"{title}: {len(names)}"
    yield from (f"  {name}" for name in names[:limit])
    if limit is not None and len(names) > limit:
        yield f"  … and {len(names) - limit} more (all with -v, and in run.json and rows.jsonl)"
