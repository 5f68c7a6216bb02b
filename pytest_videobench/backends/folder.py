"""``folder:PATH``: clips that somebody already has, matched to prompts by file name or by a manifest.

A file belongs to a case when its name, with the folders below PATH or without, reads
``[style] id [r]roll`` in this order with anything but letters and digits between, in any case:
``scifi__mech-transforms__r0.mp4``, ``scifi/mech-transforms/0.mp4``, ``mech-transforms-1.webm``. The prompt's
whole text may stand in the place of the id (``<text>-0.mp4``, as other benchmarks name their clips), and a
name without a roll is roll 0. A ``manifest.csv`` in the folder, with the columns ``file``, ``prompt`` (id or
text) and, if wanted, ``style`` and ``roll``, goes before the names.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import unicodedata
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_videobench.backends.base import NOTHING_ASKED, Backend, BackendSpec, Generation, Request
from pytest_videobench.backends.params import merged, read_delivery
from pytest_videobench.errors import MissingClip, SetupFailed, SpecError
from pytest_videobench.files import file_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_videobench.prompts.model import Delivery

SUFFIXES = frozenset(
    {".avi", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ogv", ".ts", ".webm"}
)
"""What counts as a clip in a folder."""
MANIFEST = "manifest.csv"


class Folder(Backend):
    """Clips in a folder; they are copied into the store, never changed where they are."""

    synthetic = False
    seconds_per_clip = 0.05

    def __init__(self, spec: BackendSpec) -> None:
        if not spec.model:
            raise SpecError("backend 'folder' needs a path: folder:PATH")
        self.spec = spec
        self.root = Path(spec.model).expanduser().resolve()
        if not self.root.is_dir():
            raise SpecError(f"backend {str(spec)!r}: {self.root} is not a folder")
        self.model = self.root.name
        self._asked = read_delivery(spec)
        self._digests: dict[Path, str] = {}
        self._listed = self._read_manifest()

    def delivery(self, asked: Delivery = NOTHING_ASKED) -> Delivery:
        """Give what is asked, as it is: clips that are there are held to it, and none is refused for it."""
        return merged(self._asked, asked)

    def price(self, delivery: Delivery) -> float:  # noqa: ARG002
        """Return 0: the clips are there."""
        return 0.0

    def revision(self, request: Request) -> str:
        """Give the digest of the file, so that a replaced file is a new clip."""
        path = self.find(request)
        if path.is_file() and path not in self._digests:
            self._digests[path] = file_digest(path)
        return self._digests.get(path, "")

    def generate(self, request: Request, workdir: Path) -> Generation:
        """Copy the file that belongs to the request."""
        found = self.find(request)
        if found.is_dir():
            name = found.relative_to(self.root).as_posix()
            raise SetupFailed(f"{_label(request)}: {name} is a folder, not a clip; remove or rename it")
        target = workdir / f"clip{found.suffix.lower()}"
        shutil.copyfile(found, target)
        return Generation(path=target, model=self.model, origin=found.relative_to(self.root).as_posix())

    def find(self, request: Request) -> Path:
        """Give the file of a request; raise :class:`MissingClip` with the names that would have matched."""
        files = self._candidates(request)
        if len(files) > 1:
            both = ", ".join(file.relative_to(self.root).as_posix() for file in files)
            raise SetupFailed(f"{_label(request)}: several files match: {both}; keep one")
        if files:
            return files[0]
        name = f"{request.prompt.style}__{request.prompt.id}__r{request.roll}.mp4"
        raise MissingClip(f"{_label(request)}: no clip in {self.spec.model}; save it as {name}")

    def unclaimed(self, requests: Iterable[Request]) -> list[str]:
        """Name the clips of the folder that belong to none of the requests."""
        claimed = {file for request in requests for file in self._candidates(request)}
        return [file.relative_to(self.root).as_posix() for file in self._files if file not in claimed]

    def _candidates(self, request: Request) -> list[Path]:
        """Give every file that belongs to a request; there should be one."""
        return list(dict.fromkeys(file for name in _names(request) for file in self._index.get(name, [])))

    @cached_property
    def _files(self) -> list[Path]:
        return sorted(file for file in self.root.rglob("*") if file.suffix.lower() in SUFFIXES)

    @cached_property
    def _index(self) -> dict[str, list[Path]]:
        """Files by slug: of the manifest's rows where there is one, and of their names for the others."""
        index: dict[str, list[Path]] = defaultdict(list)
        for file in self._files:
            names = self._listed.get(file) or self._slugs(file)
            for name in dict.fromkeys(names):
                index[name].append(file)
        return dict(index)

    def _slugs(self, file: Path) -> list[str]:
        inside = file.relative_to(self.root).with_suffix("")
        return [folded(inside.as_posix()), folded(inside.name)]

    def _read_manifest(self) -> dict[Path, list[str]]:
        """Give the slugs of every file that the manifest names; raise :class:`SpecError` by file and line."""
        path, listed = self.root / MANIFEST, defaultdict(list)
        if not path.is_file():
            return {}
        try:
            with path.open(newline="", encoding="utf-8-sig") as file:
                table = csv.DictReader(file, strict=True)
                if not {"file", "prompt"} <= set(table.fieldnames or ()):
                    raise SpecError(f"{path}: expected the columns file, prompt and, if wanted, style, roll")
                for row in table:
                    clip, name = self._manifest_row(path, table.line_num, row)
                    listed[clip].append(name)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise SpecError(f"{path}: cannot be read as a UTF-8 CSV table ({error})") from None
        return dict(listed)

    def _manifest_row(self, path: Path, line: int, row: dict[str, str]) -> tuple[Path, str]:
        file = Path(os.path.normpath(self.root / (row["file"] or "")))
        if not file.is_relative_to(self.root) or file not in self._files:
            raise SpecError(f"{path}: line {line}: no file {row['file']!r} in {self.root}")
        roll = (row.get("roll") or "0").strip()
        if not roll.isdecimal():
            raise SpecError(f"{path}: line {line}: key 'roll': expected a number from 0, got {roll!r}")
        return file, folded(f"{row.get('style') or ''}-{row['prompt'] or ''}-r{int(roll)}")


def folded(text: str) -> str:
    """Fold case and write single hyphens for whatever is no letter or digit, in any script."""
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFKC", text).casefold()).strip("-")


def _names(request: Request) -> Iterator[str]:
    """Give the slugs that mean this request, the most exact first."""
    prompt = request.prompt
    endings = [f"r{request.roll}", str(request.roll), *([""] if request.roll == 0 else [])]
    for ending in endings:
        for name in (
            f"{prompt.style}-{prompt.id}",
            prompt.id,
            f"{prompt.style}-{prompt.text()}",
            prompt.text(),
        ):
            yield folded(f"{name}-{ending}")


def _label(request: Request) -> str:
    return f"{request.prompt.key} roll {request.roll}"
