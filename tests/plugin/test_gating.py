"""``--vb-gate``: the verdict, the exit status, and which runs cannot be compared."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.gating import INCONCLUSIVE
from tests.conftest import BACKEND
from tests.gated import LABEL

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.gated import Gated


def test_the_same_clips_pass(gated: Gated) -> None:
    result = gated.recorded().gate("--junitxml=junit.xml")
    assert result.ret == pytest.ExitCode.OK
    suite = ET.parse(gated.suite.root / "junit.xml").getroot()[0]
    assert {p.get("name"): p.get("value") for p in suite.findall("properties/property")}["vb_gate"] == "pass"
    result.stdout.fnmatch_lines(
        ["tiny *6 *0 *0 *0", "gate: pass: procedural@reference* against procedural@*"]
    )
    record = gated.suite.record()
    assert (record["gate"]["verdict"], record["gate"]["reasons"]) == ("pass", [])
    assert record["exitstatus"] == 0
    assert {row["change"] for row in gated.suite.rows()} == {""}


def test_clips_that_fail_fail_the_run_and_are_classed(gated: Gated) -> None:
    gated.recorded().worse()
    bold = "[error]\nrate = 0.5\n[test]\nprompts = 2\n"  # two prompts prove nothing at 5 %
    (gated.suite.root / "margins.toml").write_text(bold, encoding="utf-8")
    result = gated.gate("-q", "-p", "no:html", "-p", "no:xdist")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    end = result.outlines[result.outlines.index("tiny          0         6         0         0") :]
    assert [line for line in end if line.startswith(("gate: fail: ", "  "))] == [end[1]], "with -q one line"
    assert gated.suite.record()["gate"]["verdict"] == "fail"
    assert {row["change"] for row in gated.suite.rows()} == {"new"}


def test_a_failing_case_alone_does_not_fail_the_run(gated: Gated) -> None:
    gated.recorded().worse("red-ball/1")
    result = gated.gate()
    result.assert_outcomes(passed=5, failed=1)
    assert result.ret == pytest.ExitCode.OK
    assert [row["change"] for row in gated.suite.rows() if row["verdict"] == "fail"] == ["new"]


def test_a_gate_that_cannot_decide_has_a_status_of_its_own(gated: Gated) -> None:
    gated.recorded()
    (gated.suite.root / "margins.toml").write_text("[test]\nprompts = 2\n", encoding="utf-8")
    result = gated.gate()
    assert result.ret == INCONCLUSIVE
    result.stdout.fnmatch_lines(["gate: inconclusive: *", "*  undecided", "*rolls*would*decide it*"])
    assert gated.suite.record()["exitstatus"] == INCONCLUSIVE


def test_ini_keys_name_baseline_margins_and_status(gated: Gated) -> None:
    gated.recorded()
    gated.golden.parent.parent.rename(gated.suite.root / "kept")
    (gated.suite.root / "margins.toml").write_text("[test]\nprompts = 2\n", encoding="utf-8")
    gated.suite.pytester.makepyprojecttoml(
        "[tool.pytest]\nstrict = true\naddopts = ['--import-mode=importlib']\nvb_golden = 'kept'\n"
        f"vb_gate = '{BACKEND}'\nvb_margins = 'margins.toml'\nvb_inconclusive = 'pass'\n"
    )
    result = gated.run()
    assert result.ret == 0
    result.stdout.fnmatch_lines(["gate: inconclusive: *"])
    assert gated.record().ret == 0, "to record goes before a gate that only an ini key names"
    (gated.suite.root / "test_own.py").write_text("def test_own():\n    pass\n", encoding="utf-8")
    own = gated.suite.pytester.runpytest_subprocess("test_own.py")
    assert own.ret == 0
    assert "gate" not in own.stdout.str()


@pytest.mark.parametrize(
    ("name", "args"),
    [("a file", f"golden/{LABEL}/tiny.json"), ("a folder", f"golden/{LABEL}"), ("a spec", BACKEND)],
)
def test_a_baseline_is_named_in_three_ways(gated: Gated, name: str, args: str) -> None:
    result = gated.recorded().run(f"--vb-gate={args}", "--vb-dry-run")
    assert result.ret == 0
    assert "gate:" not in result.stdout.str()
    result.stdout.fnmatch_lines(["dry run: nothing was made*"])


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--vb-gate=nowhere"], f"--vb-gate: no baseline 'nowhere': *golden has {LABEL}; record one with --vb-update"),
        (["--vb-gate="], "--vb-gate: expected a golden folder, a golden file or a backend spec"),
        (["--vb-gate=golden/broken"], "--vb-gate: *tiny.json: version 99, expected 1; record it again"),
        ([f"--vb-gate={LABEL}", "--vb-rolls=2"], "--vb-gate: needs at least 3 rolls, got 2"),
        ([f"--vb-gate={LABEL}", "--vb-margins=no.toml"], "--vb-margins: there is no file *no.toml"),
        ([f"--vb-gate={LABEL}", "--vb-margins=wrong.toml"], "--vb-gate: *wrong.toml: *rolls*"),
        ([f"--vb-gate={LABEL}", "--vb-inconclusive=maybe"], "--vb-inconclusive: expected own, pass or fail, got 'maybe'"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)  # fmt: skip
def test_a_wrong_value_is_one_line_and_a_usage_error(gated: Gated, args: list[str], words: str) -> None:
    gated.recorded()
    (gated.suite.root / "wrong.toml").write_text("[metrics]\nrolls = 3\n", encoding="utf-8")
    broken = gated.suite.root / "golden" / "broken"
    if "broken" in args[0]:
        broken.mkdir()
        (broken / "tiny.json").write_text('{"version": 99}', encoding="utf-8")
    result = gated.run(*args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {words}*"])
    assert len([line for line in result.errlines if line.strip()]) == 1


def doctored(gated: Gated, change: Callable[[dict[str, object]], object]) -> None:
    golden = json.loads(gated.golden.read_text(encoding="utf-8"))
    change(golden)
    gated.golden.write_text(json.dumps(golden), encoding="utf-8")


def refused(gated: Gated, *args: str) -> pytest.RunResult:
    """Run a gate that is refused before any clip is made."""
    result = gated.suite.run(f"--vb-gate={LABEL}", *args)
    assert result.ret in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.TESTS_FAILED)  # the latter by xdist
    assert not (gated.suite.root / ".videobench").exists()
    assert not gated.suite.report.exists()
    return result


def test_other_prompts_are_refused_by_name(gated: Gated) -> None:
    gated.recorded()
    ball, _city = gated.suite.text().partition("[[prompt]]")[2].split("[[prompt]]")
    more = gated.suite.text() + "[[prompt]]" + ball.replace("red-ball", "blue-ball")
    gated.suite.prompts(more)
    refused(gated).stdout.fnmatch_lines(["*--vb-gate: tiny: *baseline lacks prompt* blue-ball*"])
    gated.suite.prompts(gated.suite.text().replace("neon light", "candle light"))
    refused(gated).stdout.fnmatch_lines(["*--vb-gate: tiny: prompt night-city changed in words or limits*"])


@pytest.mark.parametrize("extra", [(), ("-n2",)], ids=["n0", "n2"])
def test_a_part_of_a_style_is_refused(gated: Gated, extra: tuple[str, ...]) -> None:
    result = refused(gated.recorded(), "-k", "red-ball", *extra)
    result.stdout.fnmatch_lines(["*--vb-gate: tiny: the run lacks prompt night-city of the baseline*"])


def test_rolls_and_tests_that_are_left_out_are_refused(gated: Gated) -> None:
    gated.recorded()
    refused(gated, "-k", "not red-ball or not r1").stdout.fnmatch_lines(
        ["*--vb-gate: tiny without some of the 3 rolls of red-ball*"]
    )
    gated.suite.module("def test_one(footage):\n    pass\n\ndef test_two(clip):\n    pass\n")
    refused(gated, "-k", "test_one").stdout.fnmatch_lines(["*test_two left out, though other tests*"])


def test_other_limits_are_refused(gated: Gated) -> None:
    gated.recorded()
    limits = gated.suite.root / "limits.toml"
    limits.write_text("[thresholds.sharpness]\nmin = 1.0\nreason = 'ours'\n", encoding="utf-8")
    result = refused(gated, "--vb-calibration=limits.toml")
    result.stdout.fnmatch_lines(
        ["*--vb-gate: tiny: prompts night-city, red-ball changed in words or limits*"]
    )


def test_other_software_is_refused_by_name(gated: Gated) -> None:
    doctored(gated.recorded(), lambda golden: golden["fingerprint"].update(opencv="1.0"))  # type: ignore[attr-defined]
    refused(gated).stdout.fnmatch_lines(
        [
            "*--vb-gate: tiny: measured with other software (opencv 1.0 → *), and the golden has no canary clips; *"
        ]
    )


def test_a_style_that_the_baseline_lacks_is_refused(gated: Gated) -> None:
    gated.recorded()
    gated.suite.prompts(gated.suite.text().replace('name = "tiny"', 'name = "small"'))
    refused(gated).stdout.fnmatch_lines(["*--vb-gate: *has no golden of 'small', only of tiny*"])


def test_a_baseline_of_one_roll_is_refused(gated: Gated) -> None:
    gated.recorded()
    doctored(gated, lambda golden: golden.update(rows=[row for row in golden["rows"] if not row["roll"]]))  # type: ignore[attr-defined]
    refused(gated).stdout.fnmatch_lines(["*--vb-gate: the golden of tiny has 1 roll a prompt, *needs 3*"])


def test_several_backends_are_refused(gated: Gated) -> None:
    result = refused(gated.recorded(), "--vb-backend=procedural?duration=1&fps=12&size=96x64")
    result.stdout.fnmatch_lines(
        ["*--vb-gate judges one backend; this run has procedural@*192x108 and procedural@*"]
    )


def test_styles_that_the_run_leaves_out_are_said(gated: Gated) -> None:
    gated.recorded()
    other = json.loads(gated.golden.read_text(encoding="utf-8")) | {"style": "grand"}
    gated.golden.with_name("grand.json").write_text(json.dumps(other), encoding="utf-8")
    result = gated.gate()
    assert result.ret == 0
    result.stdout.fnmatch_lines(["  Styles of the baseline that this run does not have: grand."])


def test_a_run_that_stops_early_is_no_pass(gated: Gated) -> None:
    gated.recorded().worse("red-ball/1")
    result = gated.gate("--maxfail=1", "--vb-inconclusive=pass")
    assert result.ret == INCONCLUSIVE
    result.stdout.fnmatch_lines(["gate: inconclusive: *", "the run is not whole: * of 6 cases did not run*"])
    assert gated.suite.record()["gate"]["verdict"] == "inconclusive"


def test_errors_that_say_nothing_of_the_model_are_no_pass_and_no_failure(gated: Gated) -> None:
    gated.recorded()
    gated.suite.module(
        "def test_tiny(footage, roll):\n    if roll == 1:\n        raise RuntimeError('mine')\n"
    )
    result = gated.gate("--vb-rolls=5")
    assert result.ret == INCONCLUSIVE
    result.stdout.fnmatch_lines(["*2 cases without a verdict on the model (test error 2)*"])
    effects = gated.suite.record()["gate"]["effects"]
    assert [e["candidate"] for e in effects if e["endpoint"] == "errors"] in ([None], [0.0], [])


def test_an_interrupted_run_keeps_its_status(gated: Gated) -> None:
    gated.recorded()
    gated.suite.module("def test_tiny(clip, roll):\n    if roll:\n        raise KeyboardInterrupt\n")
    result = gated.gate()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["gate: inconclusive: *", "*it was interrupted; 5 of 6 cases did not run*"])


def test_a_failure_that_no_row_tells_of_keeps_its_status(gated: Gated) -> None:
    gated.recorded()
    (gated.suite.folder / "test_other.py").write_text(
        "import pytest\n\n"
        "@pytest.fixture\ndef late():\n    yield\n    assert False\n\n"
        "def test_other(late):\n    pass\n",
        encoding="utf-8",
    )
    result = gated.gate()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["gate: pass: *"])


def test_a_run_without_a_clip_is_no_pass(gated: Gated) -> None:
    gated.recorded()
    gated.suite.module("def test_words(prompt):\n    pass\n")
    result = gated.gate()
    assert result.ret == INCONCLUSIVE
    result.stdout.fnmatch_lines(["gate: inconclusive against procedural@*: no case of this run has a clip"])
    assert gated.gate("-k", "nothing").ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert gated.gate("--collect-only").ret == pytest.ExitCode.OK
