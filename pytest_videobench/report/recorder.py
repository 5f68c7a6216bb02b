"""What the main process does with rows, and how rows get there from workers."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from _pytest.junitxml import xml_key

from pytest_videobench.files import publish, time_of_day, writable
from pytest_videobench.kinds import ErrorKind
from pytest_videobench.stash import case_of, collected_key, judge_key, needs_clip, notices_key, test_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from pytest_videobench.ending import Outcome
    from pytest_videobench.gate.record import CaseRecord
    from pytest_videobench.gate.row import CaseVerdict, Row
    from pytest_videobench.options import Settings
    from pytest_videobench.report.html import Page
    from pytest_videobench.report.run import RunFolder

_TIMED_OUT = "from pytest-timeout"
"""How that plugin ends the message of a failure that says nothing of the clip."""
CRASHED = "???"
"""What xdist writes as the phase of a test whose worker died."""


class Recorder:
    """Takes rows from reports into the run's folder and its page; does nothing until the first case."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self._config = config
        self._settings = settings
        self._run: RunFolder | None = None
        self._page: Page | None = None
        self._outcome: Outcome | None = None
        self._crashes: dict[str, str] = {}
        self._told: int = 0
        """Failures that a row tells of."""
        self._plan: dict[str, Any] = {}
        self._started = time_of_day()
        self.plan_file = Path(gettempdir()) / f"videobench-plan-{uuid4().hex}.json"
        """Where the plan is left; a worker that dies later has left it already."""

    def pytest_sessionstart(self) -> None:
        """Follow the run on the terminal."""
        from pytest_videobench.report.live import LiveLine

        self._config.pluginmanager.register(LiveLine(self._config, self.plan_file), "videobench-live")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Open the folder before the first case: a run that is killed must not leave an earlier one's."""
        if self._run is None and nodeid in self._cases():
            self._open()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record the row that a report carries, and remember a crash."""
        if report.when == CRASHED:
            self._crashes[report.nodeid] = str(report.longrepr)
            return
        data = getattr(report, "videobench", None)
        if data is not None:
            from pytest_videobench.gate.row import Row

            self._told += report.failed
            self._crashes.pop(report.nodeid, None)  # it was run again, by another worker
            self._add(Row.from_json(data), report)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Finish the folder before the page is written, and end the terminal with the page's path."""
        self._take_plan()
        seen = self._page is not None
        self._add_crashes()
        if session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self._asked_for():
            self._open()
        try:
            self._judge(session)
        finally:  # whatever happens to the verdict, what was measured is kept
            if self._run is not None:
                assert self._page is not None
                self._run.finish(self._facts(session), self._planned(), self._page.home())
        yield
        if self._page is not None and not seen:  # opened in the middle of this very hook
            self._page.finish(session)
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        if self._run is not None and self._page is not None and reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(f"report: {self._page.shown_path()}", bold=True)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show verdicts by style, what had no clip, and what becomes of the run."""
        if self._run is None and self._outcome is None:
            return
        terminalreporter.write_sep("=", "videobench")
        if self._run is not None:
            from pytest_videobench.report.terminal import summary

            writer, verbosity = self._config.get_terminal_writer(), terminalreporter.verbosity
            for line in summary(self._run, self._plan.get("unclaimed", []), verbosity, writer):
                terminalreporter.write_line(line)
        if self._outcome is not None:
            self._outcome.show(terminalreporter)

    def _judge(self, session: pytest.Session) -> None:
        """Let whoever has a say in it decide how the run ends."""
        judge = self._config.stash.get(judge_key, None)
        if judge is None:
            return
        from pytest_videobench.ending import Ending

        rows = self._run.rows if self._run else []
        others = session.testsfailed - self._told
        ending = Ending(rows=rows, planned=self._planned(), exitstatus=int(session.exitstatus), others=others)
        self._outcome = judge.end(ending)
        if self._outcome is None:
            return
        session.exitstatus = self._outcome.exitstatus
        junit = self._config.stash.get(xml_key, None)
        if junit is not None:
            for name, value in self._outcome.properties.items():
                junit.add_global_property(name, value)
        if self._run is not None:
            self._run.mark(self._outcome.changes)

    def _planned(self) -> int:
        return len(self._cases())

    def _asked_for(self) -> bool:
        """Say whether somebody named a report's folder, so that a run of no cases leaves one as well."""
        named = self._config.getoption("vb_report") is not None
        return named and not self._settings.dry_run and not self._config.option.collectonly

    def _cases(self) -> dict[str, Any]:
        """Give the planned cases by node id, as far as anybody has left a plan by now."""
        if not self._plan and self.plan_file.exists():
            self._plan = writable(json.loads(self.plan_file.read_text(encoding="utf-8")))
        cases: dict[str, Any] = self._plan.get("cases", {})
        return cases

    def _take_plan(self) -> None:
        self._cases()
        self.plan_file.unlink(missing_ok=True)

    def _add(self, row: Row, report: pytest.TestReport) -> None:
        opened = self._run is None
        run = self._open()
        row = run.add(row)
        assert self._page is not None
        self._page.show(row, report)
        if opened:  # registered in the middle of this very report, which pytest-html thus never sees
            self._page.replay(report)

    def _open(self) -> RunFolder:
        if self._run is None:
            from pytest_videobench.report.html import Page
            from pytest_videobench.report.run import RunFolder

            folder = self._settings.report
            self._run = RunFolder(folder, self._about())
            try:
                self._run.open()
            except OSError as error:
                pytest.exit(f"{folder}: cannot hold a report ({error.strerror or error})", returncode=4)
            self._page = Page(self._config, self._run)
        return self._run

    def _add_crashes(self) -> None:
        """Give every case that took its worker down a row; pytest-html would leave it out."""
        from_plan = self._cases()
        for nodeid, message in sorted(self._crashes.items()):
            if nodeid not in from_plan:
                continue
            from pytest_videobench.gate.row import Row

            error = {"kind": ErrorKind.CRASHED.value, "message": message}
            self._told += 1
            row = Row(**from_plan[nodeid], nodeid=nodeid, verdict="error", error=error)
            row = self._open().add(row)
            assert self._page is not None
            self._page.show_crash(row, message)

    def _about(self) -> dict[str, Any]:
        from pytest_videobench import __version__

        return {
            "videobench": __version__,
            "started": self._started,
            "rolls": self._settings.rolls,
            "offline": self._settings.offline,
        }

    def _facts(self, session: pytest.Session) -> dict[str, Any]:
        assert self._run is not None
        rows = self._run.rows
        return {
            "backends": sorted({row.backend for row in rows}),
            "crashed": sum((row.error or {}).get("kind") == ErrorKind.CRASHED for row in rows),
            "unclaimed": self._plan.get("unclaimed", []),
            "left_out": self._plan.get("left_out", 0),
            "exitstatus": int(session.exitstatus if hasattr(session, "exitstatus") else 0),
            **(self._outcome.facts if self._outcome else {}),
        }


class XdistRecorder:
    """Hooks that exist only where xdist does."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where to leave the plan."""
        node.workerinput["videobench_plan"] = str(self._recorder.plan_file)


def plan_of(session: pytest.Session) -> str | None:
    """Give the cases of the collected items, and the files nobody asked for, as JSON."""
    found = {item.nodeid: case_of(item) for item in session.items if needs_clip(item)}
    cases = {nodeid: case for nodeid, case in found.items() if case is not None}
    if not cases:
        return None
    from pytest_videobench.collect import unclaimed_files
    from pytest_videobench.gate.record import case_cells

    plan = {nodeid: case_cells(case) for nodeid, case in cases.items()}
    return json.dumps(
        {"cases": plan, "unclaimed": unclaimed_files(cases.values()), "left_out": _left_out(session)}
    )


def _left_out(session: pytest.Session) -> int:
    """Count the cases of the chosen tests that ``-k``, ``--lf``, a mark or a node id leaves out."""
    chosen: dict[str, set[str]] = {}
    for item in session.items:
        case = case_of(item)
        if case is not None and needs_clip(item):
            chosen.setdefault(test_of(item), set()).add(case.key)
    collected = session.config.stash[collected_key]
    return sum(len(set(collected.get(test, keys)) - keys) for test, keys in chosen.items())


def leave_plan(config: pytest.Config, plan: str) -> None:
    """Write the plan where the main process finds it; every worker collects the same."""
    if hasattr(config, "workerinput"):
        target = Path(config.workerinput["videobench_plan"])
    else:
        recorder: Recorder = config.pluginmanager.getplugin("videobench-recorder")
        target = recorder.plan_file
    publish(target, plan.encode())


def attach_row(
    item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None], record: CaseRecord
) -> None:
    """Put the row on the report that crosses processes, and flat properties where JUnit finds them."""
    notices = item.config.stash[notices_key]
    record.notes.extend(notices)
    notices.clear()
    try:
        row = record.row(item.nodeid, *_verdict(report, call))
    except pytest.fail.Exception as late:  # pytest-timeout's signal, while the clip was assessed
        record.footage = None
        row = record.row(item.nodeid, "error", _test_error(str(late)))
        report.outcome, report.longrepr = "failed", str(late)
    report.videobench = row.to_json()  # type: ignore[attr-defined]  # reports carry what plugins add
    others = [entry for entry in item.user_properties if not entry[0].startswith("vb_")]
    item.user_properties[:] = [*others, *_properties(row)]  # a test may be run again


def _verdict(
    report: pytest.TestReport, call: pytest.CallInfo[None]
) -> tuple[CaseVerdict, dict[str, str] | None]:
    if report.passed:
        return "pass", None
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        return "unscored", {"kind": ErrorKind.SKIPPED.value, "message": reason}
    failed = (AssertionError, pytest.fail.Exception)
    message = call.excinfo.exconly(tryshort=True) if call.excinfo else "the test could not be set up"
    judged = report.when == "call" and call.excinfo is not None and call.excinfo.errisinstance(failed)
    if judged and _TIMED_OUT not in message:
        return "fail", None
    return "error", _test_error(message)


def _test_error(message: str) -> dict[str, str]:
    return {"kind": ErrorKind.TEST_ERROR.value, "message": message}


def _properties(row: Row) -> list[tuple[str, object]]:
    """Flat scalars: the case, its verdict, its metrics, and the defects that were found."""
    properties: list[tuple[str, object]] = [("vb_case", row.key), ("vb_verdict", row.verdict)]
    properties += [
        (f"vb_{name}", round(cell["value"], 6))
        for name, cell in row.metrics.items()
        if cell["value"] is not None
    ]
    if row.findings:
        properties.append(("vb_defects", " ".join(sorted({finding["defect"] for finding in row.findings}))))
    return properties
