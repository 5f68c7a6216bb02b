"""Pictures without fine detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.sampled import sampled_spans
from pytest_videobench.metrics.decay import lit_samples

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=False)
def blur(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find spans that are soft by any standard, or far softer than the rest of the clip."""
    rule, samples = rules("blur"), footage.samples
    lit = np.zeros(len(samples.index), bool)
    lit[lit_samples(samples.contrast)] = True
    if not lit.any():
        return
    acutance, detail = samples.acutance, np.sqrt(samples.sharpness) / np.maximum(samples.contrast, 1.0)
    usual = float(np.median(detail[lit]))
    soft = (acutance < rule["acutance"]) | (detail < max(rule["detail"], rule["ratio"] * usual))
    for start, end, where in sampled_spans(footage, lit & soft, rule["seconds"]):
        yield Finding(
            defect="blur",
            start=start,
            end=end,
            severity=0.3 + 0.5 * (end - start) / footage.probe.duration,
            confidence=0.5,
            note=f"Soft for {end - start:.1f} s: acutance {acutance[where].mean():.3f}, usual at least"
            f" {rule['acutance']:g}, and detail {detail[where].mean():.3f} where the clip has {usual:.3f}.",
            frames=tuple(int(i) for i in samples.index[where][:3]),
        )
