"""Where a model's files lie, which pipeline class they are for, and which version of them they are."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_videobench.errors import SpecError
from pytest_videobench.files import file_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

INDEX = "model_index.json"
"""The file by which ``diffusers`` knows a saved pipeline."""
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_SMALL = 1 << 20
"""Bytes up to which a file is read for the digest; weights are known by size and time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A model's files."""

    place: str
    """A folder, or a repository of the hub."""
    name: str
    """What the model is called."""
    index: Path
    """Its ``model_index.json``."""
    commit: str | None = None
    """Of the repository; ``None`` for a folder."""

    def pipeline(self) -> str:
        """Name the pipeline class; raise :class:`SpecError` where the index does not."""
        try:
            name = json.loads(self.index.read_text(encoding="utf-8"))["_class_name"]
        except (OSError, ValueError, KeyError, TypeError):
            name = None
        if not isinstance(name, str):
            raise SpecError(
                f"{self.place}: {INDEX} names no pipeline class of diffusers; say it with ?class=NAME"
            )
        return name

    def revision(self) -> str:
        """Give the commit, or a digest of a folder that changes with every file."""
        return self.commit or _folder_digest(self.index.parent)


def local_folder(spec: str, place: str) -> Path | None:
    """Give a saved pipeline's folder, or ``None`` for a repository; raise :class:`SpecError` for neither."""
    folder = Path(place).expanduser().resolve()
    if folder.is_dir():
        if not (folder / INDEX).is_file():
            raise SpecError(f"backend {spec!r}: {folder} has no {INDEX}; name a folder that diffusers saved")
        return folder
    if not _REPOSITORY.fullmatch(place):
        raise SpecError(f"backend {spec!r}: no folder {folder}; name one, or a repository OWNER/NAME")
    return None


def hub_source(spec: str, repository: str, revision: str | None) -> Source:
    """Give a repository's files; its index comes from the cache, and from the hub where it is not there.

    What is in the cache is taken as it is, so that a run makes its clips from one version of the weights.
    Raises :class:`SpecError` where there is no index to be had.
    """
    from huggingface_hub import hf_hub_download, try_to_load_from_cache

    try:
        found = try_to_load_from_cache(repository, INDEX, revision=revision)
        if not isinstance(found, str):
            found = hf_hub_download(repository, INDEX, revision=revision)
    except (OSError, ValueError) as error:
        reason = next(iter(str(error).strip().splitlines()), "")
        raise SpecError(
            f"backend {spec!r}: there is no folder {repository}, and the repository cannot be read "
            f"({type(error).__name__}: {reason})"
        ) from None
    index = Path(found)
    return Source(place=repository, name=repository, index=index, commit=index.parent.name)


def _folder_digest(folder: Path) -> str:
    lines = "\n".join(_marks(folder))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def _marks(folder: Path) -> Iterator[str]:
    """Give a line per file: its digest where it is small, as settings are; size and time of weights."""
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        stat = file.stat()
        mark = file_digest(file) if stat.st_size <= _SMALL else f"{stat.st_size} {stat.st_mtime_ns}"
        yield f"{file.relative_to(folder).as_posix()} {mark}"
