"""The broker: orders every clip of a run from its provider, in the main process, while workers score.

It holds the keys, keeps every account as busy as its limits allow however many workers there are, and never
starts a job that the budget does not cover. Workers wait: a clip appears in the store, or a note on the desk
says why there will be none.
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from pytest_videobench.backends.base import Backend, BackendSpec, Request
from pytest_videobench.errors import BackendError, VideobenchError
from pytest_videobench.files import publish
from pytest_videobench.kinds import ErrorKind
from pytest_videobench.money import Cost
from pytest_videobench.prompts.model import Delivery, Prompt
from pytest_videobench.store.keys import cache_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pytest_videobench.backends.remote.account import Account, Purse
    from pytest_videobench.backends.remote.joblog import JobLog
    from pytest_videobench.backends.remote.loop import Errand
    from pytest_videobench.cases import Case
    from pytest_videobench.store.store import Clip, Store

_LOOK_SECONDS = 0.05
"""How often a worker looks for its clip."""
_SPARE_THREADS = 16
"""Threads of an account beyond its jobs: clips that are being downloaded hold no place."""
CLOSED, TAKEN = "closed", "taken.json"


@runtime_checkable
class Commissioned(Backend, Protocol):
    """A backend whose clips are made elsewhere, by jobs that outlive the process that ordered them."""

    asides: frozenset[str]
    """Parameters of its spec that do not change the picture."""
    concurrency: int
    """Jobs that its account takes at once."""
    per_minute: float | None
    """Submissions that its account takes in a minute; ``None`` where that is not known."""

    keys: tuple[str, ...]
    """Environment variables that may hold its key."""

    @property
    def account(self) -> tuple[str, str]:
        """Name the account whose limits hold."""

    def ready(self) -> None:
        """Raise a one-line :class:`SpecError` where a key or an address is missing."""

    def errand(self, request: Request, case: str, log: JobLog, account: Account, purse: Purse) -> Errand:
        """Give the errand of a clip, which goes on with a job that the log knows."""

    def close(self) -> None:
        """Close connections."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """One clip to order, as it crosses from the process that collected."""

    key: str
    case: str
    request: Request

    @classmethod
    def of(cls, case: Case) -> Commission:
        """Give the commission of a case."""
        request = case.request()
        return cls(key=cache_key(request, case.backend), case=case.key, request=request)

    def to_json(self) -> dict[str, Any]:
        """Give builtins only."""
        request, prompt = self.request, self.request.prompt
        return {
            "key": self.key,
            "case": self.case,
            "prompt": {"id": prompt.id, "style": prompt.style, **prompt.parts()},
            "wished": asdict(prompt.delivery),
            "roll": request.roll,
            "seed": request.seed,
            "spec": str(request.spec),
            "delivery": asdict(request.delivery),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Commission:
        """Read a commission."""
        prompt = Prompt(**data["prompt"], delivery=_delivery(data["wished"]))
        request = Request(
            prompt=prompt,
            roll=data["roll"],
            seed=data["seed"],
            spec=BackendSpec.parse(data["spec"]),
            delivery=_delivery(data["delivery"]),
        )
        return cls(key=data["key"], case=data["case"], request=request)


class Desk:
    """Where a run leaves word of the clips that will not come; the same folder for broker and workers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take(self, keys: Iterable[str]) -> None:
        """Say which clips are ordered in this run; all others were there before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        publish(self.folder / TAKEN, json.dumps(sorted(keys)).encode())

    def takes(self, key: str) -> bool:
        """Say whether a clip that has come was ordered in this run."""
        file = self.folder / TAKEN
        return file.exists() and key in json.loads(file.read_text(encoding="utf-8"))

    def refuse(self, key: str, kind: str, message: str) -> None:
        """Say why there will be no clip."""
        self.folder.mkdir(parents=True, exist_ok=True)
        publish(self.folder / f"{key}.json", json.dumps({"kind": kind, "message": message}).encode())

    def refusal(self, key: str) -> NoClip | None:
        """Give the reason why there will be no clip, if there is one by now."""
        try:
            said = json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return NoClip(said["message"], said["kind"])

    def close(self) -> None:
        """Say that nobody works here any more."""
        self.folder.mkdir(parents=True, exist_ok=True)
        publish(self.folder / CLOSED, b"")

    @property
    def closed(self) -> bool:
        """Say whether anybody still works here."""
        return (self.folder / CLOSED).exists()


class NoClip(BackendError):
    """The broker has no clip for a case; its kind is the provider's reason."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


def await_clip(store: Store, desk: Desk, key: str, case: str) -> Clip:
    """Wait for a clip that the broker has ordered; raise :class:`NoClip` where there will be none."""
    while True:
        closed = desk.closed  # asked first: what it left behind was left before
        if store.holds(key) and (clip := store.read(key)) is not None:
            return clip
        refusal = desk.refusal(key)
        if refusal is not None:
            raise refusal
        if closed:
            raise NoClip(
                f"{case}: the run ended before its clip came; the next run goes on with it",
                ErrorKind.STOPPED.value,
            )
        time.sleep(_LOOK_SECONDS)


class Broker:
    """Orders clips, as many at once as each account allows, in the order in which they will be asked for."""

    def __init__(self, store: Store, desk: Desk, budget_usd: float | None) -> None:
        from pytest_videobench.backends.remote.account import Purse

        self._store, self._desk = store, desk
        self.purse = Purse(budget_usd)
        self._accounts: dict[tuple[str, str], Account] = {}
        self._pools: list[ThreadPoolExecutor] = []
        self._backends: list[Commissioned] = []
        self._errands: dict[str, Errand] = {}
        self._lock = Lock()

    def start(self, commissions: Iterable[Commission], backends: Mapping[str, Commissioned]) -> None:
        """Begin; ``backends`` holds a backend for every spec of the commissions."""
        from pytest_videobench.backends.remote.account import Account

        commissions = list(commissions)
        self._desk.take(one.key for one in commissions)
        groups: dict[tuple[str, str], list[Commission]] = {}
        for one in commissions:
            groups.setdefault(backends[str(one.request.spec)].account, []).append(one)
        for name, own in groups.items():
            used = [backends[spec] for spec in {str(one.request.spec) for one in own}]
            most = max(backend.concurrency for backend in used)
            paces = [backend.per_minute for backend in used if backend.per_minute]
            self._accounts[name] = Account(most, min(paces, default=None))
            pool = ThreadPoolExecutor(most + _SPARE_THREADS, thread_name_prefix=f"videobench-{name[0]}")
            self._pools.append(pool)
            for one in own:
                pool.submit(self._serve, one, backends[str(one.request.spec)], self._accounts[name])
        self._backends = list(backends.values())

    def stop(self) -> list[str]:
        """End: cancel what still waits at its provider, leave what is being made to the next run.

        Gives lines for people.
        """
        for account in self._accounts.values():
            account.stop()
        for pool in self._pools:
            pool.shutdown(wait=True, cancel_futures=True)
        lines = self._cancelled()
        for backend in self._backends:
            backend.close()
        self._desk.close()
        return lines

    def _serve(self, one: Commission, backend: Commissioned, account: Account) -> None:
        from pytest_videobench.backends.remote.account import Stopped

        try:
            self._store.fetch(
                one.request,
                backend,
                case=one.case,
                make=lambda workdir, log: self._errand(one, backend, log, account).run(workdir),
            )
        except Stopped:
            return
        except VideobenchError as error:
            self._refuse(one, error.kind, str(error))
        except Exception as error:  # a provider of somebody's own; the other clips go on
            self._refuse(one, ErrorKind.BROKER.value, f"{one.case}: {type(error).__name__}: {error}")
        with self._lock:
            self._errands.pop(one.key, None)

    def _errand(self, one: Commission, backend: Commissioned, log: JobLog, account: Account) -> Errand:
        errand = backend.errand(one.request, one.case, log, account, self.purse)
        with self._lock:
            self._errands[one.key] = errand
        return errand

    def _refuse(self, one: Commission, kind: str, message: str) -> None:
        self._desk.refuse(one.key, kind, message)

    def _cancelled(self) -> list[str]:
        """Cancel the jobs that wait; what runs is paid for, and is fetched by the next run."""
        with self._lock:
            errands = [errand for errand in self._errands.values() if errand.job is not None]
        if not errands:
            return []
        with ThreadPoolExecutor(8) as pool:
            cancelled = list(pool.map(lambda errand: errand.cancel(), errands))
        going = [errand for errand, gone in zip(errands, cancelled, strict=True) if not gone]
        lines = [f"{sum(cancelled)} waiting jobs were cancelled"] if any(cancelled) else []
        if going:
            cost = Cost.of(errand.estimate_usd for errand in going)
            lines.append(
                f"{len(going)} jobs go on at their provider ({cost}); "
                "the same command fetches them without paying again"
            )
        return lines


def commissions_of(cases: Iterable[Case]) -> list[Commission]:
    """Give the commissions of the cases whose clips are made elsewhere, each clip once."""
    found = [Commission.of(case) for case in cases if isinstance(case.backend, Commissioned)]
    return list({one.key: one for one in found}.values())


def _delivery(data: Mapping[str, Any]) -> Delivery:
    ratio = data["ratio"]
    return Delivery(**{**data, "ratio": tuple(ratio) if ratio else None})
