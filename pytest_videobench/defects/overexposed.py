"""Pictures that are burnt out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.light import common_steps, log_luma
from pytest_videobench.defects.sampled import sampled_spans
from pytest_videobench.defects.spans import evidence, runs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def overexposed(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find surges of light that burn the picture out for a while, or else spans in which much is pure white.

    Severity: of a surge, 0.2 and its logarithm; of white, which may be a white ground, half of its share.
    """
    surges = list(_surges(footage))
    yield from surges or _white(footage)


def _surges(footage: Footage) -> Iterable[Finding]:
    """Find spans in which all blocks are lighter than usual by about one factor."""
    rule, times = rules("overexposed"), footage.times
    levels = log_luma(footage, rule["log_offset"])
    surge, spread = common_steps(levels - np.quantile(levels, rule["usual"], axis=0))
    for first, stop in runs((surge > rule["surge"]) & (spread < rule["spread"])):
        if stop == len(times) or times[stop] - times[first] < rule["surge_seconds"]:
            continue
        size = float(np.quantile(surge[first:stop], 0.75))
        start, end = float(times[first]), float(times[stop])
        if _faded(footage, first, stop) or (first == 0 and _from_white(footage)):
            continue
        burnt = _clipped(footage, start, end)
        if burnt < rule["burnt"] and size < rule["gross"]:
            continue
        frames = tuple(int(footage.distinct[i]) for i in evidence(first, stop - 1))
        note = f"The light is {np.exp(size):.1f} times as strong for {end - start:.1f} s, and burns out"
        yield _finding(start, end, 0.2 + size, f"{note} {100 * burnt:.0f} % more of the picture.", frames)


def _faded(footage: Footage, first: int, stop: int) -> bool:
    """Say whether the rest of the clip is dark because it fades in or out."""
    p99 = footage.frames.p99[footage.distinct]
    rest = np.concatenate([p99[:first], p99[stop:]])
    return bool(np.quantile(rest, 0.1) < rules("overexposed")["fade"] * np.median(p99[first:stop]))


def _from_white(footage: Footage) -> bool:
    """Say whether the clip fades in from white: its darkest parts are white at first, too."""
    return bool(footage.frames.p01[0] > rules("overexposed")["white"])


def _clipped(footage: Footage, start: float, end: float) -> float:
    """Give the share of the picture that is burnt out in a span and not elsewhere."""
    samples = footage.samples
    times = footage.frames.time[samples.index]
    inside = (times >= start) & (times <= end)
    most = float(samples.clipped[inside].max(initial=0.0))
    return most - float(np.median(samples.clipped[~inside])) if (~inside).any() else most


def _white(footage: Footage) -> Iterable[Finding]:
    rule, samples = rules("overexposed"), footage.samples
    for start, end, where in sampled_spans(footage, samples.clipped > rule["share"], rule["seconds"]):
        share = float(samples.clipped[where].mean())
        note = f"{100 * share:.0f} % of the picture is burnt out for {end - start:.1f} s."
        frames = tuple(int(i) for i in samples.index[where][:3])
        yield replace(_finding(start, end, share / 2, note, frames), hint=True)


def _finding(start: float, end: float, severity: float, note: str, frames: tuple[int, ...]) -> Finding:
    return Finding(
        defect="overexposed",
        start=start,
        end=end,
        severity=severity,
        confidence=0.7,
        note=note,
        frames=frames,
    )
