"""The package's own record of what was measured, one line per detector so that differences can be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest_videobench.defects

if TYPE_CHECKING:
    from collections.abc import Mapping

RECORD = Path(pytest_videobench.defects.__path__[0]) / "measured.json"
HEAD = ("half", "videobench", "noticed", "sources", "clean_minutes", "clean_minutes_by_origin")
KEPT = (
    "recall",
    "not_checked",
    "fails",
    "precision",
    "auc",
    "auc_motion",
    "auc_step",
    "start_error_s",
    "end_error_s",
    "start_error_frames",
    "by_fault",
)


def record_of(figures: Mapping[str, Any]) -> str:
    """Give the record as text; only what a case's report, the cards and the gate need."""
    lines = [
        f"{json.dumps(name)}: {json.dumps(_detector(one))}" for name, one in figures["detectors"].items()
    ]
    stable = {name: figures["stability"][name] for name in ("same", "crf18")}
    head = [f"{json.dumps(name)}: {json.dumps(figures[name])}" for name in HEAD]
    body = ['"detectors": {\n' + ",\n".join(lines) + "\n}"]
    tail = [f'"stability": {json.dumps(stable)}', f'"moments": {json.dumps(figures["moments"])}']
    return "{\n" + ",\n".join(head + body + tail) + "\n}\n"


def _detector(figures: Mapping[str, Any]) -> dict[str, Any]:
    alarms, labelled = figures["false_alarms"], figures["labelled"]
    return {name: figures[name] for name in KEPT} | {
        "false_alarms": {name: alarms[name] for name in ("gate", "warn", "minutes", "by_origin")},
        "labelled": {name: labelled[name] for name in ("found", "accused")},
        "styles": {style: row["recall"] for style, row in figures["styles"].items() if row["recall"][1]},
    }
