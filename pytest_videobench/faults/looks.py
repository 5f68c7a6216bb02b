"""Faults of how pictures look: light, focus, compression, and what creeps in late."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from pytest_videobench.faults.light import LEVELS
from pytest_videobench.faults.model import Change, Take, fault
from pytest_videobench.faults.pixels import coloured, mixed, ramp, saturation, smoothstep, softened, toned

if TYPE_CHECKING:
    from pytest_videobench.faults.dose import Dose
    from pytest_videobench.faults.model import Floats, Picture


@fault("overexposure", "overexposed", "picture")
def overexposure(take: Take, dose: Dose) -> Change:
    """Far too much light burns the picture out for a while."""
    first, last = dose.span(take, dose["span"])
    stops = dose["stops"] * ramp(last - first, dose["edge"] * take.fps)
    frames = take.frames.copy()
    for i, stop in zip(range(first, last), stops, strict=True):
        # Light adds up in linear values, of which the stored ones are about the 2.2th root.
        frames[i] = toned(frames[i], LEVELS * 2 ** (stop / 2.2))
    note = f"The light is {2 ** dose['stops']:.1f} times as strong for {(last - first) / take.fps:.2f} s."
    return Change(take=replace(take, frames=frames), first=first, last=last, note=note)


@fault("blur", "blur", "picture")
def blur(take: Take, dose: Dose) -> Change:
    """The picture loses its focus and finds it again."""
    first, last = dose.span(take, dose["span"])
    sigma = dose["sigma"] * take.size[0]
    frames = take.frames.copy()
    for i, share in zip(range(first, last), ramp(last - first, dose["edge"] * take.fps), strict=True):
        frames[i] = softened(frames[i], sigma * float(share))
    note = f"A blur of {sigma:.1f} pixels for {(last - first) / take.fps:.2f} s."
    return Change(take=replace(take, frames=frames), first=first, last=last, note=note)


@fault("blocking", "blockiness", "picture")
def blocking(take: Take, dose: Dose) -> Change:
    """Blocks of 8 × 8 pixels show, as after an encoder that was starved of bits."""
    first, last = dose.span(take, dose["span"])
    quality = max(1, round(dose["quality"]))
    frames = take.frames.copy()
    for i in range(first, last):
        _, data = cv2.imencode(".jpg", frames[i], (cv2.IMWRITE_JPEG_QUALITY, quality))
        frames[i] = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))
    note = f"Blocks as of JPEG at quality {quality} for {(last - first) / take.fps:.2f} s."
    return Change(take=replace(take, frames=frames), first=first, last=last, note=note)


@fault("banding", "banding", "picture")
def banding(take: Take, dose: Dose) -> Change:
    """Smooth slopes turn into bands of flat colour, and their faint detail is lost."""
    step, detail = dose["step"], dose["detail"]
    steps = np.array([step, dose["colour"] * step, dose["colour"] * step])[:, None]
    tables = (np.rint(LEVELS / steps) * steps).clip(0, 255).astype(np.uint8).T.reshape(256, 1, 3)
    frames = take.frames.copy()
    for i in range(take.count):
        frames[i] = _banded(frames[i], tables, detail, dose["reach"] * take.size[0])
    note = f"Slopes are in steps of {step:.0f} grey levels, detail below {detail:.0f} is lost."
    return Change(take=replace(take, frames=frames), first=0, last=take.count, note=note)


def _banded(picture: Picture, tables: Picture, detail: float, sigma: float) -> Picture:
    colours = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YCrCb), np.uint8)
    smooth = softened(colours, sigma)
    rough = cv2.absdiff(colours[..., 0], smooth[..., 0]).astype(np.float32)
    edges = smoothstep(cv2.blur(rough, (5, 5)) / detail - 0.5)
    bands = np.asarray(cv2.LUT(smooth, tables), np.uint8)
    return np.asarray(cv2.cvtColor(mixed(bands, colours, edges), cv2.COLOR_YCrCb2BGR), np.uint8)


@fault("late_blur", "late_decay", "time")
def late_blur(take: Take, dose: Dose) -> Change:
    """Sharpness fades away towards the clip's end."""
    first, growth = _late(take, dose)
    sigma = dose["sigma"] * take.size[0]
    frames = take.frames.copy()
    for i, share in zip(range(first, take.count), growth, strict=True):
        frames[i] = softened(frames[i], sigma * float(share))
    note = f"The picture grows soft from {first / take.fps:.2f} s on, by {sigma:.1f} pixels at the end."
    return Change(take=replace(take, frames=frames), first=first, last=take.count, note=note)


@fault("late_colour_drift", "late_decay", "time")
def late_colour_drift(take: Take, dose: Dose) -> Change:
    """Colours and contrast drift away towards the clip's end."""
    first, growth = _late(take, dose)
    gaudy, angle = dose.coin(), dose.rng.uniform(0, 2 * np.pi)
    cast = dose["tint"] * np.cos(angle + np.array([0, 2, 4]) * np.pi / 3)
    frames = take.frames.copy()
    for i, share in zip(range(first, take.count), growth, strict=True):
        colour, contrast = share * dose["colour"], share * dose["contrast"]
        gain = (1 + 1.5 * colour, 1 + contrast) if gaudy else (1 - colour, 1 - contrast)
        offset = 118 * (1 - gain[1]) + share * cast
        frames[i] = coloured(frames[i], saturation(gain[0]) * gain[1], offset)
    what = "grow gaudy and hard" if gaudy else "fade"
    note = f"Colours {what} from {first / take.fps:.2f} s on, with a cast of {dose['tint']:.0f} levels."
    return Change(take=replace(take, frames=frames), first=first, last=take.count, note=note)


def _late(take: Take, dose: Dose) -> tuple[int, Floats]:
    """Choose the first frame, and give how far decay has come in it and in every later one."""
    first = round(take.count * dose.rng.uniform(dose["from"], dose["to"]))
    return first, smoothstep((np.arange(take.count - first) + 1) / (take.count - first))
