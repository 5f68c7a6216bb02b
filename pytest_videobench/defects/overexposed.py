"""Pictures that are burnt out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.sampled import sampled_spans

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=False)
def overexposed(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find spans in which a large part of the picture is pure white."""
    rule, samples = rules("overexposed"), footage.samples
    for start, end, where in sampled_spans(footage, samples.clipped > rule["share"], rule["seconds"]):
        share = float(samples.clipped[where].mean())
        yield Finding(
            defect="overexposed",
            start=start,
            end=end,
            severity=share,
            confidence=0.7,
            note=f"{100 * share:.0f} % of the picture is burnt out for {end - start:.1f} s.",
            frames=tuple(int(i) for i in samples.index[where][:3]),
        )
