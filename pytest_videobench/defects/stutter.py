"""Motion that hangs for a frame, again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.hangs import beat, block_steps, lost_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_videobench.footage.footage import Footage, Ints
    from pytest_videobench.prompts.model import Expectations


@detector(gate=False)
def stutter(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find lost frames, at which motion hangs and then leaps, or else frames that repeat amid motion.

    It only warns: strongly compressed motion and fireworks hang and leap as well. Severity: of lost frames,
    0.25 and three times their share; of repeats, which may come from another frame rate, 0.2 and their share,
    at most 0.5.
    """
    rule, steps = rules("stutter"), max(1, len(footage.frames.time) - 1)
    lost = _lost(footage, rule)
    if len(lost) >= rule["times"] and len(lost) >= rule["lost_share"] * steps:
        share = len(lost) / steps
        note = f"Frames are lost {len(lost)} times: motion hangs for one and leaps in the next."
        yield _finding(footage, lost, 0.25 + 3 * share, note)
        return
    hung = _repeats(footage, rule)
    share = len(hung) / steps
    if len(hung) >= rule["times"] and share >= rule["share"]:
        note = f"Motion hangs {len(hung)} times: {100 * share:.0f} % of the frames repeat amid motion."
        yield _finding(footage, hung, min(0.5, 0.2 + share), note)


def _finding(footage: Footage, hung: Ints, severity: float, note: str) -> Finding:
    return Finding(
        defect="stutter",
        start=float(footage.frames.time[hung[0]]),
        end=float(footage.frames.time[hung[-1]]),
        severity=severity,
        confidence=0.7,
        note=note,
        frames=tuple(int(i) for i in hung[:4]),
    )


def _lost(footage: Footage, rule: Mapping[str, float]) -> Ints:
    """Give the lost frames as the whole picture or its liveliest quarter shows them, whichever are more."""
    seen = [
        lost_steps(
            block_steps(footage, share), int(rule["reach"]), rule["hung"], rule["leap"], rule["lost_motion"]
        )
        for share in (1.0, rule["liveliest"])
    ]
    lost = max(seen, key=len)
    return lost if len(lost) and beat(lost, int(rule["longest_beat"])) < rule["beat"] else lost[:0]


def _repeats(footage: Footage, rule: Mapping[str, float]) -> Ints:
    """Give the frames that repeat amid motion; in a still scene, or of every picture, they do not count."""
    change, distinct = footage.steps.change, footage.distinct
    if footage.true_fps <= rule["even"] * footage.probe.fps or len(distinct) < 3:
        return np.zeros(0, np.int64)
    hung = np.setdiff1d(np.arange(1, len(change) + 1), distinct)
    before = distinct[np.searchsorted(distinct, hung) - 1] - 1
    after = distinct[np.minimum(np.searchsorted(distinct, hung), len(distinct) - 1)] - 1
    inside = (before >= 0) & (after >= hung)
    moving = np.minimum(change[before[inside]], change[after[inside]]) > rule["motion"]
    return np.asarray(hung[inside][moving], np.int64)
