"""The company of a clip: who stands with the main subject, and where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_videobench.backends.procedural.figures import figures, posed
from pytest_videobench.backends.procedural.paths import TRAVELS
from pytest_videobench.backends.procedural.stuff import kinds
from pytest_videobench.backends.procedural.vocabulary import vocabulary

if TYPE_CHECKING:
    from pytest_videobench.backends.procedural.roles import Roles


ROW = (-2.1, 2.0, -1.4, 1.35, -0.75)
"""Where the members of a group stand beside the first, in widths of one, from the back to the front."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One who appears, before the size of the picture is known."""

    form: str
    size: float = 1.0
    """Share of the height that the shot gives."""
    aside: float = 0.0
    """Where it stands beside the middle of the cast, in widths of the main subject."""
    up: float = 0.0
    """How much higher than its own place, in picture heights."""
    depth: float = 1.0
    facing: float = 0.0
    """1 or -1 where it looks a certain way, 0 where it looks where it goes."""
    looped: bool = False
    shade: int = 0
    """Which of the colours comes first."""


def entry_of(form: str, pose: str) -> dict[str, Any]:
    """Give what the tables say about a form."""
    return posed(form, pose) if form in figures() else dict(kinds()[form])


def company(roles: Roles, rng: np.random.Generator) -> list[Member]:
    """Choose everybody who appears, the main subject first."""
    lead, entry = Member(form=roles.form), entry_of(roles.form, roles.pose)
    others = [_beside(form, roles) for form in roles.others if _fits(form, entry)]
    if others:
        return _arranged(lead, others, roles)
    if not (entry.get("posable") or entry.get("path") in TRAVELS):
        return [lead]
    if roles.count == 2:
        return _pair(lead, entry)
    return _group(lead, entry, rng) if roles.count > 2 else [lead]


def _fits(form: str, lead: dict[str, Any]) -> bool:
    """Say whether another may appear: nobody stands beside a face or an eye that fills the picture."""
    return form in kinds() or lead.get("make") is not None or bool(lead.get("posable"))


def _beside(form: str, roles: Roles) -> Member:
    entry = entry_of(form, roles.pose)
    return Member(form=form, shade=1, up=float(entry.get("up", 0.0)))


def _arranged(lead: Member, others: list[Member], roles: Roles) -> list[Member]:
    """Put the others beside the main subject, or in the middle of what has no place of its own."""
    if entry_of(lead.form, roles.pose).get("spread"):
        around = _group(others[0], entry_of(others[0].form, roles.pose), None) if roles.count > 2 else others
        return [lead, *(replace(other, depth=_depth(other.form, other.depth)) for other in around)]
    if lead.form not in figures() or others[0].form not in figures():
        return [lead, *(replace(other, depth=_depth(other.form)) for other in others[:1])]
    facing = bool(entry_of(lead.form, roles.pose).get("meets"))
    lead = replace(lead, aside=-0.55, facing=1.0 if facing else 0.0)
    return [lead, *(replace(o, aside=0.6, facing=-1.0 if facing else 0.0, depth=0.99) for o in others[:1])]


def _depth(form: str, own: float = 1.0) -> float:
    """Give how near one stands that shares its place with fire, light or water."""
    return 1.02 if form in vocabulary()["company"]["ahead"] else min(own, 0.98)


def _pair(lead: Member, entry: dict[str, Any]) -> list[Member]:
    apart = float(entry.get("apart", 0.55))
    meets = bool(entry.get("meets"))
    first = replace(lead, aside=-apart, facing=1.0 if meets else 0.0)
    return [first, replace(lead, aside=apart, facing=-1.0 if meets else 0.0, shade=1, depth=0.99)]


def _group(lead: Member, entry: dict[str, Any], rng: np.random.Generator | None) -> list[Member]:
    rng = rng or np.random.default_rng(0)
    stands = bool(entry.get("stand"))
    members = [replace(lead, size=0.86)]
    for number in range(len(ROW)):
        depth = 0.80 + 0.03 * number
        near = (depth - 0.6) / 0.4
        members.append(
            replace(
                lead,
                size=0.86 * near if stands else float(rng.uniform(0.3, 0.62)),
                aside=ROW[number] + float(rng.uniform(-0.15, 0.15)),
                up=0.34 * (1 - depth) if stands else float(rng.uniform(-0.26, 0.26)),
                depth=depth,
                looped=True,
                shade=1 + number % 2,
            )
        )
    return members
