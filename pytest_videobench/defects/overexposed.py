"""Pictures that are burnt out."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.light import common_steps, log_luma
from pytest_videobench.defects.sampled import sampled_spans
from pytest_videobench.defects.spans import evidence, runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_videobench.footage.footage import Floats, Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def overexposed(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find surges of light that burn the picture out for a while, or else spans in which much is pure white.

    Severity: of a surge, 0.2 and its logarithm; of white, which may be a white ground, half of its share.
    """
    yield from _surges(footage) or _white(footage)


def _surges(footage: Footage) -> list[Finding]:
    """Find spans in which all blocks are lighter than usual by about one factor, and burn out."""
    rule = rules("overexposed")
    levels = log_luma(footage, rule["log_offset"])
    surge, spread = common_steps(levels - np.quantile(levels, rule["usual"], axis=0))
    lighter = runs((surge > rule["surge"]) & (spread < rule["spread"]))
    # Where the scene moves on, only the light's own steps are the same everywhere.
    return _burning(footage, surge, lighter) or _burning(footage, surge, _between_edges(footage, levels))


def _burning(footage: Footage, surge: Floats, spans: Iterable[tuple[int, int]]) -> list[Finding]:
    """Give those of some spans of distinct frames that last, end before the clip does, and burn out."""
    rule, times = rules("overexposed"), footage.times
    found = []
    for first, stop in spans:
        if stop == len(times) or times[stop] - times[first] < rule["surge_seconds"]:
            continue
        if _faded(footage, first, stop) or (first == 0 and _from_white(footage)):
            continue
        size = float(np.quantile(surge[first:stop], 0.75))
        start, end = float(times[first]), float(times[stop])
        burnt = _clipped(footage, start, end)
        if burnt >= rule["burnt"] or (size >= rule["gross"] and _brightest_rise(footage, first, stop)):
            frames = tuple(int(footage.distinct[i]) for i in evidence(first, stop - 1))
            note = f"The light is {np.exp(size):.1f} times as strong for {end - start:.1f} s, and burns out"
            note = f"{note} {100 * burnt:.0f} % more of the picture."
            found.append(_finding(start, end, 0.2 + size, note, frames))
    return found


def _between_edges(footage: Footage, levels: Floats) -> Iterator[tuple[int, int]]:
    """Give spans from a rise of light that is the same in all blocks to the fall that undoes it."""
    rule = rules("overexposed")
    lag = max(1, round(rule["edge_seconds"] * footage.true_fps))
    if len(levels) <= lag:
        return
    step, spread = common_steps(levels[lag:] - levels[:-lag])
    alike = spread < rule["edge_spread"] * np.abs(step)
    found = [*runs(alike & (step > rule["surge"])), *runs(alike & (step < -rule["surge"]))]
    edges = sorted(first + int(np.abs(step[first:stop]).argmax()) for first, stop in found)
    for rise, fall in pairwise(edges):
        if -step[fall] > rule["undone"] * step[rise] > 0:
            yield rise + lag, fall + 1


def _faded(footage: Footage, first: int, stop: int) -> bool:
    """Say whether the rest of the clip is dark because it fades in or out."""
    p99 = footage.frames.p99[footage.distinct]
    rest = np.concatenate([p99[:first], p99[stop:]])
    return bool(np.quantile(rest, 0.1) < rules("overexposed")["fade"] * np.median(p99[first:stop]))


def _brightest_rise(footage: Footage, first: int, stop: int) -> bool:
    """Say whether the brightest parts are brighter than elsewhere, or white: more light spares no part, and
    a pale thing that passes does."""
    rule, p99 = rules("overexposed"), footage.frames.p99[footage.distinct]
    rest = float(np.median(np.concatenate([p99[:first], p99[stop:]])))
    return float(np.median(p99[first:stop])) > min(rule["brightest"], rule["brighter"] * rest)


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
