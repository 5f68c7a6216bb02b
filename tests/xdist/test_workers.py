"""The same run in one process, in workers, and when workers or the whole run are killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from tests.conftest import Suite, WriteClip


def stable(rows: list[dict[str, Any]]) -> list[str]:
    """Give rows as text without what may differ between runs."""
    return [json.dumps({k: v for k, v in row.items() if k != "timing"}, sort_keys=True) for row in rows]


def test_rows_are_the_same_whatever_the_number_of_workers(suite: Suite) -> None:
    seen = []
    for extra in (["-p", "no:xdist"], ["-n0"], ["-n2"], ["-n4"]):
        result = suite.run("--vb-rolls=2", f"--vb-cache=cache-{extra[-1]}", *extra)
        result.assert_outcomes(passed=4)
        assert result.outlines[-1] == "report: videobench-report/index.html"
        seen.append(stable(suite.rows()))
    assert seen[0] == seen[1] == seen[2] == seen[3]


def test_workers_tell_what_matched_nothing(
    suite: Suite, write_clip: WriteClip, moving_frames: NDArray[np.uint8]
) -> None:
    write_clip(suite.clips() / "red-ball-0.mp4", moving_frames)
    write_clip(suite.clips() / "holiday.mp4", moving_frames)
    result = suite.run("--vb-rolls=1", "-n2", backend="folder:clips")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(
        ["cases without a clip: 1", "files that matched no case: 1", "  folder@clips: holiday.mp4"]
    )


CRASH = """
import os, signal

def test_tiny(prompt, clip):
    if prompt.id == "night-city":
        os.kill(os.getpid(), signal.SIGKILL)

def test_calm(footage):
    pass
"""


def test_a_case_whose_worker_dies_is_counted_and_shown(suite: Suite) -> None:
    suite.module(CRASH)
    result = suite.run("--vb-rolls=1", "-n2")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["tiny *3 *0 *1 *0"])
    lost = [row for row in suite.rows() if (row["error"] or {}).get("kind") == "crashed"]
    assert [row["prompt"] for row in lost] == ["night-city"]
    assert lost[0]["verdict"] == "error"
    assert suite.record()["crashed"] == 1
    page = (suite.report / "index.html").read_text(encoding="utf-8")
    assert page.count("crashed while running") >= 1


def test_a_run_in_which_every_worker_dies_still_has_a_report(suite: Suite) -> None:
    suite.module("import os\n\ndef test_tiny(clip):\n    os._exit(3)\n")
    suite.run("--vb-rolls=1", "-n1", "--max-worker-restart=0")
    assert [(row["verdict"], row["error"]["kind"]) for row in suite.rows()] == [("error", "crashed")]
    record = suite.record()
    assert (record["complete"], record["planned"], record["crashed"]) == (False, 2, 1)
    assert (suite.report / "index.html").is_file()


def test_a_worker_that_dies_while_it_makes_a_clip_leaves_no_half_clip(suite: Suite) -> None:
    suite.module("def test_tiny(footage):\n    pass\n")
    (suite.root / "conftest.py").write_text(
        "import os, signal\n"
        "from pathlib import Path\n"
        "import pytest_videobench.backends.procedural as procedural\n"
        "real = procedural.Procedural.generate\n"
        "def generate(self, request, workdir):\n"
        "    generation = real(self, request, workdir)\n"
        "    if request.prompt.id == 'red-ball' and not Path('died').exists():\n"
        "        Path('died').touch()\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return generation\n"
        "procedural.Procedural.generate = generate\n"
    )
    suite.run("--vb-rolls=1", "-n2")
    assert {row["prompt"]: row["verdict"] for row in suite.rows()} == {
        "red-ball": "error",
        "night-city": "pass",
    }
    store = Store(suite.root / ".videobench")
    assert len(list(store.entries())) == 1
    suite.run("--vb-rolls=1", "-n2").assert_outcomes(passed=2)
    assert store.verify() == []
    assert list((store.root / "making").iterdir()) == []


def published(root: Path) -> dict[str, int]:
    """Give the time at which each published clip was written."""
    return {clip.parent.name: clip.stat().st_mtime_ns for clip in root.glob("clips/??/*/clip.mp4")}


def test_a_run_killed_at_twenty_moments_trusts_no_half_clip_and_makes_none_twice(suite: Suite) -> None:
    command = [sys.executable, "-m", "pytest", "suites", "-n2", "-q", "--vb-rolls=60"]
    command += ["--vb-backend", "procedural?duration=1&fps=12&size=192x108"]
    store = Store(suite.root / ".videobench")
    moments = random.Random(11)
    seen: dict[str, int] = {}
    kills = 0
    while kills < 20:
        run = subprocess.Popen(command, cwd=suite.root, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            run.wait(timeout=moments.uniform(0.8, 3.0))
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
        kills += 1
        now = published(store.root)
        assert seen.items() <= now.items(), "a published clip was made again"
        assert all(store.read(key) is not None for key in now), "a half clip was published"
        seen = now
    assert subprocess.run(command, cwd=suite.root, stdout=subprocess.DEVNULL, check=False).returncode in (
        0,
        1,
    )
    now = published(store.root)
    assert seen.items() <= now.items()
    assert len(now) == 120
    assert store.verify() == []
    assert len(suite.rows()) == 120
    assert suite.record()["complete"]
