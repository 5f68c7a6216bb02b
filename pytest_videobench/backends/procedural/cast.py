"""Who appears in a clip: the forms, how many there are, how large they are and where they go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from pytest_videobench.backends.procedural.arrays import Bytes, Floats, colour
from pytest_videobench.backends.procedural.company import Member, company, entry_of
from pytest_videobench.backends.procedural.figures import figure, palette
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
DEFAULT_HEIGHT = 0.62
TALLEST = 0.8
"""Share of the picture's height that a giant may fill."""
WIDEST = 0.52
"""Share of the picture's width that a subject may fill."""
SPEEDS = {"none": 0.12, "low": 0.55, "medium": 1.0, "high": 1.6, "any": 0.9}
CYCLES = {"walk": 0.85, "drive": 0.45, "soar": 0.75, "hover": 0.7, "act": 0.6, "dance": 0.6, "tumble": 0.8}
"""Cycles per second at medium speed; 0.5 for other paths."""
CALM = ("hover", "act", "float")
"""Paths whose cycles depend little on the speed."""
DRAFT = 8.0
"""Pixels per unit of the drawings that only tell how large a shape is."""
JOINTED = 4
"""Members of a cast whose joints the truth tells."""
SHADE = 96
"""Coverage of a shadow, of 255: the ground stays what is seen, so that the flow is the ground's."""


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
        return entry_of(form, self.roles.pose)


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
    members = company(reading.roles, rng)
    boxes = {member.form: _box(member, stage) for member in members}
    drafts = [_draft(member, boxes[member.form], stage) for member in members]
    course = _course(members, drafts[0], boxes[members[0].form], stage, rng)
    step = _step(members, drafts, boxes)
    shapes: dict[tuple[str, int, bool], Shape] = {}
    subjects = []
    for number, (member, size) in enumerate(zip(members, drafts, strict=True)):
        key = (member.form, member.shade, member.looped)
        if key not in shapes:
            shapes[key] = _shape(member, size, stage, np.random.default_rng(rng.integers(2**32)))
        subjects.append(
            _subject(member, size, shapes[key], stage, course, rng, jointed=number < JOINTED, step=step)
        )
    return tuple(subjects)


def _step(members: list[Member], drafts: list[float], boxes: dict[str, Floats]) -> float:
    """Give how wide the main subject is in pixels, or its company where it is no figure itself."""
    number = 1 if members[0].form in kinds() and len(members) > 1 else 0
    left, _, right, _ = boxes[members[number].form]
    return float(right - left) * drafts[number]


def _box(member: Member, stage: Stage) -> Floats:
    """Give left, top, right and bottom of a member, in its own units."""
    if "half" in stage.entry(member.form):
        across, down = stage.entry(member.form)["half"]
        return np.array([-across, -down, across, down])
    draft = _shape(replace(member, looped=False), DRAFT, stage, np.random.default_rng(0))
    return draft.box()


def _draft(member: Member, box: Floats, stage: Stage) -> float:
    """Give how large a member is: pixels per unit in the resting view."""
    entry, camera = stage.entry(member.form), stage.camera
    left, top, right, bottom = (float(edge) for edge in box)
    usual = HEIGHTS.get(stage.expect.shot or "", DEFAULT_HEIGHT) * float(entry.get("tall", 1.0))
    share = min(usual * stage.roles.scale, max(usual, TALLEST))
    share = max(share, float(entry.get("least", 0.0))) / float(np.sqrt(camera.path[:, 2].max()))
    high = share * camera.height / (bottom - top)
    wide = float(entry.get("widest", WIDEST)) * camera.width / (max(abs(left), abs(right)) * 2)
    return min(high, wide) * member.size


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
    if stage.roles.count != 2 or stage.roles.others:
        return own
    if not member.shade:
        return own - set(pair["first_without"])
    return (own - set(pair["second_without"])) | set(pair["second_with"])


def _hair(traits: set[str], rng: np.random.Generator) -> tuple[str, ...]:
    """Give everybody hair whom the words give none."""
    styles = ("hair_short", "hair_long", "hair_bun")
    return () if {"bald", *styles} & traits else (str(rng.choice(styles[:2])),)


def _course(members: list[Member], size: float, box: Floats, stage: Stage, rng: np.random.Generator) -> Way:
    """Plan the way of the whole cast, wide enough for the members beside the main subject."""
    own = float(max(abs(box[0]), abs(box[2]))) * size / stage.camera.width
    reach = max(abs(member.aside) for member in members) if len(members) < JOINTED else 0.3
    half = min(0.46, own * (1 + 2 * reach))
    seconds = len(stage.camera.path) / stage.fps
    path = str(stage.entry(members[0].form).get("path", "stay"))
    return plan(stage.camera, path, half, stage.speed * seconds / 5, way(stage.camera, rng), rng)


def _subject(
    member: Member,
    size: float,
    shape: Shape,
    stage: Stage,
    course: Way,
    rng: np.random.Generator,
    *,
    jointed: bool,
    step: float,
) -> Subject:
    entry, camera = stage.entry(member.form), stage.camera
    left, top, right, bottom = shape.box()
    stands = bool(entry.get("stand"))
    places = course.places.copy()
    places[:, 0] += member.aside * step
    places[:, 1] += (
        _stand(stage.floor, size, camera.height) if stands else _level(entry, size, top, bottom, camera)
    )
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
    image: Bytes = np.zeros((height, width, 4), np.uint8)
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
