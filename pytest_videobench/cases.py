"""Cases: prompts × rolls × backends, with stable ids, keys and seeds."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_videobench.backends.base import NOTHING_ASKED, Obliging, Request
from pytest_videobench.backends.params import merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_videobench.backends.base import Backend
    from pytest_videobench.prompts.model import Delivery, Prompt


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Case:
    """One prompt, one roll, one backend: one pytest item and one clip."""

    prompt: Prompt
    roll: int
    backend: Backend
    asked: Delivery = NOTHING_ASKED
    """What the run asks of every clip, before what the prompt asks."""

    def __repr__(self) -> str:
        return f"<Case {self.key}>"  # without an address, as it goes into other plugins' records

    @property
    def key(self) -> str:
        """``style/prompt/backend@model/roll``: the same in every run, whatever its node id is."""
        return f"{self.prompt.key}/{backend_label(self.backend)}/{self.roll}"

    @property
    def id(self) -> str:
        """The part of the pytest id in brackets."""
        return f"{self.prompt.id}-{slug(backend_label(self.backend))}-r{self.roll}"

    @property
    def seed(self) -> int:
        """A seed of 32 bits from prompt and roll: backends are compared on the same seeds."""
        digest = hashlib.sha256(f"{self.prompt.key}/{self.roll}".encode()).digest()
        return int.from_bytes(digest[:4], "big")

    def delivery(self) -> Delivery:
        """Say what the backend will deliver; it raises a ``DeliveryError`` for what it cannot."""
        wanted = merged(self.asked, self.prompt.delivery)
        if isinstance(self.backend, Obliging):
            return self.backend.nearest(wanted)
        return self.backend.delivery(wanted)

    def request(self) -> Request:
        """Give what the backend is asked."""
        return Request(
            prompt=self.prompt,
            roll=self.roll,
            seed=self.seed,
            spec=self.backend.spec,
            delivery=self.delivery(),
        )


def plan(
    prompts: Iterable[Prompt], backends: Sequence[Backend], rolls: int, asked: Delivery = NOTHING_ASKED
) -> list[Case]:
    """List the cases in a fixed order: by prompt, then backend, then roll."""
    return [
        Case(prompt=prompt, roll=roll, backend=backend, asked=asked)
        for prompt in prompts
        for backend in backends
        for roll in range(rolls)
    ]


def backend_label(backend: Backend) -> str:
    """``name@model[?params]``: how a backend is called in keys and reports."""
    asides: frozenset[str] = getattr(backend, "asides", frozenset())
    params = tuple(param for param in backend.spec.params if param[0] not in asides)
    _, mark, query = str(replace(backend.spec, params=params)).partition("?")
    return f"{backend.spec.name}@{backend.model}{mark}{query}"


def slug(text: str) -> str:
    """Keep letters, digits, dots and single hyphens, in any script, for ids and file names."""
    return re.sub(r"[^\w.]+", "-", text.casefold()).strip("-.") or "x"
