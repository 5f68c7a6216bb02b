"""The bench from end to end: clips are made and looked at, then scored."""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.accuracy import injection, trials
from benchmarks.accuracy.comparison import compare
from benchmarks.accuracy.corpus import Clip, Half, Piece, clips, pieces
from benchmarks.accuracy.driven import Drive, drives
from benchmarks.accuracy.figures import noticed, summed_up
from pytest_videobench import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from benchmarks.accuracy.injection import Folder
    from benchmarks.accuracy.trials import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be tried."""

    halves: tuple[Half, ...]
    faults: tuple[str, ...]
    severities: tuple[float, ...] = injection.SEVERITIES
    most: int | None = None
    """Pieces of a half at most."""
    most_drives: int | None = None
    """Drives of a virtual camera through clean clips of a half at most."""

    @property
    def pieces(self) -> list[Piece]:
        """Give the pieces of its halves."""
        return [piece for half in self.halves for piece in pieces(half)[: self.most]]

    @property
    def clips(self) -> list[Clip]:
        """Give the untouched clips of its halves."""
        return [clip for clip in clips() if clip.half in self.halves]

    @property
    def drives(self) -> list[list[Drive]]:
        """Give the drives of its halves, those through one stretch together."""
        together: dict[str, list[Drive]] = defaultdict(list)
        for half in self.halves:
            for drive in drives(half)[: self.most_drives]:
                together[drive.piece.name].append(drive)
        return list(together.values())


def run(plan: Plan, folder: Folder, jobs: int, peers: Path | None = None) -> dict[str, Any]:
    """Make what is not kept yet, score all of it, and give the figures.

    ``peers`` is where other tools have their environments, if they are to be asked as well.
    """
    with ProcessPoolExecutor(jobs) as pool:
        _make(plan, folder, pool)
        found = _look(plan, folder, pool)
    others = {"comparison": compare(found, plan.pieces, folder, peers)} if peers else {}
    return figures(plan, found) | others


def figures(plan: Plan, found: Sequence[Trial]) -> dict[str, Any]:
    """Sum trials up, and say what they stand on."""
    return {
        "half": "both" if len(plan.halves) > 1 else plan.halves[0],
        "videobench": __version__,
        **summed_up(found),
        "left_out": left_out(plan, found),
    }


def left_out(plan: Plan, found: Iterable[Trial]) -> dict[str, int]:
    """Count the clips in which a fault cannot be, by fault."""
    made = Counter(trial.fault for trial in found)
    every = len(plan.pieces) * len(plan.severities)
    return {name: every - made[name] for name in plan.faults if made[name] < every}


def _make(plan: Plan, folder: Folder, pool: ProcessPoolExecutor) -> None:
    """Keep the footage of every clip, the severity that counts first."""
    folder.path.mkdir(parents=True, exist_ok=True)
    _all(pool, partial(injection.make_controls, folder=folder), plan.pieces, "controls")
    _all(pool, partial(injection.make_whole, folder=folder), plan.clips, "untouched clips")
    _all(pool, partial(injection.make_driven, folder=folder), plan.drives, "stretches driven through")
    for severity in sorted(plan.severities, key=lambda severity: severity != noticed()):
        make = partial(injection.make_spoilt, names=plan.faults, severity=severity, folder=folder)
        _all(pool, make, plan.pieces, f"faults at {severity:g}")


def _look(plan: Plan, folder: Folder, pool: ProcessPoolExecutor) -> list[Trial]:
    look = partial(trials.of_piece, faults=plan.faults, severities=plan.severities, folder=folder)
    found = [trial for one in _all(pool, look, plan.pieces, "pieces scored") for trial in one]
    found += _all(pool, partial(trials.of_whole, folder=folder), plan.clips, "clips scored")
    driven = _all(pool, partial(trials.of_drives, folder=folder), plan.drives, "driven stretches scored")
    return found + [trial for one in driven for trial in one]


def _all(pool: ProcessPoolExecutor, work: Callable[[Any], Any], over: Sequence[Any], what: str) -> list[Any]:
    """Do a piece of work for each, in order, and say on the terminal how long it took."""
    start = time.monotonic()
    done = list(pool.map(work, over))
    print(f"{what}: {len(over)} in {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    return done
