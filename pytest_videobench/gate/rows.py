"""Reading the rows of a report's folder, whether its run came to an end or not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_videobench.errors import SpecError
from pytest_videobench.gate.facts import place
from pytest_videobench.gate.row import Row

if TYPE_CHECKING:
    from pathlib import Path

ROWS = "rows.jsonl"


def read_rows(folder: Path) -> list[Row]:
    """Read the rows; of a test that was run again the last, and of a killed run the whole lines.

    Raises a one-line :class:`SpecError` where the folder is no report's.
    """
    file = folder / ROWS
    try:
        *lines, _half = file.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        reason = error.strerror or error
        raise SpecError(f"{file}: {reason}; name the folder of a run's report") from None
    try:
        rows = [Row.from_json(json.loads(line)) for line in lines]
    except (ValueError, TypeError, AttributeError) as error:
        raise SpecError(f"{file}: cannot be read ({error})") from None
    return list({place(row): row for row in rows}.values())
