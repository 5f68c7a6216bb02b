"""Pictures without fine detail."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.sampled import sampled_spans
from pytest_videobench.defects.softness import detail_left, lit, sharpness_left

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


def _blind(footage: Footage, expected: Expectations) -> str:
    return "" if lit(footage).any() else "no picture has light enough"


@detector(gate=True, blind=_blind)
def blur(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find spans far softer than the rest of the clip, or else spans that are soft by any standard.

    Softness that lasts to the end is left to ``late_decay``. Severity: 1 less the sharpness that is left; of
    clips without a sharp part, which may be soft by choice, 0.3 and a third of the share of the clip.
    """
    rule, samples = rules("blur"), footage.samples
    sharpness, left = sharpness_left(footage), detail_left(footage)
    found = [
        _finding(footage, span, 1 - float(sharpness[span[2]].min()), f"{100 * left[span[2]].min():.0f} %")
        for span in sampled_spans(footage, left < rule["left"], rule["seconds"])
        if span[2].stop < len(left) and sharpness[span[2]].min() < rule["sharpness"]
    ]
    yield from found
    detail = np.sqrt(samples.sharpness) / np.maximum(samples.contrast, 1.0)
    soft = lit(footage) & ((samples.acutance < rule["acutance"]) | (detail < rule["detail"]))
    for span in () if found else sampled_spans(footage, soft, rule["seconds"]):
        share = (span[1] - span[0]) / footage.probe.duration
        yield replace(_finding(footage, span, 0.3 + share / 3, "hardly any"), hint=True)


def _finding(footage: Footage, span: tuple[float, float, slice], severity: float, left: str) -> Finding:
    start, end, where = span
    samples = footage.samples
    return Finding(
        defect="blur",
        start=start,
        end=end,
        severity=severity,
        confidence=0.6,
        note=f"Soft for {end - start:.1f} s: {left} of the clip's fine detail is there, and its acutance is"
        f" {samples.acutance[where].min():.3f}.",
        frames=tuple(int(i) for i in samples.index[where][:3]),
    )
