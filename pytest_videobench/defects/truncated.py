"""Files that hold less than their header promises, or that break while decoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.base import Finding, detector, rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def truncated(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find a file whose pictures end clearly before its header says, or whose packets do not decode."""
    rule, probe = rules("truncated"), footage.probe
    promised = probe.promised_frames or round(probe.promised_duration * probe.fps)
    missing = promised - probe.frames
    short = missing > max(rule["missing_frames"], rule["missing_share"] * promised)
    if not short and not probe.decode_errors:
        return
    notes = [f"{probe.frames} of {promised} promised frames decode"] if short else []
    if probe.decode_errors:
        notes.append(f"{probe.decode_errors} packets are broken")
    lost = max(missing, probe.decode_errors) / max(promised, probe.frames, 1)
    yield Finding(
        defect="truncated",
        start=probe.duration if short and not probe.decode_errors else 0.0,
        end=max(probe.duration, probe.promised_duration if short else 0.0),
        severity=0.3 + lost,
        confidence=0.99,
        note=f"The file is damaged: {' and '.join(notes)}.",
        frames=(probe.frames - 1,),
    )
