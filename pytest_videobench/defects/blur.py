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
    usual = float(np.median(samples.acutance[lit]))
    limit = max(rule["acutance"], rule["ratio"] * usual)
    for start, end, where in sampled_spans(footage, lit & (samples.acutance < limit), rule["seconds"]):
        acutance = float(samples.acutance[where].mean())
        yield Finding(
            defect="blur",
            start=start,
            end=end,
            severity=1 - acutance / limit + 0.3,
            confidence=0.5,
            note=f"Soft for {end - start:.1f} s: acutance {acutance:.3f} where the clip has {usual:.3f} and"
            f" {rule['acutance']:g} is the least.",
            frames=tuple(int(i) for i in samples.index[where][:3]),
        )
