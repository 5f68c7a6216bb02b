"""What a provider offers: its models, sizes, lengths, limits and prices, read from its data file.

A data file lies beside the provider's module and says when, and from which source, its numbers were taken.
``docs/backends.md`` describes its keys.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from math import gcd
from typing import TYPE_CHECKING, Any

from pytest_videobench.errors import DeliveryError, SpecError
from pytest_videobench.prompts.model import Delivery

if TYPE_CHECKING:
    from collections.abc import Mapping

RATIO_TOLERANCE = 0.03
"""Share by which a ratio may be off: 848 × 480 is meant to be 16 : 9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One size that a model can make."""

    width: int
    height: int
    say: Mapping[str, Any]
    """The provider's words for it, by field."""
    usd_per_second: float | None = None
    usd: Mapping[str, float] = field(default_factory=dict)
    """Price of a clip by its length in seconds, where it is not proportional."""
    nominal: bool = False
    """True where the provider promises the ratio and a class such as 720p, but no pixels."""

    @property
    def ratio(self) -> float:
        """Give width over height."""
        return self.width / self.height

    @property
    def promised_ratio(self) -> tuple[int, int] | None:
        """Give the ratio where the pixels are not promised, and ``None`` where they are."""
        common = gcd(self.width, self.height)
        return (self.width // common, self.height // common) if self.nominal else None

    def price(self, seconds: float) -> float | None:
        """Give US dollars for a clip of a length, or ``None`` where price or length (0) is not known."""
        if not seconds:
            return 0.0 if self.usd_per_second == 0 else None
        if f"{seconds:g}" in self.usd:
            return self.usd[f"{seconds:g}"]
        return None if self.usd_per_second is None else self.usd_per_second * seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model of a provider."""

    name: str
    shapes: tuple[Shape, ...]
    """The first is the default."""
    lengths: tuple[float, ...] = ()
    """Seconds that it can make; the first is the default."""
    length_range: tuple[float, float] | None = None
    """Or any whole number of seconds from one to the other."""
    default_length: float = 5.0
    fps: float | None = None
    free_size: bool = False
    """True where it makes any size, and not only those that are listed."""
    free_fps: bool = False
    """True where it makes any frame rate that is asked for."""
    blank: bool = False
    """True where nothing is known of it: it promises only what is asked for, and has no defaults."""
    conveys: frozenset[str] = frozenset()
    """What a blank model can be told, by the names of placeholders."""
    prompt_limit: int | None = None
    prompt_unit: str = "characters"
    """``characters``, or ``utf16`` code units."""
    seed: tuple[int, int] | None = None
    """Range of the seeds that it takes; ``None`` where it takes none."""
    concurrency: int | None = None
    rewriting: str = "off"
    """``off`` where the provider does not rewrite prompts or is told not to; ``unknown``, or ``on``."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Fields that go along as they are, such as the switch that turns prompt rewriting off."""
    note: str = ""

    def fitting_seed(self, seed: int) -> int | None:
        """Bring a seed into the range that the model takes; ``None`` where it takes none."""
        if self.seed is None:
            return None
        low, high = self.seed
        return low + seed % (high - low + 1)

    def length(self, asked: float | None, *, nearest: bool) -> float:
        """Give the seconds of a clip; raise ``ValueError`` for a length it does not make."""
        if asked is None:
            return self.default_length
        if self.length_range is not None:
            low, high = self.length_range
            if low <= asked <= high and asked == int(asked):
                return asked
            made = min(max(float(round(asked)), low), high)
        elif not self.lengths:
            return asked
        else:
            made = min(self.lengths, key=lambda seconds: (abs(seconds - asked), seconds))
        if made != asked and not nearest:
            raise ValueError(f"{asked:g} s; it can {self._lengths()}")
        return made

    def shape(self, asked: Delivery, *, nearest: bool) -> Shape:
        """Give the size of a clip; raise ``ValueError`` for a size or ratio it does not make."""
        if self.blank:
            return _as_asked(asked)
        if asked.width and asked.height:
            if self.free_size:
                return replace(self.shapes[0], width=asked.width, height=asked.height)
            wanted, spelled = asked.width / asked.height, f"{asked.width}x{asked.height}"
            fitting = [s for s in self.shapes if (s.width, s.height) == (asked.width, asked.height)]
        elif asked.ratio is not None:
            if self.free_size:
                return self._in_ratio(asked.ratio)
            wanted, spelled = asked.ratio[0] / asked.ratio[1], "a ratio of {}:{}".format(*asked.ratio)
            fitting = [shape for shape in self.shapes if abs(shape.ratio / wanted - 1) <= RATIO_TOLERANCE]
        else:
            return self.shapes[0]
        if fitting:
            return fitting[0]
        if not nearest:
            raise ValueError(f"{spelled}; it can {self._sizes()}")
        return min(self.shapes, key=lambda shape: abs(shape.ratio / wanted - 1))

    def conveyed(self, asked: Delivery) -> Delivery:
        """Give of what is asked of a blank model that which it can be told."""
        size = {"width", "height"} <= self.conveys
        return Delivery(
            duration=asked.duration if "seconds" in self.conveys else None,
            fps=asked.fps if "fps" in self.conveys else None,
            width=asked.width if size else None,
            height=asked.height if size else None,
            ratio=asked.ratio if "ratio" in self.conveys else None,
        )

    def _in_ratio(self, ratio: tuple[int, int]) -> Shape:
        from pytest_videobench.backends.params import size_of

        width, height = size_of(ratio, self.shapes[0].width * self.shapes[0].height)
        return replace(self.shapes[0], width=width, height=height)

    def _lengths(self) -> str:
        if self.length_range is not None:
            return "{:g} to {:g} whole s".format(*self.length_range)
        return f"{', '.join(f'{seconds:g}' for seconds in self.lengths)} s"

    def _sizes(self) -> str:
        return ", ".join(dict.fromkeys(f"{shape.width}x{shape.height}" for shape in self.shapes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A provider's data file."""

    title: str
    as_of: str
    source: str
    base_url: str
    """Empty where the user has to name the server."""
    base_url_env: str
    key_env: tuple[str, ...]
    """Environment variables that may hold the key, the first found wins; empty where no key is needed."""
    key_needed: bool
    models: Mapping[str, Model]
    any_model: Model | None
    """What holds for a model that is not listed; ``None`` where only the listed ones may be asked for."""
    poll_seconds: float
    timeout_seconds: float
    concurrency: int
    per_minute: float | None
    """Submissions that its account takes in a minute, where that is known."""
    settle_seconds: float
    """How long after a broken submission the provider's word that there is no such job can be believed."""
    params: Mapping[str, str]
    """Parameters of a spec that go along as fields, each with its type: text, int, number or yes/no."""
    asides: frozenset[str]
    """Parameters that the provider reads itself and that change no picture, such as an account's name."""
    errors: Mapping[str, str]
    """Kind of failure by the provider's code, or the beginning of it."""
    headers: Mapping[str, str]
    url_lives_hours: float | None
    """How long an output can be fetched."""

    def model(self, name: str, spec: str) -> Model:
        """Give a model by name, the first listed for an empty one; raise :class:`SpecError` where unknown."""
        if not name and self.models:
            return next(iter(self.models.values()))
        if name in self.models:
            return self.models[name]
        if self.any_model is not None and name:
            return _named(self.any_model, name)
        if not name:
            raise SpecError(f"backend {spec!r}: name a model: NAME:MODEL")
        from pytest_videobench.prompts.toml import suggestion

        raise SpecError(f"backend {spec!r}: unknown model {name!r}{suggestion(name, list(self.models))}")


def delivered(spec: str, model: Model, asked: Delivery, *, nearest: bool) -> tuple[float, Shape]:
    """Give length and size of what a model makes; raise :class:`DeliveryError` where it cannot."""
    try:
        fixed = model.fps is not None and not model.free_fps
        if fixed and asked.fps is not None and asked.fps != model.fps and not nearest:
            raise ValueError(f"{asked.fps:g} fps; it can {model.fps:g} fps")
        return model.length(asked.duration, nearest=nearest), model.shape(asked, nearest=nearest)
    except ValueError as error:
        raise DeliveryError(f"backend {spec!r}: cannot deliver {error}") from None


@cache
def read_offer(name: str, package: str = "pytest_videobench.backends.providers") -> Offer:
    """Return what the data file of a provider of ours, or of a third party's package, offers."""
    from pytest_videobench.backends.remote.data_file import offer_from

    return offer_from(files(package) / f"{name}.toml")


def _as_asked(asked: Delivery) -> Shape:
    say = {"ratio": "{}:{}".format(*asked.ratio)} if asked.ratio else {}
    return Shape(width=asked.width or 0, height=asked.height or 0, say=say)


def _named(model: Model, name: str) -> Model:
    return replace(model, name=name)
