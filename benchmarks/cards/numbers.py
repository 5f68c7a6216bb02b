"""What the accuracy bench recorded, in the words and cells of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.accuracy.statistics import rate_interval, share_interval
from benchmarks.cards.data import faults_of
from benchmarks.cards.known import status
from pytest_videobench.defects.measured import record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NONE = "–"
UNIT = 10.0
"""Minutes that a rate of false alarms is given for."""


def of(defect: str) -> Mapping[str, Any]:
    """Give the record of a defect; empty where nothing was recorded."""
    found: Mapping[str, Any] = record()["detectors"].get(defect, {})
    return found


def noticed() -> str:
    """Give the severity at which anybody sees a fault, as the record writes it."""
    return f"{record()['noticed']:g}"


def severities(defect: str) -> list[list[str]]:
    """Give a detector's table of recall, head first; empty where no fault was injected."""
    found = of(defect)
    if not found.get("recall"):
        return []
    keys = list(found["recall"])
    rows = {
        f"severity ({noticed()} is noticed)": keys,
        "named": [_of(found["recall"][key]) for key in keys],
        "of 100 (95 %)": [percent(found["recall"][key]) for key in keys],
    }
    if any(hits for hits, _ in found["fails"].values()):
        rows["fails the case"] = [_of(found["fails"][key]) for key in keys]
    unseen = found.get("not_checked", {})
    if any(count for count, _ in unseen.values()):
        rows["besides, told as not checked"] = [_of(unseen.get(key)) for key in keys]
    if len(faults_of(defect)) > 1:
        parts = found["by_fault"].items()
        rows |= {f"named, `{fault}`": [_of(part.get(key)) for key in keys] for fault, part in parts}
    return [[title, *cells] for title, cells in rows.items()]


def trust(defect: str) -> list[list[str]]:
    """Give how far a detector can be trusted, as a head and a row; only what was measured."""
    found = of(defect)
    if not found:
        return []
    known = {
        "findings that are right": _of(found["precision"]),
        f"false alarms in {found['false_alarms']['minutes']:.1f} clean minutes": alarms(defect),
        f"per {UNIT:g} minutes, 95 %": _rates(defect),
        "ROC area": _area(found["auc"]),
        "motion, frame step alone": _baselines(found),
        "start, end off by": _errors(found),
        "labels found": _of(found["labelled"]["found"]),
        "other clips accused": _of(found["labelled"]["accused"]),
    }
    said = {name: cell for name, cell in known.items() if cell != NONE}
    return [list(said), list(said.values())]


def row(defect: str) -> list[str]:
    """Give a detector's cells of the table of all: recall, failing, alarms, precision, area, labels."""
    found = of(defect)
    if not found:
        return [NONE] * 6
    fails = found["fails"].get(noticed())
    area, motion = found["auc"], found["auc_motion"]
    return [
        share(found["recall"].get(noticed())),
        f"{100 * fails[0] / fails[1]:.0f}" if fails and status(defect) == "gate" else NONE,
        alarms(defect),
        _of(found["precision"]),
        f"{area[0]:.2f} ({motion:.2f})" if area else NONE,
        _of(found["labelled"]["found"]),
    ]


def share(pair: Sequence[int] | None) -> str:
    """Write a share with Wilson's interval, and what it is of."""
    return f"{percent(pair)} of {pair[1]}" if pair and pair[1] else NONE


def percent(pair: Sequence[int]) -> str:
    """Write a share and Wilson's interval in per cent."""
    low, high = share_interval(pair[0], pair[1])
    return f"{100 * pair[0] / pair[1]:.0f} ({100 * low:.0f}–{100 * high:.0f})"


def alarms(defect: str) -> str:
    """Write the false alarms, those that fail and those that warn apart."""
    found = of(defect)["false_alarms"]
    return ", ".join(f"{found[kind]} {kind}" for kind in _kinds(defect)).replace("gate", "fail")


def _rates(defect: str) -> str:
    """Write the false alarms in a fixed time, with the exact interval."""
    found = of(defect)["false_alarms"]
    time = found["minutes"] / UNIT
    counts = [found[kind] for kind in _kinds(defect)] if time else []
    cells = [(count / time, *rate_interval(count, time)) for count in counts]
    return ", ".join("{:.1f} ({:.1f}–{:.1f})".format(*cell) for cell in cells) or NONE


def _kinds(defect: str) -> tuple[str, ...]:
    return ("gate", "warn") if status(defect) == "gate" else ("warn",)


def _of(pair: Sequence[int] | None) -> str:
    return f"{pair[0]} of {pair[1]}" if pair and pair[1] else NONE


def _area(area: Sequence[float] | None) -> str:
    return "{:.2f} ({:.2f}–{:.2f})".format(*area) if area else NONE


def _baselines(found: Mapping[str, Any]) -> str:
    return f"{found['auc_motion']:.2f}, {found['auc_step']:.2f}" if found["auc"] else NONE


def _errors(found: Mapping[str, Any]) -> str:
    start, end, frames = (found[key] for key in ("start_error_s", "end_error_s", "start_error_frames"))
    if start is None:
        return NONE
    return f"{start:.2f} s ({frames:.0f} frame{'s' * (round(frames) != 1)}), {end:.2f} s"
