"""Motion at a lower rate than the container's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.hangs import block_steps, repeated_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats, Footage
    from pytest_videobench.prompts.model import Expectations


def _blind(footage: Footage, expected: Expectations) -> str:
    pairs = rules("duplicate_frames")["pairs"]
    return "" if len(footage.frames.time) > pairs else f"fewer than {pairs + 1:g} frames"


@detector(gate=True, blind=_blind)
def duplicate_frames(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find clips that show every new picture several times, at a lower true rate than the stored one.

    Severity is the share of the stored frames that repeat: a half where every picture is shown twice.
    """
    rule, steps = rules("duplicate_frames"), block_steps(footage)
    repeats = _repeats(steps, rule) & _repeats(_levelled_steps(footage), rule)
    share, moves = float(np.mean(repeats)), np.flatnonzero(~repeats)
    if share < rule["share"] or len(moves) < 2 or np.median(steps[moves]) < rule["motion"]:
        return
    waits = np.diff(moves)
    usual = float(np.median(waits))
    if usual < 2 or np.mean(np.abs(waits - usual) < 1) < rule["even"]:
        return
    true = footage.probe.fps * (1 - share)
    yield Finding(
        defect="duplicate_frames",
        start=0.0,
        end=footage.probe.duration,
        severity=share,
        confidence=0.9,
        note=f"{100 * share:.0f} % of the frames repeat: {true:.3g} new pictures a second of"
        f" {footage.probe.fps:.3g}.",
        frames=(int(moves[0]) + 1,),
    )


def _repeats(steps: Floats, rule: Mapping[str, float]) -> NDArray[np.bool_]:
    return repeated_steps(steps, int(rule["reach"]), rule["repeat"])


def _levelled_steps(footage: Footage) -> Floats:
    """Give the mean change of the blocks with every frame as bright as the usual one.

    Beside the steps of a light that strobes, motion under it would pass for a repeat.
    """
    blocks = footage.frames.blocks.astype(np.float64)
    light = np.maximum(blocks.mean(axis=(1, 2), keepdims=True), 1.0)
    return np.asarray(np.abs(np.diff(blocks * (np.median(light) / light), axis=0)).mean(axis=(1, 2)))
