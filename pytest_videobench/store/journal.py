"""Jobs that a provider was asked for, on disk before the next step is taken.

One file per clip under ``jobs/``. Its state is ``submitting`` (a submission is about to leave), ``submitted``
(the provider has given the job a name) or ``unknown`` (nobody knows whether a submission was taken). A clip
that is in the store has no file here any more, and a failed job has none either.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pytest_videobench.backends.remote.wire import Job
from pytest_videobench.errors import StoreError
from pytest_videobench.files import time_of_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SIZE = 16384
"""Bytes of a record, filled with blanks: a job's name must find room on a disk that is full by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of one clip's job."""

    key: str
    case: str
    backend: str
    """The backend's spec."""
    state: str
    """``submitting``, ``submitted`` or ``unknown``."""
    since: float
    """Seconds since 1970 at which the submission left, or was to leave."""
    at: str
    """The same for people."""
    request: Mapping[str, Any]
    name: str
    """Ours for the job, unique to the attempt: some providers keep and find jobs by it."""
    job: Job | None = None
    why: str = ""


class Journal:
    """The jobs of a store."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "jobs"

    def page(self, key: str, case: str, backend: str) -> Page:
        """Open the page of one clip; nothing is written before something is known."""
        return Page(self, key, case, backend)

    def records(self) -> Iterator[Record]:
        """Give every record, sorted by key."""
        for file in sorted(self.folder.glob("*.json")):
            record = self.read(file.stem)
            if record is not None:
                yield record

    def read(self, key: str) -> Record | None:
        """Give the record of a clip's job, or ``None`` where there is none.

        Raises :class:`StoreError` for a file that cannot be read: a job may stand behind it.
        """
        file = self._file(key)
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            job = data.pop("job", None)
            return Record(**data, job=Job(**job) if job else None)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise StoreError(
                f"{file}: cannot be read ({error}); a paid job may stand behind it: look it up at the "
                "provider, then delete the file"
            ) from None

    def write(self, record: Record) -> None:
        """Write a record whole; where the disk is full, over the record that stands there."""
        job = record.job
        data = {name: getattr(record, name) for name in Record.__slots__ if name != "job"}
        if job is not None:
            data["job"] = {"id": job.id, "links": dict(job.links), "cost_usd": job.cost_usd}
        text = json.dumps(data, ensure_ascii=False).encode()
        text += b" " * max(0, _SIZE - len(text))
        file = self._file(record.key)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _replace(file, text)
        except OSError as error:
            if not file.exists():
                raise StoreError(
                    f"{self.folder}: cannot hold jobs ({error.strerror or error}), so none is submitted"
                ) from None
            _overwrite(file, text)

    def drop(self, key: str) -> bool:
        """Delete a record; say whether there was one."""
        existed = self._file(key).exists()
        self._file(key).unlink(missing_ok=True)
        return existed

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.json"


class Page:
    """The journal as the loop sees it: one clip's job."""

    def __init__(self, journal: Journal, key: str, case: str, backend: str) -> None:
        self._journal, self._key, self._case, self._backend = journal, key, case, backend
        self._request: Mapping[str, Any] = {}
        self._since = 0.0

    @cached_property
    def name(self) -> str:
        """Give the name of the attempt that is known, and else a new one."""
        record = self._journal.read(self._key)
        return record.name if record else uuid4().hex

    def known(self) -> tuple[Job | None, float | None]:
        """Give the job that an earlier run left, and else the time of a submission that broke off."""
        record = self._journal.read(self._key)
        if record is None:
            return None, None
        self._request, self._since = record.request, record.since
        return record.job, None if record.job else record.since

    def submitting(self, request: Mapping[str, Any]) -> None:
        """Keep that a submission is about to leave."""
        self._request, self._since = request, time.time()
        self._write("submitting")

    def submitted(self, job: Job) -> None:
        """Keep the job."""
        self._write("submitted", job=job)

    def unknown(self, why: str) -> None:
        """Keep that nobody knows whether a submission was taken."""
        self._write("unknown", why=why)

    def clear(self) -> None:
        """Forget: there is no job, or nothing more to learn of it."""
        self._journal.drop(self._key)

    def _write(self, state: str, job: Job | None = None, why: str = "") -> None:
        self._journal.write(
            Record(
                key=self._key,
                case=self._case,
                backend=self._backend,
                state=state,
                since=self._since,
                at=time_of_day(),
                request=self._request,
                name=self.name,
                job=job,
                why=why,
            )
        )


def _replace(file: Path, text: bytes) -> None:
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(file.parent)


def _overwrite(file: Path, text: bytes) -> None:
    """Write into the blocks that a record has already; they were taken before the job was paid."""
    with file.open("r+b") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def _sync_folder(folder: Path) -> None:
    """See to it that a new name outlives a power cut, where folders can be synced."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
