"""Soft slopes that are drawn in steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def banding(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find clips whose flat parts have only a few levels of brightness, all equally far apart, and equally in
    one picture as in the next.

    Severity is a fortieth of the grey levels from band to band.
    """
    rule, samples = rules("banding"), footage.samples
    # How far levels are off the regular ones, as the deviation of angles with a mean of this length.
    spread = samples.band_step * np.sqrt(-2 * np.log(np.clip(samples.banding, 1e-6, 1))) / (2 * np.pi)
    banded = (samples.banding > rule["regular"]) & (spread < rule["spread"])
    if not banded.any():
        return
    step = float(np.median(samples.band_step[banded]))
    # What is regular by chance is not so by the same step in the next picture.
    if np.mean(banded & (np.abs(samples.band_step - step) <= rule["same"])) < rule["share"]:
        return
    yield Finding(
        defect="banding",
        start=0.0,
        end=footage.probe.duration,
        severity=step / 40,
        confidence=0.6,
        note=f"Flat parts come in levels {step:.0f} grey levels apart; a smooth slope has all in between.",
        frames=(int(samples.index[samples.banding.argmax()]),),
    )
