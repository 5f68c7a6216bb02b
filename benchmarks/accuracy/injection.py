"""Clips with a known fault, others without one, and what one decoding pass makes of each.

Everything is kept in a folder under names that hold the injector's own sources in short, so that a second run
only scores, and a changed injector is not confused with what it did before.
"""

from __future__ import annotations

import inspect
import json
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from benchmarks.accuracy import driven
from benchmarks.accuracy.corpus import CLIPS, Clip, Piece, draw, settings
from pytest_videobench import faults as faults_package
from pytest_videobench.errors import ClipError
from pytest_videobench.faults import FAULTS, Take, inject, truncate
from pytest_videobench.faults.dose import strengths
from pytest_videobench.files import publish
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.footage.camera_class import camera_move
from pytest_videobench.footage.keep import footage_of, load, save
from pytest_videobench.footage.reader import Reader
from pytest_videobench.gate.thresholds import complete
from pytest_videobench.media import encode
from pytest_videobench.prompts.model import Delivery, Expectations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.accuracy.driven import Drive
    from pytest_videobench.footage.footage import Footage

SEVERITIES = (0.25, 0.5, 0.75, 1.0)
AGAIN = 18
"""x264's constant rate factor of a second encoding, under which no finding may flip."""
RECODED = 4
"""Of the clips with a fault that is noticed, one in so many is encoded a second time."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Where footage and truths are kept."""

    path: Path

    def control(self, piece: Piece) -> Path:
        """Name the footage of a piece without a fault."""
        return self.path / f"{piece.name}__none.npz"

    def twin(self, footage: Path) -> Path:
        """Name the footage of the same clip, encoded a second time."""
        return footage.with_name(f"{footage.stem}__crf{AGAIN}.npz")

    def second(self, footage: Path) -> Path:
        """Name the footage of a second look at the same file."""
        return footage.with_name(f"{footage.stem}__second.npz")

    def spoilt(self, piece: Piece, fault: str, severity: float) -> Path:
        """Name the footage of a piece with a fault; its truth has the same name in ``.json``."""
        return self.path / f"{piece.name}__{fault}__{severity:g}__{recipe(fault)}.npz"

    def driven(self, drive: Drive) -> Path:
        """Name the footage of a clip that a virtual camera is driven through."""
        return self.path / f"{drive.name}__driven__{driven.recipe(drive)}.npz"

    def whole(self, clip: Clip) -> Path:
        """Name the footage of an untouched clip."""
        return self.path / f"{clip.path.replace('/', '~')}__whole.npz"


@cache
def recipe(fault: str) -> str:
    """Give eight hexadecimal digits that stand for a fault's strengths and the sources that make it."""
    own = Path(inspect.getfile(FAULTS[fault].apply))
    makers = {Path(inspect.getfile(kind.apply)) for kind in FAULTS.values()}
    folder = Path(faults_package.__path__[0])
    helpers = [path for path in sorted(folder.glob("*.py")) if path not in makers]
    text = b"".join(path.read_bytes() for path in (own, *helpers) if path.name != "catalogue.py")
    numbers = json.dumps([strengths()[fault], strengths()["place"]], sort_keys=True).encode()
    return f"{crc32(numbers, crc32(text)):08x}"


def recoded(piece: Piece, fault: str, severity: float) -> bool:
    """Say whether a clip with a fault is one of those that are encoded a second time."""
    noticed = severity == settings()["noticed"]["severity"]
    return bool(noticed and draw(f"{piece.name} {fault}") % RECODED == 0)


def asked(footage: Footage, move: str | None = None) -> Expectations:
    """Ask a real piece for what it is: its delivery, and the camera's move, as it is seen if not known."""
    probe = footage.probe
    move = move or camera_move(footage.camera, footage.gaps, probe.height / probe.width).word
    delivery = Delivery(
        duration=probe.duration, fps=probe.fps, width=probe.width, height=probe.height, ratio=None
    )
    return complete(Expectations(camera=move), delivery)


def suits(fault: str, piece: Piece, expected: Expectations) -> bool:
    """Say whether a fault would be one here: not where the piece has it already, or nobody asked."""
    kind = FAULTS[fault]
    return kind.defect not in settings()["seen"].get(piece.clip.path, ()) and (
        kind.group != "camera" or expected.camera != "any"
    )


def make_controls(piece: Piece, folder: Folder) -> None:
    """Keep a piece without a fault, looked at twice, and the same encoded a second time."""
    path = folder.control(piece)
    if any(load(kept) is None for kept in (path, folder.twin(path), folder.second(path))):
        _film(piece.take(), path, folder.twin(path), folder.second(path))


def make_whole(clip: Clip, folder: Folder) -> None:
    """Keep an untouched clip, and the same encoded a second time."""
    path = folder.whole(clip)
    footage_of(CLIPS / clip.path, path)
    if load(folder.twin(path)) is None:
        _reencode(CLIPS / clip.path, clip.fps, folder.twin(path))


def make_driven(drives: Sequence[Drive], folder: Folder) -> None:
    """Keep what a virtual camera sees on its drives through one stretch of a clip."""
    missing = [drive for drive in drives if load(folder.driven(drive)) is None]
    if not missing:
        return
    take, near = (piece.take(driven.DETAIL) for piece in (missing[0].piece, missing[0].near))
    for drive in missing:
        _film(driven.film(drive, take, near.frames[0]), folder.driven(drive))


def make_spoilt(piece: Piece, names: tuple[str, ...], severity: float, folder: Folder) -> int:
    """Keep a piece with every fault at one severity; give how many were made anew."""
    clean, made = load(folder.control(piece)), 0
    if clean is None:
        raise ClipError(piece.name, "has no control; make it first")
    expected, take = asked(clean), None
    for name in names:
        path = folder.spoilt(piece, name, severity)
        if _is_there(path):
            continue
        take = take or replace(piece.take(), move=expected.camera)
        again = folder.twin(path) if recoded(piece, name, severity) else None
        truth = (
            _spoil(take, name, severity, piece.seed, path, again) if suits(name, piece, asked(clean)) else {}
        )
        publish(path.with_suffix(".json"), json.dumps(truth).encode())
        made += 1
    return made


def write_clip(piece: Piece, fault: str, severity: float, folder: Folder, path: Path) -> None:
    """Write a piece as a file, with a fault where one is named; the piece must be able to carry it."""
    clean = load(folder.control(piece))
    take = piece.take()
    if fault and clean is not None and FAULTS[fault].stage == "frames":
        take, _ = inject(replace(take, move=asked(clean).camera), fault, seed=piece.seed, severity=severity)
    encode(take.frames, path, size=take.size, fps=take.fps)
    if fault and FAULTS[fault].stage == "file":
        truncate(path, seed=piece.seed, severity=severity)


def truth_of(path: Path) -> Mapping[str, Any]:
    """Read the truth beside footage; empty where the piece cannot carry the fault."""
    truth: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return truth


def _is_there(path: Path) -> bool:
    if not path.with_suffix(".json").exists():
        return False
    return not truth_of(path) or load(path) is not None


def _spoil(
    take: Take, name: str, severity: float, seed: int, path: Path, again: Path | None
) -> Mapping[str, Any]:
    with suppress(ClipError), tempfile.TemporaryDirectory() as folder:
        if FAULTS[name].stage == "file":
            clip = Path(folder) / "clip.mp4"
            encode(take.frames, clip, size=take.size, fps=take.fps)
            truth = truncate(clip, seed=seed, severity=severity)
            save(analyse(clip), path)
        else:
            spoilt, truth = inject(take, name, seed=seed, severity=severity)
            _film(spoilt, path, again)
        return truth.truth()
    return {}


def _film(take: Take, path: Path, again: Path | None = None, second: Path | None = None) -> None:
    """Encode frames and keep their footage, that of another encoding, and that of a second look."""
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        encode(take.frames, clip, size=take.size, fps=take.fps)
        save(analyse(clip), path)
        if again is not None:
            _reencode(clip, take.fps, again)
        if second is not None:
            save(analyse(clip), second)


def _reencode(source: Path, fps: float, kept: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        clip, reader = Path(folder) / "again.mp4", Reader(source)
        pictures = _even(reader)
        first = next(pictures)
        encode(_with(first, pictures), clip, size=(first.shape[1], first.shape[0]), fps=fps, crf=AGAIN)
        save(analyse(clip), kept)


def _even(reader: Reader) -> Iterator[NDArray[Any]]:
    """Give pictures with sides of even length, as 4:2:0 needs them."""
    for picture in reader:
        height, width = picture.bgr.shape[:2]
        yield picture.bgr[: height // 2 * 2, : width // 2 * 2].copy()


def _with(first: NDArray[Any], others: Iterator[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    yield first
    yield from others
