"""Length, size and ratio: by option, by ini key, by prompt, and what a backend cannot deliver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tests.conftest import Suite, WriteClip

BACKEND = "procedural?fps=8"


def asking(suite: Suite, **deliveries: str) -> None:
    """Let prompts ask for something by themselves; in a name, _ stands for -."""
    text = suite.text()
    for prompt, delivery in deliveries.items():
        line = f'id = "{prompt.replace("_", "-")}"'
        text = text.replace(line, f"{line}\ndelivery = {{ {delivery} }}")
    suite.prompts(text)


def made(suite: Suite) -> dict[str, tuple[int, int, float]]:
    """Give width, height and seconds of every prompt's clip, which must be what was expected of it."""
    found = {}
    for row in suite.rows():
        probe, expected = row["probe"], row["expected"]["delivery"]
        found[row["prompt"]] = probe["width"], probe["height"], round(probe["duration"], 2)
        assert (expected["width"], expected["height"], expected["duration"]) == pytest.approx(
            found[row["prompt"]]
        )
    return found


@pytest.mark.parametrize(
    ("args", "clip"),
    [
        (["--vb-seconds=0.5", "--vb-size=128x96"], (128, 96, 0.5)),
        (["--vb-seconds=0.75", "--vb-ratio=9:16"], (360, 640, 0.75)),
        (["--vb-seconds=0.5", "--vb-ratio=1:1", "-n2"], (480, 480, 0.5)),
    ],
    ids=["size", "portrait", "square by workers"],
)
def test_options_are_followed(suite: Suite, args: list[str], clip: tuple[int, int, float]) -> None:
    asking(suite, red_ball='seconds = 2, size = "64x64"')
    suite.run("--vb-rolls=1", *args, backend=BACKEND)
    assert made(suite) == {"red-ball": clip, "night-city": clip}


def test_ini_keys_are_followed_and_yield_to_options(suite: Suite) -> None:
    suite.pytester.makepyprojecttoml(
        "[tool.pytest]\naddopts = ['--import-mode=importlib']\nvb_seconds = '0.5'\nvb_size = '128x96'\n"
    )
    suite.run("--vb-rolls=1", backend=BACKEND)
    assert set(made(suite).values()) == {(128, 96, 0.5)}
    suite.run("--vb-rolls=1", "--vb-ratio=1:1", backend=BACKEND)
    assert set(made(suite).values()) == {(480, 480, 0.5)}


def test_a_prompt_asks_for_itself_alone(suite: Suite) -> None:
    asking(suite, red_ball='seconds = 0.75, ratio = "9:16"', night_city="seconds = 0.5")
    suite.run("--vb-rolls=1", backend=BACKEND)
    assert made(suite) == {"red-ball": (360, 640, 0.75), "night-city": (640, 360, 0.5)}


def test_a_spec_goes_before_options_and_prompts(suite: Suite) -> None:
    asking(suite, red_ball="seconds = 90")
    result = suite.run("--vb-rolls=1", "--vb-seconds=600", "--vb-ratio=99:1")
    result.assert_outcomes(passed=2)
    assert set(made(suite).values()) == {(192, 108, 1.0)}


def test_another_length_is_another_clip(suite: Suite) -> None:
    for seconds in ("0.5", "0.75", "0.5"):
        suite.run(
            "--vb-rolls=1", "-k=red-ball", "--vb-size=128x96", f"--vb-seconds={seconds}", backend=BACKEND
        )
        assert made(suite)["red-ball"] == (128, 96, float(seconds))
    assert len(list((suite.root / ".videobench" / "clips").glob("??/*"))) == 2


def test_a_dry_run_shows_what_is_not_the_default(suite: Suite) -> None:
    asking(suite, red_ball='seconds = 10, size = "360x640"')
    result = suite.run("--vb-rolls=2", "--vb-dry-run", backend=BACKEND)
    result.stdout.fnmatch_lines(["tiny *4 *0 *0 *4 *0 *9 *0.00", " *2 of 4 cases: 10 s, 360x640, 8 fps"])
    result = suite.run("--vb-rolls=2", "--vb-dry-run", "--vb-seconds=5", "--vb-size=640x360", backend=BACKEND)
    result.stdout.fnmatch_lines(["tiny *4 *0 *0 *4 *0 *6 *0.00"])
    result.stdout.no_fnmatch_line("*cases: *")


@pytest.mark.parametrize("extra", [(), ("-n2",), ("--vb-dry-run",)], ids=["n0", "n2", "dry run"])
def test_what_cannot_be_delivered_is_refused_before_anything_is_made(
    suite: Suite, extra: tuple[str, ...]
) -> None:
    asking(suite, red_ball="seconds = 90", night_city="seconds = 90")
    asking_both = suite.run("--vb-rolls=2", "--vb-backend=folder:.", *extra, backend=BACKEND)
    assert asking_both.ret in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.TESTS_FAILED)
    asking_both.assert_outcomes(errors=1)
    why = "cannot deliver 90 s; it can 0.2 to 60 s"
    asking_both.stdout.fnmatch_lines([f"tiny/red-ball and 1 more prompt: backend '{BACKEND}': {why}"])
    assert asking_both.outlines.count(next(line for line in asking_both.outlines if why in line)) == 1
    assert not (suite.root / ".videobench").exists()
    assert not suite.report.exists()


def test_what_was_deselected_is_not_refused(suite: Suite) -> None:
    asking(suite, red_ball="seconds = 90", night_city='seconds = 0.5, size = "128x96"')
    suite.run("--vb-rolls=1", "-k=night-city", backend=BACKEND)
    assert made(suite) == {"night-city": (128, 96, 0.5)}


def test_a_test_of_the_prompt_alone_is_not_refused(suite: Suite) -> None:
    asking(suite, red_ball="seconds = 90")
    suite.module("def test_words(prompt):\n    assert prompt.delivery.duration in (None, 90)\n")
    suite.run(backend=BACKEND).assert_outcomes(passed=2)
    suite.module("def test_words(prompt, expected):\n    assert expected.delivery.fps == 8\n")
    suite.run(backend=BACKEND).assert_outcomes(errors=1)


@pytest.mark.parametrize("extra", [(), ("-n2",)], ids=["n0", "n2"])
@pytest.mark.parametrize("by", ["--vb-seconds", "ini key vb_seconds"])
def test_an_option_that_no_backend_can_follow_is_a_usage_error(
    suite: Suite, by: str, extra: tuple[str, ...]
) -> None:
    if by.startswith("ini"):
        suite.pytester.makepyprojecttoml("[tool.pytest]\nvb_seconds = '90'\n")
    else:
        extra = ("--vb-seconds=90", *extra)
    result = suite.run(*extra, backend=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.errlines if line.strip()] == [
        f"ERROR: {by}: backend 'procedural': cannot deliver 90 s; it can 0.2 to 60 s"
    ]


@pytest.mark.parametrize(
    ("args", "defects", "note"),
    [
        ([], set(), ""),
        (["--vb-seconds=2", "--vb-ratio=4:3"], set(), ""),
        (["--vb-seconds=10"], {"wrong_duration"}, "lasts 2.00 s where 10 s were asked"),
        (
            ["--vb-ratio=9:16"],
            {"wrong_size"},
            "128 × 96 pixels, 1.333 to 1, where 9:16, 0.562 to 1, was asked",
        ),
        (["--vb-size=640x480"], {"wrong_size"}, "128 × 96 pixels where 640 × 480 were asked"),
    ],
)
def test_clips_of_a_folder_are_held_to_what_is_asked(
    suite: Suite,
    write_clip: WriteClip,
    moving_frames: NDArray[np.uint8],
    args: list[str],
    defects: set[str],
    note: str,
) -> None:
    write_clip(suite.clips() / "red-ball-0.mp4", moving_frames)
    suite.run("--vb-rolls=1", "-k=red-ball", *args, backend="folder:clips")
    findings: list[dict[str, Any]] = suite.rows()[0]["findings"]
    found = {f["defect"]: f["note"] for f in findings if f["defect"].startswith("wrong_")}
    assert found.keys() == defects
    assert note in "".join(found.values())
