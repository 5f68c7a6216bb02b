"""Where pytest meets the broker: the main process orders what the collected cases need, and workers wait."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.errors import SpecError
from pytest_videobench.stash import WORKER_DESK, case_of, desk_key, needs_clip

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from pytest_videobench.options import Settings
    from pytest_videobench.store.broker import Broker, Commission, Commissioned

ORDERS = "orders.json"


class Ordering:
    """Starts the broker when the cases are known, and ends it with the run; main process only."""

    def __init__(self, config: pytest.Config, settings: Settings, remote: Sequence[Commissioned]) -> None:
        from pytest_videobench.backends.remote.keys import KEYRING

        self._config, self._settings = config, settings
        self._broker: Broker | None = None
        self.folder = Path(mkdtemp(prefix="videobench-desk-"))
        config.stash[desk_key] = self.folder
        self._keys = KEYRING
        for backend in remote:  # before any worker is started, which would inherit the environment
            self._keys.withdraw(backend.keys)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Start where this process runs the tests itself."""
        if session.items:
            leave_orders(session)
            self.begin()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Generator[None, None, None]:
        """Stop ordering before anybody counts what came."""
        if self._broker is not None:
            self._say(self._broker.stop())
        yield
        shutil.rmtree(self.folder, ignore_errors=True)

    def pytest_unconfigure(self) -> None:
        """Give the environment back as it was."""
        self._keys.restore()

    def begin(self) -> None:
        """Show the bill, and order; does nothing the second time, or where there is nothing to order."""
        file = self.folder / ORDERS
        if self._broker is not None or not file.exists() or self._settings.offline or self._settings.dry_run:
            return
        from pytest_videobench.collect import backend_of
        from pytest_videobench.money import estimates
        from pytest_videobench.report.preview import bill
        from pytest_videobench.store.broker import Broker, Commission, Commissioned, Desk
        from pytest_videobench.store.store import Store

        orders = [Commission.from_json(data) for data in json.loads(file.read_text(encoding="utf-8"))]
        made = {spec: backend_of(spec) for spec in {str(order.request.spec) for order in orders}}
        backends = {spec: backend for spec, backend in made.items() if isinstance(backend, Commissioned)}
        store = Store(self._settings.cache)
        found = estimates(orders, backends, store)
        wanted = [one.order for one in found if one.stage != "stored"]
        self._check(wanted, backends)
        self._say(bill(found, self._settings.budget))
        self._broker = Broker(store, Desk(self.folder), self._settings.budget)
        self._broker.start(wanted, backends)

    def _check(self, wanted: Sequence[Commission], backends: dict[str, Commissioned]) -> None:
        """Stop the run, before anything is ordered, where a key or an address is missing."""
        for spec in dict.fromkeys(str(order.request.spec) for order in wanted):
            try:
                backends[spec].ready()
            except SpecError as error:
                pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)

    def _say(self, lines: Sequence[str]) -> None:
        reporter = self._config.pluginmanager.getplugin("terminalreporter")
        if reporter is None:
            return
        for line in lines:
            reporter.ensure_newline()
            reporter.write_line(line)


class XdistOrdering:
    """Hooks that exist only where xdist does."""

    def __init__(self, ordering: Ordering) -> None:
        self._ordering = ordering

    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where word is left."""
        node.workerinput[WORKER_DESK] = str(self._ordering.folder)

    def pytest_xdist_node_collection_finished(self) -> None:
        """Start as soon as one worker knows the cases; all know the same."""
        self._ordering.begin()


def leave_orders(session: pytest.Session) -> None:
    """Write down, for the main process, which clips have to be ordered."""
    folder = session.config.stash.get(desk_key, None)
    if folder is None:
        return
    from pytest_videobench.files import publish
    from pytest_videobench.store.broker import commissions_of

    cases = [case for item in session.items if needs_clip(item) and (case := case_of(item)) is not None]
    orders = [order.to_json() for order in commissions_of(cases)]
    if orders:
        publish(folder / ORDERS, json.dumps(orders).encode())
