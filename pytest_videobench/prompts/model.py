"""What a prompt is: six parts that are spoken, and what may be expected of the clip."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_videobench.prompts.vocabulary import PARTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The range in which a metric's value is acceptable; either end may be open."""

    metric: str
    min: float | None = None
    max: float | None = None
    reason: str = ""

    def admits(self, value: float) -> bool:
        """Say whether the value lies inside the range, ends included."""
        return (self.min is None or value >= self.min) and (self.max is None or value <= self.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """A defect that is no fault here, and why."""

    defect: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A defect that was seen on clips of a prompt, and how it looked."""

    defect: str
    note: str
    """One short clause, such as ``the cup melts in her hand``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What a prompt tries out, in closed words; ``None`` where the file does not say."""

    light: str | None = None
    """One of :data:`~pytest_videobench.prompts.vocabulary.LIGHTS`."""
    subject: str | None = None
    """One of :data:`~pytest_videobench.prompts.vocabulary.SUBJECTS`."""
    interaction: str | None = None
    """One of :data:`~pytest_videobench.prompts.vocabulary.INTERACTIONS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The container facts that were asked for; ``None`` where nothing was asked."""

    duration: float | None = None
    """Seconds."""
    fps: float | None = None
    """Frames per second."""
    width: int | None = None
    """Pixels."""
    height: int | None = None
    """Pixels."""
    ratio: tuple[int, int] | None = None
    """Width to height, where a shape but no size was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What a style and a prompt demand of a clip, and what they permit.

    Hashable, so that an assessment can be remembered for a pair of footage and expectations.
    """

    style: str = ""
    shot: str | None = None
    """One of :data:`~pytest_videobench.prompts.vocabulary.SHOTS`."""
    camera: str = "any"
    """One of :data:`~pytest_videobench.prompts.vocabulary.CAMERA_MOVES`."""
    elements: tuple[str, ...] = ()
    """Things that must be visible, in plain nouns."""
    motion: str = "none"
    """One of :data:`~pytest_videobench.prompts.vocabulary.MOTION_KINDS`."""
    amount: str = "any"
    """One of :data:`~pytest_videobench.prompts.vocabulary.AMOUNTS`."""
    thresholds: tuple[Threshold, ...] = ()
    """The prompt's own, which replace those of its style, which replace the package's."""
    permitted: tuple[Permission, ...] = ()
    delivery: Delivery = Delivery()
    gates: tuple[tuple[str, float], ...] = ()
    """Severity by detector from which its findings may fail the clip, where not the package's."""

    def __repr__(self) -> str:
        """Say the demands in a few words: pytest prints them when a test fails."""
        return (
            f"<Expectations {self.style}: camera {self.camera}, motion {self.motion}, amount {self.amount}>"
        )

    def permission(self, defect: str) -> Permission | None:
        """Give the permission for a defect, the prompt's before the style's, or ``None``."""
        return next((p for p in self.permitted if p.defect == defect), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One entry of a style's ``prompts.toml``."""

    id: str
    """A slug, unique within its style."""
    style: str
    camera: str
    lighting: str
    subject: str
    motion: str
    scene: str
    atmosphere: str
    expect: Expectations = field(default_factory=Expectations)
    tags: tuple[str, ...] = ()
    covers: Coverage = Coverage()
    watch: tuple[Watch, ...] = ()
    """Defects that the founding review saw on this prompt: where to look first."""
    delivery: Delivery = Delivery()
    """Length, shape and frame rate that this prompt asks for by itself."""
    source: str = ""
    """``review`` for the prompts of the founding review, rendered in our own words."""

    @property
    def key(self) -> str:
        """``style/id``: unique within a run."""
        return f"{self.style}/{self.id}"

    def parts(self) -> dict[str, str]:
        """Give the six parts by name, in the order of the formula."""
        return {name: getattr(self, name) for name in PARTS}

    def text(self) -> str:
        """Speak the prompt: the six parts in the order of the formula, as one sentence."""
        return ", ".join(part for part in self.parts().values() if part) + "."


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A suite: its name, what it is about, and its prompts in the order of the file."""

    name: str
    title: str
    about: str
    prompts: tuple[Prompt, ...]
    expect: Expectations = Expectations()
    """What holds for every prompt of the style: its permissions and thresholds."""
