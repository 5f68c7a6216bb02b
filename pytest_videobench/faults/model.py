"""What goes into an injector and what comes out: a clip in memory, and the truth about a fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pytest_videobench.errors import ClipError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_videobench.faults.dose import Dose

Pictures: TypeAlias = NDArray[np.uint8]
"""Frames × height × width × 3, BGR."""
Picture: TypeAlias = NDArray[np.uint8]
"""Height × width × 3, BGR."""
Floats: TypeAlias = NDArray[Any]
"""Numbers; OpenCV's own signatures allow no closer type."""
Group: TypeAlias = Literal["file", "picture", "time", "camera", "matter", "people", "meaning"]
"""What a fault is about."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Take:
    """A clip in memory, and what is known of it.

    Boxes are frames × (x, y, w, h) in shares of the picture; a row of NaN says that nothing is there.
    """

    frames: Pictures
    fps: float
    boxes: Floats | None = None
    """Where the subject is; ``None`` where nobody knows."""
    other: Floats | None = None
    """Where a second subject is."""
    move: str = "any"
    """The camera move that was asked for, one of ``CAMERA_MOVES``."""
    name: str = "clip"
    """What to call it in messages."""

    @property
    def count(self) -> int:
        """Number of frames."""
        return len(self.frames)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int(self.frames.shape[2]), int(self.frames.shape[1])

    def lacks(self, fault: str, need: str) -> ClipError:
        """Make the one-line error for a clip that cannot carry a fault."""
        return ClipError(self.name, f"fault {fault!r} needs {need}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Change:
    """What an injector did: the faulty clip, and where in it the fault is."""

    take: Take
    first: int
    """Index of the first touched frame."""
    last: int
    """One more than the index of the last touched frame."""
    note: str
    event: tuple[int, int] | None = None
    """Frames between which it can be seen happening, where that is less than what was touched."""
    regions: Floats | None = None
    """Touched frames × (x, y, w, h): what encloses every touched pixel, where the fault is local."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Injected:
    """The truth about one fault."""

    fault: str
    defect: str
    group: Group
    start: float
    """Seconds of the faulty clip; what is seen happening begins here."""
    end: float
    severity: float
    """0–1."""
    seed: int
    frames: tuple[int, int]
    """First touched frame, and one more than the last, of the faulty clip."""
    boxes: tuple[tuple[float, float, float, float] | None, ...] | None
    """One box per touched frame in shares of the picture, where the fault is local."""
    note: str
    """One sentence with the numbers."""

    def truth(self) -> dict[str, Any]:
        """Give it in JSON types."""
        return {
            "fault": self.fault,
            "defect": self.defect,
            "group": self.group,
            "start": self.start,
            "end": self.end,
            "severity": self.severity,
            "seed": self.seed,
            "frames": list(self.frames),
            "boxes": self.boxes and [box and list(box) for box in self.boxes],
            "note": self.note,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to spoil a clip."""

    name: str
    defect: str
    """What a detector should call it; one of ``DEFECTS``."""
    group: Group
    about: str
    """One sentence."""
    local: bool
    """Whether it strikes a place in the picture, such as the subject."""
    stage: Literal["frames", "file"]
    """Whether it acts on frames or on the written file."""
    apply: Callable[[Take, Dose], Change]


def fault(
    name: str, defect: str, group: Group, *, local: bool = False, stage: Literal["frames", "file"] = "frames"
) -> Callable[[Callable[[Take, Dose], Change]], Fault]:
    """Make a fault of a function; its docstring's first sentence says what it is about."""

    def made(apply: Callable[[Take, Dose], Change]) -> Fault:
        about = (apply.__doc__ or "").split(".")[0]
        return Fault(
            name=name, defect=defect, group=group, about=about, local=local, stage=stage, apply=apply
        )

    return made
