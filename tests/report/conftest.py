"""Reports of real runs, and a real browser to open them in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def flawed_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run some prompts of two styles with known faults, three rolls each; give the report's folder."""
    work = tmp_path_factory.mktemp("flawed")
    backend = "procedural:flawed?rate=0.6&severity=0.9&only=freeze,hard_cut,flash,vanish&duration=2&fps=12&size=320x180"
    command = [sys.executable, "-m", "pytest", str(ROOT / "suites/scifi"), str(ROOT / "suites/animation")]
    command += [
        "-k",
        "mech or robot or library or forest or rooftop or tower",
        "--rootdir",
        str(ROOT),
        "-p",
        "no:cacheprovider",
    ]
    command += [
        "--vb-backend",
        backend,
        "--vb-report",
        str(work / "report"),
        "--vb-cache",
        str(work / "cache"),
    ]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "100"}
    )
    assert done.returncode == 1, done.stdout + done.stderr  # some cases fail, because faults were put in
    return work / "report"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium that is installed on this machine; nothing is downloaded."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"needs one of {', '.join(BROWSERS)}")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as player:
        chromium = player.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@dataclass
class Watched:
    """A page, what it asked for, and what it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: Path, *, then: str = "") -> Page:
        self.page.goto(path.resolve().as_uri() + then, wait_until="load")
        return self.page


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """Open pages in a window of their own; no page may ask for anything but files, or complain."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    window = Watched(context.new_page())
    context.on("request", lambda request: window.asked.append(request.url))
    window.page.on(
        "console", lambda message: window.complaints.append(message.text) if message.type == "error" else None
    )
    window.page.on("pageerror", lambda error: window.complaints.append(str(error)))
    yield window
    context.close()
    assert window.complaints == []
    assert [url for url in window.asked if not url.startswith(("file:", "data:", "blob:"))] == []
