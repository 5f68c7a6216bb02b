"""Footage on disk, beside its clip, so that a second run does not decode."""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict, fields
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from pytest_videobench.files import publish
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.footage.fingerprint import fingerprint
from pytest_videobench.footage.footage import (
    CameraPath,
    Footage,
    FrameSignals,
    MotionSignals,
    SampleSignals,
    StepSignals,
)
from pytest_videobench.footage.probe import Probe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_GROUPS: dict[str, type[Any]] = {
    "frames": FrameSignals,
    "steps": StepSignals,
    "motion": MotionSignals,
    "camera": CameraPath,
    "samples": SampleSignals,
}
_PLAIN = ("distinct", "small", "thumbnail_times")


def footage_of(clip: Path, kept: Path) -> Footage:
    """Load what an earlier pass left in ``kept``, or decode the clip and leave it there.

    What another decoder or an older version left, and what cannot be read, is made anew.
    """
    footage = load(kept)
    if footage is None:
        footage = analyse(clip)
        save(footage, kept)
    return footage


def save(footage: Footage, path: Path) -> None:
    """Write footage to a NumPy archive, whole or not at all."""
    arrays: dict[str, Any] = {name: getattr(footage, name) for name in _PLAIN}
    for group in _GROUPS:
        signals = getattr(footage, group)
        arrays |= {f"{group}.{field.name}": getattr(signals, field.name) for field in fields(signals)}
    arrays["thumbnails"] = np.frombuffer(b"".join(footage.thumbnails), np.uint8)
    arrays["thumbnail_sizes"] = np.array([len(jpeg) for jpeg in footage.thumbnails], np.int64)
    arrays["about"] = np.array(json.dumps({"probe": asdict(footage.probe), "fingerprint": fingerprint()}))
    archive = BytesIO()
    np.savez(archive, allow_pickle=False, **arrays)
    publish(path, archive.getvalue())


def load(path: Path) -> Footage | None:
    """Read footage, or give ``None`` where there is none that this software would have made."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            about = json.loads(str(archive["about"]))
            if about["fingerprint"] != fingerprint():
                return None
            return _footage(archive, Probe(**about["probe"]))
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile):
        return None


def _footage(archive: Mapping[str, Any], probe: Probe) -> Footage:
    groups = {
        group: kind(**{field.name: archive[f"{group}.{field.name}"] for field in fields(kind)})
        for group, kind in _GROUPS.items()
    }
    ends = np.cumsum(archive["thumbnail_sizes"])
    thumbnails = [part.tobytes() for part in np.split(archive["thumbnails"], ends[:-1])]
    plain = {name: archive[name] for name in _PLAIN}
    return Footage(probe=probe, thumbnails=tuple(thumbnails), **plain, **groups)
