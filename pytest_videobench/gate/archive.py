"""One file with a baseline and its clips: providers disappear, and a baseline must outlive its backend.

A tar without compression, because clips have theirs: ``manifest.json`` with the digest of everything else,
``golden/<backend>@<model>/<style>.json`` with its ``canary/`` folder, and ``clips/<key>/`` as in the clip
store. The same baseline and clips give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tarfile
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import SEEK_END, BufferedReader, BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pytest_videobench.errors import GoldenError
from pytest_videobench.files import file_digest, publish
from pytest_videobench.gate.canary import FOLDER, parse_canaries, read_canaries
from pytest_videobench.gate.golden import read_golden
from pytest_videobench.store.keys import key_of
from pytest_videobench.store.store import SIDECAR, TRUTH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_videobench.gate.golden import Baseline, Golden
    from pytest_videobench.store.store import Clip, Store

ARCHIVE_VERSION = 2
_READ = (1, 2)
"""Versions that can be read; the first has no canary clips."""
MANIFEST = "manifest.json"
_GOLDEN = re.compile(r"golden/(?!\.)[\w.@+=-]+/(?!\.)[\w.-]+\.json")
_CANARY = re.compile(rf"golden/(?!\.)[\w.@+=-]+/{FOLDER}/(?!\.)[\w.-]+")
_CLIP = re.compile(r"clips/(?P<key>[0-9a-f]{32})/(?P<file>(?!\.)[\w.-]+)")
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What an archive holds, checked against its manifest and against itself."""

    goldens: dict[str, Golden]
    """By their name in the archive."""
    clips: dict[str, dict[str, Any]]
    """Sidecars by the key of their clip."""
    canaries: tuple[str, ...]
    """Names in the archive of canary clips and their values."""

    @property
    def backend(self) -> str:
        """Give the label of the backend that made the clips."""
        return next(golden.backend for golden in self.goldens.values())


def write_archive(baseline: Baseline, store: Store, target: Path) -> int:
    """Write a baseline and its clips, whole or not at all, and give the number of clips.

    Raises a one-line :class:`GoldenError` that names the clips that are missing or are others.
    """
    files: dict[str, bytes | Path] = {_name(golden): golden.text().encode() for golden in _goldens(baseline)}
    files |= _canaries(baseline)
    clips = _clips(baseline, store)
    for key, clip in clips.items():
        for name in (SIDECAR, TRUTH, clip.path.name):
            if (clip.folder / name).is_file():
                files[f"clips/{key}/{name}"] = clip.folder / name
    part = target.with_name(f"{target.name}.part")
    with _writing(target):
        try:
            _write(dict(sorted(files.items())), part)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    return len(clips)


def read_archive(file: Path) -> Contents:
    """Read everything but the pictures, and check every digest; raise a one-line :class:`GoldenError`."""
    with _opened(file) as tar:
        listed = _manifest(tar, file)
        small = _checked(tar, listed, file)
    contents = Contents(
        goldens=dict(_read_goldens(small, file)),
        clips=dict(_sidecars(small, listed, file)),
        canaries=_checked_canaries(small, listed, file),
    )
    made = {str(sidecar["sha256"]) for sidecar in contents.clips.values()}
    wanted = {one.sha256 for golden in contents.goldens.values() for one in golden.samples if one.sha256}
    if made != wanted or len({golden.backend for golden in contents.goldens.values()}) != 1:
        raise _broken(file, "its clips are not those of one baseline")
    return contents


def restore_archive(file: Path, root: Path, store: Store, *, force: bool = False) -> Contents:
    """Put goldens and clips back where runs look for them; what is there and differs stays without ``force``.

    Raises a one-line :class:`GoldenError` before anything is written.
    """
    contents = read_archive(file)
    new = [key for key, sidecar in contents.clips.items() if _differs(store, key, sidecar)]
    with _opened(file) as tar:
        texts = {name: _bytes(tar, name) for name in (*contents.canaries, *contents.goldens)}
        if not force:
            _refuse_changes(contents, texts, root, store, new)
        with _writing(store.root):
            for key in new:
                store.put(key, partial(_unpack, tar, key))
    with _writing(root):  # last, so that a baseline is there only with its clips
        for name, text in texts.items():
            path = root / name.removeprefix("golden/")
            path.parent.mkdir(parents=True, exist_ok=True)
            publish(path, text)
    return contents


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise GoldenError(f"{target}: cannot be written ({error.strerror or error})") from None


def _goldens(baseline: Baseline) -> Sequence[Golden]:
    return [baseline.goldens[style] for style in sorted(baseline.goldens)]


def _name(golden: Golden) -> str:
    return golden.path(Path("golden")).as_posix()


def _canaries(baseline: Baseline) -> dict[str, Path]:
    """Return the files of a baseline's canaries by their name in the archive; none is lost or damaged."""
    found: dict[str, Path] = {}
    for golden in _goldens(baseline):
        home = baseline.canaries
        recorded = read_canaries(home, golden.style)
        names = [f"{golden.style}.json", *(one.file for one in recorded.canaries)] if recorded else []
        found |= {(Path(_name(golden)).parent / FOLDER / name).as_posix(): home / name for name in names}
    return found


def _checked_canaries(
    small: Mapping[str, bytes], listed: Mapping[str, Mapping[str, Any]], file: Path
) -> tuple[str, ...]:
    """Return the names of the canary files; every clip that a set names is there, and none beside."""
    there = {name for name in listed if _CANARY.fullmatch(name)}
    sets = {name for name in there if name.endswith(".json")}
    needed = set(sets)
    for name in sorted(sets):
        try:
            recorded = parse_canaries(small[name])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _broken(file, f"{name}: {error}") from None
        clips = {f"{name.rpartition('/')[0]}/{one.file}": one.sha256 for one in recorded.canaries}
        if any(listed.get(clip, {}).get("sha256") != digest for clip, digest in clips.items()):
            raise _broken(file, f"{name} names canary clips that are missing or others")
        needed |= clips.keys()
    if there != needed:
        raise _broken(file, f"no golden names {min(there - needed)}")
    return tuple(sorted(there))


def _clips(baseline: Baseline, store: Store) -> dict[str, Clip]:
    """Find the entries of the store that hold the clips of a baseline, by key; none of them is damaged."""
    by_digest, by_case = _index(store)
    found: dict[str, Clip] = {}
    missing: list[str] = []
    other: list[str] = []
    for sample in (one for golden in _goldens(baseline) for one in golden.samples if one.sha256):
        case = f"{sample.key}/{sample.backend}/{sample.roll}"
        clips = {key: clip for key in by_digest[sample.sha256] if (clip := store.read(key))}
        # The same bytes may stand there for other cases as well, or for this one under an earlier name.
        found |= {key: clip for key, clip in clips.items() if key in by_case[case]} or clips
        if not clips:
            (other if by_case[case] else missing).append(case)
    if missing or other:
        told = [
            _told(names, word) for names, word in ((missing, "missing"), (other, "another clip")) if names
        ]
        raise GoldenError(f"{store.root}: cannot archive {baseline.backend}: {'; '.join(told)}")
    return dict(sorted(found.items()))


def _index(store: Store) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Sort the store's keys by the digest of the clip, and by the case that it was made for."""
    by_digest, by_case = defaultdict(list), defaultdict(list)
    for path in sorted(store.root.glob(f"clips/??/*/{SIDECAR}")):
        try:
            sidecar = json.loads(path.read_text(encoding="utf-8"))
            by_digest[sidecar["sha256"]].append(path.parent.name)
            by_case[sidecar["case"]].append(path.parent.name)
        except (OSError, ValueError, KeyError, TypeError):  # damaged, and so as good as missing
            continue
    return by_digest, by_case


def _told(cases: Sequence[str], word: str) -> str:
    more = f" and {len(cases) - _NAMED} more" if len(cases) > _NAMED else ""
    return f"{word}: {', '.join(cases[:_NAMED])}{more}"


def _write(files: Mapping[str, bytes | Path], part: Path) -> None:
    listed = {name: _entry(content) for name, content in files.items()}
    manifest = json.dumps({"version": ARCHIVE_VERSION, "files": listed}, indent=1, sort_keys=True).encode()
    with tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in {MANIFEST: manifest, **files}.items():
            # A member with nothing of its own but name and bytes: no owner and no time.
            member = tarfile.TarInfo(name)
            with BytesIO(content) if isinstance(content, bytes) else content.open("rb") as source:
                member.size = source.seek(0, SEEK_END)
                source.seek(0)
                tar.addfile(member, source)


def _entry(content: bytes | Path) -> dict[str, Any]:
    if isinstance(content, bytes):
        return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    return {"sha256": file_digest(content), "bytes": content.stat().st_size}


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        tar = tarfile.open(file, "r:")  # noqa: SIM115  # closed below
    except tarfile.TarError as error:
        raise _broken(file, str(error)) from None
    except OSError as error:
        raise GoldenError(f"{file}: {error.strerror or error}") from None
    with tar:
        try:
            yield tar
        except (tarfile.TarError, EOFError) as error:
            raise _broken(file, str(error)) from None


def _manifest(tar: tarfile.TarFile, file: Path) -> dict[str, dict[str, Any]]:
    """Read which files there should be, and refuse every other member, links, and names that lead astray."""
    members = tar.getmembers()
    if not members or members[0].name != MANIFEST or not members[0].isreg():
        raise _broken(file, f"it does not begin with {MANIFEST}")
    try:
        data = json.loads(_bytes(tar, MANIFEST))
        version, listed = data["version"], {name: dict(entry) for name, entry in data["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _broken(file, f"its {MANIFEST} cannot be read") from None
    if version not in _READ:
        raise GoldenError(f"{file}: archive version {version!r}, expected {ARCHIVE_VERSION}")
    strange = [member.name for member in members[1:] if not _is_expected(member)]
    if strange:
        raise _broken(file, f"it holds {strange[0]!r}, which is no golden and no clip")
    names = [member.name for member in members[1:]]
    if sorted(names) != sorted(listed):
        raise _broken(file, f"its files are not those of its {MANIFEST}")
    return listed


def _is_expected(member: tarfile.TarInfo) -> bool:
    """Say whether it is a plain file where goldens or clips lie: no link, no path to anywhere else."""
    named = any(kind.fullmatch(member.name) for kind in (_GOLDEN, _CANARY, _CLIP))
    return bool(named) and member.isreg() and not member.issparse()


def _checked(tar: tarfile.TarFile, listed: Mapping[str, Mapping[str, Any]], file: Path) -> dict[str, bytes]:
    """Compare every file with its digest, and give the bytes of the goldens and sidecars."""
    small = {}
    for name, entry in listed.items():
        source = tar.extractfile(name)
        assert isinstance(source, BufferedReader)  # a regular file
        digest = hashlib.file_digest(source, "sha256").hexdigest()
        if digest != entry.get("sha256") or tar.getmember(name).size != entry.get("bytes"):
            raise _broken(file, f"{name} is damaged")
        if name.endswith(".json") and not name.endswith(TRUTH):
            small[name] = _bytes(tar, name)
    return small


def _read_goldens(small: Mapping[str, bytes], file: Path) -> Iterator[tuple[str, Golden]]:
    with TemporaryDirectory() as folder:
        for name in (name for name in small if _GOLDEN.fullmatch(name)):
            copy = Path(folder) / "golden.json"
            copy.write_bytes(small[name])
            try:
                golden = read_golden(copy)
            except GoldenError as error:
                raise _broken(file, f"{name}: {str(error).removeprefix(f'{copy}: ')}") from None
            if _name(golden) != name:
                raise _broken(file, f"{name} is a golden of {golden.backend}, {golden.style}")
            yield name, golden


def _sidecars(
    small: Mapping[str, bytes], listed: Mapping[str, Mapping[str, Any]], file: Path
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the sidecar of every clip: it has to name the one clip beside it, and the key follows from it."""
    files: dict[str, set[str]] = defaultdict(set)
    for match in filter(None, map(_CLIP.fullmatch, listed)):
        files[match["key"]].add(match["file"])
    for key, names in files.items():
        try:
            sidecar = json.loads(small[f"clips/{key}/{SIDECAR}"])
            clip = listed[f"clips/{key}/{sidecar['file']}"]
            whole = names - {TRUTH} == {SIDECAR, sidecar["file"]} and sidecar["file"] not in (SIDECAR, TRUTH)
            fits = key_of(sidecar["identity"]) == key and sidecar["sha256"] == clip["sha256"]
        except (ValueError, KeyError, TypeError):
            raise _broken(file, f"clips/{key} is no entry of a store") from None
        if not (whole and fits):
            raise _broken(file, f"clips/{key} is not what its {SIDECAR} says")
        yield key, sidecar


def _differs(store: Store, key: str, sidecar: Mapping[str, Any]) -> bool:
    there = store.read(key)
    return there is None or there.sidecar["sha256"] != sidecar["sha256"]


def _refuse_changes(
    contents: Contents, texts: Mapping[str, bytes], root: Path, store: Store, new: Sequence[str]
) -> None:
    """Refuse to write over anything that can be read and is something else."""
    for name, text in texts.items():
        path = root / name.removeprefix("golden/")
        if path.exists() and path.read_bytes() != text:
            kind = "golden" if name in contents.goldens else "canary clip"
            raise GoldenError(f"{path}: another {kind} is there; --force writes over it")
    other = [str(contents.clips[key]["case"]) for key in new if store.read(key) is not None]
    if other:
        raise GoldenError(f"{store.root}: {_told(other, 'another clip')}; --force writes over it")


def _unpack(tar: tarfile.TarFile, key: str, folder: Path) -> None:
    for member in tar.getmembers():
        match = _CLIP.fullmatch(member.name)
        if match and match["key"] == key:
            source = tar.extractfile(member)
            assert source is not None  # a regular file
            with (folder / match["file"]).open("wb") as target:
                shutil.copyfileobj(source, target)


def _bytes(tar: tarfile.TarFile, name: str) -> bytes:
    source = tar.extractfile(name)
    assert source is not None  # a regular file
    return source.read()


def _broken(file: Path, why: str) -> GoldenError:
    return GoldenError(f"{file}: not an archive of a golden, or damaged: {why}")
