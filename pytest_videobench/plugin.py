"""The pytest hooks: each asks one room for one thing. Nothing here is heavy, and nothing happens unless a
test asks for a clip."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench import fixtures
from pytest_videobench.options import DEFAULT_BACKEND, Settings, add_options, chosen_backends
from pytest_videobench.rootdir import check_rootdir
from pytest_videobench.stash import (
    CASE,
    WORKER_DESK,
    WORKER_RULER,
    case_of,
    collected_key,
    desk_key,
    needs_clip,
    needs_delivery,
    notices_key,
    record_key,
    ruler_key,
    settings_key,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from pytest_videobench.backends.base import Backend
    from pytest_videobench.cases import Case
    from pytest_videobench.options import Ask

# A test that asks for a prompt only is run once per prompt; with any of these, once per clip.
PER_CLIP = frozenset({"roll", "backend", "clip", "footage"})


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare options and ini keys."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options; on the main process, be ready to record."""
    if not hasattr(config, "workerinput"):  # workers are told their rootdir
        check_rootdir(config)
    settings = Settings.from_config(config)
    config.stash[settings_key] = settings
    config.stash[notices_key] = []
    config.stash[collected_key] = {}
    # Not by pytest_plugins, for which pytest reads every installed distribution a second time.
    config.pluginmanager.register(fixtures, "videobench-fixtures")
    if config.option.markers or config.option.markexpr:
        _list_markers(config)
    if settings.backends:
        _made(settings.backends)
    for ask in settings.asks:
        _check_ask(ask, _made(_specs(config)))
    if hasattr(config, "workerinput"):
        if WORKER_DESK in config.workerinput:
            config.stash[desk_key] = Path(config.workerinput[WORKER_DESK])
        if WORKER_RULER in config.workerinput:
            config.stash[ruler_key] = Path(config.workerinput[WORKER_RULER])
        return
    if config.getoption("vb_report") is not None:
        _check_report(settings)
    if settings.gate or settings.update_golden:
        from pytest_videobench.gating import prepare

        prepare(config, settings)
    _order(config, settings)
    if settings.dry_run:
        config.option.dist = "no"  # the preview needs the items here, and runs none of them
    from pytest_videobench.report.recorder import Recorder, XdistRecorder

    recorder = Recorder(config, settings)
    config.pluginmanager.register(recorder, "videobench-recorder")
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(XdistRecorder(recorder), "videobench-xdist")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Turn a test that asks for one of our fixtures into one item per case."""
    if CASE not in metafunc.fixturenames:
        return
    from pytest_videobench.collect import cases_of
    from pytest_videobench.errors import VideobenchError

    settings = metafunc.config.stash[settings_key]
    try:
        cases = cases_of(
            metafunc.definition.path,
            _specs(metafunc.config),
            settings.rolls,
            settings.asked,
            settings.calibration,
        )
    except VideobenchError as error:
        raise pytest.Collector.CollectError(str(error)) from None
    if not PER_CLIP.intersection(metafunc.fixturenames):
        cases = tuple({case.prompt.id: case for case in reversed(cases)}.values())[::-1]
        params = [pytest.param(c, id=c.prompt.id, marks=_marks(metafunc.config, c)) for c in cases]
    else:
        params = [pytest.param(c, id=c.id, marks=_marks(metafunc.config, c)) for c in cases]
    if "clip" in metafunc.fixturenames:
        metafunc.config.stash[collected_key][metafunc.definition.nodeid] = tuple(c.key for c in cases)
    metafunc.parametrize(CASE, params, indirect=True)


@pytest.hookimpl(tryfirst=True)  # before a worker tells what it has collected
def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse what cannot be done before any clip is made, then tell the main process what the plan is.

    The main process may not collect itself, and workers may crash.
    """
    _refuse(session)
    from pytest_videobench.report.recorder import leave_plan, plan_of

    plan = plan_of(session)
    if plan is not None:
        leave_plan(session.config, plan)
    if hasattr(session.config, "workerinput"):
        from pytest_videobench.ordering import leave_orders

        leave_orders(session)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Under ``--vb-dry-run`` show what would be made, and make nothing."""
    if not session.config.stash[settings_key].dry_run or session.testsfailed:
        return None
    from pytest_videobench.report.preview import preview

    cases = [case for item in session.items if needs_clip(item) and (case := case_of(item)) is not None]
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    for line in preview(cases, session.config.stash[settings_key].cache):
        reporter.write_line(line)
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Open the record of a case before its fixtures run."""
    case = case_of(item)
    if case is not None and needs_clip(item):
        from pytest_videobench.gate.record import CaseRecord

        item.stash[record_key] = CaseRecord(case=case)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the row of a case to the report that ends it."""
    report = yield
    record = item.stash.get(record_key, None)
    if record is not None and (report.when == "call" or (report.when == "setup" and not report.passed)):
        from pytest_videobench.report.recorder import attach_row

        attach_row(item, report, call, record)
    return report


@pytest.hookimpl(tryfirst=True, optionalhook=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> None:
    """Refuse pytest-timeout's way of ending the process where it is the one that keeps the run."""
    if settings.method == "thread" and case_of(item) and not hasattr(item.config, "workerinput"):
        pytest.exit(
            "--timeout-method=thread: the first timeout would end this process, and the run with it;"
            " take --timeout-method=signal, or give the tests a worker with -n 1",
            returncode=pytest.ExitCode.USAGE_ERROR,
        )


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Explain ``problems(...) == []`` by its lines."""
    if op != "==" or type(left).__name__ != "Problems" or right != []:
        return None
    assert isinstance(left, list)
    return [f"{len(left)} problem{'s' if len(left) > 1 else ''}:", *left]


def _specs(config: pytest.Config) -> tuple[str, ...]:
    from pytest_videobench.backends.registry import BACKENDS

    return chosen_backends(config.stash[settings_key], str(config.option.markexpr), BACKENDS.names())


def _marks(config: pytest.Config, case: Case) -> list[pytest.MarkDecorator]:
    """Mark a case by style, backend and tags, registering each mark when it is first needed."""
    kinds = {case.prompt.style: "style", case.backend.spec.name: "backend"}
    kinds = {**dict.fromkeys(case.prompt.tags, "tag"), **kinds}
    for name, kind in kinds.items():
        _register(config, name, kind)
    return [getattr(pytest.mark, name) for name in kinds]


def _register(config: pytest.Config, name: str, kind: str) -> None:
    known = {line.partition(":")[0].partition("(")[0].strip() for line in config.getini("markers")}
    if name not in known:
        config.addinivalue_line("markers", f"{name}: cases of this {kind} (pytest-videobench)")


def _list_markers(config: pytest.Config) -> None:
    """Name the marks of the installed backends and the shipped suites, for ``--markers`` and ``-m``."""
    from pytest_videobench.backends.registry import BACKENDS
    from pytest_videobench.prompts.load import load_styles, suites_root

    for name in BACKENDS.names():
        _register(config, name, "backend")
    for style in load_styles(suites_root()).values():
        _register(config, style.name, "style")
        for tag in sorted({tag for prompt in style.prompts for tag in prompt.tags}):
            _register(config, tag, "tag")


def _order(config: pytest.Config, settings: Settings) -> None:
    """Where clips are made by a provider, be ready to order them; only backends that somebody names are."""
    if not settings.backends and not config.option.markexpr:
        return
    specs = _specs(config)
    if specs == (DEFAULT_BACKEND,):
        return
    from pytest_videobench.ordering import Ordering, XdistOrdering
    from pytest_videobench.store.broker import Commissioned

    remote = [backend for backend in _made(specs) if isinstance(backend, Commissioned)]
    if not remote:
        return
    ordering = Ordering(config, settings, remote)
    config.pluginmanager.register(ordering, "videobench-ordering")
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(XdistOrdering(ordering), "videobench-ordering-xdist")


def _made(specs: Sequence[str]) -> list[Backend]:
    from pytest_videobench.collect import backends_of
    from pytest_videobench.errors import VideobenchError

    try:
        return backends_of(specs)
    except VideobenchError as error:
        raise pytest.UsageError(str(error)) from None


def _check_ask(ask: Ask, backends: Iterable[Backend]) -> None:
    """Refuse an option that a backend cannot follow, before anything is collected."""
    from pytest_videobench.errors import SpecError

    try:
        for backend in backends:
            backend.delivery(ask.delivery())
    except SpecError as error:
        raise pytest.UsageError(f"{ask.source}: {error}") from None


def _refuse(session: pytest.Session) -> None:
    """Run nothing where a clip cannot be delivered or shown; deselected cases ask for nothing."""
    asking = [(item, case) for item in session.items if needs_delivery(item) and (case := case_of(item))]
    if not asking:
        return
    from pytest_videobench.collect import refusals
    from pytest_videobench.report.run import unfit

    lines = refusals(case for _, case in asking)
    where = next((item.nodeid for item, case in asking if refusals([case])), "").partition("::")[0]
    settings = session.config.stash[settings_key]
    if any(needs_clip(item) for item, _ in asking) and not settings.dry_run:
        lines += unfit(
            settings.report,
            (case.backend for _, case in asking),
            self_contained=bool(session.config.getoption("self_contained_html", False)),
        )
    if not lines and (settings.gate or settings.update_golden):
        from pytest_videobench.gating import refusals as senseless

        lines = senseless(session)
    if not lines:
        return
    # A report, because an exception in a worker looks like a crash.
    report = pytest.CollectReport(
        where or asking[0][0].nodeid.partition("::")[0], "failed", "\n".join(lines), []
    )
    session.items.clear()
    session.config.hook.pytest_collectreport(report=report)


def _check_report(settings: Settings) -> None:
    """Refuse to write a report into a folder that holds other things."""
    if not settings.report.exists():
        return
    from pytest_videobench.report.run import RunFolder

    if not RunFolder.is_free(settings.report):
        raise pytest.UsageError(
            f"--vb-report: {settings.report} holds other files; name a new or empty folder"
        )
