"""The folder of a run: rows, run record, clips and posters; movable as a whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_videobench.backends.base import Inventory
from pytest_videobench.cases import slug
from pytest_videobench.errors import GoldenError
from pytest_videobench.files import publish, time_of_day, writable
from pytest_videobench.footage.edges import read_edges
from pytest_videobench.footage.playable import PLAYABLE
from pytest_videobench.footage.strip import POSTER, STRIP
from pytest_videobench.gate.facts import VERDICTS, place
from pytest_videobench.gate.patterns import inherit, patterns
from pytest_videobench.gate.row import Row
from pytest_videobench.gate.rows import ROWS
from pytest_videobench.report.digest import digest
from pytest_videobench.report.markdown import summary
from pytest_videobench.report.pages import write_pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from pytest_videobench.backends.base import Backend
    from pytest_videobench.gate.facts import Place
    from pytest_videobench.gate.patterns import Pattern

RUN_VERSION = 1
RUN = "run.json"
PAGE = "index.html"
SUMMARY = "summary.md"
BOARD = "board"
"""Folder of the board, within that of the run."""
_LONGEST_NAME = 120


class RunFolder:
    """Takes rows as they come, and leaves a sorted, complete record at the end.

    ``rows.jsonl`` grows line by line, so a killed run leaves every row that was finished; ``run.json`` says
    ``"complete": false`` until :meth:`finish`.
    """

    def __init__(self, folder: Path, about: dict[str, Any]) -> None:
        self.folder = folder
        self.rows: list[Row] = []
        self.about = {"version": RUN_VERSION, "started": time_of_day(), "finished": None, **about}
        self.patterns: tuple[Pattern, ...] = ()
        self._by_place: dict[Place, Row] = {}
        self._pages: dict[str, Place] = {}
        self._edges: dict[str, NDArray[np.int8]] = {}

    @staticmethod
    def is_free(folder: Path) -> bool:
        """Say whether a report may be written there: nothing lies there, or an earlier report."""
        return not folder.exists() or (
            folder.is_dir() and (not any(folder.iterdir()) or _is_ours(folder / RUN))
        )

    def open(self) -> None:
        """Make the folder, and clear what an earlier run left of its own."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write_run(complete=False)  # first, because it marks the folder as a report
        (self.folder / PAGE).unlink(missing_ok=True)
        for name in ("clips", "posters", "cases", BOARD):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        for name in ("clips", "posters", "cases"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / ROWS).write_text("", encoding="utf-8")

    def add(self, row: Row) -> Row:
        """Bring the clip into the folder, write the row, and give the row as written.

        The row of a test that is run again takes the place of its earlier one; of several lines in
        ``rows.jsonl`` the last counts until :meth:`finish` leaves only that.
        """
        earlier = self._by_place.get(place(row))
        if earlier is not None:
            self.rows.remove(earlier)
            row = _again(earlier, row)
        row = Row.from_json(writable(replace(row, clip=self._adopt(row), page=self._page(row)).to_json()))
        self.rows.append(row)
        self._by_place[place(row)] = row
        with (self.folder / ROWS).open("a", encoding="utf-8") as file:
            file.write(_line(row))
        return row

    def mark(self, changes: Mapping[str, str]) -> None:
        """Say of every case how it stands to a baseline, by ``style/prompt/roll``."""
        self.rows = [
            replace(row, change=changes.get(f"{row.style}/{row.prompt}/{row.roll}", "")) for row in self.rows
        ]

    def finish(self, facts: dict[str, Any], planned: int | None, home: str) -> None:
        """Sort the rows, and write the run's record and the pages of the cases.

        The record is complete when every planned case has its row. ``home`` leads from the folder to the
        page of the run; it is empty where there is none.
        """
        self.patterns = patterns(self.rows, self._edges)
        self.rows = inherit(self.rows, self.patterns, self._edges)
        self.rows.sort(key=lambda row: (row.key, row.nodeid))
        publish(self.folder / ROWS, "".join(map(_line, self.rows)).encode())
        shared = [writable(asdict(pattern)) for pattern in self.patterns]
        self.about |= {**facts, "patterns": shared, "planned": planned, "finished": time_of_day()}
        self.about["board"] = self._write_board()
        self._write_run(complete=planned == len(self.rows))
        write_pages(self.rows, self.folder, home)
        text = summary(digest(self.rows), self.rows, self.about)
        publish(self.folder / SUMMARY, text.encode())

    def _write_board(self) -> dict[str, Any] | None:
        """Put several backends side by side; nothing where they have too little in common."""
        from pytest_videobench.board import board_of, entries_of_rows, write_board

        try:
            board = board_of(entries_of_rows(self.rows, self.folder))
            page = write_board(board, self.folder / BOARD)
        except GoldenError:
            return None
        said = {part.name: list(part.sentences) for part in board.parts}
        return {"page": page.relative_to(self.folder).as_posix(), "sentences": said}

    def counts(self) -> dict[str, dict[str, int]]:
        """Count verdicts by style."""
        by_style: dict[str, Counter[str]] = {}
        for row in sorted(self.rows, key=lambda row: row.style):
            by_style.setdefault(row.style, Counter())[row.verdict] += 1
        return {
            style: {verdict: counter[verdict] for verdict in VERDICTS} for style, counter in by_style.items()
        }

    def _page(self, row: Row) -> str:
        """Name the page of a case; two tests may look at one case."""
        name, count = _file_name(row), 1
        while self._pages.setdefault(f"cases/{name}.html", place(row)) != place(row):
            count += 1
            name = f"{_file_name(row)}--{count}"
        return f"cases/{name}.html"

    def _adopt(self, row: Row) -> dict[str, Any] | None:
        if row.clip is None:
            return None
        clip = dict(row.clip)
        source = Path(clip.pop("path"))
        still = read_edges(source.parent)
        if still is not None:
            self._edges[row.key] = still
        name = _file_name(row)
        played = source.with_name(PLAYABLE)
        clip["file"] = _bring(source, self.folder / "clips" / f"{name}{source.suffix}", self.folder)
        clip["played"] = (
            _bring(played, self.folder / "clips" / f"{name}--{PLAYABLE}", self.folder) or clip["file"]
        )
        for kind, file in (("poster", POSTER), ("strip", STRIP)):
            target = self.folder / "posters" / f"{name}-{file}"
            clip[kind] = _bring(source.with_name(file), target, self.folder)
        return clip

    def _write_run(self, *, complete: bool) -> None:
        found = digest(self.rows)
        about = {
            **self.about,
            "complete": complete,
            "cases": len(self.rows),
            "verdicts": {verdict: sum(row.verdict == verdict for row in self.rows) for verdict in VERDICTS},
            "styles": self.counts(),
            "cost_usd": found.cost_usd,
            "spent_usd": found.spent_usd,
            "passing_usd": found.passing_usd,
            "without_clip": found.without_clip,
            "fingerprint": next((row.fingerprint for row in self.rows if row.fingerprint), {}),
        }
        text = json.dumps(about, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        publish(self.folder / RUN, text.encode())


def unfit(folder: Path, backends: Iterable[Backend], *, self_contained: bool) -> list[str]:
    """Say, in one line each, why a run cannot leave its report there, before any clip is made."""
    found = []
    if self_contained:
        found.append(
            "--self-contained-html: clips inside a page make it too large to open;"
            " drop the option and send the folder"
        )
    if not RunFolder.is_free(folder):
        found.append(f"{folder} holds other files; name another folder with --vb-report")
    for root in sorted({backend.root for backend in backends if isinstance(backend, Inventory)}):
        if root.is_relative_to(folder.resolve()):
            found.append(f"{folder} holds the clips of {root}; name another folder with --vb-report")
    return found


def _again(earlier: Row, later: Row) -> Row:
    """Give the later row of a test that was run again, with what the earlier one had to say and to pay."""
    timing = dict(later.timing)
    if "clip" in earlier.timing and timing.pop("store", None) is not None:  # the earlier one made the clip
        timing["clip"] = earlier.timing["clip"]
    kind = f" ({earlier.error['kind']})" if earlier.error else ""
    notes = [*earlier.notes, *later.notes, f"run again: the verdict was {earlier.verdict}{kind} before"]
    return replace(later, timing=timing, notes=list(dict.fromkeys(notes)))


def _is_ours(file: Path) -> bool:
    """Say whether a file is the record of an earlier run; other programs have a ``run.json`` as well."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(record, dict) and record.keys() >= {"version", "started", "videobench", "complete"}


def _file_name(row: Row) -> str:
    """Name the files of a case; a backend's parameters may be longer than a file name may be."""
    name = "--".join(map(slug, row.key.split("/")))
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:_LONGEST_NAME]}--{hashlib.sha256(row.key.encode()).hexdigest()[:8]}"


def _bring(source: Path, target: Path, root: Path) -> str | None:
    """Link a file into the report where the disk allows it, else copy it; give its path in the report."""
    if not source.is_file():
        return None
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return target.relative_to(root).as_posix()


def _line(row: Row) -> str:
    return json.dumps(row.to_json(), sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
