"""One line that says how far a run is, in place of the dots of our cases.

On a terminal it is rewritten in place; a log gets a full line now and then. The plan says which tests are
cases, and pytest's own hooks tell what becomes of them, in one process as in workers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from pytest_videobench.gate.row import Row
from pytest_videobench.money import spent_on, total

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

LOG_SHARE = 0.1
"""A log gets a line when this share of the cases was done since the last one …"""
LOG_SECONDS = 30.0
"""… and this time has passed."""
LOG_SILENCE = 300.0
"""After this time it gets one however little was done, as soon as anything happens."""
ENOUGH = 3
"""Cases that must be done before a guess of the time to go is worth reading."""
SPENT = ("store", "clip", "footage")
"""Phases of a row's timing that were spent in this run; the others tell how the clip was once made."""


@dataclass(slots=True, kw_only=True, eq=False)
class Progress:
    """What has become of the cases of a run so far, by node id."""

    cases: frozenset[str]
    in_flight: set[str] = field(default_factory=set)
    verdicts: dict[str, str] = field(default_factory=dict)
    stored: dict[str, float] = field(default_factory=dict)
    """Seconds spent on each case whose clip was in the store."""
    made: dict[str, float] = field(default_factory=dict)
    """Seconds spent on each other case."""
    spent: dict[str, float] = field(default_factory=dict)
    """US dollars for each clip made in this run, by its case."""

    @property
    def done(self) -> int:
        """Count the cases that ended, whatever came of them."""
        return len(self.verdicts)

    def begin(self, nodeid: str) -> None:
        """Count a case as in flight."""
        self.in_flight.add(nodeid)

    def take(self, report: pytest.TestReport) -> None:
        """Count a case as done by its row, by the death of its worker, or by its end without either."""
        row = getattr(report, "videobench", None)
        if row is not None:
            self._take_row(report.nodeid, row)
        elif report.when == "teardown":
            self.verdicts.setdefault(report.nodeid, "unscored")
        elif report.when not in ("setup", "call"):  # xdist has a phase of its own for a crash
            self.verdicts[report.nodeid] = "error"
        if report.nodeid in self.verdicts:
            self.in_flight.discard(report.nodeid)

    def line(self, elapsed: float, width: int | None = None) -> str:
        """Say it in one line of at most ``width`` columns; what has no room is left out, the last first."""
        parts = list(self._parts(elapsed))
        line = f"videobench  {parts[0]}"
        for part in parts[1:]:
            longer = f"{line} · {part}"
            if width is not None and len(longer) > width:
                break
            line = longer
        return line[:width]

    def to_go(self, elapsed: float) -> float | None:
        """Guess the seconds that are left, as if no more clips were in the store, unless all have been."""
        left = len(self.cases) - self.done
        done = len(self.made) or len(self.stored)
        if done < ENOUGH or not left:
            return None
        made, stored = sum(self.made.values()), sum(self.stored.values())
        share = made / (made + stored) if made else 1.0
        return elapsed * share / done * left

    def _take_row(self, nodeid: str, row: dict[str, Any]) -> None:
        counted = nodeid in self.made or nodeid in self.stored
        self.verdicts[nodeid] = row["verdict"]
        if counted:  # the test is run again, and finds its clip in the store
            return
        timing = row["timing"]
        seconds = sum(timing.get(phase, 0.0) for phase in SPENT)
        (self.stored if "store" in timing else self.made)[nodeid] = seconds
        self.spent |= spent_on([Row.from_json(row)])

    def _parts(self, elapsed: float) -> Iterator[str]:
        yield f"{self.done}/{len(self.cases)} done"
        verdicts = list(self.verdicts.values())
        counts = {
            "in flight": len(self.in_flight),
            "failed": verdicts.count("fail"),
            "in error": verdicts.count("error"),
            "from the store": len(self.stored),
        }
        yield from (f"{count} {what}" for what, count in counts.items() if count)
        yield _clock_time(elapsed)
        to_go = self.to_go(elapsed)
        if to_go is not None and to_go >= 1:
            yield f"about {_clock_time(to_go)} to go"
        if cost := total(self.spent):
            yield f"{cost:.2f} USD"


class Display(Protocol):
    """Where the state of a run is shown."""

    def update(self, progress: Progress, elapsed: float) -> None:
        """Show the state, ``elapsed`` seconds after the first case began."""

    def make_way(self) -> None:
        """Leave the line to whoever writes next."""

    def close(self, progress: Progress, elapsed: float) -> None:
        """Show the state for the last time, or nothing any more."""


class InPlace:
    """One line at the bottom of a terminal."""

    def __init__(self, reporter: pytest.TerminalReporter) -> None:
        self._reporter = reporter
        self._shown = 0

    def update(self, progress: Progress, elapsed: float) -> None:
        """Write the line over the one before; it ends before the last column, where terminals wrap."""
        self.make_way()
        if _columns(self._reporter) > 0:
            self._reporter.line("")
        width = self._reporter.config.get_terminal_writer().fullwidth - 1
        line = progress.line(elapsed, width)
        self._shown = len(line)  # before it is, because Ctrl-C may come in the middle
        # Raw, so that pytest does not count our columns as part of a line of dots.
        self._reporter.write_raw(f"\r{line}", flush=True)

    def make_way(self) -> None:
        """Blank the line and go back to its start."""
        if self._shown:  # not flushed, so that nothing blinks where the next line follows at once
            self._reporter.write_raw("\r" + " " * self._shown + "\r")
            self._shown = 0

    def close(self, progress: Progress, elapsed: float) -> None:  # noqa: ARG002  # the summary follows
        """Leave nothing behind."""
        self.make_way()


class LogLines:
    """Full lines without control characters, few enough for a log."""

    def __init__(self, reporter: pytest.TerminalReporter) -> None:
        self._reporter = reporter
        self._done = 0
        self._time = 0.0

    def update(self, progress: Progress, elapsed: float) -> None:
        """Write a line where enough was done since the last one, not too soon, or after a long silence."""
        enough = progress.done - self._done >= LOG_SHARE * len(progress.cases)
        if elapsed - self._time >= (LOG_SECONDS if enough else LOG_SILENCE):
            self._write(progress, elapsed)

    def make_way(self) -> None:
        """Do nothing: the line has ended."""

    def close(self, progress: Progress, elapsed: float) -> None:
        """Write how it ended, where no line has said so."""
        if progress.done != self._done or not progress.done:
            self._write(progress, elapsed)

    def _write(self, progress: Progress, elapsed: float) -> None:
        if _columns(self._reporter):  # fewer than none where xdist wrote over a line of its own
            self._reporter.line("")
        self._reporter.write_line(progress.line(elapsed))
        self._done, self._time = progress.done, elapsed


class LiveLine:
    """The hooks that follow a run; silent for a run without cases of ours."""

    def __init__(self, config: pytest.Config, plan_file: Path) -> None:
        self._config = config
        self._plan_file = plan_file
        self._asked = False
        self._begun: float | None = None
        self._alone = False
        self._progress = Progress(cases=frozenset())
        self._display: Display | None = None

    @pytest.hookimpl(wrapper=True, trylast=True)  # the innermost: others write when they hear of the end
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Take the line away when the loop ends, however it ends."""
        try:
            return (yield)
        finally:
            if self._display is not None and self._begun is not None:
                self._display.close(self._progress, self._elapsed())
            self._display = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_logstart(self, nodeid: str) -> Generator[None, None, None]:
        """Count a case that begins; its module's path is not written, as no dots will follow."""
        if not self._asked:
            self._open()
        self._make_way()
        if self._display is None or nodeid not in self._progress.cases:
            return (yield)
        if self._begun is None:
            self._begun = monotonic()
        reporter = _reporter(self._config)
        shown, reporter.showfspath = reporter.showfspath, False
        yield
        reporter.showfspath = shown
        self._progress.begin(nodeid)
        self._update()
        return None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, None, None]:
        """Count a case that ends; others may write at any report, and xdist does after a crash."""
        self._make_way()
        yield
        if report.nodeid in self._progress.cases:
            self._progress.take(report)
            if report.when in ("setup", "call", "teardown"):
                self._update()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> Generator[None, tuple[str, str, Any], tuple[str, str, Any]]:
        """Write no dot for a case, and leave its category, which the last line counts, as it is."""
        category, letter, word = yield
        if self._display is None or report.nodeid not in self._progress.cases:
            return category, letter, word
        # Without a word, pytest leaves a test out of its percentage, and writes none for a run of ours alone.
        return category, "", "" if self._alone else word

    @pytest.hookimpl(tryfirst=True)
    def pytest_exception_interact(self) -> None:
        """Make way for a debugger."""
        self._make_way()

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_testnodedown(self) -> None:
        """Make way for what xdist says of a worker that died."""
        self._make_way()

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_xdist_newgateway(self) -> None:
        """Make way for what xdist says of the worker that takes its place."""
        self._make_way()

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_testnodeready(self) -> None:
        """Make way, as for a new worker."""
        self._make_way()

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_xdist_node_collection_finished(self) -> None:
        """Make way, as for a new worker."""
        self._make_way()

    def _open(self) -> None:
        """Find out, at the first test, whether there is anything to show, and where."""
        self._asked = True
        if not self._plan_file.exists() or not _writes_dots(self._config):
            return
        plan = json.loads(self._plan_file.read_text(encoding="utf-8"))
        self._progress = Progress(cases=frozenset(plan["cases"]))
        reporter = _reporter(self._config)
        session = self._config.pluginmanager.getplugin("session")
        self._alone = session.testscollected == len(self._progress.cases)
        # Other tests' dots come between ours where workers run both; a line between any two would be worse.
        mixed = not self._alone and self._config.pluginmanager.hasplugin("dsession")
        self._display = InPlace(reporter) if reporter.isatty() and not mixed else LogLines(reporter)

    def _update(self) -> None:
        if self._display is not None:
            self._display.update(self._progress, self._elapsed())

    def _make_way(self) -> None:
        if self._display is not None:
            self._display.make_way()

    def _elapsed(self) -> float:
        return 0.0 if self._begun is None else monotonic() - self._begun


def _reporter(config: pytest.Config) -> pytest.TerminalReporter:
    reporter: pytest.TerminalReporter = config.pluginmanager.getplugin("terminalreporter")
    return reporter


def _writes_dots(config: pytest.Config) -> bool:
    """Say whether pytest's own reporter writes dots, and nothing else writes between them."""
    own = type(config.pluginmanager.getplugin("terminalreporter")) is pytest.TerminalReporter
    dots = config.get_verbosity() == 0 == config.get_verbosity(pytest.Config.VERBOSITY_TEST_CASES)
    captured = config.getoption("capture", "no") in ("fd", "sys") and not config.getoption("setupshow", False)
    return own and dots and captured


def _columns(reporter: pytest.TerminalReporter) -> int:
    """Count what pytest has written on this line, when the path of a module has got its own."""
    reporter.ensure_newline()
    return reporter.config.get_terminal_writer().width_of_current_line


def _clock_time(seconds: float) -> str:
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
