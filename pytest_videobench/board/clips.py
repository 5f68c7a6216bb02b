"""The clips of a board: what its players are given, with ways that lead from the board to every clip."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pytest_videobench.gate.facts import GRAVEST
from pytest_videobench.report.grammar import listed, plain

if TYPE_CHECKING:
    from pytest_videobench.board.board import Board
    from pytest_videobench.board.entries import Entry
    from pytest_videobench.gate.row import Row
    from pytest_videobench.gate.sample import Sample

MEDIA = "media"
"""Folder of the files that were copied."""
_FILES: tuple[str, ...] = ("played", "poster", "strip")
_PROBED: tuple[str, ...] = ("fps", "duration", "width", "height")


class Media:
    """Gives the way from a board's folder to a file of a run, which it copies first where that is asked."""

    def __init__(self, folder: Path, *, copy: bool) -> None:
        self._folder = folder
        self._copy = copy

    def way(self, entry: Entry, which: int, file: str | None) -> str | None:
        """Give a file's address, or none where the file is not there."""
        source = entry.source / file if file else None
        if source is None or not source.is_file():
            return None
        return _address(self._copied(source, which) if self._copy else source, self._folder)

    def page(self, entry: Entry, file: str) -> str | None:
        """Give the address of a case's page; a board that travels leaves the pages at home."""
        source = entry.source / file
        return None if self._copy or not source.is_file() else _address(source, self._folder)

    def _copied(self, source: Path, which: int) -> Path:
        target = self._folder / MEDIA / str(which) / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)
        return target


def players(board: Board, media: Media) -> dict[str, dict[str, list[Any]]]:
    """Give ``style/prompt`` → roll → a cell for every backend, or ``None`` where it has no such roll."""
    cells: dict[str, dict[str, list[Any]]] = {prompt: {} for prompt in board.prompts}
    for which, entry in enumerate(board.entries):
        rows = _with_clips(entry)
        for sample in entry.samples:
            if sample.key not in cells:
                continue
            row = rows.get((sample.key, sample.roll))
            cell = {"verdict": sample.verdict, "why": _why(sample), **_clip(entry, which, row, media)}
            places = cells[sample.key].setdefault(str(sample.roll), [None] * len(board.entries))
            places[which] = cell
    return {
        prompt: dict(sorted(rolls.items(), key=lambda item: int(item[0]))) for prompt, rolls in cells.items()
    }


def texts(board: Board) -> dict[str, str]:
    """Give the words of every prompt, where a run is there that says them."""
    return {
        f"{row.style}/{row.prompt}": row.text
        for entry in board.entries
        for row in entry.rows
        if f"{row.style}/{row.prompt}" in board.prompts
    }


def _with_clips(entry: Entry) -> dict[tuple[str, int], Row]:
    """Give a row per clip: of several tests the one with the gravest verdict, whose page says the most."""
    gravest_last = sorted(entry.rows, key=lambda row: GRAVEST.index(row.verdict), reverse=True)
    return {(f"{row.style}/{row.prompt}", row.roll): row for row in gravest_last}


def _clip(entry: Entry, which: int, row: Row | None, media: Media) -> dict[str, Any]:
    if row is None:
        return {}
    clip, probe = row.clip or {}, row.probe or {}
    found = {name: media.way(entry, which, clip.get(name)) for name in _FILES}
    facts = {name: probe[name] for name in _PROBED if name in probe}
    return {**found, **facts, "frames": len(row.strip), "page": media.page(entry, row.page)}


def _why(sample: Sample) -> str:
    """Say what fails a case, or why it has no verdict."""
    if sample.error:
        return plain(sample.error)
    found = [plain(name) for name in sample.defects]
    found += [f"{plain(name)} out of its range" for name in sample.breaches]
    return listed(found)


def _address(path: Path, folder: Path) -> str:
    """Give a relative address, so that both folders can move together; on another drive there is none."""
    try:
        return quote(Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix())
    except ValueError:
        return path.resolve().as_uri()
