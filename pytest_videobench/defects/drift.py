"""Colours of the whole picture that drift towards the end, whatever the scene does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.defects.base import rules
from pytest_videobench.defects.light import common_steps
from pytest_videobench.defects.softness import lit
from pytest_videobench.moments.camera import camera_turn

if TYPE_CHECKING:
    from pytest_videobench.footage.footage import Floats, Footage


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What happens to all colours alike from one sample to the end."""

    sample: int
    """Index of the sample from which they drift."""
    shift: float
    """Levels of Cr or Cb, the larger."""
    gain: float
    """Factor of their distance from the picture's middle colour."""
    size: float
    """0–0.25: how much that is to the eye."""


def colour_drift(footage: Footage) -> Drift | None:
    """Give the drift over the clip's last part in which it is the plainest, or ``None``.

    From sample to sample, things that move change some blocks and a drift changes all, so medians over the
    blocks add up to the drift, and their spread says how far they can be believed.
    """
    rule, shown = rules("drift"), np.flatnonzero(lit(footage))
    samples = footage.samples.index[shown]
    if len(samples) < rule["samples"] or _fades(footage):
        return None
    chroma = footage.frames.chroma[samples].astype(np.float64).reshape(len(samples), -1, 2)
    away = np.linalg.norm(chroma - np.median(chroma, axis=1, keepdims=True), axis=-1)
    sums = [_sums(chroma[..., 0]), _sums(chroma[..., 1]), _sums(np.log(away + rule["grey"]))]
    (red, red_sure), (blue, blue_sure), (gain, gain_sure) = sums
    shift, sure = np.maximum(np.abs(red), np.abs(blue)), np.maximum(red_sure, blue_sure)
    proof = np.where(shift >= rule["shift"], (sure / rule["shift_sure"]) ** 2, 0)
    proof += np.where(np.abs(gain) >= rule["gain"], (gain_sure / rule["gain_sure"]) ** 2, 0)
    first = len(proof) - round(rule["longest"] * len(proof))
    best = first + int(proof[first : len(proof) - 1].argmax())
    path = np.stack([red, blue, gain * rule["per_gain"]], axis=1)
    if proof[best] < 1 or not _departs(path, best) or not _same_place(footage, *samples[[best, -1]]):
        return None
    size = max(shift[best] / rule["shift_full"], abs(gain[best]) / rule["gain_full"])
    return Drift(
        sample=int(shown[best]),
        shift=float(shift[best]),
        gain=float(np.exp(gain[best])),
        size=0.25 * min(1.0, float(size)),
    )


def _sums(levels: Floats) -> tuple[Floats, Floats]:
    """Give, from every sample on, the sum of the median steps to the end, and it over that of the spreads."""
    step, spread = common_steps(np.diff(levels, axis=0))
    total, doubt = step[::-1].cumsum()[::-1], spread[::-1].cumsum()[::-1]
    return total, np.abs(total) / (doubt + 1e-3)


def _departs(path: Floats, best: int) -> bool:
    """Say whether colours leave what they were before, bit by bit, and do not come back to it.

    A flash and the sparks of a firework come back, and a lamp that is switched takes one step.
    """
    rule, drift = rules("drift"), path[best]
    away = np.append(path @ drift / (drift @ drift), 0.0)
    before, steps = away[: best + 1], -np.diff(away[best:])
    usual = float(np.quantile(before, rule["before"]))
    return usual >= rule["lasting"] and float(steps.max()) <= rule["at_once"]


def _same_place(footage: Footage, first: int, last: int) -> bool:
    """Say whether the camera shows the same place in two stored frames; another one has its own colours."""
    turn, (width, height) = camera_turn(footage), footage.small.shape[:0:-1]
    ends = [int(frame) for frame in np.searchsorted(footage.distinct, (first, last))]
    whole = np.ones((height, width), np.float32)
    views = [turn.between(*way)[:2] for way in (ends, ends[::-1])]
    shared = [float(cv2.warpAffine(whole, view, (width, height)).mean()) for view in views]
    return min(shared) >= rules("drift")["shared"]


def _fades(footage: Footage) -> bool:
    """Say whether the clip ends in a fade to black or to white, which takes all colours with it."""
    light, dark = footage.frames.p99, 255.0 - footage.frames.p01
    return any(bool(side[-1] < rules("drift")["fade"] * np.median(side)) for side in (light, dark))
