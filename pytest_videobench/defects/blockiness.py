"""Pictures that fall apart into encoder blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, detector, rules
from pytest_videobench.defects.sampled import sampled_spans

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations


@detector(gate=True)
def blockiness(footage: Footage, expected: Expectations) -> Iterable[Finding]:
    """Find spans in which a grid of 8 pixels is seen.

    Severity: a quarter of the binary logarithm of how much larger steps are on the grid, so 1 at 16 times.
    """
    rule, samples = rules("blockiness"), footage.samples
    for start, end, where in sampled_spans(footage, samples.blockiness > rule["ratio"], rule["seconds"]):
        ratio = float(np.median(samples.blockiness[where]))
        yield Finding(
            defect="blockiness",
            start=start,
            end=end,
            severity=float(np.log2(ratio)) / 4,
            confidence=0.6,
            note=f"For {end - start:.1f} s, luma steps across block borders are {ratio:.1f} times those"
            " elsewhere.",
            frames=(int(samples.index[where][samples.blockiness[where].argmax()]),),
        )
