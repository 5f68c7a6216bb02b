"""Every option and ini key, and what a wrong value gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Suite


def test_offline_uses_stored_clips_and_names_the_missing_case(suite: Suite) -> None:
    suite.run("--vb-rolls=1").assert_outcomes(passed=2)
    result = suite.run("--vb-rolls=2", "--vb-offline")
    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines(["*tiny/red-ball/procedural@reference*/1: no stored clip*"])
    assert {row["error"]["kind"] for row in suite.rows() if row["roll"] == 1} == {"offline_miss"}


@pytest.mark.parametrize("extra", [(), ("-n2",)], ids=["one process", "two workers"])
def test_a_dry_run_shows_and_makes_nothing(suite: Suite, extra: tuple[str, ...]) -> None:
    suite.run("--vb-rolls=1")
    stored = sorted((suite.root / ".videobench").rglob("clip.mp4"))
    result = suite.run("--vb-rolls=3", "--vb-dry-run", "--vb-report=other", *extra)
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "style*backend*cases*stored*under way*to make*no clip*seconds*USD",
            "tiny *6 *2 *0 *4 *0 *0.00",
            "dry run: nothing was made*0.00 USD",
        ]
    )
    assert sorted((suite.root / ".videobench").rglob("clip.mp4")) == stored
    assert not (suite.root / "other").exists()


def test_report_and_cache_go_where_they_are_asked_to(suite: Suite) -> None:
    suite.run("--vb-rolls=1", "--vb-report=r/one", "--vb-cache=c").assert_outcomes(passed=2)
    assert (suite.root / "r" / "one" / "index.html").is_file()
    assert len(list((suite.root / "c" / "clips").glob("??/*"))) == 2
    assert not (suite.root / ".videobench").exists()
    assert not suite.report.exists()


def test_ini_keys_do_what_options_do(suite: Suite) -> None:
    suite.pytester.makepyprojecttoml(
        "[tool.pytest]\nstrict = true\naddopts = ['--import-mode=importlib']\n"
        "vb_backends = ['procedural?duration=1&fps=12&size=128x72']\nvb_rolls = '2'\nvb_report = 'page'\nvb_cache = 'store'\n"
    )
    suite.run(backend=None).assert_outcomes(passed=4)
    assert (suite.root / "page" / "rows.jsonl").is_file()
    assert (suite.root / "store").is_dir()


def test_several_backends_make_several_cases(suite: Suite) -> None:
    result = suite.run("--vb-rolls=1", "--vb-backend=procedural?duration=1&fps=12&size=96x64")
    result.assert_outcomes(passed=4)
    assert len({row["backend"] for row in suite.rows()}) == 2


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--vb-rolls=0"], "--vb-rolls: expected a number from 1, got '0'"),
        (["--vb-rolls=many"], "--vb-rolls: expected a number from 1, got 'many'"),
        (["--vb-seconds=0"], "--vb-seconds: expected a number above 0, got '0'"),
        (["--vb-seconds="], "--vb-seconds: expected a number above 0, got ''"),
        (["--vb-size=wide"], "--vb-size: expected WIDTHxHEIGHT *got 'wide'"),
        (["--vb-ratio=16/9"], "--vb-ratio: expected W:H *got '16/9'"),
        (
            ["--vb-size=64x64", "--vb-ratio=1:1"],
            "--vb-ratio: not together with --vb-size; leave one of them out",
        ),
        (["--vb-size=641x360"], "--vb-size: backend 'procedural': cannot deliver 641x360; it can even sides"),
        (
            ["--vb-ratio=99:1"],
            "--vb-ratio: backend 'procedural': cannot deliver a ratio of 99:1; it can even",
        ),
        (["--vb-backend=procedral"], "no backend is called 'procedral'; did you mean 'procedural'?"),
        (["--vb-backend=??"], "expected NAME"),
        (["--vb-backend=folder:nowhere"], "nowhere is not a folder"),
        (["--vb-backend=procedural:flawless"], "flawless"),
        (["--vb-backend=procedural?lenght=3"], "lenght"),
        (["--vb-backend=procedural", "--vb-report=suites"], "--vb-report: *suites holds other files"),
        (["--vb-report=pyproject.toml"], "--vb-report: *pyproject.toml holds other files"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
@pytest.mark.parametrize("extra", [(), ("-n2",)], ids=["n0", "n2"])
def test_a_wrong_value_is_one_line_and_a_usage_error(
    suite: Suite, args: list[str], words: str, extra: tuple[str, ...]
) -> None:
    result = suite.run(*args, *extra, backend=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{words}*"])
    assert len([line for line in result.errlines if line.strip()]) == 1


def test_other_peoples_files_are_never_a_report(suite: Suite) -> None:
    suite.report.mkdir()
    (suite.report / "thesis.doc").touch()
    result = suite.run("--vb-rolls=1")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        ["*videobench-report holds other files; name another folder with --vb-report*"]
    )
    assert [path.name for path in suite.report.iterdir()] == ["thesis.doc"]
    assert not (suite.root / ".videobench").exists(), "a clip was made for a report that cannot be"


@pytest.mark.parametrize("extra", [(), ("-n2",)], ids=["n0", "n2"])
def test_a_page_with_clips_inside_is_refused_before_a_clip_is_made(
    suite: Suite, extra: tuple[str, ...]
) -> None:
    result = suite.run("--vb-rolls=1", "--html=page.html", "--self-contained-html", *extra)
    assert result.ret in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.TESTS_FAILED)  # the latter by xdist
    result.stdout.fnmatch_lines(["*--self-contained-html: clips inside a page*send the folder*"])
    assert not (suite.root / ".videobench").exists()


def test_clips_are_never_cleared_away_for_their_own_report(suite: Suite) -> None:
    suite.run("--vb-rolls=1", "-k", "red-ball")
    clips = list((suite.report / "clips").iterdir())
    result = suite.run("--vb-rolls=1", backend=f"folder:{suite.report / 'clips'}")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*videobench-report holds the clips of *"])
    assert list((suite.report / "clips").iterdir()) == clips


@pytest.mark.parametrize("extra", [(), ("-n2",)], ids=["n0", "n2"])
def test_a_broken_manifest_is_a_usage_error(suite: Suite, extra: tuple[str, ...]) -> None:
    (suite.clips() / "manifest.csv").write_text("file;prompt\na.mp4;red-ball\n")
    result = suite.run(*extra, backend="folder:clips")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*manifest.csv: expected the columns file, prompt*"])


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("vb_rolls = 'x'", "ini key vb_rolls: expected a number from 1, got 'x'"),
        ("vb_seconds = 'x'", "ini key vb_seconds: expected a number above 0, got 'x'"),
        ("vb_size = ''", "ini key vb_size: expected WIDTHxHEIGHT *got ''"),
        ("vb_ratio = '16'", "ini key vb_ratio: expected W:H *got '16'"),
        ("vb_size = '64x64'\nvb_ratio = '1:1'", "ini key vb_ratio: not together with ini key vb_size"),
    ],
)
def test_a_wrong_ini_value_names_the_key(suite: Suite, keys: str, words: str) -> None:
    suite.pytester.makepyprojecttoml(f"[tool.pytest]\n{keys}\n")
    result = suite.run(backend=None)
    result.stderr.fnmatch_lines([f"*{words}*"])


def test_a_broken_prompts_file_is_one_line(suite: Suite) -> None:
    suite.prompts(suite.text().replace('shot = "wide"', 'shot = "huge"'))
    result = suite.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        ["*suites/tiny/prompts.toml: prompt 'red-ball': key 'expect.shot'*got 'huge'*"]
    )


def test_a_threshold_for_an_unknown_metric_names_the_prompt(suite: Suite) -> None:
    suite.prompts(suite.text() + '\n[prompt.thresholds.flickring]\nmin = 1.0\nreason = "x"\n')
    suite.run().stdout.fnmatch_lines(
        ["*prompts.toml: prompt 'night-city': key 'thresholds.flickring': no metric*"]
    )


OTHERS_DETECTOR = '''
from pytest_videobench import Finding, detector
from pytest_videobench.defects.base import DEFECTS


@detector(gate=True, dimension="detail")
def too_dark(footage, expected):
    """Say so of every clip."""
    yield Finding(defect="{found}", start=0.0, end=1.0, severity=0.5, confidence=0.9, note="It is dark.")


DEFECTS.add("too_dark", too_dark)
'''


def test_what_a_detector_of_ones_own_fails_can_be_permitted(suite: Suite) -> None:
    (suite.folder / "conftest.py").write_text(OTHERS_DETECTOR.format(found="too_dark"), encoding="utf-8")
    suite.run("--vb-rolls=1").assert_outcomes(failed=2)
    suite.prompts(suite.text() + '\n[[style.permit]]\ndefect = "too_dark"\nreason = "Night."\n')
    suite.run("--vb-rolls=1", "-n2").assert_outcomes(passed=2)


def test_nothing_fails_by_a_defect_that_nobody_could_permit(suite: Suite) -> None:
    (suite.folder / "conftest.py").write_text(OTHERS_DETECTOR.format(found="darkness"), encoding="utf-8")
    suite.run("--vb-rolls=1").stdout.fnmatch_lines(
        ["*detector 'too_dark' fails clips by 'darkness', which no detector is registered as*"]
    )


def test_a_style_without_prompts_says_what_to_do(suite: Suite) -> None:
    (suite.folder / "prompts.toml").unlink()
    suite.run().stdout.fnmatch_lines(
        ["*prompts.toml: no such file; a test that asks for clips needs its prompts*"]
    )


def test_markers_are_listed(suite: Suite) -> None:
    suite.run("--markers", backend=None).stdout.fnmatch_lines(
        ["@pytest.mark.folder: *", "@pytest.mark.procedural: *", "@pytest.mark.abstract: *"]
    )


def test_limits_of_a_calibration_decide_what_fails(suite: Suite) -> None:
    limits = suite.root / "limits.toml"
    limits.write_text(
        "[thresholds.sharpness]\nmin = 1e6\nreason = 'our own clips are sharper'\n", encoding="utf-8"
    )
    suite.run("--vb-rolls=1", "--vb-calibration=limits.toml").assert_outcomes(failed=2)
    assert "(our own clips are sharper)" in suite.rows()[0]["problems"][0]
    suite.run("--vb-rolls=1", "--vb-calibration=limits.toml", "-n2").assert_outcomes(failed=2)
    suite.run("--vb-rolls=1").assert_outcomes(passed=2)


def test_a_calibration_that_is_none_is_one_line(suite: Suite) -> None:
    result = suite.run("--vb-calibration=nowhere.toml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --vb-calibration: there is no file *nowhere.toml; videobench calibrate*"]
    )
    (suite.root / "broken.toml").write_text("[gates]\nfreze = { from = 1 }\n", encoding="utf-8")
    suite.run("--vb-calibration=broken.toml").stdout.fnmatch_lines(["*did you mean 'freeze'*"])


@pytest.mark.parametrize("option", ["--vb-golden", "--vb-cache", "--vb-gate"])
def test_a_value_that_would_move_the_rootdir_is_refused(
    suite: Suite, tmp_path_factory: pytest.TempPathFactory, option: str
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    result = suite.pytester.runpytest_subprocess("--vb-rolls=1", option, str(elsewhere))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.errlines if line] == [
        f"ERROR: {option}: pytest takes a value after a blank for a test path, and so {elsewhere.parent}"
        f" for the rootdir; write {option}={elsewhere}"
    ]
    assert not (elsewhere.parent / "videobench-report").exists()


def test_a_value_that_leaves_the_rootdir_alone_may_stand_after_a_blank(
    suite: Suite, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (suite.root / "golden").mkdir()
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    for options in (
        ["--vb-golden", "golden"],
        [f"--vb-golden={elsewhere}"],
        ["--vb-golden", str(elsewhere), "suites"],
    ):
        result = suite.pytester.runpytest_subprocess(*options, "--collect-only")
        assert result.ret == pytest.ExitCode.OK
        result.stdout.fnmatch_lines([f"rootdir: {suite.root}"])
