"""Who appears in a clip: the forms, how many there are, how large they are and where they go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Floats, colour
from pytest_videobench.backends.procedural.figures import figure, figures, palette, posed
from pytest_videobench.backends.procedural.loops import loop
from pytest_videobench.backends.procedural.paths import Way, climb, plan, way
from pytest_videobench.backends.procedural.stuff import kinds, stuff
from pytest_videobench.backends.procedural.subjects import Shadow, Shape, Subject
from pytest_videobench.backends.procedural.vocabulary import vocabulary

if TYPE_CHECKING:
    from pytest_videobench.backends.procedural.camera import Camera
    from pytest_videobench.backends.procedural.canvas import Light
    from pytest_videobench.backends.procedural.roles import Roles
    from pytest_videobench.backends.procedural.vocabulary import Reading
    from pytest_videobench.prompts.model import Expectations

HEIGHTS = {
    "extreme_close_up": 1.0,
    "close_up": 0.86,
    "medium": 0.66,
    "full": 0.56,
    "wide": 0.34,
    "aerial": 0.22,
}
"""Height of a subject by shot, as a share of the picture's height."""
DEFAULT_HEIGHT = 0.5
WIDEST = 0.52
"""Share of the picture's width that a subject may fill."""
SPEEDS = {"none": 0.12, "low": 0.55, "medium": 1.0, "high": 1.6, "any": 0.9}
CYCLES = {"walk": 0.85, "drive": 0.45, "soar": 0.75, "hover": 0.7, "act": 0.6, "dance": 0.6, "tumble": 0.8}
"""Cycles per second at medium speed; 0.5 for other paths."""
CALM = ("hover", "act", "float")
"""Paths whose cycles depend little on the speed."""
JOINTED = 4
"""Members of a cast whose joints the truth tells."""
SHADE = 96
"""Coverage of a shadow, of 255: the ground stays what is seen, so that the flow is the ground's."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What all members have in common."""

    roles: Roles
    expect: Expectations
    floor: float
    camera: Camera
    light: Light
    fps: float

    @property
    def speed(self) -> float:
        """Give how fast things go, 1 at medium speed."""
        return SPEEDS[self.expect.amount]

    def entry(self, form: str) -> dict[str, Any]:
        """Give what the tables say about a form."""
        if form in figures():
            return posed(form, self.roles.pose)
        return dict(kinds()[form])


def cast(
    reading: Reading,
    expect: Expectations,
    floor: float,
    camera: Camera,
    light: Light,
    fps: float,
    rng: np.random.Generator,
) -> tuple[Subject, ...]:
    """Choose everybody who appears, the main subject first."""
    stage = Stage(roles=reading.roles, expect=expect, floor=floor, camera=camera, light=light, fps=fps)
    members = _members(stage, rng)
    drafts = [_draft(member, stage) for member in members]
    ways = way(camera, rng)
    course = _course(members, drafts, stage, ways, rng)
    shapes: dict[tuple[str, int, bool], Shape] = {}
    subjects = []
    for number, (member, size) in enumerate(zip(members, drafts, strict=True)):
        key = (member.form, member.shade, member.looped)
        if key not in shapes:
            shapes[key] = _shape(member, size, stage, np.random.default_rng(rng.integers(2**32)))
        subjects.append(
            _subject(member, size, shapes[key], stage, course, rng, jointed=number < JOINTED, lead=drafts[0])
        )
    return tuple(subjects)


def _members(stage: Stage, rng: np.random.Generator) -> list[Member]:
    reading = stage.roles
    lead = Member(form=reading.form)
    entry = stage.entry(reading.form)
    others = [_beside(form, stage) for form in reading.others]
    if others:
        return _arranged(lead, others, stage)
    if reading.form not in figures():
        return [lead]
    if reading.count == 2:
        return _pair(lead, entry)
    return _group(lead, entry, rng) if reading.count > 2 else [lead]


def _beside(form: str, stage: Stage) -> Member:
    entry = stage.entry(form)
    return Member(form=form, shade=1, up=float(entry.get("up", 0.0)))


def _arranged(lead: Member, others: list[Member], stage: Stage) -> list[Member]:
    """Put the others beside the main subject, or in the middle of what has no place of its own."""
    if stage.entry(lead.form).get("spread"):
        around = _group(others[0], stage.entry(others[0].form), None) if stage.roles.count > 2 else others
        return [lead, *(replace(other, depth=min(other.depth, 0.99)) for other in around)]
    if lead.form not in figures() or others[0].form not in figures():
        return [lead, *(replace(other, depth=0.97) for other in others[:1])]
    facing = bool(stage.entry(lead.form).get("meets"))
    lead = replace(lead, aside=-0.55, facing=1.0 if facing else 0.0)
    return [lead, *(replace(o, aside=0.6, facing=-1.0 if facing else 0.0, depth=0.99) for o in others[:1])]


def _pair(lead: Member, entry: dict[str, Any]) -> list[Member]:
    apart = float(entry.get("apart", 0.55))
    meets = bool(entry.get("meets"))
    first = replace(lead, aside=-apart, facing=1.0 if meets else 0.0)
    return [first, replace(lead, aside=apart, facing=-1.0 if meets else 0.0, shade=1, depth=0.99)]


def _group(lead: Member, entry: dict[str, Any], rng: np.random.Generator | None) -> list[Member]:
    rng = rng or np.random.default_rng(0)
    stands = bool(entry.get("stand"))
    members = [replace(lead, size=0.86)]
    for number in range(6):
        depth = 0.80 + 0.03 * number
        near = (depth - 0.6) / 0.4
        members.append(
            replace(
                lead,
                size=0.86 * near if stands else float(rng.uniform(0.3, 0.62)),
                aside=float((number - 2.5) * 0.95 * (1 if number % 2 else -1) + rng.uniform(-0.2, 0.2)),
                up=0.34 * (1 - depth) if stands else float(rng.uniform(-0.26, 0.26)),
                depth=depth,
                looped=True,
                shade=1 + number % 2,
            )
        )
    return members


def _draft(member: Member, stage: Stage) -> float:
    """Give how large a member is: pixels per unit in the resting view."""
    entry, camera = stage.entry(member.form), stage.camera
    shape = _shape(replace(member, looped=False), 8.0, stage, np.random.default_rng(0))
    left, top, right, bottom = shape.box()
    share = HEIGHTS.get(stage.expect.shot or "", DEFAULT_HEIGHT) * float(entry.get("tall", 1.0))
    share = max(share, float(entry.get("least", 0.0))) / float(np.sqrt(camera.path[:, 2].max()))
    widest = float(entry.get("widest", WIDEST))
    high = share * camera.height / (bottom - top)
    return float(min(high, widest * camera.width / (max(abs(left), abs(right)) * 2))) * member.size


def _shape(member: Member, size: float, stage: Stage, rng: np.random.Generator) -> Shape:
    reading, light = stage.roles, stage.light
    named = [colour(text) for text in reading.colours]
    own = [*named, *light.accents]
    turned = own[member.shade :] + own[: member.shade] if not named or member.shade else own
    scale = size * stage.camera.density()
    if member.form in kinds():
        return stuff(member.form, light, own, scale, rng)
    traits = _traits(member, stage)
    traits |= set(_hair(traits, rng))
    shades = palette(light, named if not member.shade else turned, reading.hair, rng)
    drawn = figure(stage.entry(member.form), scale, shades, light, traits)
    return loop(drawn, scale) if member.looped else drawn


def _traits(member: Member, stage: Stage) -> set[str]:
    """Let the two of a pair differ."""
    own, pair = set(stage.roles.traits), vocabulary()["pair"]
    if stage.roles.count != 2 and not stage.roles.others:
        return own
    if not member.shade:
        return own - set(pair["first_without"])
    return (own - set(pair["second_without"])) | set(pair["second_with"])


def _hair(traits: set[str], rng: np.random.Generator) -> tuple[str, ...]:
    """Give everybody hair whom the words give none."""
    styles = ("hair_short", "hair_long", "hair_bun")
    return () if {"bald", *styles} & traits else (str(rng.choice(styles[:2])),)


def _course(
    members: list[Member], sizes: list[float], stage: Stage, ways: float, rng: np.random.Generator
) -> Way:
    """Plan the way of the whole cast, wide enough for the members beside the main subject."""
    entry = stage.entry(members[0].form)
    shape = _shape(replace(members[0], looped=False), 8.0, stage, np.random.default_rng(0))
    left, _, right, _ = shape.box()
    own = max(abs(left), abs(right)) * sizes[0] / stage.camera.width
    reach = max(abs(member.aside) for member in members) if len(members) < 4 else 0.3
    half = min(0.46, own * (1 + 2 * reach))
    seconds = len(stage.camera.path) / stage.fps
    path = str(entry.get("path", "stay"))
    return plan(stage.camera, path, half, stage.speed * seconds / 5, ways, rng)


def _subject(
    member: Member,
    size: float,
    shape: Shape,
    stage: Stage,
    course: Way,
    rng: np.random.Generator,
    *,
    jointed: bool,
    lead: float,
) -> Subject:
    entry, camera = stage.entry(member.form), stage.camera
    left, top, right, bottom = shape.box()
    stands = bool(entry.get("stand"))
    places = course.places.copy()
    places[:, 0] += member.aside * (right - left) * lead
    places[:, 1] += _stand(stage.floor, size, camera.height) if stands else _level(entry, size, top, bottom, camera)
    places[:, 1] -= member.up * camera.height
    if entry.get("path") == "lift":
        places[:, 1] -= climb(len(places), stage.speed) * camera.height
    cycles = _cycles(entry, stage, rng)
    return Subject(
        form=member.form,
        shape=shape,
        camera=camera,
        size=size,
        places=places,
        cycles=cycles,
        mirrored=(member.facing or course.facing) < 0 and not entry.get("upright"),
        depth=member.depth,
        shadow=_shadow((right - left) * size * 0.42) if stands and not entry.get("floats") else None,
        jointed=jointed and not member.looped,
    )


def _cycles(entry: dict[str, Any], stage: Stage, rng: np.random.Generator) -> Floats:
    path, speed = str(entry.get("path", "stay")), stage.speed
    pace = CYCLES.get(path, 0.5) * float(entry.get("pace", 1.0))
    share = 0.5 + 0.5 * speed if path in CALM else speed
    seconds = np.arange(len(stage.camera.path)) / stage.fps
    return np.asarray(rng.random() + seconds * pace * share)


def _shadow(half: float) -> Shadow:
    width, height = max(8, round(half * 2.4)), max(6, round(half * 0.5))
    image = np.zeros((height, width, 4), np.uint8)
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    fall = np.clip(1 - np.hypot(x, y), 0, 1)
    image[..., 3] = (SHADE * fall * (2 - fall)).astype(np.uint8)
    image = cv2.GaussianBlur(image, (0, 0), max(1.0, height / 12))
    place = np.array([[1.0, 0.0, -width / 2], [0.0, 1.0, -height * 0.55], [0.0, 0.0, 1.0]])
    return Shadow(image=image, place=place)


def _stand(floor: float, size: float, height: int) -> float:
    return max(floor * height, 0.07 * height + min(size, 1.05 * height))


def _level(entry: dict[str, Any], size: float, top: float, bottom: float, camera: Camera) -> float:
    if entry.get("headroom"):
        return float(entry["headroom"] * camera.height - top * size)
    return float(entry.get("level", 0.47) * camera.height - (top + bottom) / 2 * size)
