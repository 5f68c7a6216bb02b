"""Things that go or come in mid-picture although nothing takes or brings them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.defects.base import Finding, rules
from pytest_videobench.moments.proof import Prover
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
    first: int
    """The distinct frame that the first strong step leads to."""
    last: int
    """That of the last strong step."""

    @property
    def sum(self) -> float:
        """Give strength and margin together, which is what decides."""
        return self.switch.strength + self.proof.margin


@lru_cache(maxsize=4)
def events(footage: Footage) -> tuple[Event, ...]:
    """Give every event of matter in a clip, whether something goes or comes."""
    rule = rules("matter")
    plain = [s for s in switches(footage) if s.known and s.whole < rule["whole"]]
    prover, found = Prover(footage), list[Event]()
    for switch in plain[: int(rule["most"])]:
        if switch.strength < rule["strength"]:
            break
        proof = prover.prove(switch, rule["sum"] - switch.strength)
        if proof is not None:
            first, last = _span(footage, switch)
            if footage.times[last] - footage.times[first] <= rule["sudden"]:
                found.append(Event(switch=switch, proof=proof, first=first, last=last))
    return tuple(found)


def findings(footage: Footage, defect: str, what: str) -> Iterator[Finding]:
    """Report the events whose outline goes, or comes, as the defect's rule says."""
    rule, outline = rules("matter"), rules(defect)["outline"]
    for event in events(footage):
        if event.proof.object / outline <= 1:  # they have the same sign where the way is right
            continue
        box = _share(footage, event.switch)
        yield Finding(
            defect=defect,
            start=float(footage.times[event.first]),
            end=float(footage.times[event.last]),
            severity=rule["severity"] + rule["by_size"] * (box[2] * box[3]) ** 0.5,
            confidence=rule["confidence"] + rule["by_sum"] * (event.sum - rule["sum"]),
            note=f"Something {what} at frame {footage.distinct[event.proof.at]}: it switches by "
            f"{event.switch.strength:.2f}, and is nowhere near by {event.proof.margin:.2f} ({event.sum:.2f} "
            f"together, limit {rule['sum']:g}).",
            frames=tuple(int(footage.distinct[index]) for index in (event.first - 1, event.last)),
            box=box,
        )


def _span(footage: Footage, switch: Switch) -> tuple[int, int]:
    """Give the distinct frames that the first and the last strong step inside a switch lead to."""
    small = footage.small
    x, y, wide, high = switch.box
    place = small[switch.before : switch.after + 1, y : y + high, x : x + wide].astype(np.float32)
    steps = np.abs(np.diff(place, axis=0)).mean(axis=(1, 2))
    strong = np.flatnonzero(steps >= rules("matter")["step"] * steps.max())
    return switch.before + 1 + int(strong[0]), switch.before + 1 + int(strong[-1])


def _share(footage: Footage, switch: Switch) -> tuple[float, float, float, float]:
    height, width = footage.small.shape[1:]
    x, y, wide, high = switch.box
    return x / width, y / height, wide / width, high / height
