"""Reports of real runs, and a real browser to open them in."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.conftest import encode

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


CLIPS = ROOT.parent / "shared" / "clips"
TROUBLE = '''"""Real clips, and everything that can go wrong."""

import os

from pytest_videobench import problems


def test_real(prompt, roll, footage, expected):
    """The clip is without fault, or its test is."""
    if prompt.id == "crash":
        os._exit(3)
    if prompt.id == "bug":
        raise RuntimeError("a bug in a test, with <b>markup</b> & more")
    assert problems(footage, expected) == []
'''
STYLE = """
[style]
name = "real"
title = "Real"
about = "Clips that people have."
"""
PROMPT = """
[[prompt]]
id = "{id}"
camera = "Wide shot"
lighting = "daylight"
subject = "{text}"
motion = "moves"
scene = "somewhere <b>else</b>"
atmosphere = "calm | quiet"
expect = {{ shot = "wide", camera = "any", motion = "rigid", amount = "low" }}
"""


@pytest.fixture(scope="session")
def troubled_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run clips that people have, the real ones where they are; one crashes, one is broken, one is missing."""
    work = tmp_path_factory.mktemp("troubled")
    clips, style = work / "clips", work / "suites" / "real"
    clips.mkdir()
    style.mkdir(parents=True)
    with (
        (CLIPS / "manifest.csv").open(encoding="utf-8", newline="") if CLIPS.is_dir() else StringIO() as file
    ):
        found = {Path(row["path"]).stem.replace("_", "-"): row for row in list(csv.DictReader(file))[::8]}
    for name, row in found.items():
        shutil.copyfile(CLIPS / row["path"], clips / f"{name}{Path(row['path']).suffix}")
    for name in ("crash", "bug", "good"):
        encode(
            clips / f"{name}.mp4",
            list(np.random.default_rng(1).integers(0, 255, (12, 64, 96, 3)).astype(np.uint8)),
        )
    (clips / "half.mp4").write_bytes(b"no clip " * 99)
    ids = {name: row["prompt"].replace('"', "") or name for name, row in found.items()}
    ids |= {name: name for name in ("crash", "bug", "good", "half", "missing")}
    text = STYLE + "".join(PROMPT.format(id=name.lower(), text=words) for name, words in ids.items())
    (style / "prompts.toml").write_text(text, encoding="utf-8")
    (style / "test_real.py").write_text(TROUBLE, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "suites", "-n2", "--vb-rolls=1", "--import-mode=importlib"]
    command += ["--vb-backend", "folder:clips", "--rootdir", ".", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)
    assert (work / "videobench-report" / "index.html").exists(), done.stdout + done.stderr
    return work / "videobench-report"


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
