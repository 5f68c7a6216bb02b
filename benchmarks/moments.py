"""Whether the moments of a clip hold its fault, and what ``vanish`` and ``pop_in`` find and wrongly accuse.

    python -m benchmarks.moments [--clips N] [--seconds S] [--clean N] [--real] [--fault NAME …]
                                 [--kept FOLDER]

Faults are put into clean clips, drawn by the embedded generator and, with ``--real``, from those of
``../shared/clips``, all at 400 px. A moment hits where it is within 0.25 s of the time at which the fault is
seen happening, and its place hits where its box shares a quarter of the smaller one with the fault's. Evenly
spaced frames are the baseline. ``--kept`` keeps what was analysed, so that a second run takes a minute. Exit
status 1 where fewer than 90 % of the faults of matter and people are among the moments, or the detectors
accuse clean clips too often.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from benchmarks.accuracy.statistics import share_interval
from benchmarks.faults import REAL, is_clean, labels
from pytest_videobench.backends.procedural.renderer import film
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import Case
from pytest_videobench.defects.look import find_defects
from pytest_videobench.errors import ClipError
from pytest_videobench.faults import FAULTS, Take, inject
from pytest_videobench.footage.keep import footage_of, load
from pytest_videobench.footage.reader import Reader
from pytest_videobench.footage.scale import shrink
from pytest_videobench.media import encode
from pytest_videobench.moments.moments import Moment, moments
from pytest_videobench.prompts.load import load_styles, suites_root
from pytest_videobench.prompts.model import Expectations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from pytest_videobench.backends.base import Request
    from pytest_videobench.defects.base import Finding
    from pytest_videobench.footage.footage import Footage

Source: TypeAlias = "tuple[str, Request | Path, int]"
"""A clip's name, where it comes from, and the seed of its faults."""
SIZE = 400
"""Pixels of the long side of all clips."""
REAL_SECONDS = 6.0
"""A real clip's length at most."""
NEAR = 0.25
"""Seconds between a moment and the truth."""
OVERLAP = 0.25
"""Share of the smaller of two boxes that both have."""
LIMIT = 0.9
"""Share of the faults of matter and people that must be among the moments."""
FALSE_ALARMS = 0.1
"""Per clean minute, at most."""
SEVERITY = 0.75
SWITCHES = ("vanish", "pop_in")
MATTER = tuple(name for name, kind in FAULTS.items() if kind.group in ("matter", "people"))
OTHERS = tuple(name for name, kind in FAULTS.items() if kind.group not in ("matter", "people", "file"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out for one fault in one clip."""

    fault: str
    severity: float
    seconds: float
    """For which it is seen happening."""
    rank: int | None
    """Of the first moment that hits, from 0."""
    even: tuple[bool, bool]
    """Whether one of 8, and one of 3, evenly spaced frames hits."""
    place: bool | None
    """Whether a moment hits the place as well; ``None`` where the fault is everywhere."""
    named: bool
    """Whether a detector found the fault's defect then."""


def main() -> int:
    """Print a table of the faults, then what the two detectors found."""
    parser = argparse.ArgumentParser(description="Hold moments and events of matter against known faults.")
    parser.add_argument("--clips", type=int, default=14, help="drawn clips that carry faults (default: 14)")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of drawn clips (default: 5)")
    parser.add_argument("--clean", type=int, default=60, help="drawn clips without a fault (default: 60)")
    parser.add_argument("--real", action="store_true", help="also the clips of ../shared/clips")
    parser.add_argument(
        "--fault", nargs="+", default=MATTER + OTHERS, choices=MATTER + OTHERS, metavar="NAME"
    )
    parser.add_argument("--kept", type=Path, help="folder in which footage is kept")
    args = parser.parse_args()
    if args.real and not REAL.is_dir():
        parser.error(f"--real: there is no folder {REAL}")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(args.kept or Path(folder), args.seconds)
        sources: list[Source] = list(bench.drawn(args.clips))
        sources += bench.filmed() if args.real else []
        results = [one for source in sources for one in bench.measure(*source, args.fault)]
        short = report(results)
        report_named(results)
        return int(short | bench.report_clean(args.clean, real=args.real))


class Bench:
    """Makes clips, and keeps what was analysed of them."""

    def __init__(self, kept: Path, seconds: float) -> None:
        self._kept, self._seconds = kept, seconds
        kept.mkdir(parents=True, exist_ok=True)

    def drawn(self, clips: int) -> Iterator[Source]:
        """Name requests of all styles in turn, with a seed each."""
        tag = "gen" if self._seconds == 5.0 else f"gen{self._seconds:g}s"
        for seed, request in enumerate(islice(requests(self._seconds), clips)):
            yield f"{tag}{seed:02d}", request, seed

    def filmed(self) -> Iterator[Source]:
        """Name the real clips in which nobody saw a fault."""
        clean = [row for row in labels() if is_clean(row)]
        for seed, row in enumerate(clean):
            yield f"real{seed:02d}", REAL / row["path"], seed

    def measure(
        self, name: str, source: Request | Path, seed: int, faults: Sequence[str]
    ) -> Iterator[Result]:
        """Put faults into one clip: those of matter and people, and a third of the others in turn."""
        take: Take | None = None
        for fault in faults:
            if fault in OTHERS and (OTHERS.index(fault) + seed) % 3:
                continue
            for severity in (0.5, 0.75, 1.0) if fault in SWITCHES else (SEVERITY,):
                path = self._kept / f"{name}__{fault}__{severity}.json"
                if not path.exists():
                    take = take or take_of(source)
                    self._make(take, fault, severity, seed, path)
                truth = json.loads(path.read_text(encoding="utf-8"))
                footage = load(path.with_suffix(".npz"))
                if truth and footage:
                    yield result_of(truth, footage)

    def clean(self, name: str, source: Request | Path) -> Footage:
        """Give a clip without a fault."""
        path = self._kept / f"{name}__none__0.npz"
        return load(path) or self._analysed(take_of(source), path)

    def report_clean(self, clips: int, *, real: bool) -> bool:
        """Print what is found in clips as they are; say whether clean ones are accused too often."""
        found = [(name, True, self.clean(name, source)) for name, source, _ in self.drawn(clips)]
        for row in labels() if real else ():
            kept = self._kept / f"raw_{row['path'].replace('/', '~')}.npz"
            found.append(
                (row["path"], row["defects"] in ("", "none_seen"), footage_of(REAL / row["path"], kept))
            )
        wrong, minutes = 0, sum(footage.probe.duration for _, clean, footage in found if clean) / 60
        for name, clean, footage in found:
            for finding in matter_of(footage):
                wrong += clean
                word = "WRONG: " if clean else ""
                print(f"{name}: {word}{finding.defect} at {finding.start:.2f} s: {finding.note}")
        print(f"{wrong} false alarms in {minutes:.1f} clean minutes, limit {FALSE_ALARMS:g} a minute")
        return wrong > FALSE_ALARMS * minutes

    def _make(self, take: Take, fault: str, severity: float, seed: int, path: Path) -> None:
        truth: dict[str, Any] = {}
        try:
            spoilt, injected = inject(take, fault, seed=seed, severity=severity)
            self._analysed(spoilt, path.with_suffix(".npz"))
            truth = injected.truth()
        except ClipError as reason:
            print(f"left out: {reason}", file=sys.stderr)
        path.write_text(json.dumps(truth), encoding="utf-8")

    def _analysed(self, take: Take, kept: Path) -> Footage:
        with tempfile.TemporaryDirectory() as folder:
            clip = Path(folder) / "clip.mp4"
            encode(take.frames, clip, size=take.size, fps=take.fps)
            return footage_of(clip, kept)


def requests(seconds: float) -> Iterator[Request]:
    """Ask for prompts of all styles in turn."""
    backend = make_backend(f"procedural?duration={seconds:g}")
    styles = list(load_styles(suites_root()).values())
    for turn in count():
        style = styles[turn % len(styles)]
        prompt = style.prompts[(5 + 7 * (turn // len(styles))) % len(style.prompts)]
        yield Case(prompt=prompt, roll=turn, backend=backend).request()


def take_of(source: Request | Path) -> Take:
    """Draw or read a clip, reduced."""
    if isinstance(source, Path):
        pictures = [picture for picture in Reader(source) if picture.time <= REAL_SECONDS]
        rate = 1 / float(np.median(np.diff([picture.time for picture in pictures])))
        frames = np.stack([reduced(picture.bgr) for picture in pictures])
        return Take(frames=frames, fps=round(rate, 3), name=source.name)
    made = film(source)
    frames = np.stack([reduced(frame[..., :3]) for frame in made.frames()])
    return replace(Take(frames=frames, fps=made.fps), move=made.camera.move, name=made.name)


def reduced(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Shrink to sides of even length."""
    small = shrink(np.ascontiguousarray(picture), SIZE)
    return small[: small.shape[0] // 2 * 2, : small.shape[1] // 2 * 2].copy()


def result_of(truth: dict[str, Any], footage: Footage) -> Result:
    """Hold the moments and findings of a clip against the truth."""
    found, duration = moments(footage), footage.probe.duration

    def near(time: float) -> bool:
        return bool(truth["start"] - NEAR <= time <= truth["end"] + NEAR)

    hits = [rank for rank, moment in enumerate(found) if near(moment.time)]
    even8, even3 = (any(near((i + 0.5) * duration / n) for i in range(n)) for n in (8, 3))
    local = truth["boxes"] is not None
    return Result(
        fault=truth["fault"],
        severity=truth["severity"],
        seconds=truth["end"] - truth["start"],
        rank=hits[0] if hits else None,
        even=(even8, even3),
        place=any(in_place(found[rank], truth, footage) for rank in hits) if local else None,
        named=any(f.defect == truth["defect"] and near(f.start) for f in matter_of(footage)),
    )


def matter_of(footage: Footage) -> list[Finding]:
    """Give what the two detectors find, and nothing else explains."""
    return [finding for finding in find_defects(footage, Expectations()) if finding.defect in SWITCHES]


def in_place(moment: Moment, truth: dict[str, Any], footage: Footage) -> bool:
    """Say whether a moment's box and that of the fault at that time share enough."""
    index = round(moment.time * footage.probe.fps) - truth["frames"][0]
    box = truth["boxes"][int(np.clip(index, 0, len(truth["boxes"]) - 1))]
    if box is None or moment.box is None:
        return False
    (x, y, w, h), (u, v, wide, high) = box, moment.box
    across, down = min(x + w, u + wide) - max(x, u), min(y + h, v + high) - max(y, v)
    return bool(max(across, 0) * max(down, 0) >= OVERLAP * min(w * h, wide * high))


def report(results: list[Result]) -> bool:
    """Print a line per fault; say whether too few of matter and people are among the moments."""
    head = f"{'8 even':>7}{'in 3':>6}{'3 even':>7}{'place':>7}"
    print(f"{'fault':20}{'n':>4}{'lasts s':>9}  {'in 8 moments':26}{head}")
    for name in dict.fromkeys(result.fault for result in results):
        print(line(name, [result for result in results if result.fault == name]))
    of_matter = [result for result in results if result.fault in MATTER]
    print(line("matter and people", of_matter))
    print(line("all", results))
    return bool(of_matter) and float(np.mean([result.rank is not None for result in of_matter])) < LIMIT


def line(name: str, results: list[Result]) -> str:
    """Sum results up in one line."""
    hits, n = sum(result.rank is not None for result in results), len(results)
    low, high = share_interval(hits, n)
    three = sum(result.rank is not None and result.rank < 3 for result in results)
    local = [result.place for result in results if result.place is not None]
    shares = (sum(r.even[0] for r in results) / n, three / n, sum(r.even[1] for r in results) / n)
    first, second, third = (f"{share:.0%}" for share in shares)
    seconds = float(np.median([result.seconds for result in results]))
    among = f"{hits / n:.0%} ({low:.0%} to {high:.0%})"
    place = f"{sum(local) / len(local):.0%}" if local else "-"
    return f"{name:20}{n:4}{seconds:9.2f}  {among:26}{first:>7}{second:>6}{third:>7}{place:>7}"


def report_named(results: list[Result]) -> None:
    """Print how many objects that go or come are found by name."""
    for name in SWITCHES:
        for severity in sorted({result.severity for result in results if result.fault == name}):
            of = [r.named for r in results if r.fault == name and r.severity == severity]
            low, high = share_interval(sum(of), len(of))
            print(f"{name} at {severity:g}: named in {sum(of)} of {len(of)} ({low:.0%} to {high:.0%})")


if __name__ == "__main__":
    sys.exit(main())
