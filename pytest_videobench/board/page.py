"""The pages of a board: ``index.html`` with what is said, ``clips.html`` with the clips side by side."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from importlib.resources import files
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

from pytest_videobench.board.board import BOARD_VERSION
from pytest_videobench.board.clips import MEDIA, Media, players, texts
from pytest_videobench.board.plots import forest, radars, scatter
from pytest_videobench.board.sentences import chance, points
from pytest_videobench.errors import GoldenError
from pytest_videobench.files import publish
from pytest_videobench.gate.facts import SYNTHETIC
from pytest_videobench.report.grammar import capital, duration, percent, plain
from pytest_videobench.report.render import MARKS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jinja2 import Environment
    from markupsafe import Markup

    from pytest_videobench.board.board import Board
    from pytest_videobench.board.tallies import Count

PAGE, CLIPS, DATA = "index.html", "clips.html", "board.json"
_ASSETS = {
    "videobench.css": "pytest_videobench.report",
    "board.css": "pytest_videobench.board",
    "clips.js": "pytest_videobench.board",
}
_HEATS = (0.0, 0.02, 0.05, 0.1, 0.2)
"""Shares of failing cases above which a cell of the defects gets its next shade."""


def write_board(board: Board, folder: Path, *, copy: bool = False) -> Path:
    """Write the pages of a board, and give the path of the first.

    Clips are linked where they lie; ``copy`` brings them into the folder, so that it can be sent. A folder
    that holds other files is refused with a one-line :class:`GoldenError`.
    """
    _make_room(folder)
    publish(folder / DATA, (json.dumps(board.as_json(), indent=1, ensure_ascii=False) + "\n").encode())
    _write_assets(folder / "assets")
    watched = any(not entry.golden for entry in board.entries)
    letters = letters_of(board)
    if watched:
        publish(folder / CLIPS, _clips_page(board, Media(folder, copy=copy), letters).encode())
    publish(folder / PAGE, _index_page(board, letters, watched=watched).encode())
    return folder / PAGE


def letters_of(board: Board) -> dict[str, str]:
    """Give every backend a short sign for plots and narrow tables, the best first."""
    labels = board.whole.order()
    return {
        label: ascii_uppercase[index] if len(labels) <= len(ascii_uppercase) else str(index + 1)
        for index, label in enumerate(labels)
    }


def _index_page(board: Board, letters: Mapping[str, str], *, watched: bool) -> str:
    return (
        _environment()
        .get_template("board.html")
        .render(
            board=board,
            letters=letters,
            entries={entry.label: entry for entry in board.entries},
            watched=watched,
            synthetic=[entry.label for entry in board.entries if entry.synthetic],
            radars=radars(board.whole),
            forest=forest(board),
            scatter=scatter(board),
            software=next((entry.fingerprint for entry in board.entries if entry.fingerprint), {}),
            heat=_heat,
        )
    )


def _clips_page(board: Board, media: Media, letters: Mapping[str, str]) -> str:
    cells = players(board, media)
    data: dict[str, Any] = {
        "backends": [
            {
                "label": entry.label,
                "letter": letters[entry.label],
                "synthetic": entry.synthetic,
                "golden": entry.golden,
            }
            for entry in board.entries
        ],
        "texts": texts(board),
        "cases": cells,
        "marks": MARKS,
    }
    return _environment().get_template("clips.html").render(board=board, data=data)


def _breakable(label: str) -> Markup:
    """Let a long label wrap where its parts begin."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"([@?/(])|(&amp;)", r"\1\2<wbr>", str(escape(label))))


def _usd(value: float) -> str:
    return f"{value:.2f}" if value >= 1 else f"{value:.3g}"


def _unbroken(text: str) -> str:
    """Keep numbers and their signs on one line."""
    return text.replace(" = ", "\u00a0=\u00a0").replace(" < ", "\u00a0<\u00a0").replace(" %", "\u00a0%")


def _heat(count: Count) -> int:
    """Give the shade of a cell, 0–5, by the share of cases that a defect fails."""
    share = count.failing / count.looked if count.looked else 0.0
    return sum(share > bound for bound in _HEATS)


def _make_room(folder: Path) -> None:
    """Make the folder, and clear what an earlier board left of its own."""
    if folder.exists() and not (folder.is_dir() and (not any(folder.iterdir()) or _is_ours(folder / DATA))):
        raise GoldenError(f"{folder} holds other files; name another folder with --output")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CLIPS).unlink(missing_ok=True)
    shutil.rmtree(folder / MEDIA, ignore_errors=True)


def _is_ours(file: Path) -> bool:
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(record, dict) and record.get("board") is True and record.get("version") == BOARD_VERSION


def _write_assets(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, package in _ASSETS.items():
        publish(folder / name, (files(package) / "static" / name).read_bytes())


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("pytest_videobench.board"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {
        "capital": capital,
        "percent": percent,
        "words": plain,
        "points": points,
        "usd": _usd,
        "chance": chance,
        "duration": duration,
        "unbroken": _unbroken,
        "breakable": _breakable,
    }
    environment.globals |= {"marks": MARKS, "synthetic_words": SYNTHETIC}
    return environment
