"""``videobench inject FAULT IN OUT``: put a known fault into a clip, and write down the truth about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_videobench.errors import ClipError, SpecError

if TYPE_CHECKING:
    import argparse

    import numpy as np

    from pytest_videobench.faults import Injected, Take

CRF = 16
"""x264's constant rate factor: the fault is to be seen, not the encoder."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "inject",
        help="put a known fault into a clip",
        description="Put a known fault into a clip, to see whether it is found. The faulty clip is H.264 in "
        "MP4 without sound; beside OUT stands OUT.truth.json, which says what was done when and where.",
    )
    parser.add_argument("fault", metavar="FAULT", nargs="?", help="a name that --list shows")
    parser.add_argument("source", metavar="IN", nargs="?", type=Path, help="a video file")
    parser.add_argument("target", metavar="OUT", nargs="?", type=Path, help="the MP4 file to write")
    parser.add_argument(
        "--severity",
        metavar="S",
        type=float,
        default=0.5,
        help="0.25 is subtle, 0.5 clearly visible, 1 ruins the clip (default: 0.5)",
    )
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="where and when (default: 0)")
    parser.add_argument(
        "--move", metavar="MOVE", default="any", help="the camera move that was asked for, such as pan_left"
    )
    parser.add_argument("--force", action="store_true", help="write over OUT")
    parser.add_argument("--list", action="store_true", help="list the faults")
    parser.set_defaults(func=inject_clip)


def inject_clip(args: argparse.Namespace) -> int:
    """Write the faulty clip and its truth, and say in one line what was done."""
    if args.list:
        _print_faults()
        return 0
    if None in (args.fault, args.source, args.target):
        raise SpecError("inject needs FAULT IN OUT; videobench inject --list shows the faults")
    source, target = args.source, args.target
    _check(args)
    from pytest_videobench.faults import find

    kind = find(args.fault)
    take = _read(source, args.move)
    part = target.with_name(f"{target.name}.part.mp4")
    try:
        truth = _write(take, kind.stage == "file", args, part)
        part.replace(target)
    except OSError as error:
        raise ClipError(target, f"cannot be written ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)
    _publish_truth(truth, source, target)
    print(f"{target}: {truth.fault} at {truth.start:.2f}–{truth.end:.2f} s. {truth.note}")
    return 0


def _print_faults() -> None:
    from pytest_videobench.faults import FAULTS

    rows = [("fault", "defect", "group", "what it does")]
    rows += [(fault.name, fault.defect, fault.group, fault.about) for fault in FAULTS.values()]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    for row in rows:
        print(
            "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=False)), row[3], sep="  "
        )


def _check(args: argparse.Namespace) -> None:
    """Refuse what would end in a lost file or in a name that nobody can play."""
    from pytest_videobench.prompts.toml import one_of
    from pytest_videobench.prompts.vocabulary import CAMERA_MOVES

    source, target = args.source, args.target
    if args.move not in CAMERA_MOVES:
        raise SpecError(f"--move: expected {one_of(args.move, CAMERA_MOVES)}, got {args.move!r}")
    if target.suffix.lower() != ".mp4":
        raise SpecError(f"{target}: the faulty clip is an MP4 file; give it a name that ends in .mp4")
    if target.exists() and source.exists() and target.samefile(source):
        raise SpecError(f"{target}: IN and OUT are the same file; give OUT another name")
    for path in (target, _truth_path(target)):
        if path.exists() and not args.force:
            raise SpecError(f"{path}: is there already; --force writes over it")
    if not target.parent.is_dir():
        raise SpecError(f"{target.parent}: no such folder; make it first")


def _read(path: Path, move: str) -> Take:
    """Decode a clip into memory, as long as it fits."""
    import numpy as np

    from pytest_videobench.faults import Take, memory_limit
    from pytest_videobench.footage.growing import Growing
    from pytest_videobench.footage.reader import Reader

    reader, limit = Reader(path), memory_limit()
    pictures: Growing[np.uint8] = Growing(block=16)
    for picture in reader:
        if (len(pictures) + 1) * picture.bgr.nbytes > limit:
            reason = f"is larger than {limit / 1e9:g} GB when decoded; cut it shorter or scale it down"
            raise ClipError(path, reason)
        pictures.append(picture.bgr)
    return Take(frames=pictures.stack((0, 0, 3), np.uint8), fps=reader.probe.fps, move=move, name=str(path))


def _write(take: Take, of_file: bool, args: argparse.Namespace, part: Path) -> Injected:
    from pytest_videobench.faults import inject, truncate

    if of_file:
        _encode(take, part)
        return truncate(part, seed=args.seed, severity=args.severity)
    made, truth = inject(take, args.fault, seed=args.seed, severity=args.severity)
    _encode(made, part)
    return truth


def _encode(take: Take, path: Path) -> None:
    import numpy as np

    from pytest_videobench.media import encode

    width, height = take.size[0] // 2 * 2, take.size[1] // 2 * 2  # 4:2:0 knows even sides only
    frames = (np.ascontiguousarray(picture[:height, :width]) for picture in take.frames)
    encode(frames, path, size=(width, height), fps=take.fps, crf=CRF)


def _truth_path(target: Path) -> Path:
    return target.with_suffix(".truth.json")


def _publish_truth(truth: Injected, source: Path, target: Path) -> None:
    from pytest_videobench.files import publish

    data = {"clip": target.name, "source": source.name, "injected": [truth.truth()]}
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    publish(_truth_path(target), (text + "\n").encode())
