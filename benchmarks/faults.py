"""Whether injected faults of file, picture, time and camera fail their clip and are named.

    python benchmarks/faults.py [--clips N] [--jobs N] [--severity S …] [--fault NAME …] [--real]

Each fault is put into clean clips that the embedded generator draws from prompts of all suites, written,
analysed, and held to the prompt's expectations, as a run would do. With ``--real``, the clean clips of
``../shared/clips`` take their turn as well, and all clips there are looked at untouched. Exit status 1 where
a fault at severity 0.75 or more fails too few generated clips, or a clip without a fault fails.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pytest_videobench.backends.procedural.renderer import film
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import Case
from pytest_videobench.errors import ClipError
from pytest_videobench.faults import FAULTS, Fault, Take, inject, truncate
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.footage.camera_class import camera_move
from pytest_videobench.footage.reader import Reader
from pytest_videobench.footage.scale import shrink
from pytest_videobench.gate.assess import Assessment, assess
from pytest_videobench.gate.thresholds import complete
from pytest_videobench.media import encode
from pytest_videobench.prompts.load import load_styles, suites_root
from pytest_videobench.prompts.model import Delivery, Expectations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_videobench.backends.base import Request
    from pytest_videobench.footage.footage import Footage

GROUPS = ("file", "picture", "time", "camera")
SEVERITIES = (0.25, 0.5, 0.75, 1.0)
VISIBLE = 0.75
"""Severity from which a fault must fail its clip."""
LIMIT = 0.95
"""Share of the generated clips that must fail then."""
REAL = Path(__file__).parents[2] / "shared" / "clips"
REAL_SIZE = 640
"""Pixels of the long side to which real clips are reduced before a fault is put in."""
REAL_SECONDS = 8.0
"""A real clip's length at most."""
NAMES = tuple(name for name, kind in FAULTS.items() if kind.group in GROUPS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """A clip without a fault, and what is asked of it."""

    name: str
    kind: str
    """``generated`` or ``real``."""
    take: Take
    expected: Expectations
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out for one clip; a control has no fault."""

    clip: str
    kind: str
    fault: str | None
    severity: float
    named: bool
    """Whether the right defect is among the findings."""
    fails: bool
    """Whether that defect fails the case; for a control, whether anything does."""
    others: tuple[str, ...]
    """What else fails the case."""


def main() -> int:
    """Print a table of the faults, and what was found on clips without one."""
    parser = argparse.ArgumentParser(description="Put faults into clean clips and see whether they fail.")
    parser.add_argument("--clips", type=int, default=24, help="generated clips (default: 24)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--severity", type=float, nargs="+", default=SEVERITIES, metavar="S")
    parser.add_argument("--fault", nargs="+", default=NAMES, choices=NAMES, metavar="NAME")
    parser.add_argument("--real", action="store_true", help="also the clips of ../shared/clips")
    parser.add_argument("--details", action="store_true", help="name every clip that does not fail")
    args = parser.parse_args()
    if args.real and not REAL.is_dir():
        parser.error(f"--real: there is no folder {REAL}")
    sources: list[Request | Path] = list(islice(requests(), args.clips))
    sources += [REAL / row["path"] for row in labels() if is_clean(row)] if args.real else []
    tasks = [(source, turn, tuple(args.fault), tuple(args.severity)) for turn, source in enumerate(sources)]
    with ProcessPoolExecutor(args.jobs) as pool:
        results = [result for found in pool.map(measure, tasks) for result in found]
        untouched = list(pool.map(look, labels(), chunksize=4)) if args.real else []
    missed = report(results, details=args.details)
    return int(missed | report_untouched(untouched))


def requests() -> Iterator[Request]:
    """Ask for prompts of all styles in turn, with a new seed each time."""
    backend, turn = make_backend("procedural"), 0
    styles = list(load_styles(suites_root()).values())
    while True:
        style = styles[turn % len(styles)]
        # In steps, so that a few clips are already spread over a file and its cameras.
        prompt = style.prompts[(5 + 7 * (turn // len(styles))) % len(style.prompts)]
        yield Case(prompt=prompt, roll=turn, backend=backend).request()
        turn += 1


def labels() -> list[dict[str, str]]:
    """Read what people say of the real clips."""
    with (REAL / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_clean(row: dict[str, str]) -> bool:
    """Say whether nobody saw a fault in a clip that has frames enough to carry one."""
    return row["defects"] in ("", "none_seen") and int(row["frames"]) >= 24


def measure(task: tuple[Request | Path, int, tuple[str, ...], tuple[float, ...]]) -> list[Result]:
    """Put every fault at every severity into one clip, and look at the clip itself."""
    source, seed, faults, severities = task
    clean = filmed(source, seed) if isinstance(source, Path) else drawn(source, seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        write(clean.take, path)
        footage = analyse(path)
        if clean.kind == "real":
            clean = asked_as_seen(clean, footage)
        results = [result_of(clean, None, 0.0, assess(footage, clean.expected))]
        for name in faults:
            for severity in severities if counts(FAULTS[name], clean.expected) else ():
                if spoil(clean, name, severity, path):
                    found = assess(analyse(path), clean.expected)
                    results.append(result_of(clean, FAULTS[name], severity, found))
    return results


def drawn(request: Request, seed: int) -> Clean:
    """Draw a clip of a prompt, and ask of it what a run asks."""
    made = film(request)
    frames = np.stack([frame[..., :3].copy() for frame in made.frames()])
    take = Take(frames=frames, fps=made.fps, move=made.camera.move, name=made.name)
    expected = complete(request.prompt.expect, request.delivery)
    return Clean(name=made.name, kind="generated", take=take, expected=expected, seed=seed)


def filmed(path: Path, seed: int) -> Clean:
    """Read a real clip, reduced, and ask for its own length, size and rate."""
    frames, times = [], []
    for picture in Reader(path):
        if picture.time > REAL_SECONDS:
            break
        small = shrink(picture.bgr, REAL_SIZE)
        frames.append(small[: small.shape[0] // 2 * 2, : small.shape[1] // 2 * 2].copy())
        times.append(picture.time)
    take = Take(frames=np.stack(frames), fps=round(1 / float(np.median(np.diff(times))), 3), name=path.name)
    return Clean(name=path.name, kind="real", take=take, expected=Expectations(), seed=seed)


def asked_as_seen(clean: Clean, footage: Footage) -> Clean:
    """Ask a real clip for what it is: its delivery, and the camera's move as it is seen."""
    probe = footage.probe
    move = camera_move(footage.camera, footage.gaps, probe.height / probe.width).word
    delivery = Delivery(
        duration=probe.duration, fps=probe.fps, width=probe.width, height=probe.height, ratio=None
    )
    expected = complete(Expectations(camera=move), delivery)
    return replace(clean, take=replace(clean.take, move=move), expected=expected)


def counts(fault: Fault, expected: Expectations) -> bool:
    """Say whether a fault is one here: nobody permits it, and somebody asked for the contrary."""
    asked = fault.group != "camera" or expected.camera != "any"
    return asked and not expected.permission(fault.defect)


def write(take: Take, path: Path) -> None:
    """Store a take as the embedded generator does."""
    encode(take.frames, path, size=take.size, fps=take.fps)


def spoil(clean: Clean, name: str, severity: float, path: Path) -> bool:
    """Write the clip with a fault; say whether it can carry it."""
    try:
        if FAULTS[name].stage == "file":
            write(clean.take, path)
            truncate(path, seed=clean.seed, severity=severity)
        else:
            write(inject(clean.take, name, seed=clean.seed, severity=severity)[0], path)
    except ClipError:
        return False
    return True


def result_of(clean: Clean, fault: Fault | None, severity: float, found: Assessment) -> Result:
    """Sum an assessment up."""
    failing = {f.defect for f in found.findings if f.gate and not clean.expected.permission(f.defect)}
    failing |= {breach.measure.name for breach in found.breaches}
    defect = fault.defect if fault else ""
    return Result(
        clip=clean.name,
        kind=clean.kind,
        fault=fault.name if fault else None,
        severity=severity,
        named=any(finding.defect == defect for finding in found.findings),
        fails=defect in failing if fault else bool(failing),
        others=tuple(sorted(failing - {defect})),
    )


def look(row: dict[str, str]) -> tuple[dict[str, str], Assessment]:
    """Look at a real clip as it is, with nothing asked of it."""
    return row, assess(analyse(REAL / row["path"]), complete(Expectations()))


def report(results: list[Result], *, details: bool) -> bool:
    """Print named/failed of the clips for every fault and severity; say whether a limit is missed."""
    severities, missed = sorted({result.severity for result in results if result.fault}), False
    for kind in dict.fromkeys(result.kind for result in results):
        here = [result for result in results if result.kind == kind]
        print(f"\n{kind} clips: named/failed by the right defect of the clips, at severity")
        print(f"{'fault':20}" + "".join(f"{severity:>14g}" for severity in severities) + "  also failed by")
        for name in dict.fromkeys(result.fault for result in here if result.fault):
            of = [result for result in here if result.fault == name]
            print(line(name, of, severities))
            missed |= kind == "generated" and any(too_few(of, s) for s in severities if s >= VISIBLE)
        controls = [result for result in here if not result.fault]
        bad = [result for result in controls if result.fails]
        print(f"{len(bad)} of {len(controls)} clips without a fault fail")
        missed |= bool(bad)
        show(bad)
        show(result for result in here if details and result.fault and not result.fails)
    return missed


def line(name: str, results: list[Result], severities: Sequence[float]) -> str:
    """Sum one fault up in one line."""
    cells = []
    for severity in severities:
        here = [result for result in results if result.severity == severity]
        named, fails = (sum(r.named for r in here), sum(r.fails for r in here))
        cells.append(f"{f'{named}/{fails} of {len(here)}':>14}")
    others = Counter(other for result in results for other in result.others)
    return f"{name:20}{''.join(cells)}  " + ", ".join(f"{k} {n}" for k, n in others.most_common(4))


def too_few(results: list[Result], severity: float) -> bool:
    """Say whether a fault fails too few clips at a severity."""
    here = [result.fails for result in results if result.severity == severity]
    return bool(here) and float(np.mean(here)) < LIMIT


def show(results: Iterable[Result]) -> None:
    """Name clips, one a line."""
    for one in results:
        word = "found, only warns" if one.named else "not found"
        what = f"{one.fault} at {one.severity:g}: {word}" if one.fault else "control fails"
        print(f"  {one.clip}: {what}; fails by: {', '.join(one.others) or 'nothing'}")


def report_untouched(seen: list[tuple[dict[str, str], Assessment]]) -> bool:
    """Print what was found on real clips as they are; say whether a clip fails without a label for it."""
    wrong = False
    for row, found in seen:
        for one in found.findings:
            false = one.gate and one.defect not in row["defects"]
            wrong |= false
            word = "FAILS" if false else "fails, as labelled" if one.gate else "warns"
            print(f"{row['path']}: {one.defect} {one.severity:.2f} {word}: {one.note}")
        for breach in found.breaches:
            wrong = True
            print(f"{row['path']}: {breach}")
    if seen:
        print(f"{len(seen)} real clips were looked at untouched")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
