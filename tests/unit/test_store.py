"""The clip store: whole clips or none, each made once."""

from __future__ import annotations

import json
import multiprocessing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pytest_videobench.backends.base import NOTHING_ASKED, BackendSpec, Generation, Request
from pytest_videobench.errors import GenerationFailed, OfflineMiss, StoreError
from pytest_videobench.prompts.model import Delivery, Prompt
from pytest_videobench.store.keys import cache_key
from pytest_videobench.store.store import Clip, Store

if TYPE_CHECKING:
    from collections.abc import Iterator

PROMPT = Prompt(
    id="a",
    style="s",
    camera="wide",
    lighting="noon",
    subject="a fox",
    motion="runs",
    scene="snow",
    atmosphere="calm",
)


def a_request(roll: int = 0, **changes: object) -> Request:
    request = Request(prompt=PROMPT, roll=roll, seed=roll, spec=BackendSpec("bytes"), delivery=Delivery())
    return replace(request, **changes)  # type: ignore[arg-type]


class Bytes:
    """A backend whose clips are bytes that say what was asked; it logs each making to a file."""

    synthetic = True
    model = "m"
    seconds_per_clip = 0.0

    def __init__(self, log: Path) -> None:
        self.spec = BackendSpec("bytes")
        self.log = log
        self.version = "1"

    def delivery(self, asked: Delivery = NOTHING_ASKED) -> Delivery:
        return asked

    def price(self, delivery: Delivery) -> float:
        return 0.0

    def revision(self, request: Request) -> str:
        return self.version

    def generate(self, request: Request, workdir: Path) -> Generation:
        with self.log.open("a") as log:
            log.write(f"{request.roll}\n")
        path = workdir / "clip.bin"
        path.write_bytes(content(request))
        return Generation(path=path, model=self.model, seed=request.seed, truth={"roll": request.roll})

    def made(self) -> list[int]:
        return [int(line) for line in self.log.read_text().split()] if self.log.exists() else []


def content(request: Request) -> bytes:
    return f"{request.prompt.text()} {request.roll} ".encode() * 50


class Broken(Bytes):
    def generate(self, request: Request, workdir: Path) -> Generation:
        (workdir / "clip.bin").write_bytes(b"half")
        raise GenerationFailed("the provider said no")


@pytest.fixture
def backend(tmp_path: Path) -> Bytes:
    return Bytes(tmp_path / "log")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_a_clip_is_made_once_and_then_read(store: Store, backend: Bytes) -> None:
    first = store.fetch(a_request(), backend)
    again = store.fetch(a_request(), backend)
    assert first == again
    assert first.path.read_bytes() == content(a_request())
    assert backend.made() == [0]


def test_the_sidecar_says_where_the_clip_comes_from(store: Store, backend: Bytes) -> None:
    clip = store.fetch(a_request(3), backend, case="s/a/bytes@m/3")
    assert clip.sidecar["case"] == "s/a/bytes@m/3"
    assert clip.sidecar["identity"]["prompt"] == PROMPT.text()
    assert clip.sidecar["seed"] == 3
    assert json.loads((clip.folder / "truth.json").read_text()) == {"roll": 3}


@pytest.mark.parametrize(
    "change",
    [
        {"roll": 1},
        {"seed": 9},
        {"prompt": replace(PROMPT, motion="sleeps")},
        {"spec": BackendSpec("bytes", "", (("fps", "12"),))},
        {"spec": BackendSpec("other")},
        {"delivery": Delivery(duration=9.0)},
        {"delivery": Delivery(width=640, height=360)},
    ],
    ids=["roll", "seed", "prompt", "parameter", "backend", "length", "size"],
)
def test_whatever_changes_the_picture_changes_the_key(backend: Bytes, change: dict[str, Any]) -> None:
    assert cache_key(a_request(**change), backend) != cache_key(a_request(), backend)


def test_the_revision_changes_the_key_and_the_tags_do_not(backend: Bytes) -> None:
    before = cache_key(a_request(), backend)
    assert cache_key(a_request(prompt=replace(PROMPT, tags=("fox",))), backend) == before
    backend.version = "2"
    assert cache_key(a_request(), backend) != before


def test_a_failed_generation_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with pytest.raises(GenerationFailed):
        store.fetch(a_request(), Broken(tmp_path / "log"))
    assert list(store.entries()) == []
    assert list((store.root / "making").iterdir()) == []


def test_offline_names_the_case_and_makes_no_folder(store: Store, backend: Bytes) -> None:
    with pytest.raises(OfflineMiss, match="s/a/bytes@m/0"):
        store.fetch(a_request(), backend, offline=True, case="s/a/bytes@m/0")
    assert not store.root.exists()


def damage(clip: Clip, how: str) -> None:
    if how == "cut":
        clip.path.write_bytes(clip.path.read_bytes()[:-7])
    elif how == "flip":
        clip.path.write_bytes(b"X" + clip.path.read_bytes()[1:])
    elif how == "gone":
        clip.path.unlink()
    elif how == "no sidecar":
        (clip.folder / "clip.json").unlink()
    elif how in ("no date", "later version"):
        change = {"created": "yesterday"} if how == "no date" else {"version": 99}
        (clip.folder / "clip.json").write_text(json.dumps(clip.sidecar | change))
    else:
        (clip.folder / "clip.json").write_text(how)


DAMAGES = [
    "cut",
    "flip",
    "gone",
    "no sidecar",
    "{",
    "{}",
    "[1]",
    '{"file": 3, "bytes": 1}',
    "no date",
    "later version",
]


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_entry_is_set_aside_with_a_message_and_made_anew(
    tmp_path: Path, backend: Bytes, how: str
) -> None:
    notices: list[str] = []
    store = Store(tmp_path / "store", notices.append)
    damage(store.fetch(a_request(), backend), how)
    clip = store.fetch(a_request(), backend)
    assert clip.path.read_bytes() == content(a_request())
    assert backend.made() == [0, 0]
    assert len(notices) == 1
    assert "damaged" in notices[0]
    assert len(list((store.root / "damaged").iterdir())) == 1


def test_verify_finds_what_is_damaged(store: Store, backend: Bytes) -> None:
    clips = [store.fetch(a_request(roll), backend) for roll in range(3)]
    damage(clips[1], "flip")
    assert store.verify() == [clips[1].sidecar["key"]]
    assert len(list(store.entries())) == 2
    assert store.verify() == []


def test_what_a_killed_process_left_is_cleared_by_the_next_maker(store: Store, backend: Bytes) -> None:
    key = cache_key(a_request(), backend)
    leftover = store.root / "making" / f"{key}-abc"
    leftover.mkdir(parents=True)
    (leftover / "clip.bin").write_bytes(b"half a clip")
    assert store.fetch(a_request(), backend).path.read_bytes() == content(a_request())
    assert not leftover.exists()


def _fetch(root: Path, log: Path, barrier: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    for roll in range(4):
        assert Store(root).fetch(a_request(roll), Bytes(log)).path.read_bytes() == content(a_request(roll))


def test_processes_that_want_the_same_clip_make_it_once(store: Store, backend: Bytes) -> None:
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(4)
    processes = [context.Process(target=_fetch, args=(store.root, backend.log, barrier)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    assert sorted(backend.made()) == [0, 1, 2, 3]


class StoreMachine(RuleBasedStateMachine):
    """Whatever happens to a store, what it gives is what was asked for, made no more often than needed."""

    @initialize(tmp=st.builds(lambda: None))
    def start(self, tmp: None) -> None:
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        root = Path(self.folder.name)
        self.backend = Bytes(root / "log")
        self.store = Store(root / "store")
        self.present: dict[int, bool] = {}
        self.making = 0

    rolls = st.integers(0, 3)

    @rule(roll=rolls)
    def fetch(self, roll: int) -> None:
        self.making += not self.present.get(roll, False)
        clip = self.store.fetch(a_request(roll), self.backend)
        assert clip.path.read_bytes() == content(a_request(roll))
        self.present[roll] = True

    @rule(roll=rolls)
    def fetch_offline(self, roll: int) -> None:
        if self.present.get(roll, False):
            self.store.fetch(a_request(roll), self.backend, offline=True)
            return
        with pytest.raises(OfflineMiss):
            self.store.fetch(a_request(roll), self.backend, offline=True)

    @rule(roll=rolls, how=st.sampled_from(DAMAGES))
    def harm(self, roll: int, how: str) -> None:
        if self.present.get(roll, False):
            damage(self.store.fetch(a_request(roll), self.backend), how)
            self.present[roll] = False

    @rule(roll=rolls)
    def delete(self, roll: int) -> None:
        self.store.remove(cache_key(a_request(roll), self.backend))
        self.present[roll] = False

    @rule()
    def sweep(self) -> None:
        self.store.sweep()

    @rule()
    def verify(self) -> None:
        self.store.verify()
        whole = {roll for roll, there in self.present.items() if there}
        assert {clip.sidecar["identity"]["roll"] for clip in self.clips()} == whole

    def clips(self) -> Iterator[Clip]:
        for key in self.store.entries():
            clip = self.store.read(key)
            if clip is not None:
                yield clip

    @invariant()
    def nothing_is_made_twice(self) -> None:
        if hasattr(self, "backend"):
            assert len(self.backend.made()) == self.making

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.mark.parametrize("key", ["synthetic", "created", "identity", "origin"])
def test_a_sidecar_that_lacks_a_key_is_not_trusted(store: Store, backend: Bytes, key: str) -> None:
    clip = store.fetch(a_request(), backend)
    (clip.folder / "clip.json").write_text(json.dumps({k: v for k, v in clip.sidecar.items() if k != key}))
    assert store.verify() == [clip.sidecar["key"]]


def test_a_store_that_cannot_hold_clips_says_so_in_one_line(tmp_path: Path, backend: Bytes) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"file: cannot hold clips \(.*\); name another folder"):
        Store(tmp_path / "file").fetch(a_request(), backend)


def test_a_sweep_clears_what_killed_runs_left_in_entries(store: Store, backend: Bytes) -> None:
    clip = store.fetch(a_request(), backend)
    (clip.folder / "footage.npz.1234.part").write_bytes(b"half")
    assert store.sweep() == 4
    assert store.read(clip.sidecar["key"]) is not None
