"""Faults of meaning: captions, game interfaces and logos that nobody asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.faults.model import Change, Take, fault
from pytest_videobench.faults.pixels import mixed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_videobench.faults.dose import Dose
    from pytest_videobench.faults.model import Floats, Picture

FINE = 2
"""Overlays are drawn this many times larger and then shrunk, for smooth edges."""
FONT = cv2.FONT_HERSHEY_DUPLEX
LETTER = 21.0
"""Pixels of a capital's height at scale 1 of these fonts."""
CAPTIONS = (
    "Last summer everything changed",
    "EPISODE 4: THE RETURN",
    "wait for the end",
    "Shot on location, 2023",
    "Tha storv begims herre",
    "Subscribe for more videos",
)
LOGOS = ("STOCKFRAME", "VIDORA", "clipnest", "AI GEN 2", "previewpix")
NAMES = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A transparent sheet to draw on, ``FINE`` times as large as the picture."""

    paint: Picture
    """Height × width × 3."""
    cover: Picture
    """Height × width: where there is paint, 0–255."""

    @classmethod
    def over(cls, size: tuple[int, int]) -> Sheet:
        """Make an empty one for pictures of a size."""
        shape = size[1] * FINE, size[0] * FINE
        return cls(np.zeros((*shape, 3), np.uint8), np.zeros(shape, np.uint8))

    def text(
        self, words: str, at: tuple[float, float], letter: float, colour: Sequence[int], rim: float = 0.0
    ) -> None:
        """Write in letters of a height in picture pixels; ``at`` is the lower left, ``rim`` the width of a
        dark outline in letters."""
        ink = np.zeros_like(self.cover) if rim else self.cover
        scale, bold = _pen(letter)
        cv2.putText(ink, words, _fine(at), FONT, scale, (255,), bold, cv2.LINE_AA)
        if rim:
            side = 2 * max(1, round(rim * letter * FINE)) + 1
            around = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
            self.paint[around > 0] = 0
            np.maximum(self.cover, around, out=self.cover)
        cv2.putText(self.paint, words, _fine(at), FONT, scale, tuple(colour), bold, cv2.LINE_AA)

    def bar(
        self,
        corner: tuple[float, float],
        size: tuple[float, float],
        colour: Sequence[int],
        opacity: int = 255,
    ) -> None:
        """Fill a box in picture pixels."""
        first, last = _fine(corner), _fine((corner[0] + size[0], corner[1] + size[1]))
        cv2.rectangle(self.paint, first, last, tuple(colour), -1)
        cv2.rectangle(self.cover, first, last, (opacity,), -1)

    def line(
        self, a: tuple[float, float], b: tuple[float, float], colour: Sequence[int], width: float
    ) -> None:
        """Draw a line between points in picture pixels."""
        thick = max(1, round(width * FINE))
        cv2.line(self.paint, _fine(a), _fine(b), tuple(colour), thick, cv2.LINE_AA)
        cv2.line(self.cover, _fine(a), _fine(b), (255,), thick, cv2.LINE_AA)

    def ring(self, middle: tuple[float, float], radius: float, colour: Sequence[int], width: float) -> None:
        """Draw a circle; a width of 0 fills it."""
        thick = max(1, round(width * FINE)) if width else -1
        cv2.circle(self.paint, _fine(middle), round(radius * FINE), tuple(colour), thick, cv2.LINE_AA)
        cv2.circle(self.cover, _fine(middle), round(radius * FINE), (255,), thick, cv2.LINE_AA)

    def shrunk(self) -> tuple[Picture, Floats]:
        """Give paint and cover (0–1) at the picture's size."""
        size = self.cover.shape[1] // FINE, self.cover.shape[0] // FINE
        paint = cv2.resize(self.paint, size, interpolation=cv2.INTER_AREA)
        cover = cv2.resize(self.cover, size, interpolation=cv2.INTER_AREA)
        return np.asarray(paint, np.uint8), cover.astype(np.float32) / 255


def _fine(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0] * FINE), round(point[1] * FINE)


@fault("overlay_text", "overlay_text", "meaning")
def overlay_text(take: Take, dose: Dose) -> Change:
    """A caption lies over the picture."""
    first, last = dose.span(take, dose["span"])
    words, high = str(dose.rng.choice(CAPTIONS)), dose.rng.random() < 0.2
    width, height = take.size
    letter = min(dose["height"] * height, _letter_that_fits(words, 0.92 * width))
    sheet = Sheet.over(take.size)
    wide = _text_width(words, letter)
    base = 0.12 * height + letter if high else 0.9 * height
    sheet.text(words, ((width - wide) / 2, base), letter, (250, 250, 250), rim=0.12)
    where = "top" if high else "bottom"
    note = f"A caption of {letter / height:.1%} of the height at the {where}, opacity {dose['alpha']:.2f}."
    return _laid(take, (first, last), sheet.shrunk(), dose["alpha"], note)


@fault("hud", "overlay_ui", "meaning")
def hud(take: Take, dose: Dose) -> Change:
    """The picture wears a game's interface: compass, crosshair, health."""
    turn = dose.rng.uniform(0, 360)
    speed, loss = dose.rng.uniform(5, 30) * dose.sign(), dose.rng.uniform(0.02, 0.1)
    unit = dose["scale"] * min(take.size) / 360
    round_map = dose.coin()

    def draw(i: int) -> tuple[Picture, Floats]:
        sheet = Sheet.over(take.size)
        second = i / take.fps
        _compass(sheet, take.size, unit, turn + speed * second)
        _crosshair(sheet, take.size, unit)
        _health(sheet, take.size, unit, max(0.1, 0.9 - loss * second))
        if round_map:
            _map(sheet, take.size, unit, turn + speed * second)
        return sheet.shrunk()

    note = f"A game's interface lies over the clip, opacity {dose['alpha']:.2f}."
    return _laid(take, (0, take.count), draw, dose["alpha"], note)


@fault("watermark", "watermark", "meaning")
def watermark(take: Take, dose: Dose) -> Change:
    """A pale logo stays in a corner."""
    words = str(dose.rng.choice(LOGOS))
    right, low = dose.coin(), dose.coin()
    width, height = take.size
    wide = dose["size"] * width
    letter = max(4.0, _letter_that_fits(words, 0.75 * wide))
    x = width - wide - 0.03 * width if right else 0.03 * width
    y = height - 0.05 * height if low else 0.05 * height + 1.6 * letter
    sheet = Sheet.over(take.size)
    sheet.ring((x + letter, y - letter / 2), 0.9 * letter, (255, 255, 255), letter * 0.25)
    sheet.ring((x + letter, y - letter / 2), 0.35 * letter, (255, 255, 255), 0)
    sheet.text(words, (x + 2.3 * letter, y), letter, (255, 255, 255), rim=0.1)
    where = f"{'lower' if low else 'upper'} {'right' if right else 'left'}"
    note = f"A logo in the {where} corner, opacity {dose['alpha']:.2f}."
    return _laid(take, (0, take.count), sheet.shrunk(), dose["alpha"], note)


def _laid(
    take: Take,
    span: tuple[int, int],
    drawn: tuple[Picture, Floats] | Callable[[int], tuple[Picture, Floats]],
    alpha: float,
    note: str,
) -> Change:
    """Lay a sheet over the frames of a span, the same for all or drawn for each."""
    frames, regions = take.frames.copy(), []
    for i in range(*span):
        paint, cover = drawn(i) if callable(drawn) else drawn
        regions.append(_extent(cover))
        frames[i] = mixed(take.frames[i], paint, alpha * cover)
    made = replace(take, frames=frames)
    return Change(take=made, first=span[0], last=span[1], note=note, regions=np.array(regions))


def _extent(cover: Floats) -> tuple[float, float, float, float]:
    height, width = cover.shape
    x, y, w, h = cv2.boundingRect((cover > 0).astype(np.uint8))
    return x / width, y / height, w / width, h / height


def _pen(letter: float) -> tuple[float, int]:
    """Give the font's scale and the strokes' thickness for letters of a height in picture pixels."""
    scale = letter * FINE / LETTER
    return scale, max(1, round(scale * 1.2))


def _text_width(words: str, letter: float) -> float:
    scale, bold = _pen(letter)
    return cv2.getTextSize(words, FONT, scale, bold)[0][0] / FINE


def _letter_that_fits(words: str, wide: float) -> float:
    """Give the height of letters in which the words are so wide."""
    letter = wide / _text_width(words, 20.0) * 20.0
    return letter * wide / _text_width(words, letter)


def _compass(sheet: Sheet, size: tuple[int, int], unit: float, heading: float) -> None:
    """A strip at the top on which the points of the compass slide by."""
    wide, middle, top = 0.46 * size[0], size[0] / 2, 14 * unit
    sheet.bar((middle - wide / 2, top), (wide, 20 * unit), (30, 26, 22), opacity=150)
    for degrees in range(0, 360, 15):
        off = (degrees - heading + 180) % 360 - 180
        x = middle + off / 75 * wide / 2
        if abs(off) > 72:
            continue
        if degrees % 45:
            sheet.line((x, top + 12 * unit), (x, top + 18 * unit), (210, 210, 210), unit)
        else:
            name = NAMES[degrees // 45]
            sheet.text(
                name, (x - _text_width(name, 8 * unit) / 2, top + 14 * unit), 8 * unit, (255, 255, 255)
            )
    sheet.line((middle, top + 20 * unit), (middle, top + 26 * unit), (80, 200, 255), 2 * unit)


def _crosshair(sheet: Sheet, size: tuple[int, int], unit: float) -> None:
    x, y = size[0] / 2, size[1] / 2
    for across, down in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        near, far = 5 * unit, 12 * unit
        sheet.line(
            (x + across * near, y + down * near),
            (x + across * far, y + down * far),
            (240, 255, 240),
            1.6 * unit,
        )
    sheet.ring((x, y), 1.2 * unit, (240, 255, 240), 0)


def _health(sheet: Sheet, size: tuple[int, int], unit: float, left: float) -> None:
    x, y, wide = 18 * unit, size[1] - 32 * unit, 110 * unit
    sheet.bar((x, y), (wide, 12 * unit), (35, 30, 30), opacity=190)
    sheet.bar((x + 2 * unit, y + 2 * unit), ((wide - 4 * unit) * left, 8 * unit), (70, 60, 220))
    sheet.text(f"{round(100 * left)}", (x + wide + 6 * unit, y + 11 * unit), 10 * unit, (255, 255, 255))
    rounds = f"{int(30 * left)} / 90"
    at = size[0] - _text_width(rounds, 12 * unit) - 20 * unit, size[1] - 21 * unit
    sheet.text(rounds, at, 12 * unit, (255, 255, 255))


def _map(sheet: Sheet, size: tuple[int, int], unit: float, heading: float) -> None:
    x, y, radius = size[0] - 48 * unit, 52 * unit, 32 * unit
    sheet.ring((x, y), radius, (60, 70, 50), 0)
    sheet.ring((x, y), radius, (230, 230, 230), 1.5 * unit)
    for angle, reach in ((40, 0.5), (170, 0.7), (260, 0.35)):
        turn = np.deg2rad(angle - heading)
        at = x + reach * radius * float(np.sin(turn)), y - reach * radius * float(np.cos(turn))
        sheet.ring(at, 2.5 * unit, (60, 60, 235), 0)
    sheet.ring((x, y), 3 * unit, (90, 240, 250), 0)
