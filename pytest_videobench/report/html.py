"""The page of a run: pytest-html's, with a row per case that shows the clip and says why.

pytest-html opens its page when pytest starts, for any suite. Ours is opened when the first case reports, so a
suite without clips never gets one. Its hooks are then called by hand, in the order in which pytest would.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from pytest_videobench.gate.changes import CHANGES
from pytest_videobench.gate.facts import VERDICTS
from pytest_videobench.report.head import head
from pytest_videobench.report.render import number, render
from pytest_videobench.report.run import PAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_videobench.gate.row import Row
    from pytest_videobench.report.run import RunFolder

_SHOWN_METRICS = {"temporal_flickering": "Flicker", "motion_amplitude": "Motion", "sharpness": "Sharpness"}
_RESULT, _TEST, _DURATION = 0, 1, 2


class Page:
    """Our part of a pytest-html page: columns, a panel per case, a summary on top."""

    def __init__(self, config: pytest.Config, run: RunFolder) -> None:
        self._run = run
        self._config = config
        self._shown: dict[str, Row] = {}
        self._html: Any = None
        if config.pluginmanager.hasplugin("html"):
            config.pluginmanager.register(self, "videobench-page")
            self._html = _open_page(config, run.folder / PAGE, self)
        self._path = Path(config.option.htmlpath).resolve() if self._html else run.folder

    def shown_path(self) -> str:
        """Give the page's path as a person at this terminal would write it."""
        here = self._config.invocation_params.dir
        return os.path.relpath(self._path, here) if self._path.is_relative_to(here) else str(self._path)

    def show(self, row: Row, report: pytest.TestReport) -> None:
        """Give the report that ends a case its panel."""
        self._shown[report.nodeid] = row
        from pytest_html import extras

        panel = render("panel.html", row=row, base=self._base())
        report.extras = [*getattr(report, "extras", []), extras.html(panel)]  # type: ignore[attr-defined]  # pytest-html's

    def replay(self, report: pytest.TestReport) -> None:
        """Show pytest-html a report that went by before its page was open."""
        if self._html is not None:
            self._html.pytest_runtest_logreport(report)

    def finish(self, session: pytest.Session) -> None:
        """Write a page that was opened too late for pytest-html to hear of the end."""
        if self._html is not None:
            self._html.pytest_sessionfinish(session)

    def show_crash(self, row: Row, message: str) -> None:
        """Show a case whose worker died: pytest-html writes a row only when a test was torn down."""
        for when, outcome in (("setup", "failed"), ("teardown", "passed")):
            report = pytest.TestReport(
                nodeid=row.nodeid,
                location=(row.nodeid.partition("::")[0], None, row.key),
                keywords={},
                outcome=outcome,  # type: ignore[arg-type]  # a plain word
                longrepr=message if when == "setup" else None,
                when=when,  # type: ignore[arg-type]  # a plain word
            )
            if when == "setup":
                self.show(row, report)
            self.replay(report)

    def pytest_html_report_title(self, report: Any) -> None:
        """Name the page."""
        report.title = "pytest-videobench"

    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Put the clip, the reason and a few numbers beside the result."""
        cells[_TEST] = '<th class="sortable" data-column-type="testId">Case</th>'
        numbers = [
            f'<th class="sortable" data-column-type="{name}">{title}</th>'
            for name, title in _SHOWN_METRICS.items()
        ]
        cells[_DURATION:_DURATION] = ["<th>Clip</th>", '<th class="vb-why">Why</th>', *numbers]

    def pytest_html_results_table_row(self, report: pytest.TestReport, cells: list[str]) -> None:
        """Fill the columns of a case; other tests leave them blank."""
        row = self._shown.get(report.nodeid)
        if row is None:
            cells[_DURATION:_DURATION] = ["<td></td>"] * (2 + len(_SHOWN_METRICS))
            return
        values = {name: cell["value"] for name, cell in row.metrics.items()}
        cells[_TEST] = render("cell_case.html", row=row, base=self._base(), values=values)
        numbers = [
            f'<td class="col-{name}">{_sortable(row.metrics.get(name, {}).get("value"))}</td>'
            for name in _SHOWN_METRICS
        ]
        clip, why = (render(f"cell_{name}.html", row=row, base=self._base()) for name in ("clip", "why"))
        cells[_DURATION:_DURATION] = [clip, why, *numbers]

    def pytest_html_results_summary(self, prefix: list[str], postfix: list[str]) -> None:
        """Put the head of the run on top, the filters above the table, and the table in order."""
        rows = self._run.rows
        prefix.append(head(rows, self._run.about, self._base()))
        postfix.append(
            render("filter.html", filters=_choices(rows), metrics=_measured(rows), base=self._base())
        )
        if self._html is not None:
            tests = self._html._report.data["tests"]
            for nodeid in sorted(
                tests, key=lambda nodeid: self._shown[nodeid].key if nodeid in self._shown else ""
            ):
                tests[nodeid] = tests.pop(nodeid)

    def home(self) -> str:
        """Give the way from the run's folder to the page, as an address; nothing where there is no page."""
        return _address(self._path, self._run.folder) if self._html else ""

    def _base(self) -> str:
        """Give the way from the page to the run's folder, as an address."""
        way = _address(self._run.folder, self._path.parent if self._html else self._run.folder)
        return "" if way == "." else f"{way}/"


def _address(target: Path, start: Path) -> str:
    return quote(Path(os.path.relpath(target, start)).as_posix())


def _open_page(config: pytest.Config, default: Path, columns: Page) -> Any:
    """Give pytest-html's page, opening it at ``default`` where ``--html`` did not ask for one."""
    from pytest_html import plugin

    page = _opened(config)
    if page is not None:  # its header was written before anybody knew that clips would come
        columns.pytest_html_results_table_header(page._report.table_header)
        columns.pytest_html_report_title(page._report)
        return page
    config.option.htmlpath = str(default)
    plugin.pytest_configure(config)
    page = _opened(config)
    page.pytest_sessionstart(config.pluginmanager.getplugin("session"))
    return page


def _opened(config: pytest.Config) -> Any:
    from pytest_html.basereport import BaseReport

    return next((p for p in config.pluginmanager.get_plugins() if isinstance(p, BaseReport)), None)


def _sortable(value: float | None) -> str:
    """Write a number so that pytest-html, which compares cells as text, sorts by its size."""
    return "<!---->–" if value is None else f"<!--{value:020.8f}-->{number(value)}"


def _choices(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Give what the table can be filtered by: by a word of each kind that occurs."""
    return {
        "style": sorted({row.style for row in rows}),
        "backend": sorted({row.backend for row in rows}),
        "verdict": [verdict for verdict in VERDICTS if any(row.verdict == verdict for row in rows)],
        "defect": sorted({defect for row in rows for defect in row.defects()}),
        "tag": sorted({tag for row in rows for tag in row.tags}),
        "change": [change for change in CHANGES if any(row.change == change for row in rows)],
    }


def _measured(rows: Sequence[Row]) -> list[str]:
    """Name the metrics that any case has."""
    return sorted({name for row in rows for name, cell in row.metrics.items() if cell["value"] is not None})
