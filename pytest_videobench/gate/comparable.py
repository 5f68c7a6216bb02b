"""Whether a run asks what its baseline asked: the same prompts, held to the same limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.gate.golden import Baseline

_NAMED = 5


def refusals(baseline: Baseline, prompts: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Say in one line each what differs; ``prompts`` gives the version of each by style and id.

    Styles of the baseline that the run does not have are no difference.
    """
    found = []
    for style, own in sorted(prompts.items()):
        golden = baseline.goldens.get(style)
        if golden is None:
            there = ", ".join(sorted(baseline.goldens))
            line = f"{baseline.folder} has no golden of {style!r}, only of {there}"
            found.append(f"{line}; record it, or leave it out")
            continue
        found += [f"{golden.style}: {line}" for line in prompt_differences(golden.prompts, own)]
    return found


def prompt_differences(there: Mapping[str, str], here: Mapping[str, str]) -> list[str]:
    """Say which prompts the baseline has and the run has not, the other way round, and which differ."""
    both = there.keys() & here.keys()
    kinds = {
        "the run lacks {} of the baseline; run the whole style": sorted(there.keys() - here.keys()),
        "the baseline lacks {} of the run; record it again": sorted(here.keys() - there.keys()),
        "{} changed in words or limits since the baseline; record it again": sorted(
            name for name in both if there[name] != here[name]
        ),
    }
    return [text.format(_named(names)) for text, names in kinds.items() if names]


def _named(prompts: Sequence[str]) -> str:
    more = f" and {len(prompts) - _NAMED} more" if len(prompts) > _NAMED else ""
    return f"prompt{'s' if len(prompts) > 1 else ''} {', '.join(prompts[:_NAMED])}{more}"
