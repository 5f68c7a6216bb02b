"""The clip store: one folder per clip, published by one rename, made by one process at a time.

An entry is ``clips/<2 digits>/<key>/`` with the clip, its sidecar ``clip.json``, the ground truth where
there is one, and what later stages keep beside the clip. A folder is filled under ``making/`` and renamed
when it is whole, so what stands under ``clips/`` was complete whenever a process was killed.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, TypeAlias

from pytest_videobench.errors import OfflineMiss, StoreError
from pytest_videobench.files import file_digest, time_of_day
from pytest_videobench.store.journal import Journal, Page
from pytest_videobench.store.keys import cache_key, identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from os import PathLike

    from filelock import BaseFileLock

    from pytest_videobench.backends.base import Backend, Generation, Request

Make: TypeAlias = "Callable[[Path, Page], Generation]"
"""Something that makes a clip in a work folder, and keeps its job in the journal meanwhile."""

SIDECAR = "clip.json"
TRUTH = "truth.json"
SIDECAR_VERSION = 1
SIDECAR_KEYS = frozenset(
    "case identity delivery model seed job_id latency cost_usd synthetic origin created".split()  # noqa: SIM905
)
"""What a sidecar tells besides the file's name, bytes and digest; one that lacks any of it is damaged."""
_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of pytest-videobench: clips and their footage.\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A stored clip and its sidecar."""

    path: Path
    sidecar: dict[str, Any]
    """Request, provenance, latency in seconds, cost in US dollars, SHA-256."""

    def __post_init__(self) -> None:
        """Take a path that is written as a text."""
        object.__setattr__(self, "path", Path(self.path))

    @property
    def folder(self) -> Path:
        """The entry's folder, where later stages keep what they made of the clip."""
        return self.path.parent

    @property
    def synthetic(self) -> bool:
        """True where no model made the clip."""
        return bool(self.sidecar["synthetic"])


class Store:
    """Clips by content address below one folder, which is made when the first clip is.

    ``notify`` is told, in one line, of every damaged entry that was set aside.
    """

    def __init__(
        self, root: str | PathLike[str], notify: Callable[[str], None] = lambda _message: None
    ) -> None:
        self.root = Path(root)
        self._notify = notify

    def fetch(
        self,
        request: Request,
        backend: Backend,
        *,
        offline: bool = False,
        case: str = "",
        make: Make | None = None,
    ) -> Clip:
        """Give the clip for a request, making it if nobody has; one process makes it, the others wait.

        ``make`` takes the place of the backend's ``generate``, and is given the clip's page of the journal.

        Raises :class:`~pytest_videobench.errors.OfflineMiss` where ``offline`` forbids making it, and
        whatever the backend raises.
        """
        key = cache_key(request, backend)
        clip = self._read(key)
        if clip is not None:
            self.journal.drop(key)
            return clip
        if offline and not self._entry(key).exists():
            raise OfflineMiss(
                f"{case or request.prompt.key}: no stored clip, and --vb-offline forbids making one"
            )
        self._prepare()
        with self._lock(key):
            clip = self._read(key)
            if clip is None:
                self._set_aside(key)
            if clip is None and offline:
                raise OfflineMiss(
                    f"{case or request.prompt.key}: the stored clip is damaged; run without --vb-offline"
                )
            if clip is None:
                clip = self._make(key, request, backend, case, make or _generate(request, backend))
            self.journal.drop(key)
            return clip

    def put(self, key: str, fill: Callable[[Path], None]) -> None:
        """Publish an entry that was made elsewhere and that ``fill`` writes into a folder.

        An entry that is there already makes way for it.
        """
        self._prepare()
        with self._lock(key):
            workdir = Path(mkdtemp(prefix=f"{key}-", dir=self.root / "making"))
            try:
                fill(workdir)
                shutil.rmtree(self._entry(key), ignore_errors=True)
                self._publish(workdir, key)
            finally:
                shutil.rmtree(workdir, ignore_errors=True)

    @cached_property
    def journal(self) -> Journal:
        """The jobs that providers were asked for."""
        return Journal(self.root)

    def holds(self, key: str) -> bool:
        """Say whether an entry is there, without reading it."""
        return self._sidecar(key).is_file()

    def has(self, request: Request, backend: Backend) -> bool:
        """Say whether the clip is there, without reading it."""
        return self.holds(cache_key(request, backend))

    def entries(self) -> Iterator[str]:
        """Name every published entry by key, sorted."""
        yield from sorted(folder.name for folder in self.root.glob("clips/??/*") if folder.is_dir())

    def read(self, key: str) -> Clip | None:
        """Give the clip of an entry, or ``None`` where it is damaged."""
        return self._read(key)

    def verify(self) -> list[str]:
        """Set aside every damaged entry and name their keys."""
        damaged = []
        for key in [key for key in self.entries() if self._read(key) is None]:
            with self._lock(key):
                if self._read(key) is None:  # nobody has made it anew meanwhile
                    self._set_aside(key)
                    damaged.append(key)
        return damaged

    def remove(self, key: str) -> int:
        """Delete an entry and give the bytes that were freed."""
        entry = self._entry(key)
        size = folder_size(entry)
        with self._lock(key):
            shutil.rmtree(entry, ignore_errors=True)
        return size

    def sweep(self) -> int:
        """Delete what killed processes left half made, and what was set aside; give the bytes freed."""
        freed = 0
        for folder in (*self.root.glob("making/*"), *self.root.glob("damaged/*")):
            key = folder.name.partition("-")[0]
            with self._lock(key):
                freed += folder_size(folder)
                shutil.rmtree(folder, ignore_errors=True)
        for file in self.root.glob("locks/*.lock"):
            freed += self._unlocked(file)
        for part in self.root.glob("clips/??/*/*.part"):
            freed += part.stat().st_size
            part.unlink(missing_ok=True)
        return freed

    def _make(self, key: str, request: Request, backend: Backend, case: str, make: Make) -> Clip:
        for leftover in self.root.glob(f"making/{key}-*"):  # the lock is ours: its maker was killed
            shutil.rmtree(leftover, ignore_errors=True)
        workdir = Path(mkdtemp(prefix=f"{key}-", dir=self.root / "making"))
        try:
            generation = make(workdir, self.journal.page(key, case, str(request.spec)))
            _write_sidecar(workdir, key, request, backend, generation, case)
            self._publish(workdir, key)
        finally:
            shutil.rmtree(workdir, ignore_errors=True)
        clip = self._read(key)
        assert clip is not None, f"the entry {key} was damaged while it was published"
        return clip

    def _publish(self, workdir: Path, key: str) -> None:
        entry = self._entry(key)
        entry.parent.mkdir(parents=True, exist_ok=True)
        workdir.chmod(0o755)
        workdir.rename(entry)

    def _read(self, key: str) -> Clip | None:
        """Give the clip if its sidecar can be read and its bytes are those that were published."""
        try:
            sidecar = json.loads(self._sidecar(key).read_text(encoding="utf-8"))
            path = self._entry(key) / sidecar["file"]
            datetime.fromisoformat(sidecar["created"])
            if sidecar["version"] != SIDECAR_VERSION or not sidecar.keys() >= SIDECAR_KEYS:
                return None
            whole = path.stat().st_size == sidecar["bytes"] and file_digest(path) == sidecar["sha256"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return Clip(path=path, sidecar=sidecar) if whole else None

    def _set_aside(self, key: str) -> None:
        """Move a damaged entry out of the way, keeping it for whoever wants to know why."""
        entry = self._entry(key)
        if not entry.exists():
            return
        target = self.root / "damaged" / f"{key}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
        target.parent.mkdir(parents=True, exist_ok=True)
        entry.rename(target)
        self._notify(f"stored clip {key} was damaged; set aside in damaged/{target.name} and not used")

    def _entry(self, key: str) -> Path:
        return self.root / "clips" / key[:2] / key

    def _sidecar(self, key: str) -> Path:
        return self._entry(key) / SIDECAR

    def _lock(self, key: str) -> BaseFileLock:
        """Lock a clip; the kernel frees a killed holder's lock, and :meth:`sweep` deletes the files."""
        from filelock import FileLock

        folder = self.root / "locks"
        self._make_folder(folder)
        return FileLock(folder / f"{key}.lock")

    def _unlocked(self, file: Path) -> int:
        """Delete a lock file that nobody holds, while we hold it; those who wait for it notice."""
        from filelock import FileLock, Timeout

        try:
            with FileLock(file, timeout=0):
                size = file.stat().st_size
                file.unlink(missing_ok=True)
        except Timeout:
            return 0
        return size

    def _make_folder(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or error
            raise StoreError(f"{self.root}: cannot hold clips ({reason}); name another folder") from None

    def _prepare(self) -> None:
        self._make_folder(self.root / "making")
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
            if not (self.root / name).exists():
                (self.root / name).write_text(text, encoding="utf-8")


def folder_size(folder: Path) -> int:
    """Add up the bytes of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _generate(request: Request, backend: Backend) -> Make:
    return lambda workdir, _page: backend.generate(request, workdir)


def _write_sidecar(
    workdir: Path, key: str, request: Request, backend: Backend, generation: Generation, case: str
) -> None:
    if generation.truth is not None:
        _dump(workdir / TRUTH, generation.truth, indent=None)
    sidecar = {
        "version": SIDECAR_VERSION,
        "key": key,
        "case": case,
        "file": generation.path.name,
        "bytes": generation.path.stat().st_size,
        "sha256": file_digest(generation.path),
        "identity": identity(request, backend),
        "delivery": asdict(request.delivery),
        "model": generation.model,
        "seed": generation.seed,
        "job_id": generation.job_id,
        "latency": dict(generation.latency),
        "cost_usd": generation.cost_usd,
        "cost_source": generation.cost_source,
        "request": generation.request,
        "notes": list(generation.notes),
        "synthetic": generation.synthetic,
        "origin": generation.origin,
        "injected": [_brief(fault) for fault in (generation.truth or {}).get("injected", ())],
        "created": time_of_day(),
    }
    _dump(workdir / SIDECAR, sidecar)


def _brief(fault: Mapping[str, Any]) -> dict[str, Any]:
    """Give what people want to know of an injected fault; its boxes are in the truth."""
    return {name: fault[name] for name in ("fault", "defect", "start", "end", "severity", "note")}


def _dump(path: Path, value: Any, indent: int | None = 1) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(value, file, indent=indent, sort_keys=True, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
