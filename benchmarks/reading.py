"""Whether eight moments show a reader the labelled defect more often than eight evenly spaced frames do.

    python -m benchmarks.reading make FOLDER [--seed N]
    python -m benchmarks.reading score FOLDER ANSWERS.csv …

``make`` draws two sheets for every clip of ``../shared/clips`` with a labelled defect that a few pictures can
show: the frames of its moments, with their boxes, and as many evenly spaced ones. Readers get sheets with
numbers for names, one of each clip, half of them of either kind. A reader writes a line per sheet:
``sheet,defects,note``, with words of the vocabulary separated by ``;``. ``score`` says how many labelled
defects were named on either kind.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.accuracy.corpus import CLIPS, Clip, clips, settings
from benchmarks.accuracy.statistics import share_interval
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.footage.reader import Reader
from pytest_videobench.footage.scale import shrink
from pytest_videobench.moments.moments import moments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

KINDS = ("moments", "even")
FRAMES = 8
SIDE = 460
"""Pixels of a frame's long side."""
COLUMNS = 4


def main() -> int:
    """Make sheets, or score what was read on them."""
    parser = argparse.ArgumentParser(description="Hold moments against evenly spaced frames, for a reader.")
    commands = parser.add_subparsers(dest="action", required=True)
    making = commands.add_parser("make", help="draw the sheets")
    making.add_argument("folder", type=Path)
    making.add_argument("--seed", type=int, default=1)
    scoring = commands.add_parser("score", help="score answers")
    scoring.add_argument("folder", type=Path)
    scoring.add_argument("answers", type=Path, nargs="+")
    args = parser.parse_args()
    return make(args.folder, args.seed) if args.action == "make" else score(args.folder, args.answers)


def make(folder: Path, seed: int) -> int:
    """Draw two sheets per clip, and share them out to two readers so that each sees every clip once."""
    folder.mkdir(parents=True, exist_ok=True)
    dice, key = random.Random(seed), {}
    chosen = [clip for clip in clips() if clip.defects & visible()]
    numbers = dice.sample(range(100, 1000), 2 * len(chosen))
    for turn, clip in enumerate(chosen):
        for reader, kind in enumerate(KINDS if turn % 2 else KINDS[::-1]):
            name = f"{'ab'[reader]}-{numbers[2 * turn + reader]}"
            cv2.imwrite(str(folder / f"{name}.png"), sheet(clip, kind))
            key[name] = {"clip": clip.path, "kind": kind}
    (folder / "key.json").write_text(json.dumps(key, indent=1, sort_keys=True), encoding="utf-8")
    print(f"{len(chosen)} clips, {len(key)} sheets in {folder}; do not show key.json to readers")
    return 0


def visible() -> frozenset[str]:
    """Give the defects that a few frames can show: overlays are in all frames, what is missing is in none."""
    return frozenset(settings()["reading"]["seen"])


def sheet(clip: Clip, kind: str) -> NDArray[np.uint8]:
    """Draw the frames of one kind in the order of time, as many as there are moments."""
    footage = analyse(CLIPS / clip.path)
    found = sorted(moments(footage), key=lambda moment: moment.time)[:FRAMES]
    count, duration = max(1, len(found)), footage.probe.duration
    times = [(i + 0.5) * duration / count for i in range(count)]
    boxes = [moment.box for moment in found] if kind == "moments" else [None] * count
    return joined(pictures(clip, [moment.time for moment in found] if kind == "moments" else times), boxes)


def pictures(clip: Clip, times: Sequence[float]) -> list[NDArray[np.uint8]]:
    """Decode the frames that are shown at the given times, in their order."""
    found: list[NDArray[np.uint8]] = []
    last: NDArray[np.uint8] | None = None
    for picture in Reader(CLIPS / clip.path):
        while last is not None and len(found) < len(times) and picture.time > times[len(found)] + 1e-6:
            found.append(last)
        last = shrink(picture.bgr, SIDE).copy()
    return found + [last] * (len(times) - len(found)) if last is not None else found


def joined(frames: Sequence[NDArray[np.uint8]], boxes: Sequence[Sequence[float] | None]) -> NDArray[np.uint8]:
    """Lay frames out in rows of four, with their boxes."""
    for frame, box in zip(frames, boxes, strict=True):
        if box is not None:
            height, width = frame.shape[:2]
            x, y, w, h = (round(v * s) for v, s in zip(box, (width, height) * 2, strict=True))
            cv2.rectangle(frame, (x, y), (x + w, y + h), (60, 220, 255), 1)
    height, width = frames[0].shape[:2]
    rows = -(-len(frames) // COLUMNS)
    page = np.full((rows * (height + 6), COLUMNS * (width + 6), 3), 255, np.uint8)
    for index, frame in enumerate(frames):
        top, left = index // COLUMNS * (height + 6), index % COLUMNS * (width + 6)
        page[top : top + height, left : left + width] = frame
    return page


def score(folder: Path, answers: Sequence[Path]) -> int:
    """Count clips of which at least one labelled defect was named, by kind of sheet."""
    key = json.loads((folder / "key.json").read_text(encoding="utf-8"))
    labelled = {clip.path: clip for clip in clips()}
    hits: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    for file in answers:
        with file.open(encoding="utf-8", newline="") as lines:
            for line in csv.DictReader(lines):
                of = key[line["sheet"]]
                named = {word.strip() for word in line["defects"].split(";")}
                hits[of["kind"]].append(bool(named & labelled[of["clip"]].defects & visible()))
    for kind, found in hits.items():
        low, high = share_interval(sum(found), len(found))
        print(f"{kind:8} a labelled defect named in {sum(found)} of {len(found)} ({low:.0%} to {high:.0%})")
    return int(np.mean(hits["moments"]) <= np.mean(hits["even"]))


if __name__ == "__main__":
    sys.exit(main())
