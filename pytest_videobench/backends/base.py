"""The seam between a request and a clip."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from urllib.parse import parse_qsl, urlencode

from pytest_videobench.errors import SpecError
from pytest_videobench.prompts.model import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_videobench.prompts.model import Prompt

NOTHING_ASKED = Delivery()
"""Every backend's own default."""


@dataclass(frozen=True, slots=True)
class BackendSpec:
    """``name[:model][?param=value&…]``, taken apart; ``str()`` puts it together again."""

    name: str
    model: str = ""
    params: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> BackendSpec:
        """Read a spec as written on the command line; raise :class:`SpecError` where it makes no sense."""
        head, _, query = text.strip().partition("?")
        name, _, model = head.partition(":")
        if not name.isidentifier():
            raise SpecError(
                f"backend {text!r}: expected NAME[:MODEL][?PARAM=VALUE&…] with a NAME of letters, "
                "digits and underscores"
            )
        return cls(name, model, tuple(sorted(parse_qsl(query, keep_blank_values=True))))

    def __str__(self) -> str:
        query = f"?{urlencode(self.params)}" if self.params else ""
        return f"{self.name}{':' + self.model if self.model else ''}{query}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of a backend for one case."""

    prompt: Prompt
    roll: int
    seed: int
    spec: BackendSpec
    delivery: Delivery
    """Duration in seconds, frames per second and size in pixels that the clip should have.

    What the spec asks for goes before what the options ask for, that before what the prompt asks for, and
    that before the backend's default.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What came back: a file in the work folder, and how it came about."""

    path: Path
    model: str
    seed: int | None = None
    """The seed that was really used; ``None`` where the backend does not tell."""
    job_id: str | None = None
    latency: Mapping[str, float] = field(default_factory=dict)
    """Seconds by phase, for instance ``queued``, ``running``, ``download``."""
    cost_usd: float = 0.0
    cost_source: str = ""
    """``reported`` by the provider, ``computed`` from its prices, or ``unknown``; empty for what is free."""
    request: Mapping[str, Any] | None = None
    """The request as it was sent, without credentials."""
    notes: tuple[str, ...] = ()
    """What people should know of how it came about, such as a prompt that the provider may rewrite."""
    synthetic: bool = False
    """True where no model made the clip; shown wherever the clip is shown."""
    truth: Mapping[str, Any] | None = None
    """Ground truth in JSON types, from generators that know what they drew."""
    origin: str = ""
    """Where the clip was found, for clips that were not made now."""

    def __post_init__(self) -> None:
        """Take a path that is written as a text, as ``os.path`` and most libraries give it."""
        object.__setattr__(self, "path", Path(self.path))


class Backend(Protocol):
    """Something that turns a request into a clip.

    Made once per process by ``factory(spec)``; cheap to make, so heavy work waits for ``generate``.
    """

    spec: BackendSpec
    model: str
    """The model's name, also where the spec left it to the default."""
    synthetic: bool
    seconds_per_clip: float
    """Rough time for one clip of the default length, for the preview of a run."""

    def delivery(self, asked: Delivery = NOTHING_ASKED) -> Delivery:
        """What will be delivered for what options and prompt ask; the spec's own parameters go before it.

        ``None`` where nothing is asked and the backend does not decide. Raise
        :class:`~pytest_videobench.errors.DeliveryError` where this backend cannot deliver it.
        """

    def price(self, delivery: Delivery) -> float | None:
        """US dollars for a clip of such a delivery; 0 for what is free, ``None`` where nobody knows."""

    def revision(self, request: Request) -> str:
        """What else changes the picture: the renderer's version, or the digest of the file found.

        Raise :class:`~pytest_videobench.errors.MissingClip` where there will be no clip.
        """

    def generate(self, request: Request, workdir: Path) -> Generation:
        """Make the clip in ``workdir``; raise :class:`~pytest_videobench.errors.BackendError` on failure."""


@runtime_checkable
class Inventory(Protocol):
    """A backend that already has its clips, and can say which of them nobody asked for."""

    root: Path
    """The folder in which they lie; no report is written over it."""

    def unclaimed(self, requests: Iterable[Request]) -> list[str]:
        """Name the files that belong to none of the requests."""


@runtime_checkable
class Obliging(Protocol):
    """A backend that cannot make every length and size, and makes the nearest where only a prompt asks."""

    def nearest(self, asked: Delivery) -> Delivery:
        """What will be delivered for what the run and the prompt ask."""
