"""Ordering clips: how busy a provider is kept, and whether jobs survive kills and storms.

``python -m benchmarks.broker makespan`` orders 180 clips of 2 s each from a provider on loopback that makes
20 at once, with 8 and with 2 workers, and holds the time from the first submission to the last download
against the ideal. ``kills`` kills such runs with SIGKILL at random moments and resumes them; ``storm`` lets
refusals, server errors, broken connections and truncated downloads rain. Both count, at the provider, jobs
that were taken twice and jobs whose clip never came.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pytest_videobench.store.store import Store
from tests.conftest import drifting, encode
from tests.fakes.kling import FakeKling
from tests.fakes.server import KEY, Storm

if TYPE_CHECKING:
    from tests.fakes.server import Fake

PROMPTS, ROLLS, SECONDS, AT_ONCE = 60, 3, 2.0, 20
STORM = Storm(refused=0.30, broken=0.10, dropped=0.05, truncated=0.02, seed=7)
LIMIT = 1.15
MODULE = "def test_clip(clip):\n    assert clip.path.exists()\n"


def main() -> int:
    """Run one of the three; exit status 1 where it falls short."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("what", choices=("makespan", "kills", "storm"))
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--workers", type=int, nargs="*", default=[8, 2])
    parser.add_argument("--prompts", type=int, default=PROMPTS)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with TemporaryDirectory() as folder:
        root = Path(folder)
        frames = drifting(frames=12, height=72, width=128)
        clip = encode(root / "clip.mp4", frames, faststart=True).read_bytes()
        run = {"makespan": makespan, "kills": kills, "storm": storm}[args.what]
        return int(not run(root, clip, args))


def makespan(root: Path, clip: bytes, args: argparse.Namespace) -> bool:
    """Print the ratio to the ideal for each number of workers."""
    cases = args.prompts * ROLLS
    ideal, fine = ceil(cases / AT_ONCE) * SECONDS, True
    for workers in args.workers:
        with FakeKling(clip, seconds=SECONDS, at_once=AT_ONCE, most_jobs=AT_ONCE) as fake:
            command = _command(root, f"{workers}", args)
            status = subprocess.run(command, env=_environment(fake), cwd=root, check=False)
            ends = max(call.at for call in fake.of("download"))
            took = ends - min(call.at for call in fake.of("submit"))
            print(
                f"-n {workers}: {len(fake.jobs)} jobs in {took:.2f} s, ideal {ideal:.0f} s,"
                f" ratio {took / ideal:.3f} (limit {LIMIT}); exit status {status.returncode}"
            )
            fine &= took / ideal <= LIMIT and len(fake.jobs) == cases
    return fine


def kills(root: Path, clip: bytes, args: argparse.Namespace) -> bool:
    """Kill runs at random moments until so many kills have hit, each resumed by the next start."""
    moments, hit, rounds, totals = random.Random(args.seed), 0, 0, Counter[str]()
    while hit < args.kills:
        rounds += 1
        with FakeKling(clip, seconds=SECONDS, at_once=AT_ONCE, most_jobs=AT_ONCE) as fake:
            done = False
            while not done and hit < args.kills:
                done = _run_until(_command(root, "2", args, rounds), fake, root, moments.uniform(2.0, 8.0))
                hit += not done
            if not done:
                _run_until(_command(root, "2", args, rounds), fake, root, None)
            totals += _counts(root, rounds, fake)
        print(f"round {rounds}: {hit} kills so far, {dict(totals)}", flush=True)
    print(f"{hit} kills in {rounds} rounds: {dict(totals)}")
    return not (totals["twice"] or totals["lost"] or totals["damaged"])


def storm(root: Path, clip: bytes, args: argparse.Namespace) -> bool:
    """Run once through bad weather."""
    with FakeKling(clip, seconds=SECONDS, at_once=AT_ONCE, storm=STORM) as fake:
        command = _command(root, "2", args)
        status = subprocess.run(command, env=_environment(fake), cwd=root, check=False).returncode
        totals = _counts(root, 0, fake)
        calls = Counter(call.phase for call in fake.calls)
    print(f"storm: exit status {status}, {dict(totals)}; calls {dict(calls)}")
    return status == 0 and not (totals["twice"] or totals["lost"] or totals["damaged"])


def _counts(root: Path, number: int, fake: Fake) -> Counter[str]:
    """Count what became of the jobs that the provider has taken."""
    store = Store(root / f"cache{number}")
    clips = [store.read(key) for key in store.entries()]
    asked = Counter(str(job.asked) for job in fake.jobs.values())
    fetched = {clip.sidecar["job_id"] for clip in clips if clip is not None}
    return Counter(
        jobs=len(fake.jobs),
        clips=len(fetched),
        twice=sum(count - 1 for count in asked.values()),
        lost=len(fake.jobs.keys() - fetched),
        damaged=sum(clip is None for clip in clips),
    )


def _run_until(command: list[str], fake: Fake, root: Path, seconds: float | None) -> bool:
    """Run, and kill the whole group after so many seconds; say whether it ended by itself."""
    run = subprocess.Popen(
        command, env=_environment(fake), cwd=root, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        run.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        return False
    return True


def _environment(fake: Fake) -> dict[str, str]:
    return {**os.environ, "KLINGAI_API_KEY": KEY, "KLINGAI_BASE_URL": fake.base_url}


def _command(root: Path, workers: str, args: argparse.Namespace, number: int = 0) -> list[str]:
    style = root / "suites" / "many"
    style.mkdir(parents=True, exist_ok=True)
    (style / "prompts.toml").write_text(_prompts(args.prompts), encoding="utf-8")
    (style / "test_many.py").write_text(MODULE, encoding="utf-8")
    spec = f"kling?poll=0.1&concurrency={AT_ONCE}"
    options = f"--vb-rolls {ROLLS} --vb-cache=cache{number} --vb-report=report -q -r N -p no:cacheprovider"
    run = (sys.executable, "-m", "pytest", "suites", "-n", workers, "--vb-backend", spec)
    return [*run, *options.split()]


def _prompts(count: int) -> str:
    head = '[style]\nname = "many"\ntitle = "Many"\nabout = "For the broker."\n'
    parts = 'camera = "Static shot"\nlighting = "noon sun"\nmotion = "rolls"\nscene = "on a lawn"\n'
    parts += 'atmosphere = "calm"\n'
    expect = 'expect = { shot = "wide", camera = "static", motion = "rigid", amount = "medium" }\n'
    return head + "".join(
        f'\n[[prompt]]\nid = "ball-{n}"\nsubject = "ball number {n}"\n{parts}{expect}' for n in range(count)
    )


if __name__ == "__main__":
    sys.exit(main())
