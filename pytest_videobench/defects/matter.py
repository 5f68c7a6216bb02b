"""Things that go or come in mid-picture although nothing takes or brings them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, rules
from pytest_videobench.moments.proof import Prover, box_steps
from pytest_videobench.moments.switches import switches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.moments.proof import Proof
    from pytest_videobench.moments.switches import Switch


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A switch that the search for its patches has confirmed."""

    switch: Switch
    proof: Proof
    outline: float
    """-1 to 1: how much of its outline the place loses."""
    first: int
    """The distinct frame that the first strong step leads to."""
    last: int
    """That of the last strong step."""

    @property
    def sum(self) -> float:
        """Give strength, margin and outline together, which is what decides."""
        return self.switch.strength + self.proof.margin + rules("matter")["by_outline"] * abs(self.outline)


@lru_cache(maxsize=4)
def events(footage: Footage) -> tuple[Event, ...]:
    """Give every event of matter in a clip, whether something goes or comes, the plainest first."""
    rule = rules("matter")
    local = [s for s in switches(footage) if s.whole < rule["whole"] and s.strength >= rule["strength"]]
    prover, kept = Prover(footage), list[Event]()
    found = (_event(footage, prover, switch) for switch in local[: int(rule["most"])])
    for event in sorted(filter(None, found), key=lambda event: -event.sum):
        if not any(_same(event, other) for other in kept):
            kept.append(event)
    return tuple(kept)


def findings(footage: Footage, defect: str, what: str) -> Iterator[Finding]:
    """Report the events whose outline goes, or comes, as the defect's rule says."""
    rule, outline = rules("matter"), rules(defect)["outline"]
    for event in events(footage):
        if event.outline / outline <= 1:  # they have the same sign where the way is right
            continue
        box = _share(footage, event.switch)
        yield Finding(
            defect=defect,
            start=float(footage.times[event.first]),
            end=float(footage.times[event.last]),
            severity=rule["severity"] + rule["by_size"] * (box[2] * box[3]) ** 0.5,
            confidence=rule["confidence"] + rule["by_sum"] * (event.sum - rule["sum"]),
            note=f"Something {what} at frame {footage.distinct[event.proof.at]}: it switches by "
            f"{event.switch.strength:.2f}, is nowhere near by {event.proof.margin:.2f} and changes its "
            f"outline by {abs(event.outline):.2f} ({event.sum:.2f} together, limit {rule['sum']:g}).",
            frames=tuple(int(footage.distinct[index]) for index in (event.first - 1, event.last)),
            box=box,
        )


def _event(footage: Footage, prover: Prover, switch: Switch) -> Event | None:
    """Look closer at a switch, at what is dear to know last."""
    rule, (first, last) = rules("matter"), _span(footage, switch)
    if footage.times[last] - footage.times[first] > rule["sudden"]:
        return None
    outline = prover.outline(switch)
    if abs(outline) < rule["outline"]:
        return None
    least = max(rule["margin"], rule["sum"] - switch.strength - rule["by_outline"] * abs(outline))
    proof = prover.prove(switch, least)
    if proof is None:
        return None
    return Event(switch=switch, proof=proof, outline=outline, first=first, last=last)


def _same(one: Event, other: Event) -> bool:
    """Say whether two switches at the same time share so much of their place that they are one event."""
    (x, y, wide, high), (u, v, across, down) = one.switch.box, other.switch.box
    shared = max(0, min(x + wide, u + across) - max(x, u)) * max(0, min(y + high, v + down) - max(y, v))
    together = one.switch.before <= other.last and other.switch.before <= one.last
    return together and shared >= rules("matter")["shared"] * min(wide * high, across * down)


def _span(footage: Footage, switch: Switch) -> tuple[int, int]:
    """Give the distinct frames that the first and the last strong step inside a switch lead to."""
    steps = box_steps(footage, switch.box, switch.before, switch.after)
    strong = switch.before + 1 + np.flatnonzero(steps >= rules("matter")["step"] * steps.max())
    return int(strong[0]), int(strong[-1])


def _share(footage: Footage, switch: Switch) -> tuple[float, float, float, float]:
    height, width = footage.small.shape[1:]
    x, y, wide, high = switch.box
    return x / width, y / height, wide / width, high / height
