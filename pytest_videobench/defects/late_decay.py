"""Pictures that are worse at the end than at the beginning."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.drift import colour_drift
from pytest_videobench.defects.onset import onset
from pytest_videobench.defects.smear import smear
from pytest_videobench.defects.softness import detail_left, lit, sharpness_left
from pytest_videobench.metrics.decay import decay_colourfulness, decay_contrast

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


def _blind(footage: Footage, expected: Expectations) -> str:
    least = rules("late_decay")["seconds"]
    if footage.probe.duration < least:
        return f"shorter than {least:g} s"
    return "" if lit(footage).any() else "no picture has light enough"


@detector(gate=True, blind=_blind)
def late_decay(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find sharpness that is lost bit by bit until the end, in the whole picture or in a region, colours that
    drift away by themselves, and else gross loss of contrast or colour from the first quarter to the last.

    A finding starts when the loss begins. Severity: 1 less the sharpness that is left; 0.75 and the size of a
    drift; by its size for a region, which never gates; half of what is lost of contrast or colour, which a
    camera that moves on may lose as well.
    """
    softening = list(_softening(footage)) or list(_smearing(footage))
    yield from [*softening, *_drifting(footage)] or _faded(footage, expected)


def _softening(footage: Footage) -> Iterable[Finding]:
    rule, left = rules("late_decay"), detail_left(footage)
    last = max(2, round(rule["last"] * len(left)))
    if len(left) < rule["samples"] or not lit(footage)[-last:].all():
        return
    # What fades away goes on falling within them, so their middle counts.
    sharpness, kept = (float(np.median(one[-last:])) for one in (sharpness_left(footage), left))
    fall = -np.diff(np.log(np.maximum(left, 1e-3)))
    # A cut to another shot loses all of it at once.
    at_once = float(fall.max()) > rule["at_once"] * -np.log(max(float(left[-1]), 1e-3))
    if sharpness > rule["sharpness"] or kept > rule["left"] or at_once:
        return
    note = f"Sharpness fades away: {100 * kept:.0f} % of the fine detail is left at the end."
    times = footage.frames.time[footage.samples.index]
    begin = onset(np.log(np.maximum(left, 1e-3)), times)
    yield _finding(footage, begin, 1 - sharpness, note)


def _smearing(footage: Footage) -> Iterable[Finding]:
    rule, region = rules("smear"), smear(footage)
    if region is not None:
        note = (
            f"{100 * region.share:.0f} % of the picture lose their fine detail while their shapes stay: "
            f"{100 * region.kept:.0f} % of it is left at the end."
        )
        severity = min(rule["most"], rule["severity"] + region.share)
        yield replace(_finding(footage, region.sample, severity, note), box=region.box, hint=True)


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
            found = _finding(footage, 3 * len(footage.samples.index) // 4, (1 - kept) / 2, note)
            yield replace(found, hint=True)


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
