"""What a person sees of a run: the live line, the lines in a log, and the summary."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from io import StringIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from _pytest._io import TerminalWriter
from hypothesis import given
from hypothesis import strategies as st

from pytest_videobench.gate.patterns import Pattern
from pytest_videobench.gate.row import Row
from pytest_videobench.report.live import LogLines, Progress
from pytest_videobench.report.terminal import summary
from tests.conftest import BACKEND, hears_interrupts
from tests.unit.rows import row as make_row
from tests.unit.rows import without_clip

if TYPE_CHECKING:
    from tests.conftest import Suite

ANY_ROW = {name: value for name, value in make_row().to_json().items() if name != "key"}
LINE = re.compile(r"videobench  \d+/\d+ done")
CLIPS = "def test_tiny(clip):\n    pass\n"
"""Makes clips and scores none, which is quicker."""
MIXED = "def test_words(prompt):\n    pass\n\ndef test_tiny(clip):\n    assert clip.sidecar['case'].endswith('0')\n"


def run_here(suite: Suite, *args: str) -> pytest.RunResult:
    """Run pytest in this process, which is quicker, and no terminal either."""
    return suite.pytester.runpytest_inprocess("suites", "--vb-backend", BACKEND, *args)


def report(
    nodeid: str, *, when: str = "call", row: dict[str, Any] | None = None
) -> Any:  # enough of a pytest report
    extra = {} if row is None else {"videobench": {"key": nodeid, **row}}
    return SimpleNamespace(nodeid=nodeid, when=when, **extra)


def row(verdict: str = "pass", cost: float = 0.0, **timing: float) -> dict[str, Any]:
    return {**ANY_ROW, "verdict": verdict, "timing": timing, "clip": {"cost_usd": cost}}


def progress(total: int) -> Progress:
    return Progress(cases=frozenset(map(str, range(total))))


def test_the_line_tells_what_became_of_the_cases() -> None:
    state = progress(12)
    for nodeid in "0123456":
        state.begin(nodeid)
    state.take(report("0", row=row(cost=0.4, clip=3.0, footage=1.0)))
    state.take(report("1", row=row("fail", cost=0.4, clip=3.0, footage=1.0)))
    state.take(report("2", row=row("error", cost=0.4, clip=4.0)))
    state.take(report("3", row=row(cost=9.0, store=0.5, footage=0.5, made=70.0)))
    state.take(report("4", when="???"))
    assert state.line(41.4) == (
        "videobench  5/12 done · 2 in flight · 1 failed · 2 in error · 1 from the store · 0:41"
        " · about 1:29 to go · 1.20 USD"
    )


def test_two_tests_that_wait_for_one_clip_pay_for_it_once() -> None:
    state = progress(3)
    for nodeid, case in (("0", "fox"), ("1", "fox"), ("2", "owl")):
        state.take(report(nodeid, row={**row(cost=0.6, clip=3.0), "key": case}))
    assert state.line(1).endswith(" · 1.20 USD")


def test_an_hour_has_minutes() -> None:
    assert progress(1).line(3725).endswith(" · 1:02:05")


def test_a_case_without_a_row_is_done_when_it_was_torn_down() -> None:
    state = progress(1)
    state.begin("0")
    state.take(report("0", when="call"))
    assert state.line(0) == "videobench  0/1 done · 1 in flight · 0:00"
    state.take(report("0", when="teardown"))
    assert state.line(0) == "videobench  1/1 done · 0:00"


@pytest.mark.parametrize(("made", "stored"), [(2, 0), (0, 2), (2, 50)])
def test_nothing_is_guessed_of_too_few_cases(made: int, stored: int) -> None:
    state = progress(100)
    for nodeid in range(made + stored):
        state.take(report(str(nodeid), row=row(clip=1.0) if nodeid < made else row(store=1.0)))
    assert "to go" not in state.line(60)


def test_clips_from_the_store_do_not_spoil_the_guess_for_those_that_are_made() -> None:
    state = progress(100)
    for nodeid in range(40):
        state.take(report(str(nodeid), row=row(store=0.5)))
    for nodeid in range(40, 50):
        state.take(report(str(nodeid), row=row(clip=8.0)))
    assert state.to_go(100) == pytest.approx(50 * 8.0)


@given(
    reports=st.lists(
        st.tuples(
            st.integers(0, 9),
            st.sampled_from(["setup", "call", "teardown", "???"]),
            st.none() | st.sampled_from(["pass", "fail", "error", "unscored"]),
            st.sampled_from(["store", "clip"]),
            st.floats(0, 1e5),
        )
    ),
    elapsed=st.floats(0, 1e6),
    width=st.integers(1, 200),
)
def test_a_line_never_outgrows_its_width_and_no_count_its_total(
    reports: list[tuple[int, str, str | None, str, float]], elapsed: float, width: int
) -> None:
    state = progress(10)
    for nodeid, when, verdict, phase, seconds in reports:
        state.begin(str(nodeid))
        data = None if verdict is None else row(verdict, seconds, **{phase: seconds})
        state.take(report(str(nodeid), when=when, row=data))
    assert state.done + len(state.in_flight - state.verdicts.keys()) <= 10
    line = state.line(elapsed, width)
    assert len(line) <= width
    assert state.line(elapsed).startswith(line)


class Paper:
    """Enough of pytest's reporter to write lines on."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.config = self
        self.width_of_current_line = 0

    def get_terminal_writer(self) -> Paper:
        return self

    def ensure_newline(self) -> None:
        pass

    def write_line(self, line: str) -> None:
        self.lines.append(line)


@pytest.mark.parametrize(("pace", "lines"), [(0.05, 1), (0.2, 4), (2.0, 10)])
def test_a_log_of_many_cases_has_few_lines(pace: float, lines: int) -> None:
    paper, state = Paper(), progress(500)
    log = LogLines(paper)  # type: ignore[arg-type]  # enough of it
    for nodeid in range(500):
        state.take(report(str(nodeid), row=row(clip=pace)))
        log.update(state, (nodeid + 1) * pace)
    log.close(state, 500 * pace)
    assert len(paper.lines) == lines
    assert paper.lines[-1].startswith("videobench  500/500 done")
    assert len(set(paper.lines)) == len(paper.lines)


def test_a_log_is_not_silent_for_ever() -> None:
    paper, state = Paper(), progress(500)
    log = LogLines(paper)  # type: ignore[arg-type]  # enough of it
    for minute in range(1, 15):
        state.begin(str(minute))
        log.update(state, minute * 60.0)
    assert [line.partition(" · ")[2] for line in paper.lines] == [
        "5 in flight · 5:00",
        "10 in flight · 10:00",
    ]


def run_in_terminal(suite: Suite, *args: str, width: int = 80) -> tuple[str, list[str]]:
    """Run pytest on a pseudo terminal; give what was written, and what stands on the screen at the end."""
    process, master = start_in_terminal(suite, *args, width=width)
    written = read_all(master)
    assert process.wait() in (0, 1, 2)
    return written, screen(written, width)


def start_in_terminal(suite: Suite, *args: str, width: int) -> tuple[subprocess.Popen[bytes], int]:
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")
    master, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (50, width))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "CI")}
    command = [sys.executable, "-m", "pytest", "suites", "--vb-backend", BACKEND, *args]
    process = subprocess.Popen(
        command,
        cwd=suite.root,
        env=environment,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        preexec_fn=hears_interrupts,
    )
    os.close(terminal)
    return process, master


def read_all(master: int) -> str:
    data = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:  # how Linux tells that nobody writes any more
            chunk = b""
        if not chunk:
            os.close(master)
            return data.decode()
        data += chunk


def screen(written: str, width: int) -> list[str]:
    """Give the lines of a terminal that knows carriage returns, and breaks no line of ours."""
    lines, column = [""], 0
    # Colours, and the progress that pytest 9.0.0 tells the terminal's window.
    for char in re.sub(r"\x1b\[[0-9;]*m|\x1b\]9;4;[^\x1b]*\x1b\\", "", written):
        if char == "\r":
            column = 0
        elif char == "\n":
            lines.append("")
        else:
            if column == width:
                lines.append("")
                column = 0
            lines[-1] = lines[-1][:column].ljust(column) + char + lines[-1][column + 1 :]
            column += 1
    return [line.rstrip() for line in lines]


def test_a_terminal_has_one_line_that_goes_away(suite: Suite) -> None:
    suite.module(CLIPS)
    written, lines = run_in_terminal(suite, "--vb-rolls=2", "-n0", width=40)
    drawn = re.findall(r"\r(videobench  [^\r\n]*)", written)
    assert drawn[0].startswith("videobench  0/4 done · 1 in flight")
    assert drawn[-1].startswith("videobench  4/4 done")
    assert max(map(len, drawn)) < 40
    text = "\n".join(lines)
    assert not LINE.search(text)
    assert "test_tiny.py" not in text
    assert "%]" not in text
    assert re.search(r"^=+ 4 passed in ", text, re.MULTILINE)
    assert lines[-2] == "report: videobench-report/index.html"


def test_a_worker_that_dies_leaves_no_piece_of_the_line(suite: Suite) -> None:
    suite.module(
        "import os\n\ndef test_tiny(prompt, roll, clip):\n    if prompt.id == 'night-city' and roll == 0:\n"
        "        os._exit(3)\n"
    )
    written, lines = run_in_terminal(suite, "--vb-rolls=2", "-n2")
    drawn = re.findall(r"\r(videobench  [^\r\n]*)", written)
    assert drawn[-1].startswith("videobench  4/4 done · 1 in error")
    assert max(map(len, drawn)) < 80
    text = "\n".join(lines)
    assert " done" not in text
    assert " in flight" not in text
    assert re.search(r"^replacing crashed worker gw\d$", text, re.MULTILINE)
    assert re.search(r"^=+ 1 failed, 3 passed in ", text, re.MULTILINE)


def test_other_tests_keep_their_dots_on_a_terminal(suite: Suite) -> None:
    suite.module(MIXED)
    written, lines = run_in_terminal(suite, "--vb-rolls=2", "-p", "no:xdist")
    assert "videobench  4/4 done · 2 failed" in written
    assert any(re.match(r"suites/tiny/test_tiny.py \.\.$", line) for line in lines)
    text = "\n".join(lines)
    assert not LINE.search(text)
    assert re.search(r"^ +\[100%\]$", text, re.MULTILINE)
    assert re.search(r"^=+ 2 failed, 4 passed in ", text, re.MULTILINE)


def test_an_interrupted_run_leaves_no_line(suite: Suite) -> None:
    suite.module("import time\n\ndef test_tiny(clip):\n    time.sleep(60)\n")
    process, master = start_in_terminal(suite, "-n0", width=80)
    seen = b""
    while b"in flight" not in seen:
        seen += os.read(master, 65536)
    process.send_signal(signal.SIGINT)
    lines = screen(seen.decode() + read_all(master), 80)
    assert process.wait() == pytest.ExitCode.INTERRUPTED
    assert not any(LINE.search(line) for line in lines)
    assert any(re.match(r"!+ KeyboardInterrupt !+$", line) for line in lines)


def test_a_log_gets_a_full_line_at_the_end_and_the_dots_of_other_tests(suite: Suite) -> None:
    suite.module(MIXED)
    result = suite.run("--vb-rolls=2", "-n2")
    result.assert_outcomes(passed=4, failed=2)
    output = result.stdout.str()
    assert not re.search(r"[\r\x1b]", output)
    ours = [line for line in result.outlines if LINE.search(line)]
    assert len(ours) == 1
    assert re.match(r"videobench  4/4 done · 2 failed · \d+:\d\d$", ours[0])
    assert sum(line.count(".") for line in result.outlines if re.match(r"\.+( +\[ *\d+%\])?$", line)) == 2


def test_clips_from_the_store_are_told(suite: Suite) -> None:
    suite.module(CLIPS)
    run_here(suite, "--vb-rolls=1", "-p", "no:xdist")
    result = run_here(suite, "--vb-rolls=2", "-p", "no:xdist")
    result.stdout.fnmatch_lines(["videobench  4/4 done · 2 from the store · *"])
    assert "test_tiny.py" not in result.stdout.str()
    phases = [row["timing"].keys() & {"store", "clip"} for row in suite.rows()]
    assert phases == [{"store"}, {"clip"}, {"store"}, {"clip"}]


def test_a_run_that_stops_says_how_far_it_came(suite: Suite) -> None:
    suite.module("def test_tiny(clip):\n    assert False\n")
    run_here(suite, "--vb-rolls=2", "-x").stdout.fnmatch_lines(["videobench  1/4 done · 1 failed · *"])


@pytest.mark.parametrize(
    ("args", "pattern"),
    [
        (("-q",), r"^\.\. +\[100%\]$"),
        (("-v",), r"^suites/tiny/test_tiny.py::test_tiny\[red-ball\S+ PASSED +\[ 50%\]$"),
        (("-s",), r"^suites/tiny/test_tiny.py \.\.$"),
        (("-p", "no:terminal"), r"^$"),
        (("--collect-only",), r"2 tests collected"),
        (("--vb-dry-run",), r"^dry run: nothing was made"),
    ],
    ids=["quiet", "verbose", "no capture", "no terminal", "collect only", "dry run"],
)
def test_pytest_has_its_own_way_where_it_was_asked_to(
    suite: Suite, args: tuple[str, ...], pattern: str
) -> None:
    suite.module(CLIPS)
    output = run_here(suite, "--vb-rolls=1", *args).stdout.str()
    assert "videobench  " not in output
    assert re.search(pattern, output, re.MULTILINE)


def test_a_suite_without_cases_has_its_dots_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_own():\n    pass\n")
    result = pytester.runpytest_inprocess()
    assert any(re.match(r"test_\w+\.py \. +\[100%\]$", line) for line in result.outlines)
    assert "videobench  " not in result.stdout.str()


def finding(
    defect: str, severity: float, *, gate: bool = True, permitted: str | None = None
) -> dict[str, Any]:
    return {
        "defect": defect,
        "start": 1.25,
        "end": 2.0,
        "severity": severity,
        "gate": gate,
        "permitted": permitted,
        "note": "the note",
    }


def told(
    findings: list[dict[str, Any]], verbosity: int, *, width: int = 80, colour: bool = False
) -> list[str]:
    """Give the summary of a run of one case."""
    case = Row(
        key="tiny/red-ball/procedural@reference/0",
        nodeid="n",
        style="tiny",
        prompt="red-ball",
        text="",
        backend="procedural@reference",
        roll=0,
        verdict="fail",
        findings=findings,
    )
    counts = {"tiny": {"pass": 0, "fail": 1, "error": 0, "unscored": 0}}
    return told_of([case], counts, verbosity, width=width, colour=colour)


def told_of(
    rows: list[Row],
    counts: dict[str, Any],
    verbosity: int = 0,
    *,
    width: int = 80,
    colour: bool = False,
    patterns: tuple[Pattern, ...] = (),
) -> list[str]:
    run = SimpleNamespace(rows=rows, counts=lambda: counts, patterns=patterns, about={})
    writer = TerminalWriter(StringIO())
    writer.fullwidth, writer.hasmarkup = width, colour
    return list(summary(run, [], verbosity, writer))  # type: ignore[arg-type]  # enough of a run


@pytest.mark.parametrize("verbosity", [-1, 0, 1])
def test_a_run_without_cases_says_so(verbosity: int) -> None:
    assert told_of([], {}, verbosity) == ["no case ran"]


def test_what_clips_share_and_what_nothing_looked_for_is_said() -> None:
    bars = Pattern(backend="drawn@one", defect="letterbox", cases=("a",), of=1, note="All have bars.")
    counts = {"tiny": {"pass": 1, "fail": 0, "error": 0, "unscored": 0}}
    lines = told_of([make_row("a")], counts, patterns=(bars,))
    assert lines[-2:] == [
        "drawn@one, letterbox in general: All have bars.",
        "nothing looked for anachronism, missing element and style mismatch",
    ]


def test_synthetic_clips_are_counted_among_clips() -> None:
    drawn = make_row("a", clip={"cost_usd": 0.0, "synthetic": True, "origin": ""})
    counts = {"tiny": {"pass": 1, "fail": 0, "error": 1, "unscored": 0}}
    assert told_of([drawn, without_clip("b")], counts)[-1].startswith("1 of 1 clip is synthetic: ")
    assert told_of([drawn, make_row("b")], counts)[-1].startswith("1 of 2 clips is synthetic: ")


def test_the_worst_findings_are_told_first() -> None:
    found = [
        finding("blur", 0.9, gate=False),
        finding("loop", 1.0, permitted="a loop was asked for"),
        *(finding(f"freeze{n}", n / 10) for n in range(5)),
    ]
    lines = told(found, 0)
    assert lines[2] == "worst findings: 5 of 7"
    assert [re.findall(r"freeze\d", line) for line in lines[3:18:3]] == [
        [f"freeze{n}"] for n in (4, 3, 2, 1, 0)
    ]
    assert lines[3].split() == ["freeze4", "1.25–2.00", "s", "severity", "0.40"]
    assert [line.strip() for line in lines[4:6]] == ["tiny/red-ball/procedural@reference/0", "the note"]
    assert lines[18].startswith("defects: freeze")
    assert [line.partition("  loop")[2] for line in told(found, 1) if "  loop" in line] == [
        " 1.25–2.00 s  severity 1.00 (permitted)"
    ]
    assert any("blur" in line and "severity 0.90 (a warning)" in line for line in told(found, 1))
    assert len(told(found, -1)) == 2


@given(width=st.integers(20, 120))
def test_no_finding_outgrows_the_terminal_and_its_name_comes_first(width: int) -> None:
    lines = told([{**finding("freeze", 0.5), "note": "word " * 40}], 0, width=width)
    assert lines[2] == "findings: 1"
    assert lines[3].startswith("  freeze 1.25")
    assert max(map(len, lines[3:6])) <= width


def test_only_counts_that_are_not_zero_have_a_colour() -> None:
    assert re.findall(r"\x1b\[3(\d)m *(\d+)", "\n".join(told([], 0, colour=True))) == [("1", "1")]
    assert "\x1b" not in "\n".join(told([], 0))
