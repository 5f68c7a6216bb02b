"""What a board of four backends costs to build and to open from disk, and how often it is wrong.

    python benchmarks/board.py [--backends N] [--prompts N] [--rolls N] [--keep DIR] [--equal N]

The rows are invented, as large as those of a run, and every case has a small real clip. Exit status 1 where
building takes more than 10 s, the first paint of a page more than 2 s, or a clip does not play.

``--equal N`` draws N boards of equal backends on prompts that differ, and counts those on which any two are
told apart: 5 of 100 at most. Boards of backends that differ say how often their intervals hold the truth.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np

from pytest_videobench.board.board import board_of
from pytest_videobench.board.entries import read_entries
from pytest_videobench.board.page import CLIPS, PAGE, write_board
from pytest_videobench.board.sentences import board_lines
from pytest_videobench.board.standings import MEASURES, PASSES, Shares, table_of
from pytest_videobench.gate.row import CURVES, Row
from pytest_videobench.metrics.base import METRICS
from pytest_videobench.prompts.vocabulary import DEFECTS
from pytest_videobench.stats.intervals import SURE, exact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from playwright.sync_api import Browser

    from pytest_videobench.board.standings import Table

STYLES = ("abstract", "animation", "fantasy", "realistic", "scifi")
GOOD = (0.9, 0.86, 0.7, 0.55, 0.4)
PRICES = (0.05, 0.4, 0.25, 1.5, 0.02)
"""By backend: how many clips pass, and US dollars for each."""
KINDS = ("freeze", "flicker", "late_decay", "jitter", "blur", "vanish", "hard_cut")
BUILD, PAINT = 10.0, 2.0
SIZE, FRAMES = (160, 90), 24
_MANY = np.random.default_rng(0).beta(2.4, 0.6, 1_000_000)
TRUE_GAP = float((np.clip(_MANY + 0.1, 0, 1) - (_MANY + np.clip(_MANY - 0.1, 0, 1)) / 2).mean())
"""What the second kind of boards differs by, over endless prompts."""


def main() -> int:
    """Print what was spent and what was seen."""
    parser = argparse.ArgumentParser(description="Time a board of several backends.")
    parser.add_argument("--backends", type=int, default=4, choices=range(2, len(GOOD) + 1))
    parser.add_argument("--prompts", type=int, default=60, help="prompts in all (default: 60)")
    parser.add_argument("--rolls", type=int, default=3, help="rolls per prompt (default: 3)")
    parser.add_argument("--keep", type=Path, help="leave runs and board in this folder")
    parser.add_argument("--equal", metavar="N", type=int, help="count false claims on N boards instead")
    args = parser.parse_args()
    if args.equal:
        return int(claims(args.equal, args.backends, args.prompts, args.rolls))
    with tempfile.TemporaryDirectory() as folder:
        work = args.keep or Path(folder)
        runs = [write_run(work / f"run{n}", n, args.prompts, args.rolls) for n in range(args.backends)]
        before = time.process_time()
        started = time.perf_counter()
        board = board_of(read_entries(runs))
        page = write_board(board, work / "board")
        took = time.perf_counter() - started
        print("\n".join(board_lines(board)))
        print(
            f"{args.backends} backends × {args.prompts * args.rolls} cases: {took:.2f} s to build,"
            f" {time.process_time() - before:.2f} s of a processor (limit {BUILD:g} s)"
        )
        return int(took > BUILD or opened(page))


def claims(boards: int, backends: int, prompts: int, rolls: int) -> bool:
    """Count claims about equal backends and intervals that hold the truth; say if claims are too many."""
    random = np.random.default_rng(1)
    wrong = held = 0
    for _ in range(boards):
        chances = random.beta(2.4, 0.6, prompts)
        wrong += any(pair.apart for pair in ranked(random, [chances] * backends, rolls).pairs)
        better = np.clip(chances + 0.1, 0, 1)
        worse = np.clip(chances - 0.1 * random.integers(0, 2, prompts), 0, 1)
        (pair,) = ranked(random, [better, worse], rolls).pairs
        gap = TRUE_GAP if pair.first == "backend 0" else -TRUE_GAP
        held += pair.low <= gap <= pair.high
    limits = exact(wrong, boards)
    print(
        f"{boards} boards of {backends} equal backends on {prompts} prompts × {rolls} rolls: any two told"
        f" apart on {wrong / boards:.1%} ({limits.low:.1%}–{limits.high:.1%}); intervals of a difference of"
        f" {TRUE_GAP:.3f} hold it on {held / boards:.1%}"
    )
    return limits.low > 1 - SURE


def ranked(random: np.random.Generator, chances: Sequence[NDArray[np.float64]], rolls: int) -> Table:
    """Rank backends by rolls that are drawn, each with its chance on every prompt."""
    values = np.stack([random.binomial(rolls, chance) / rolls for chance in chances])
    shares = Shares(
        labels=tuple(f"backend {number}" for number in range(len(chances))),
        prompts=tuple(map(str, range(values.shape[1]))),
        values=np.repeat(values[:, :, None], len(MEASURES), axis=2),
        cases=np.full((*values.shape, len(MEASURES)), rolls),
    )
    return table_of(shares, PASSES)


def write_run(folder: Path, which: int, prompts: int, rolls: int) -> Path:
    """Write the report of a run of one backend."""
    random = np.random.default_rng(which)
    hard = np.random.default_rng(99).beta(6, 4, prompts) - 0.6
    for name in ("clips", "posters"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    draw_clip(folder, which)
    rows = [
        row(
            folder,
            which,
            prompt,
            roll,
            chance=float(np.clip(GOOD[which] - hard[prompt], 0, 1)),
            random=random,
        )
        for prompt in range(prompts)
        for roll in range(rolls)
    ]
    text = "".join(json.dumps(row.to_json(), sort_keys=True) + "\n" for row in rows)
    (folder / "rows.jsonl").write_text(text, encoding="utf-8")
    about = {"version": 1, "started": "", "videobench": "", "complete": True, "planned": len(rows)}
    (folder / "run.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def draw_clip(folder: Path, which: int) -> None:
    """Draw one clip with its poster and strip; all cases of a backend link to them."""
    width, height = SIZE
    pictures = [np.full((height, width, 3), 40 + 30 * which, np.uint8) for _ in range(FRAMES)]
    for index, picture in enumerate(pictures):
        cv2.circle(picture, (20 + index * 5, 45 + 4 * which), 12, (90, 200, 250), -1)
    with av.open(str(folder / "clip.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=12)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(stream.encode())
    cv2.imwrite(str(folder / "poster.jpg"), pictures[8])
    cv2.imwrite(str(folder / "strip.jpg"), cv2.hconcat(pictures[::3]))


def row(
    folder: Path, which: int, prompt: int, roll: int, *, chance: float, random: np.random.Generator
) -> Row:
    """Invent a case; its clip is linked into the run's folder."""
    style, name = STYLES[prompt % len(STYLES)], f"prompt-{prompt:02}"
    backend = f"invented@model-{which}"
    passes = bool(random.random() < chance)
    clip = linked(folder, f"{style}-{name}-{roll}")
    findings = [] if passes else [finding(str(random.choice(KINDS, p=weights(which))))]
    times = [round(index / 12, 4) for index in range(FRAMES * 5)]
    return Row(
        key=f"{style}/{name}/{backend}/{roll}",
        nodeid=f"suites/{style}/test_{style}.py::test_{style}[{name}-{roll}]",
        style=style,
        prompt=name,
        text=f"Wide shot, daylight. Subject {prompt} moves through the scene, calmly.",
        backend=backend,
        roll=roll,
        verdict="pass" if passes else "fail",
        problems=[finding["note"] for finding in findings],
        metrics={
            metric: {"value": float(random.random()), "unit": METRICS.get(metric).unit}
            for metric in METRICS.names()
        },
        curves={metric: {"times": times, "values": list(random.random(len(times)))} for metric in CURVES},
        findings=findings,
        coverage={"checked": dict.fromkeys(DEFECTS, 0.9), "weak": {}, "unchecked": {}},
        probe={"width": SIZE[0], "height": SIZE[1], "fps": 12.0, "duration": FRAMES / 12},
        strip=[index / 4 for index in range(8)],
        clip={
            **clip,
            "sha256": f"{which}{prompt}{roll}",
            "cost_usd": PRICES[which],
            "synthetic": False,
            "origin": "",
            "job_id": f"job-{prompt}-{roll}",
        },
        fingerprint={"decoder": "none", "videobench": "benchmark"},
        timing={"clip": 60.0, "made: queued": 5.0, "made: running": float(30 + 20 * which + random.random())},
        page=f"cases/{style}-{name}-{roll}.html",
    )


def finding(defect: str) -> dict[str, Any]:
    """Invent a finding that fails its case."""
    note = f"{defect} was found, and its note is as long as those of real findings are."
    span = {"start": 0.5, "end": 1.5, "severity": 0.6, "confidence": 0.9, "frames": [6, 18], "box": None}
    return {"defect": defect, "note": note, "detector": "signals", "gate": True, "permitted": None, **span}


def weights(which: int) -> Sequence[float]:
    """Give every backend faults of its own."""
    raw = np.roll(np.arange(1, len(KINDS) + 1), which)
    return list(raw / raw.sum())


def linked(folder: Path, name: str) -> dict[str, str]:
    """Link the clip, poster and strip of a case."""
    files = {
        "played": ("clip.mp4", "clips"),
        "poster": ("poster.jpg", "posters"),
        "strip": ("strip.jpg", "posters"),
    }
    found = {}
    for kind, (source, place) in files.items():
        target = folder / place / f"{name}-{source}"
        target.unlink(missing_ok=True)
        os.link(folder / source, target)
        found[kind] = f"{place}/{target.name}"
    return {**found, "file": found["played"]}


def opened(page: Path) -> bool:
    """Open both pages and play a case; say whether anything comes too late or not at all."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        print("no browser here: the pages were not opened")
        return False
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        chromium = player.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        late = [paint(chromium, page.parent / name) > PAINT for name in (PAGE, CLIPS)]
        plays = played(chromium, page.parent / CLIPS)
        chromium.close()
    return any(late) or not plays


def paint(chromium: Browser, page: Path) -> float:
    """Open a page, and give the seconds to its first paint."""
    window = chromium.new_page(viewport={"width": 1280, "height": 900})
    window.goto(page.as_uri(), wait_until="load")
    # The entry comes with the frame after the paint.
    window.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    first, load = window.evaluate(
        "() => [performance.getEntriesByName('first-contentful-paint')[0].startTime,"
        " performance.getEntriesByType('navigation')[0].loadEventEnd].map((ms) => ms / 1000)"
    )
    print(
        f"{page.name}: {page.stat().st_size / 1024:.0f} KiB, first paint after {first:.2f} s"
        f" (limit {PAINT:g} s), loaded after {load:.2f} s"
    )
    return float(first)


def played(chromium: Browser, page: Path) -> bool:
    """Play the clips of one case to their end, and say whether all were where they had to be."""
    window = chromium.new_page(viewport={"width": 1280, "height": 900})
    window.goto(page.as_uri())
    started = time.perf_counter()
    window.keyboard.press("Space")
    window.wait_for_function(
        "() => [...document.querySelectorAll('video')].every((v) => v.currentTime > 0.5)"
    )
    times = window.evaluate("() => [...document.querySelectorAll('video')].map((v) => v.currentTime)")
    spread = max(times) - min(times)
    print(f"{len(times)} clips play after {time.perf_counter() - started:.2f} s, {spread:.3f} s apart")
    return bool(times) and spread < 0.2


if __name__ == "__main__":
    sys.exit(main())
