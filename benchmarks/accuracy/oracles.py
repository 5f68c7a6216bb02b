"""What independent tools say of a clip: filters of ffmpeg, and PySceneDetect.

    python -m benchmarks.accuracy.oracles [--kept FOLDER] [--jobs N] [--seconds S]

Two ffmpeg commands a clip, every filter with its default thresholds, their frame data read from
``metadata=mode=print``: one for events (freezedetect, blackdetect, scdet, cropdetect, photosensitivity) and
one for series (blurdetect, blockdetect, siti), which is ten times slower. PySceneDetect's ContentDetector and
AdaptiveDetector run as ``scenedetect -i clip detect-content list-scenes`` in an environment of its own, with
the library's default of 15 frames for the shortest scene.

The command prints, for the labelled clips, on which clips an oracle and we agree, and how our measures go
with theirs.
"""

from __future__ import annotations

import argparse
import csv
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from benchmarks.accuracy.peers import KEPT, environment, kinds
from pytest_videobench.errors import VideobenchError
from pytest_videobench.footage.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Floats, Footage

Event: TypeAlias = "tuple[str, float, float]"
"""Our defect, start and end in seconds since the first frame; both are the same for a cut."""
Frame: TypeAlias = "dict[str, float]"
"""What filters print of one frame, by key without ``lavfi.``; ``time`` is in seconds since the first one,
whose own stamp is ``begun``."""

SERIES = {
    "blurdetect": ("blurdetect", "blur"),
    "blockdetect": ("blockdetect", "block"),
    "si": ("siti", "siti.si"),
    "ti": ("siti", "siti.ti"),
}
"""Series, the filter that makes it, and the key under which that prints it."""
PAIRS = (
    ("si", "si"),
    ("ti", "ti"),
    ("sharpness", "blurdetect"),
    ("acutance", "blurdetect"),
    ("detail", "blurdetect"),
    ("blockiness", "blockdetect"),
)
"""Our signal and their series that should go with it, upwards or downwards."""


def run(path: Path, folder: Path = KEPT) -> dict[str, tuple[Event, ...]]:
    """Give the events of every oracle that is here; one that cannot be asked has no entry.

    ``folder`` holds PySceneDetect's environment. Raises a VideobenchError for a clip that ffmpeg cannot read.
    """
    return filter_events(path) | cuts(path, folder)


def series(path: Path, seconds: float | None = None) -> dict[str, tuple[float, ...]]:
    """Give one number per stored frame, of the first seconds or of all.

    blurdetect (higher is softer), blockdetect (higher is blockier), SI and TI of siti (grey levels). NaN
    where a filter gives none; a filter that is not here has no entry.
    """
    here = {name: key for name, (needed, key) in SERIES.items() if needed in filters()}
    if not here:
        return {}
    frames = printed(path, ",".join(sorted({SERIES[name][0] for name in here})), seconds)
    return {name: tuple(frame.get(key, np.nan) for frame in frames) for name, key in here.items()}


def filter_events(path: Path) -> dict[str, tuple[Event, ...]]:
    """Give the events of ffmpeg's filters."""
    here = [name for name in EVENTS if name in filters()]
    if not here:
        return {}
    # With bypass, photosensitivity only measures; without, it would change what it measures next.
    frames = printed(path, ",".join(f"{n}=bypass=1" if n == "photosensitivity" else n for n in here))
    height, width = next(iter(Reader(path))).bgr.shape[:2]
    frames = [frame | {"width": width, "height": height} for frame in frames]
    found: dict[str, tuple[Event, ...]] = {}
    for name in here:
        kind = kinds()["oracles"][name][0]
        found[name] = tuple((kind, round(a, 3), round(b, 3)) for a, b in EVENTS[name](frames))
    return found


@cache
def filters() -> frozenset[str]:
    """Give the names of the filters of the ffmpeg at hand; none where there is no ffmpeg."""
    try:
        done = subprocess.run(["ffmpeg", "-hide_banner", "-filters"], capture_output=True, text=True)
    except FileNotFoundError:
        return frozenset()
    return frozenset(line.split()[1] for line in done.stdout.splitlines() if "->" in line)


def printed(path: Path, chain: str, seconds: float | None = None) -> list[Frame]:
    """Run a chain of filters over a clip, or its first seconds, and give what they print, frame by frame."""
    command = ["ffmpeg", "-v", "error", "-nostdin", *(["-t", str(seconds)] if seconds else [])]
    command += ["-i", f"file:{path.absolute()}", "-an"]
    command += ["-vf", f"{chain},metadata=mode=print:file=-", "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode:
        line = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise VideobenchError(f"{path}: ffmpeg cannot read it: {line}")
    return parse(done.stdout)


def parse(text: str) -> list[Frame]:
    """Read what ``metadata=mode=print`` wrote; values that are no numbers are left out."""
    frames: list[Frame] = []
    for line in text.splitlines():
        if head := re.match(r"frame:\d+ .*pts_time:(\S+)", line):
            frames.append({"time": float(head[1])})
        elif entry := re.match(r"lavfi\.([^=]+)=(-?[\d.]+(?:e[+-]?\d+)?)$", line):
            frames[-1][entry[1]] = float(entry[2])
    begun = frames[0]["time"] if frames else 0.0
    return [frame | {"time": frame["time"] - begun, "begun": begun} for frame in frames]


def _end(frames: Sequence[Frame]) -> float:
    """Give the time at which the last frame leaves the screen."""
    last = frames[-1]["time"]
    return last + last / max(1, len(frames) - 1)


def _spans(frames: Sequence[Frame], start: str, end: str) -> list[tuple[float, float]]:
    """Pair the printed starts and ends; what is still open lasts to the end of the clip."""
    starts = [frame[start] - frame["begun"] for frame in frames if start in frame]
    ends = [frame[end] - frame["begun"] for frame in frames if end in frame]
    return list(zip(starts, [*ends, _end(frames)][: len(starts)], strict=True)) if starts else []


def _frozen(frames: Sequence[Frame]) -> list[tuple[float, float]]:
    return _spans(frames, "freezedetect.freeze_start", "freezedetect.freeze_end")


def _black(frames: Sequence[Frame]) -> list[tuple[float, float]]:
    least = kinds()["reading"]["black_seconds"]
    return [(a, b) for a, b in _spans(frames, "black_start", "black_end") if b - a >= least]


def _cuts(frames: Sequence[Frame]) -> list[tuple[float, float]]:
    times = [frame["time"] for frame in frames if "scd.time" in frame]
    return list(zip(times, times, strict=True))


def _bars(frames: Sequence[Frame]) -> list[tuple[float, float]]:
    """Give the whole clip where the last, that is the largest, picture area leaves out a bar."""
    found = [frame for frame in frames if "cropdetect.x1" in frame]
    if not found:
        return []
    last = {key.removeprefix("cropdetect."): value for key, value in found[-1].items()}
    beside = max(last["x1"], last["width"] - 1 - last["x2"]) / last["width"]
    above = max(last["y1"], last["height"] - 1 - last["y2"]) / last["height"]
    return [(0.0, _end(frames))] if max(beside, above) >= kinds()["reading"]["bar_share"] else []


def _flashing(frames: Sequence[Frame]) -> list[tuple[float, float]]:
    """Give the spans in which flashes add up to the limit.

    The filter takes the clip to begin after a black picture, so that a bright first frame is a flash to it,
    which fades over 30 frames; that one is taken off.
    """
    reading, key = kinds()["reading"], "photosensitivity.badness"
    first, fade = frames[0][key], reading["badness_frames"]
    badness = [frame[key] - first * max(0.0, 1 - i / fade) for i, frame in enumerate(frames)]
    edges = np.flatnonzero(np.diff([0, *(value >= reading["badness"] for value in badness), 0]))
    times = [*(frame["time"] for frame in frames), _end(frames)]
    return [(times[start], times[end]) for start, end in zip(edges[::2], edges[1::2], strict=True)]


EVENTS: dict[str, Callable[[Sequence[Frame]], list[tuple[float, float]]]] = {
    "freezedetect": _frozen,
    "blackdetect": _black,
    "scdet": _cuts,
    "cropdetect": _bars,
    "photosensitivity": _flashing,
}
"""Filters, and how the frames that they print become spans in seconds."""


def cuts(path: Path, folder: Path = KEPT) -> dict[str, tuple[Event, ...]]:
    """Give the cuts of PySceneDetect's two detectors, or nothing where it cannot be installed or run."""
    reading = kinds()["reading"]
    try:
        programs = environment(folder / "pyscenedetect" / "env", reading["pyscenedetect"])
        return {
            f"pyscenedetect_{name}": tuple(("hard_cut", t, t) for t in _scene_starts(programs, path, name))
            for name in ("content", "adaptive")
        }
    except (VideobenchError, OSError, subprocess.SubprocessError):
        return {}


def _scene_starts(programs: Path, path: Path, name: str) -> list[float]:
    with tempfile.TemporaryDirectory() as desk:
        command = [str(programs / "scenedetect"), "-q", "-i", str(path.absolute()), "-m", "15"]
        command += [f"detect-{name}", "list-scenes", "-s", "-q", "-o", desk, "-f", "scenes.csv"]
        subprocess.run(command, check=True, capture_output=True)
        return read_scenes((Path(desk) / "scenes.csv").read_text(encoding="utf-8"))


def read_scenes(text: str) -> list[float]:
    """Give the starts of all scenes but the first from a list of scenes."""
    return [float(row["Start Time (seconds)"]) for row in csv.DictReader(text.splitlines())][1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What oracles and we say of one clip."""

    name: str
    ours: tuple[Event, ...]
    theirs: Mapping[str, tuple[Event, ...]]
    pairs: Mapping[tuple[str, str], tuple[Floats, Floats]]
    """Our values and theirs at the same frames."""


def look(name: str, root: Path, folder: Path, seconds: float) -> Look:
    """Ask the oracles and ourselves about one clip."""
    from pytest_videobench.footage.analyse import analyse
    from pytest_videobench.gate.assess import assess
    from pytest_videobench.gate.thresholds import complete
    from pytest_videobench.prompts.model import Expectations

    footage = analyse(root / name)
    findings = assess(footage, complete(Expectations())).findings
    return Look(
        name=name,
        ours=tuple((finding.defect, finding.start, finding.end) for finding in findings),
        theirs=run(root / name, folder),
        pairs=paired(footage, series(root / name, seconds)),
    )


def paired(
    footage: Footage, theirs: Mapping[str, tuple[float, ...]]
) -> dict[tuple[str, str], tuple[Floats, Floats]]:
    """Give our signals and their series at the frames for which both have a number."""
    return {(mine, name): _at_frames(footage, mine, theirs[name]) for mine, name in PAIRS if name in theirs}


def _at_frames(footage: Footage, mine: str, theirs: Sequence[float]) -> tuple[Floats, Floats]:
    values = footage.steps.ti if mine == "ti" else getattr(footage.samples, mine)
    frames = np.arange(1, len(values) + 1) if mine == "ti" else footage.samples.index
    inside = frames < len(theirs)
    values, others = values[inside], np.asarray(theirs)[frames[inside]]
    known = np.isfinite(values) & np.isfinite(others)
    return values[known], others[known]


def rank_correlation(ours: Sequence[float] | Floats, theirs: Sequence[float] | Floats) -> float:
    """Give Spearman's rank correlation, equal values sharing their mean rank; NaN where one never changes."""
    mine, others = _ranks(np.asarray(ours)), _ranks(np.asarray(theirs))
    if len(mine) < 2 or mine.std() == 0 or others.std() == 0:
        return float("nan")
    return float(np.corrcoef(mine, others)[0, 1])


def _ranks(values: NDArray[np.float64]) -> Floats:
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[place])


def main() -> int:
    """Print on which labelled clips oracles and we agree, and how measures go together."""
    from benchmarks.faults import REAL, labels

    parser = argparse.ArgumentParser(description="Compare findings and measures with independent tools.")
    parser.add_argument("--kept", type=Path, default=KEPT, metavar="FOLDER", help=f"default: {KEPT}")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument(
        "--seconds", type=float, default=3.0, help="of each clip, for the slow series (default: 3)"
    )
    args = parser.parse_args()
    if not REAL.is_dir():
        parser.error(f"there is no folder {REAL}")
    cuts(REAL / labels()[0]["path"], args.kept)  # so that not every process makes the environment
    with ProcessPoolExecutor(args.jobs) as pool:
        ask = partial(look, root=REAL, folder=args.kept, seconds=args.seconds)
        looks = list(pool.map(ask, [row["path"] for row in labels()]))
    print("\n".join([*agreement(looks), "", *parity(looks)]))
    return 0


def agreement(looks: Sequence[Look]) -> Iterator[str]:
    """Give a line per oracle with the numbers of clips, and one for each clip in disagreement."""
    yield f"{'oracle':24}{'both':>6}{'only we':>9}{'only they':>11}{'neither':>9}   clips"
    for name, wanted in kinds()["oracles"].items():
        asked = [each for each in looks if name in each.theirs]
        ours = [tuple(event for event in each.ours if event[0] in wanted) for each in asked]
        theirs = [each.theirs[name] for each in asked]
        said = [(bool(mine), bool(others)) for mine, others in zip(ours, theirs, strict=True)]
        counts = [said.count(pair) for pair in ((True, True), (True, False), (False, True), (False, False))]
        yield f"{name:24}{counts[0]:6}{counts[1]:9}{counts[2]:11}{counts[3]:9}   of {len(asked)}"
        for each, mine, others in zip(asked, ours, theirs, strict=True):
            if bool(mine) != bool(others):
                yield f"    {'only we  ' if mine else 'only they'} {each.name}: {_times(mine or others)}"


def _times(events: Sequence[Event]) -> str:
    shown = [f"{a:.2f}" if a == b else f"{a:.2f}-{b:.2f}" for _, a, b in events[:6]]
    return ", ".join(shown) + (f" and {len(events) - 6} more" if len(events) > 6 else "")


def parity(looks: Sequence[Look]) -> Iterator[str]:
    """Give a line per pair: rank correlation across clips and inside them, and ours over theirs by frame."""
    yield f"{'ours':12}{'theirs':14}{'clips':>6}{'across':>9}{'inside':>9}   ours / theirs: median, 5-95 %"
    for pair in PAIRS:
        values = [each.pairs[pair] for each in looks if pair in each.pairs and len(each.pairs[pair][0])]
        if not values:
            yield f"{pair[0]:12}{pair[1]:14}     -"
            continue
        across = rank_correlation(*np.array([[ours.mean(), theirs.mean()] for ours, theirs in values]).T)
        inside = [rank_correlation(ours, theirs) for ours, theirs in values if len(ours) >= 8]
        ratios = np.concatenate([ours[theirs > 0] / theirs[theirs > 0] for ours, theirs in values])
        low, middle, high = np.quantile(ratios, (0.05, 0.5, 0.95))
        yield (
            f"{pair[0]:12}{pair[1]:14}{len(values):6}{across:9.3f}{np.nanmedian(inside):9.3f}"
            f"{middle:15.4f}, {low:.4f}-{high:.4f}"
        )


if __name__ == "__main__":
    sys.exit(main())
