"""The head of a run's page: what ran, what came of it, and where to look first."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pytest_videobench.report.digest import digest
from pytest_videobench.report.facts import DIMENSIONS
from pytest_videobench.report.render import render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.gate.row import Row
    from pytest_videobench.report.digest import Digest, Tally


def head(rows: Sequence[Row], run: Mapping[str, Any], base: str) -> str:
    """Give the head as HTML; ``base`` is the way from the page to the run's folder."""
    found = digest(rows)
    return render(
        "head.html",
        digest=found,
        headline=headline(found),
        about=_about(found, rows, run),
        dimensions=DIMENSIONS,
        tally=_by_defect(found),
        cases={row.key: row for row in rows},
        matrix=_matrix(rows),
        rows=rows,
        base=base,
    )


def headline(found: Digest) -> str:
    """Say in one line how many cases fail, or could not be judged."""
    total = sum(found.verdicts.values())
    if not total:
        return "No case ran."
    counted = {"fail": "fail", "error": "could not be judged", "unscored": "have no score"}
    told = [f"{found.verdicts[v]} {words}" for v, words in counted.items() if found.verdicts.get(v)]
    cases = "1 case" if total == 1 else f"{total} cases"
    return f"{cases}: {found.verdicts.get('pass', 0)} pass" + "".join(f", {text}" for text in told) + "."


def _about(found: Digest, rows: Sequence[Row], run: Mapping[str, Any]) -> dict[str, str]:
    prompts, rolls = {(row.style, row.prompt) for row in rows}, {row.roll for row in rows}
    facts = {
        "suites": ", ".join(style.style for style in found.styles),
        "backends": ", ".join(found.backends),
        "prompts × rolls": f"{len(prompts)} × {len(rolls)}",
        "started": str(run["started"]),
        "finished": str(run["finished"] or "not finished"),
        "cost": f"{found.cost_usd:.2f} USD" if found.cost_usd else "",
        "seen by": ", ".join(f"{name} {text}" for name, text in _seen_by(rows).items()),
    }
    return {name: text for name, text in facts.items() if text}


def _seen_by(rows: Sequence[Row]) -> Mapping[str, str]:
    return next((row.fingerprint for row in rows if row.fingerprint), {})


def _by_defect(found: Digest) -> dict[str, dict[str, Tally]]:
    """Turn the tallies of the styles into one table, the most frequent defect first."""
    table: dict[str, dict[str, Tally]] = defaultdict(dict)
    for style in found.styles:
        for tally in style.tallies:
            table[tally.defect][style.style] = tally
    total = {name: sum(tally.cases for tally in by_style.values()) for name, by_style in table.items()}
    return dict(sorted(table.items(), key=lambda entry: -total[entry[0]]))


def _matrix(rows: Sequence[Row]) -> dict[str, Any]:
    """Give a line per prompt and a cell per backend and roll; a cell may be empty."""
    backends = sorted({row.backend for row in rows})
    columns = sorted({(row.backend, row.roll) for row in rows})
    cells: dict[str, dict[tuple[str, int], Row]] = defaultdict(dict)
    for row in rows:
        cells[f"{row.style}/{row.prompt}"][row.backend, row.roll] = row
    return {
        "columns": [f"{roll}" if len(backends) == 1 else f"{backend} {roll}" for backend, roll in columns],
        "lines": {name: [of.get(column) for column in columns] for name, of in sorted(cells.items())},
    }
