"""Pictures that are worse at the end than at the beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.drift import colour_drift
from pytest_videobench.defects.softness import detail_left, lit, sharpness_left
from pytest_videobench.metrics.decay import decay_colourfulness, decay_contrast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=rules("late_decay")["gate_from"])
def late_decay(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find sharpness that is lost bit by bit until the end, colours that drift away by themselves, and else
    gross loss of contrast or colour from the first quarter to the last.

    Severity: 1 less the sharpness that is left; 0.75 and the size of a drift; half of what is lost of
    contrast or colour, which a camera that moves on may lose as well.
    """
    if footage.probe.duration < rules("late_decay")["seconds"]:
        return
    found = [*_softening(footage), *_drifting(footage)]
    yield from found or _faded(footage, expected)


def _softening(footage: Footage) -> Iterable[Finding]:
    rule, left = rules("late_decay"), detail_left(footage)
    last = max(2, round(rule["last"] * len(left)))
    if len(left) < rule["samples"] or not lit(footage)[-last:].all():
        return
    sharpness = float(np.median(sharpness_left(footage)[-last:]))
    fall = -np.diff(np.log(np.maximum(left, 1e-3)))
    # A cut to another shot loses all of it at once.
    at_once = float(fall.max()) > rule["at_once"] * -np.log(max(float(left[-1]), 1e-3))
    if sharpness > rule["sharpness"] or left[-last:].max() > rule["left"] or at_once:
        return
    kept = float(np.median(left[-last:]))
    note = f"Sharpness fades away: {100 * kept:.0f} % of the fine detail is left at the end."
    yield _finding(footage, int(np.flatnonzero(left > rule["left"])[-1]), 1 - sharpness, note)


def _drifting(footage: Footage) -> Iterable[Finding]:
    drift = colour_drift(footage)
    if drift is not None:
        note = f"All colours drift by {drift.shift:.0f} levels, to {drift.gain:.1f} times their strength."
        yield _finding(footage, drift.sample, 0.75 + drift.size, note)


def _faded(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    rule = rules("late_decay")
    for metric in (decay_contrast, decay_colourfulness):
        name, kept = metric.name.removeprefix("decay_"), metric(footage, expected).value
        if kept is not None and kept < rule[name]:
            note = f"{100 * kept:.0f} % of the first quarter's {name} is left in the last."
            yield _finding(footage, 3 * len(footage.samples.index) // 4, (1 - kept) / 2, note)


def _finding(footage: Footage, sample: int, severity: float, note: str) -> Finding:
    first = int(footage.samples.index[sample])
    return Finding(
        defect="late_decay",
        start=float(footage.frames.time[first]),
        end=footage.probe.duration,
        severity=severity,
        confidence=0.6,
        note=note,
        frames=(first, len(footage.frames.time) - 1),
    )
