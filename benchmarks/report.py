"""What the report of a large run costs: to build, and to open.

    python benchmarks/report.py [--rolls N] [--jobs N] [--cold]

All suites run on tiny clips, so that there are about 500 cases soon; what the main process spends on rows,
pages and pytest-html's table is counted, and the page is opened in a browser where there is one. ``--cold``
runs one suite on clips of the usual size as well, for the share of a cold run. Exit status 1 where building
takes more than 3 s for 500 cases or 10 % of a cold run, the first paint takes more than 2 s, or scrolling
stutters or fills the memory.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_html.basereport import BaseReport

from pytest_videobench.report.recorder import Recorder
from pytest_videobench.report.run import RunFolder

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
TINY = "procedural?duration=0.5&fps=12&size=96x64"
USUAL = "procedural"
SECONDS, SHARE, PAINT, STEP, GROWTH = 3.0, 0.1, 2.0, 500.0, 1.5
"""Limits: seconds to build 500 cases, share of a cold run, seconds to the first paint, milliseconds of the
slowest step of scrolling, and the growth of the scripts' memory by scrolling to the end."""
MEASURED = (
    (Recorder, "_add"),
    (RunFolder, "finish"),
    (BaseReport, "pytest_runtest_logreport"),
    (BaseReport, "pytest_sessionfinish"),
)


def main() -> int:
    """Print what was spent and what was seen."""
    parser = argparse.ArgumentParser(description="Time the report of a large run.")
    parser.add_argument("--rolls", type=int, default=6, help="rolls per prompt (default: 6, 528 cases)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument(
        "--cold", action="store_true", help="also a cold run of one suite, clips of usual size"
    )
    args = parser.parse_args()
    missed, clock = False, Clock()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        cases, _, spent = run(clock, work / "tiny", "suites", TINY, args.rolls, args.jobs)
        missed |= spent * 500 / cases > SECONDS
        print(
            f"{cases} cases: {spent:.2f} s to build, {spent * 500 / cases:.2f} s for 500"
            f" (limit {SECONDS:g} s)"
        )
        missed |= opened(work / "tiny" / "report" / "index.html")
        if args.cold:
            cases, took, spent = run(clock, work / "cold", "suites/scifi", USUAL, 3, args.jobs)
            missed |= spent > SHARE * took
            print(
                f"{cases} cases cold: {took:.1f} s, of which the report {spent / took:.1%}"
                f" (limit {SHARE:.0%})"
            )
    return int(missed)


def run(clock: Clock, work: Path, suites: str, spec: str, rolls: int, jobs: int) -> tuple[int, float, float]:
    """Run suites with an empty store; give cases, seconds in all, and seconds spent on the report."""
    before = clock.seconds
    options = [f"--vb-backend={spec}", f"--vb-rolls={rolls}", f"--vb-cache={work / 'cache'}"]
    options += [f"--vb-report={work / 'report'}", f"-n{jobs}", "-q", "--tb=no", "--no-summary"]
    options += ["-Wignore:Module already imported"]
    started = time.perf_counter()
    pytest.main([str(ROOT / suites), f"--rootdir={ROOT}", "-p", "no:cacheprovider", *options])
    took = time.perf_counter() - started
    lines = (work / "report" / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    return len(lines), took, clock.seconds - before


class Clock:
    """Counts processor time of some functions, once where one calls another.

    A busy machine disturbs it little.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._depth = 0
        for owner, name in MEASURED:
            setattr(owner, name, self._timed(getattr(owner, name)))

    def _timed(self, work: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(work)
        def timed(*args: Any, **values: Any) -> Any:
            started, self._depth = time.process_time(), self._depth + 1
            try:
                return work(*args, **values)
            finally:
                self._depth -= 1
                if not self._depth:
                    self.seconds += time.process_time() - started

        return timed


def opened(page: Path) -> bool:
    """Open the page and scroll through it; say whether it shows too late."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        print("no browser here: the page was not opened")
        return False
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        chromium = player.chromium.launch(
            executable_path=browser, args=["--no-sandbox", "--enable-precise-memory-info"]
        )
        window = chromium.new_page(viewport={"width": 1280, "height": 900})
        window.goto(page.as_uri())
        paint = window.evaluate(
            "() => performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
        )
        heap = [window.evaluate("() => performance.memory.usedJSHeapSize / 2 ** 20")]
        slowest = window.evaluate(SCROLL)
        heap.append(window.evaluate("() => performance.memory.usedJSHeapSize / 2 ** 20"))
        chromium.close()
    size = page.stat().st_size / 2**20
    print(f"page of {size:.1f} MiB: first paint after {paint:.2f} s (limit {PAINT:g} s)")
    print(
        f"script memory {heap[0]:.0f} MiB, after scrolling to the end {heap[1]:.0f} MiB;"
        f" slowest step {slowest:.0f} ms"
    )
    return bool(paint > PAINT or slowest > STEP or heap[1] > GROWTH * heap[0])


SCROLL = """async () => {
  let slowest = 0, last = performance.now();
  while (innerHeight + scrollY < document.body.scrollHeight - 2) {
    scrollBy(0, 600);
    await new Promise(requestAnimationFrame);
    slowest = Math.max(slowest, performance.now() - last);
    last = performance.now();
  }
  return slowest;
}"""


if __name__ == "__main__":
    sys.exit(main())
