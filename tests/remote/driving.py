"""One clip ordered from a fake, as a run would order it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytest_videobench.backends.base import Request
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.backends.remote.account import Account, Purse, Stopped
from pytest_videobench.backends.remote.backend import Remote
from pytest_videobench.prompts.model import Delivery, Prompt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pytest

    from pytest_videobench.backends.base import Generation
    from pytest_videobench.backends.remote.joblog import JobLog
    from pytest_videobench.backends.remote.loop import Errand
    from pytest_videobench.backends.remote.wire import Job
    from tests.fakes.server import Fake

PROMPT = "a red fox runs through snow"
"""Spoken with a full stop behind it."""
SEED = 42
ORDER_KEY = "0f3c5a7e9b1d2f4a6c8e0a1b2c3d4e5f"


class MemoryLog:
    """A journal in memory: what was written down, in order."""

    def __init__(self, job: Job | None = None, broken_off: float | None = None) -> None:
        self._known = job, broken_off
        self.name = ORDER_KEY
        self.steps: list[str] = []

    def known(self) -> tuple[Job | None, float | None]:
        return self._known

    def submitting(self, request: Mapping[str, Any]) -> None:
        self.steps.append("submitting")

    def submitted(self, job: Job) -> None:
        self.steps.append(f"submitted {job.id}")

    def unknown(self, why: str) -> None:
        self.steps.append("unknown")

    def clear(self) -> None:
        self.steps.append("clear")


class Impatient(Account):
    """The account of a run that ends as soon as it would have to wait."""

    def __init__(self) -> None:
        super().__init__(1)

    def sleep(self, seconds: float) -> None:
        raise Stopped


def point(monkeypatch: pytest.MonkeyPatch, spec: str, fake: Fake) -> None:
    """Set the variables of a backend so that it asks a fake, with the fake's key."""
    offer = _backend(f"{spec}{_join(spec)}base_url=x").provider.offer
    if offer.key_env:
        monkeypatch.setenv(offer.key_env[0], fake.key)
    monkeypatch.setenv(offer.base_url_env, fake.base_url)


@contextmanager
def ordered(
    spec: str,
    *,
    prompt: str = PROMPT,
    seed: int = SEED,
    asked: Delivery | None = None,
    wished: Delivery | None = None,
    log: JobLog | None = None,
    purse: Purse | None = None,
    account: Account | None = None,
) -> Iterator[Errand]:
    """Give the errand of one clip, which the run asks and the prompt wishes; it polls every 50 ms."""
    backend = _backend(f"{spec}{_join(spec)}poll=0.05")
    request = Request(
        prompt=Prompt(
            id="fox",
            style="test",
            subject=prompt,
            camera="",
            lighting="",
            motion="",
            scene="",
            atmosphere="",
            delivery=wished or Delivery(),
        ),
        roll=0,
        seed=seed,
        spec=backend.spec,
        delivery=backend.nearest(wished) if wished else backend.delivery(asked or Delivery()),
    )
    backend.ready()
    try:
        yield backend.errand(request, "case", log or MemoryLog(), account or Account(2), purse or Purse(None))
    finally:
        backend.close()


def drive(spec: str, workdir: Path, **order: Any) -> Generation:
    """Order one clip and wait for it; the same options as for :func:`ordered`."""
    with ordered(spec, **order) as errand:
        return errand.run(workdir)


def _backend(spec: str) -> Remote:
    backend = make_backend(spec)
    assert isinstance(backend, Remote)
    return backend


def _join(spec: str) -> str:
    return "&" if "?" in spec else "?"
