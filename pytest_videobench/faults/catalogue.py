"""All faults by name, and the two doors to them: frames in memory, and a written file."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.errors import SpecError
from pytest_videobench.faults import (
    camera,
    delivery,
    fades,
    light,
    looks,
    matter,
    overlays,
    repeats,
    shots,
    warps,
)
from pytest_videobench.faults.dose import Dose, at_severity, strengths
from pytest_videobench.faults.model import Change, Fault, Injected, Take
from pytest_videobench.prompts.toml import suggestion
from pytest_videobench.threads import one_opencv_thread

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_videobench.faults.model import Floats

FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        fault.name: fault
        for fault in (
            # file
            delivery.truncated_file,
            delivery.short,
            delivery.resized,
            delivery.wrong_rate,
            delivery.too_few_frames,
            # picture
            repeats.freeze,
            repeats.freeze_region,
            repeats.dropped_frames,
            repeats.doubled_frames,
            shots.cut,
            shots.black_frames,
            shots.blank_frames,
            shots.letterbox,
            looks.overexposure,
            looks.blur,
            looks.blocking,
            looks.banding,
            # time
            light.flicker_luma,
            light.flicker_colour,
            light.flicker_texture,
            light.flash,
            camera.jitter,
            looks.late_blur,
            looks.late_colour_drift,
            repeats.loop,
            # camera
            camera.wrong_move,
            # matter
            matter.vanish,
            matter.pop_in,
            fades.fade_out,
            warps.melt,
            fades.absorb,
            matter.swap,
            warps.merge,
            warps.small_subject_warp,
            # people
            warps.face_warp,
            # meaning
            overlays.overlay_text,
            overlays.hud,
            overlays.watermark,
        )
    }
)
"""Every fault, by group in the order of the groups; the order is part of the contract."""


def find(name: str) -> Fault:
    """Give a fault by name; raise :class:`SpecError` with the nearest name where there is none."""
    if name not in FAULTS:
        hint = suggestion(name, list(FAULTS)) or f"; known: {', '.join(FAULTS)}"
        raise SpecError(f"no fault is called {name!r}{hint}")
    return FAULTS[name]


def inject(take: Take, fault: str, *, seed: int, severity: float) -> tuple[Take, Injected]:
    """Give the clip with one fault, and the truth about it; the given clip is left as it is.

    The same clip, seed and severity give the same bytes. Raises :class:`SpecError` for an unknown fault or
    a severity outside 0–1, and :class:`ClipError` for a clip that cannot carry the fault.
    """
    kind, dose = find(fault), _dose(fault, seed, severity)
    if kind.stage == "frames":
        _check(take, dose)
    with one_opencv_thread():
        change = kind.apply(take, dose)
    return change.take, _injected(kind, change, seed, severity)


def truncate(path: Path, *, seed: int, severity: float) -> Injected:
    """Cut a written file's end off in place, so that its header promises more than there is.

    Raises :class:`ClipError` where nothing would be left to read.
    """
    kind, dose = find("truncated_file"), _dose("truncated_file", seed, severity)
    kept, promised, fps = delivery.cut_off(path, dose["lost"])
    return Injected(
        fault=kind.name,
        defect=kind.defect,
        group=kind.group,
        start=0.0,
        end=round(kept / fps, 4),
        severity=severity,
        seed=seed,
        frames=(0, kept),
        boxes=None,
        note=f"{100 * dose['lost']:.0f} % of the file are cut off: {kept} of {promised} frames are left.",
    )


def memory_limit() -> float:
    """Give the bytes of decoded pictures that a clip may have to be held in memory."""
    return at_severity(strengths()["limits"]["gigabytes"], 1.0) * 1e9


def _dose(fault: str, seed: int, severity: float) -> Dose:
    if not 0 < severity <= 1:
        raise SpecError(f"fault {fault!r}: severity must be above 0 and at most 1, got {severity:g}")
    if seed < 0:
        raise SpecError(f"fault {fault!r}: seed must be 0 or more, got {seed}")
    return Dose(fault, seed=seed, severity=severity)


def _check(take: Take, dose: Dose) -> None:
    frames, side, seconds = round(dose["frames"]), round(dose["side"]), dose["seconds"]
    if take.frames.ndim != 4 or take.frames.shape[-1] != 3 or take.frames.dtype != np.uint8:
        raise take.lacks(dose.fault, "pictures as frames × height × width × 3 of 8 bits")
    if take.count < frames:
        raise take.lacks(dose.fault, f"at least {frames} frames, got {take.count}")
    if take.count / take.fps < seconds:
        raise take.lacks(dose.fault, f"at least {seconds:g} s, got {take.count / take.fps:.2f} s")
    if min(take.size) < side:
        raise take.lacks(dose.fault, f"sides of at least {side} pixels, got {take.size[0]}×{take.size[1]}")
    for boxes in (take.boxes, take.other):
        if boxes is not None and boxes.shape != (take.count, 4):
            raise take.lacks(dose.fault, f"a box of 4 numbers for each of {take.count} frames")


def _injected(fault: Fault, change: Change, seed: int, severity: float) -> Injected:
    first, last = change.event or (change.first, change.last)
    fps = change.take.fps
    return Injected(
        fault=fault.name,
        defect=fault.defect,
        group=fault.group,
        start=round(first / fps, 4),
        end=round(last / fps, 4),
        severity=severity,
        seed=seed,
        frames=(change.first, change.last),
        boxes=None if change.regions is None else tuple(_box(row) for row in change.regions),
        note=change.note,
    )


def _box(row: Floats) -> tuple[float, float, float, float] | None:
    if not np.isfinite(row).all():
        return None
    x, y, w, h = (round(float(value), 5) for value in row)
    return x, y, w, h
