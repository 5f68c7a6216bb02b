"""Fixtures: one case on its way from prompt to footage, for suites and for users' own tests."""

from __future__ import annotations

from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.stash import desk_key, notices_key, record_key, settings_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_videobench.backends.base import Backend
    from pytest_videobench.cases import Case
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.gate.record import CaseRecord
    from pytest_videobench.prompts.model import Expectations, Prompt
    from pytest_videobench.store.broker import Desk
    from pytest_videobench.store.store import Clip, Store


@pytest.fixture
def videobench_case(request: pytest.FixtureRequest) -> Case:
    """The case of this item: a prompt, a roll and a backend."""
    case: Case = request.param
    return case


@pytest.fixture
def prompt(videobench_case: Case) -> Prompt:
    """The prompt of this case: six parts, text, tags, expectations."""
    return videobench_case.prompt


@pytest.fixture
def roll(videobench_case: Case) -> int:
    """The number of this roll, from 0."""
    return videobench_case.roll


@pytest.fixture
def backend(videobench_case: Case) -> Backend:
    """The backend that makes the clip of this case."""
    return videobench_case.backend


@pytest.fixture(scope="session")
def clip_cache(pytestconfig: pytest.Config) -> Store:
    """The clip store of this run; the same for all workers."""
    from pytest_videobench.store.store import Store

    return Store(pytestconfig.stash[settings_key].cache, pytestconfig.stash[notices_key].append)


@pytest.fixture
def clip(videobench_case: Case, clip_cache: Store, request: pytest.FixtureRequest) -> Clip:
    """The clip of this case, from the store or made now; no clip is an error, never a failure.

    A folder backend that has no file for the case skips it.
    """
    from pytest_videobench.store.broker import await_clip
    from pytest_videobench.store.keys import cache_key

    record = _record(request)
    with _one_line_errors(record):
        started = perf_counter()
        asked = videobench_case.request()
        desk = _desk(videobench_case, request.config)
        if desk is None:
            phase = "store" if clip_cache.has(asked, videobench_case.backend) else "clip"
            record.clip = clip_cache.fetch(
                asked,
                videobench_case.backend,
                offline=request.config.stash[settings_key].offline,
                case=videobench_case.key,
            )
        else:
            key = cache_key(asked, videobench_case.backend)
            record.clip = await_clip(clip_cache, desk, key, videobench_case.key)
            phase = "clip" if desk.takes(key) else "store"
        waited = perf_counter() - started
        ordered = desk is not None and phase == "clip"  # then waiting says nothing of its maker
        record.timing[phase] = sum(record.clip.sidecar["latency"].values()) if ordered else waited
    return record.clip


@pytest.fixture
def footage(clip: Clip, request: pytest.FixtureRequest) -> Footage:
    """What one decoding pass over the clip leaves behind; an unreadable clip is an error of its own kind."""
    from pytest_videobench.errors import ClipError
    from pytest_videobench.footage.edges import write_edges
    from pytest_videobench.footage.keep import footage_of
    from pytest_videobench.footage.playable import write_playable
    from pytest_videobench.footage.strip import write_strip

    record = _record(request)
    with _one_line_errors(record):
        started = perf_counter()
        try:
            record.footage = footage_of(clip.path, clip.folder / "footage.npz")
        except ClipError as error:  # the name in the store means nothing to people
            where = clip.sidecar["origin"] or clip.path.name
            raise type(error)(f"{record.case.key}: {where}", error.reason) from None
        record.timing["footage"] = perf_counter() - started
    write_strip(record.footage, clip.folder)
    write_edges(record.footage, clip.folder)
    write_playable(clip.path, record.footage.probe, clip.folder)
    return record.footage


@pytest.fixture
def expected(videobench_case: Case) -> Expectations:
    """What style and prompt demand and permit, with every threshold that applies."""
    from pytest_videobench.gate.thresholds import complete

    return complete(videobench_case.prompt.expect, videobench_case.delivery())


def _desk(case: Case, config: pytest.Config) -> Desk | None:
    """Give the desk of a run whose main process orders this case's clip; ``None`` where it is made here."""
    from pytest_videobench.store.broker import Commissioned, Desk

    folder, settings = config.stash.get(desk_key, None), config.stash[settings_key]
    if folder is None or settings.offline or not isinstance(case.backend, Commissioned):
        return None
    return Desk(folder)


def _record(request: pytest.FixtureRequest) -> CaseRecord:
    record: CaseRecord = request.node.stash[record_key]
    return record


@contextmanager
def _one_line_errors(record: CaseRecord) -> Iterator[None]:
    """Turn what a user can mend into one line without a traceback, and remember it for the row."""
    from pytest_videobench.errors import MissingClip, VideobenchError

    try:
        yield
    except MissingClip as error:
        record.error = error
        raise pytest.skip.Exception(str(error)) from None
    except VideobenchError as error:
        record.error = error
        raise pytest.fail.Exception(str(error), pytrace=False) from None
