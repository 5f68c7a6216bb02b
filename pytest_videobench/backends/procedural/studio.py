"""From a film to files: the clip, spoilt where that is asked, and the exact flow on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.errors import ClipError
from pytest_videobench.media import encode

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.backends.procedural.arrays import Floats
    from pytest_videobench.backends.procedural.flaws import Flaw
    from pytest_videobench.backends.procedural.renderer import Film
    from pytest_videobench.faults import Injected, Take

FLOW_FILE = "flow.npz"


def shoot(drawn: Film, path: Path) -> None:
    """Write the film as it is, frame by frame."""
    encode(drawn.frames(), path, size=(drawn.camera.width, drawn.camera.height), fps=drawn.fps)


def shoot_spoilt(drawn: Film, path: Path, flaw: Flaw) -> list[Injected]:
    """Write the film with one fault and tell what was done.

    Nothing is done to a clip that cannot carry the fault, such as a very short one.
    """
    from pytest_videobench.faults import find, inject, truncate

    try:
        if find(flaw.fault).stage == "file":
            shoot(drawn, path)
            return [truncate(path, seed=flaw.seed, severity=flaw.severity)]
        take, injected = inject(take_of(drawn), flaw.fault, seed=flaw.seed, severity=flaw.severity)
    except ClipError:
        shoot(drawn, path)
        return []
    encode(take.frames, path, size=take.size, fps=take.fps)
    return [injected]


def take_of(drawn: Film) -> Take:
    """Hold a film in memory, with the boxes of its subjects."""
    from pytest_videobench.faults import Take

    boxes = [np.array(subject.truth()["boxes"]) for subject in drawn.cast[:2]]
    return Take(
        frames=np.stack([frame[..., :3].copy() for frame in drawn.frames()]),
        fps=drawn.fps,
        boxes=_present(boxes[0]),
        other=_present(boxes[1]) if boxes[1:] else None,
        move=drawn.camera.move,
        name=drawn.name,
    )


def _present(boxes: Floats) -> Floats:
    """Say by NaN where a subject is out of the picture."""
    seen = (boxes[:, 2] > 0) & (boxes[:, 3] > 0)
    return np.where(seen[:, None], boxes, np.nan)


def save_flow(drawn: Film, folder: Path) -> None:
    """Write ``flow.npz`` with ``flow``: pairs × height × width × (right, down) in pixels, as half floats."""
    steps = range(len(drawn.camera.path) - 1)
    flow = np.stack([drawn.flow(index).astype(np.float16) for index in steps])
    np.savez_compressed(folder / FLOW_FILE, flow=flow)
