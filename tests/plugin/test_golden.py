"""``--vb-update-golden``: what is recorded, and from which runs nothing is."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import BACKEND
from tests.gated import LABEL

if TYPE_CHECKING:
    from tests.gated import Gated


def test_a_run_is_recorded_and_recorded_again_without_a_change(gated: Gated) -> None:
    result = gated.record()
    assert result.ret == 0
    result.stdout.fnmatch_lines([f"golden: wrote golden/{LABEL}/tiny.json (2 prompts × 3 rolls)"])
    golden = json.loads(gated.golden.read_text(encoding="utf-8"))
    assert [(row["prompt"], row["roll"]) for row in golden["rows"]] == [
        (prompt, roll) for prompt in ("night-city", "red-ball") for roll in range(3)
    ]
    assert golden["fingerprint"].keys() >= {"decoder", "rules"}
    assert str(gated.suite.root) not in gated.golden.read_text(encoding="utf-8")

    of_yesterday = gated.golden.read_text(encoding="utf-8").replace(golden["recorded"], "2026-01-02")
    gated.golden.write_text(of_yesterday, encoding="utf-8")
    result = gated.record("--vb-offline", "-p", "no:html")
    result.stdout.fnmatch_lines([f"golden: golden/{LABEL}/tiny.json is unchanged (* of 2026-01-02)"])
    assert gated.golden.read_text(encoding="utf-8") == of_yesterday


def test_a_golden_that_changes_says_what_it_was(gated: Gated) -> None:
    gated.recorded().worse("red-ball/0")
    result = gated.record("--vb-rolls=4", "-p", "no:xdist")
    assert result.ret == 0, "a clip that fails is recorded as such, and no reason to complain"
    result.stdout.fnmatch_lines(["golden: wrote * (2 prompts × 4 rolls; was 2 prompts × 3 rolls of 20*)"])
    rows = json.loads(gated.golden.read_text(encoding="utf-8"))["rows"]
    assert [(row["prompt"], row["roll"]) for row in rows if row["verdict"] == "fail"] == [("red-ball", 0)]


def test_every_backend_gets_its_folder_and_the_option_says_where(gated: Gated) -> None:
    result = gated.record("--vb-backend=procedural?duration=1&fps=12&size=96x64", "--vb-golden=kept/here")
    assert result.ret == 0
    folders = sorted(path.name for path in (gated.suite.root / "kept" / "here").iterdir())
    assert folders == sorted([LABEL, LABEL.replace("192x108", "96x64")])


@pytest.mark.parametrize(
    "option",
    ["--lf", "--ff", "--sw", "-x", "--maxfail=3", "--collect-only", "--vb-dry-run", "--vb-gate=x"],
)
def test_options_that_leave_cases_out_are_refused_before_anything_runs(gated: Gated, option: str) -> None:
    result = gated.record(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    lines = [line for line in result.errlines if line.strip()]
    assert len(lines) == 1
    assert "--vb-update-golden" in lines[0]
    assert "not together with" in lines[0]
    assert not gated.golden.exists()


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["-k", "red-ball"], "tiny without night-city"),
        (["-m", "toy"], "tiny without night-city"),
        (["--deselect", f"suites/tiny/test_tiny.py::test_tiny[red-ball-{LABEL.replace('@', '-').replace('=', '-')}-r1]"], "tiny without some of the 3 rolls of red-ball"),
    ],
    ids=["-k", "a tag", "a roll"],
)  # fmt: skip
def test_a_part_of_a_style_is_refused_before_a_clip_is_made(
    gated: Gated, args: list[str], words: str
) -> None:
    result = gated.suite.run("--vb-update-golden", *args)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        [f"*--vb-update-golden: procedural@reference*: {words}; a golden takes whole*"]
    )
    assert not gated.golden.exists()
    assert not (gated.suite.root / ".videobench").exists()


def test_a_whole_style_may_be_chosen_by_its_mark(gated: Gated) -> None:
    assert gated.record("-m", "tiny and procedural").ret == 0
    assert gated.golden.exists()


def test_a_case_without_one_of_its_tests_is_refused(gated: Gated) -> None:
    gated.suite.module("def test_one(footage):\n    pass\n\ndef test_two(clip):\n    pass\n")
    result = gated.record("-k", "test_one")
    result.stdout.fnmatch_lines(["*test_two left out, though other tests look at the same clips*"])
    assert not gated.golden.exists()
    assert gated.record().ret == 0


def test_errors_that_say_nothing_of_the_model_are_no_golden(gated: Gated) -> None:
    gated.suite.module("def test_tiny(footage):\n    raise RuntimeError('mine')\n")
    result = gated.record()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["golden: nothing was recorded: 6 cases without a verdict on the model (test error 6)"]
    )
    assert not gated.golden.exists()


def test_clips_that_are_not_there_are_no_golden(gated: Gated) -> None:
    result = gated.suite.run("--vb-update-golden", "--vb-offline")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["golden: nothing was recorded: 6 cases * (offline miss 6)"])
    result = gated.suite.run("--vb-update-golden", backend=f"folder:{gated.suite.clips()}")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["golden: nothing was recorded: 6 cases * (missing clip 6)"])


def test_a_model_that_refuses_is_recorded_as_an_error(gated: Gated) -> None:
    (gated.suite.root / "conftest.py").write_text(
        "import pytest_videobench.backends.procedural as procedural\n"
        "from pytest_videobench.errors import GenerationFailed\n"
        "real = procedural.Procedural.generate\n"
        "def generate(self, request, workdir):\n"
        "    if request.prompt.id == 'red-ball':\n"
        "        raise GenerationFailed('no toys')\n"
        "    return real(self, request, workdir)\n"
        "procedural.Procedural.generate = generate\n",
        encoding="utf-8",
    )
    result = gated.suite.run("--vb-update-golden")
    result.assert_outcomes(passed=3, errors=3)
    assert result.ret == 0
    rows = json.loads(gated.golden.read_text(encoding="utf-8"))["rows"]
    assert {row["prompt"]: row.get("error") for row in rows} == {
        "night-city": None,
        "red-ball": "generation_failed",
    }


def test_an_interrupted_run_is_no_golden_and_keeps_its_status(gated: Gated) -> None:
    gated.suite.module("def test_tiny(clip, roll):\n    if roll:\n        raise KeyboardInterrupt\n")
    result = gated.record()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        ["golden: nothing was recorded: it was interrupted; 5 of 6 cases did not run"]
    )
    assert not gated.golden.exists()


def test_other_tests_that_fail_keep_their_status(gated: Gated) -> None:
    (gated.suite.folder / "test_other.py").write_text(
        "def test_other():\n    assert False\n", encoding="utf-8"
    )
    result = gated.record()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert gated.golden.exists()


def test_a_run_without_clips_records_nothing(gated: Gated) -> None:
    gated.suite.module("def test_words(prompt):\n    pass\n")
    result = gated.record()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["golden: nothing was recorded: no case of this run has a clip"])
    assert not gated.suite.report.exists()


def test_a_file_where_the_goldens_should_be_is_one_line(gated: Gated) -> None:
    result = gated.record("--vb-golden=margins.toml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --vb-golden: *margins.toml is a file; name the folder of all goldens"]
    )


def test_a_golden_that_is_none_is_replaced(gated: Gated) -> None:
    gated.golden.parent.mkdir(parents=True)
    gated.golden.write_text('{"version": 99}', encoding="utf-8")
    result = gated.record()
    result.stdout.fnmatch_lines(["golden: wrote *; was one that cannot be read)"])
    assert json.loads(gated.golden.read_text(encoding="utf-8"))["backend"] == BACKEND.replace(
        "?", "@reference?"
    )


def test_a_baseline_outlives_its_backend(gated: Gated) -> None:
    root, store = gated.suite.root, ("--vb-cache", str(gated.suite.root / "store"))
    assert gated.record(*store).ret == 0
    videobench = (sys.executable, "-m", "pytest_videobench.cli", "golden")
    cache = ("--cache", "store")
    assert gated.suite.pytester.run(*videobench, "archive", LABEL, "kept.tar", *cache).ret == 0
    shutil.rmtree(root / "store")
    shutil.rmtree(root / "golden")
    assert gated.suite.pytester.run(*videobench, "restore", "kept.tar", *cache).ret == 0
    (root / "conftest.py").write_text(
        "import pytest_videobench.backends.procedural as procedural\nprocedural.Procedural.generate = None\n",
        encoding="utf-8",
    )
    result = gated.gate("--vb-offline", *store)
    result.assert_outcomes(passed=6)
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        ["videobench  6/6 done · 6 from the store*", "gate: pass: *", "ruler: same; 43 canary clips *"]
    )


BRIGHTER = """
import numpy as np
from pytest_videobench import media

convert = media.ToBgr.__call__
media.ToBgr.__call__ = lambda self, frame: np.minimum(convert(self, frame), 254) + np.uint8(1)
"""


def test_a_golden_is_compared_under_other_software_that_measures_the_same(gated: Gated) -> None:
    assert gated.record("-n0").ret == 0
    golden = json.loads(gated.golden.read_text(encoding="utf-8"))
    for file in (gated.golden, gated.golden.parent / "canary" / "tiny.json"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(golden["fingerprint"]["numpy"], "1.0"), encoding="utf-8")
    for way in (["-n2"], ["-p", "no:xdist"]):
        result = gated.gate("-p", "no:html", *way)
        assert result.ret == 0
        result.stdout.fnmatch_lines(
            ["gate: pass: *", "ruler: same; 43 canary clips measured with numpy 1.0 → *"]
        )


def test_software_that_measures_otherwise_is_refused_before_a_clip_is_made(gated: Gated) -> None:
    assert gated.record("-n0").ret == 0
    (gated.suite.root / "conftest.py").write_text(BRIGHTER, encoding="utf-8")
    ways = {("-n2",): pytest.ExitCode.TESTS_FAILED, ("-p", "no:xdist"): pytest.ExitCode.INTERRUPTED}
    for way, status in ways.items():
        result = gated.suite.run(f"--vb-gate={LABEL}", "--vb-margins=margins.toml", "-p", "no:html", *way)
        assert result.ret == status
        result.stdout.fnmatch_lines(
            [
                "*--vb-gate: tiny: today's software measures differently than the baseline's: findings changed: *"
                "metrics moved: *; record again, which is free: pytest suites/tiny --vb-backend=*"
            ]
        )
        assert not (gated.suite.root / ".videobench").exists()
