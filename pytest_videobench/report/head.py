"""The head of a run's page: what ran, what came of it, and where to look first."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_videobench.gate.decision import Decision
from pytest_videobench.gate.facts import DIMENSIONS, GRAVEST, place, titles
from pytest_videobench.gate.flakiness import TRIES, distrusted
from pytest_videobench.gate.sample import samples_of
from pytest_videobench.report.digest import costs, digest
from pytest_videobench.report.gated import REACH, forest, gate_sentences, unseen
from pytest_videobench.report.grammar import duration
from pytest_videobench.report.looked import looked_for
from pytest_videobench.report.render import render
from pytest_videobench.report.words import caveats, headline, reasons_of, software, synthetic_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.gate.row import Row
    from pytest_videobench.report.digest import Digest, Tally

FLAKY = 20
"""Prompts that the table of those to distrust has room for."""


def head(rows: Sequence[Row], run: Mapping[str, Any], base: str) -> str:
    """Give the head as HTML; ``base`` is the way from the page to the run's folder."""
    found = digest(rows)
    return render(
        "head.html",
        digest=found,
        headline=headline(found.verdicts),
        caveats=caveats(rows, run),
        synthetic=synthetic_of(found.synthetic, found.clips) if found.synthetic else "",
        about=_about(found, rows, run),
        dimensions=DIMENSIONS,
        looked=partial(looked_for, rows),
        patterns=run.get("patterns") or (),
        tally=_by_defect(found),
        titles=titles(rows),
        place=place,
        matrix=_matrix(rows),
        gate=_gate(run.get("gate")),
        board=run.get("board"),
        flaky=distrusted(samples_of(rows)),
        flaky_tries=TRIES,
        flaky_most=FLAKY,
        rows=rows,
        base=base,
    )


def _gate(data: dict[str, Any] | None) -> dict[str, Any] | None:
    """Give the verdict against a baseline, where the run was held against one."""
    if data is None:
        return None
    decision = Decision.from_json(data)
    return {
        "decision": decision,
        "sentences": gate_sentences(decision),
        "branches": forest(decision),
        "unseen": unseen(decision),
        "reach": REACH,
    }


def _about(found: Digest, rows: Sequence[Row], run: Mapping[str, Any]) -> dict[str, str]:
    prompts, rolls = {(row.style, row.prompt) for row in rows}, {row.roll for row in rows}
    facts = {
        "suites": ", ".join(style.style for style in found.styles),
        "backends": ", ".join(found.backends),
        "prompts × rolls": f"{len(prompts)} × {len(rolls)}",
        "started": str(run.get("started") or ""),
        "finished": str(run.get("finished") or "not finished"),
        "took": _took(run),
        **{name: f"{usd:.2f} USD" for name, usd in costs(found).items()},
        "no clip": reasons_of(found.without_clip),
        "measured with": ", ".join(f"{name} {' or '.join(texts)}" for name, texts in software(rows).items()),
    }
    return {name: text for name, text in facts.items() if text}


def _took(run: Mapping[str, Any]) -> str:
    """Give the time from the start of the run to its end, where it came to one."""
    started, finished = run.get("started"), run.get("finished")
    if not started or not finished:
        return ""
    return duration((datetime.fromisoformat(finished) - datetime.fromisoformat(started)).total_seconds())


def _by_defect(found: Digest) -> dict[str, dict[str, Tally]]:
    """Turn the tallies of the styles into one table, the most frequent defect first."""
    table: dict[str, dict[str, Tally]] = defaultdict(dict)
    for style in found.styles:
        for tally in style.tallies:
            table[tally.defect][style.style] = tally
    total = {name: sum(tally.cases for tally in by_style.values()) for name, by_style in table.items()}
    return dict(sorted(table.items(), key=lambda entry: -total[entry[0]]))


def _matrix(rows: Sequence[Row]) -> dict[str, Any]:
    """Give a line per prompt and a cell per backend and roll: the gravest of its rows, or none."""
    backends = sorted({row.backend for row in rows})
    columns = sorted({(row.backend, row.roll) for row in rows})
    cells: dict[str, dict[tuple[str, int], Row]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: GRAVEST.index(row.verdict), reverse=True):  # the gravest stays
        cells[f"{row.style}/{row.prompt}"][row.backend, row.roll] = row
    return {
        "columns": [f"{roll}" if len(backends) == 1 else f"{backend} {roll}" for backend, roll in columns],
        "lines": {name: [of.get(column) for column in columns] for name, of in sorted(cells.items())},
    }
