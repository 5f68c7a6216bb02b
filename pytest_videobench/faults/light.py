"""Faults of light and colour over time: flicker of three kinds, and a flash."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.faults.model import Change, Take, fault
from pytest_videobench.faults.pixels import coloured, smooth_noise, softened, toned

if TYPE_CHECKING:
    from pytest_videobench.faults.dose import Dose
    from pytest_videobench.faults.model import Floats, Picture

LEVELS = np.arange(256.0)


@fault("flicker_luma", "flicker", "time")
def flicker_luma(take: Take, dose: Dose) -> Change:
    """The light of the whole picture goes up and down quickly and unevenly."""
    first, last = dose.span(take, dose["span"], least=6)
    gain = np.exp(dose["amplitude"] * _swing(take, dose)[first:last])
    frames = take.frames.copy()
    for i, share in zip(range(first, last), gain, strict=True):
        frames[i] = toned(frames[i], LEVELS * share)
    note = f"The light swings by {100 * (gain.max() - gain.min()) / 2:.0f} % either way."
    return Change(take=replace(take, frames=frames), first=first, last=last, note=note)


@fault("flicker_colour", "flicker", "time")
def flicker_colour(take: Take, dose: Dose) -> Change:
    """Colours swing from frame to frame while the light stays."""
    first, last = dose.span(take, dose["span"], least=6)
    swing, angle = _swing(take, dose)[first:last], dose.rng.uniform(0, 2 * np.pi)
    shift = dose["amplitude"] * swing[:, None] * (np.cos(angle), np.sin(angle))
    frames = take.frames.copy()
    for i, (red, blue) in zip(range(first, last), shift, strict=True):
        frames[i] = _tinted(frames[i], red, blue)
    note = f"Colours swing by up to {np.abs(shift).max():.0f} levels, the light stays."
    return Change(take=replace(take, frames=frames), first=first, last=last, note=note)


@fault("flicker_texture", "flicker", "time")
def flicker_texture(take: Take, dose: Dose) -> Change:
    """Fine detail boils from frame to frame while larger forms stay."""
    first, last = dose.span(take, dose["span"], least=6)
    width, height = take.size
    shift = dose["shift"] * width
    cells = (max(3, round(1 / dose["cell"])), max(3, round(height / width / dose["cell"])))
    y, x = np.mgrid[:height, :width].astype(np.float32)
    frames = take.frames.copy()
    for i in range(first, last):
        field = [shift * smooth_noise(dose.rng, take.size, cells) for _ in range(2)]
        frames[i] = _boiled(frames[i], (x + field[0], y + field[1]), dose["scale"] * width)
    note = f"Detail is displaced by about {shift:.1f} pixels, anew in each frame."
    return Change(take=replace(take, frames=frames), first=first, last=last, note=note)


@fault("flash", "flash", "time")
def flash(take: Take, dose: Dose) -> Change:
    """The light shoots up for a frame and dies away."""
    at, _ = dose.span(take, 0.0)
    frames, last = take.frames.copy(), at
    for i in range(at, take.count):
        share = float(np.exp(-(i - at) / max(0.4, dose["decay"] * take.fps)))
        if share < 0.04:
            break
        lit = LEVELS * np.exp(dose["rise"] * share)
        frames[i] = toned(frames[i], lit + (255 - lit) * dose["veil"] * share)
        last = i + 1
    note = f"The light rises {np.exp(dose['rise']):.1f} times within one frame."
    return Change(take=replace(take, frames=frames), first=at, last=last, note=note)


def _swing(take: Take, dose: Dose) -> Floats:
    """Give a swing of about -1 to 1 for every frame: up and down in turns, each as far as the dice say."""
    pace = min(dose["rate"] / take.fps, 0.5)
    phase = np.cumsum(2 * np.pi * pace * dose.rng.uniform(0.75, 1.25, take.count)) + np.pi / 4
    return np.asarray(np.sign(np.sin(phase)) * dose.rng.uniform(0.55, 1.0, take.count))


def _tinted(picture: Picture, red: float, blue: float) -> Picture:
    colours = cv2.cvtColor(picture, cv2.COLOR_BGR2YCrCb)
    shifted = coloured(np.asarray(colours, np.uint8), np.eye(3), np.array([0.0, red, blue]))
    return np.asarray(cv2.cvtColor(shifted, cv2.COLOR_YCrCb2BGR), np.uint8)


def _boiled(picture: Picture, where: tuple[Floats, Floats], sigma: float) -> Picture:
    """Displace what is finer than ``sigma`` pixels."""
    coarse = softened(picture, sigma)
    fine = cv2.subtract(picture, coarse, dtype=cv2.CV_16S)
    fine = cv2.remap(fine, *where, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(cv2.add(coarse, fine, dtype=cv2.CV_8U), np.uint8)
