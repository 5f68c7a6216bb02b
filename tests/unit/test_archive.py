"""One file with a baseline and its clips: what goes in comes out, and nothing else gets in."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.errors import GoldenError
from pytest_videobench.gate.archive import read_archive, restore_archive, write_archive
from pytest_videobench.store.store import Store
from tests.unit.goldens import Kept, keep

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return keep(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def file(kept: Kept, tmp_path: Path) -> Path:
    write_archive(kept.baseline, kept.store, tmp_path / "a.tar")
    return tmp_path / "a.tar"


def test_what_goes_in_comes_out(kept: Kept, file: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "other" / "store")
    contents = restore_archive(file, tmp_path / "golden", store)
    assert kept.golden.path(tmp_path / "golden").read_bytes() == kept.file.read_bytes()
    assert set(store.entries()) == set(contents.clips) == {clip.folder.name for clip in kept.clips}
    for clip in kept.clips:
        copy = store.read(clip.folder.name)
        assert copy is not None
        assert (copy.path.read_bytes(), copy.sidecar) == (clip.path.read_bytes(), clip.sidecar)
        assert (copy.folder / "truth.json").read_bytes() == (clip.folder / "truth.json").read_bytes()
    home = kept.golden.path(tmp_path / "golden").parent / "canary"
    assert {path.name: path.read_bytes() for path in home.iterdir()} == {
        path.name: path.read_bytes() for path in kept.baseline.canaries.iterdir()
    }
    assert restore_archive(file, tmp_path / "golden", store) == contents, "a second time changes nothing"


def test_the_same_baseline_gives_the_same_bytes(kept: Kept, file: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "elsewhere")
    restore_archive(file, tmp_path / "golden", store)
    write_archive(kept.baseline, store, tmp_path / "b.tar")
    assert (tmp_path / "b.tar").read_bytes() == file.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar", "b.tar", "elsewhere", "golden"]


def test_clips_that_are_missing_or_others_are_named(kept: Kept, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    shutil.copytree(kept.store.root / "clips", store.root / "clips")
    first, second, third, _ = kept.clips
    shutil.rmtree(store.root / "clips" / first.folder.name[:2] / first.folder.name)
    other = store.root / second.path.relative_to(kept.store.root)
    other.write_bytes(b"damaged")
    sidecar = store.root / (third.folder / "clip.json").relative_to(kept.store.root)
    sidecar.write_text(json.dumps({**third.sidecar, "sha256": "0" * 64}), encoding="utf-8")
    with pytest.raises(GoldenError) as refused:
        write_archive(kept.baseline, store, tmp_path / "a.tar")
    message = str(refused.value)
    assert "\n" not in message
    missing, _, another = message.partition("another clip: ")
    assert first.sidecar["case"] in missing.partition("missing: ")[2]
    assert second.sidecar["case"] in another
    assert third.sidecar["case"] in another
    assert kept.clips[3].sidecar["case"] not in message
    assert not (tmp_path / "a.tar").exists()


def test_another_golden_and_another_clip_stay_unless_forced(kept: Kept, file: Path, tmp_path: Path) -> None:
    store, root = Store(tmp_path / "store"), tmp_path / "golden"
    restore_archive(file, root, store)
    golden = kept.golden.path(root)
    golden.write_text("{}", encoding="utf-8")
    with pytest.raises(GoldenError, match=r"abstract\.json: another golden is there; --force"):
        restore_archive(file, root, store)
    assert golden.read_text(encoding="utf-8") == "{}"
    restore_archive(file, root, store, force=True)
    assert golden.read_bytes() == kept.file.read_bytes()

    key = kept.clips[0].folder.name
    made_anew = kept.clips[1]

    def fill(folder: Path) -> None:
        shutil.copy(made_anew.path, folder)
        sidecar = {**made_anew.sidecar, "key": key, "case": "abstract/mine/x/0"}
        (folder / "clip.json").write_text(json.dumps(sidecar), encoding="utf-8")

    store.put(key, fill)
    with pytest.raises(GoldenError, match=f"another clip: {kept.clips[0].sidecar['case'].split('?')[0]}"):
        restore_archive(file, root, store)
    restore_archive(file, root, store, force=True)
    restored = store.read(key)
    assert restored is not None
    assert restored.sidecar == kept.clips[0].sidecar


def test_a_damaged_clip_of_the_store_is_replaced(kept: Kept, file: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    restore_archive(file, tmp_path / "golden", store)
    clip = store.root / kept.clips[0].path.relative_to(kept.store.root)
    clip.write_bytes(b"damaged")
    restore_archive(file, tmp_path / "golden", store)
    assert store.verify() == []


Members = list[tuple[tarfile.TarInfo, bytes]]


def rewritten(file: Path, change: Callable[[Members], object]) -> Path:
    """Write an archive anew with other members."""
    with tarfile.open(file) as tar:
        members = [(m, tar.extractfile(m).read()) for m in tar.getmembers()]  # type: ignore[union-attr]  # files
    change(members)
    with tarfile.open(file, "w") as tar:
        for member, data in members:
            member.size = len(data) if member.isreg() else 0
            tar.addfile(member, io.BytesIO(data))
    return file


def listed(members: Members, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest."""
    manifest = json.loads(members[0][1])
    change(manifest)
    members[0] = (members[0][0], json.dumps(manifest).encode())


def added(name: str, kind: bytes = tarfile.REGTYPE, linkname: str = "") -> Callable[[Members], object]:
    """Add a member, and list it as if it belonged there."""

    def change(members: Members) -> None:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, linkname
        members.append((member, b"" if kind != tarfile.REGTYPE else b"x"))
        listed(members, lambda manifest: manifest["files"].update({name: {"sha256": "0", "bytes": 1}}))

    return change


def altered(part: str, replace: Callable[[bytes], bytes]) -> Callable[[Members], object]:
    """Alter the first file whose name has this part, and its digest with it."""

    def change(members: Members) -> None:
        index, (member, data) = next((i, m) for i, m in enumerate(members) if part in m[0].name)
        new = replace(data)
        members[index] = (member, new)
        entry = {"sha256": hashlib.sha256(new).hexdigest(), "bytes": len(new)}
        listed(members, lambda manifest: manifest["files"].update({member.name: entry}))

    return change


IDS = [
    "a path upwards",
    "a path from the root",
    "a path in the middle",
    "a folder above",
    "a link",
    "a hard link",
    "a file that is not what is listed",
    "a file less",
    "a file twice",
    "no manifest",
    "an empty manifest",
    "another version",
    "another clip",
    "another clip that is listed",
    "another identity",
    "a file elsewhere",
    "no sidecar",
    "another style",
    "another golden version",
    "half a golden",
    "another digest",
    "another canary clip",
    "half of the canaries' values",
]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (added("../evil.json"), "'../evil.json', which is no golden and no clip"),
        (added("/etc/evil"), "'/etc/evil', which is no golden"),
        (added("golden/../../evil.json"), "no golden and no clip"),
        (added(f"clips/{'0' * 32}/.."), "no golden and no clip"),
        (added("golden/x@y/a.json", tarfile.SYMTYPE, "/etc/passwd"), "'golden/x@y/a.json', which is no golden"),
        (added(f"clips/{'0' * 32}/clip.json", tarfile.LNKTYPE, "manifest.json"), "no golden and no clip"),
        (added("golden/x@y/a.json"), "golden/x@y/a.json is damaged"),
        (lambda members: members.pop(), "its files are not those of its manifest"),
        (lambda members: members.append(members[-1]), "its files are not those of its manifest"),
        (lambda members: members.pop(0), "it does not begin with manifest.json"),
        (lambda members: members.__setitem__(0, (members[0][0], b"[]")), "manifest.json cannot be read"),
        (lambda members: listed(members, lambda m: m.update(version=9)), "archive version 9, expected 2"),
        (lambda members: members.__setitem__(-1, (members[-1][0], b"other")), "is damaged"),
        (altered("clip.mp4", lambda data: data + b"x"), "is not what its clip.json says"),
        (altered("clip.json", lambda data: data.replace(b'"seed"', b'"sead"')), "is not what its clip.json says"),
        (altered("clip.json", lambda data: data.replace(b'"clip.mp4"', b'"../x.mp4"')), "no entry of a store"),
        (altered("clip.json", lambda _: b"[]"), "is no entry of a store"),
        (altered("abstract.json", lambda data: data.replace(b'"abstract"', b'"scifi"')), "is a golden of"),
        (altered("abstract.json", lambda data: data.replace(b'"version": 1', b'"version": 2')), "version 2"),
        (altered("abstract.json", lambda data: data[:99]), "cannot be read as a golden"),
        (altered("abstract.json", lambda data: data.replace(b'"sha256": "', b'"sha256": "0')), "not those of one"),
        (altered("canary.mp4", lambda data: data + b"x"), "names canary clips that are missing or others"),
        (altered("canary/abstract.json", lambda data: data[:99]), "canary/abstract.json: "),
    ],
    ids=IDS,
)  # fmt: skip
def test_what_does_not_belong_there_is_refused_before_anything_is_written(
    file: Path, tmp_path: Path, change: Callable[[Members], object], words: str
) -> None:
    rewritten(file, change)
    with pytest.raises(GoldenError) as refused:
        restore_archive(file, tmp_path / "golden", Store(tmp_path / "store"))
    assert words in str(refused.value)
    assert str(refused.value).startswith(str(file))
    assert "\n" not in str(refused.value)
    assert [path.name for path in tmp_path.iterdir()] == ["a.tar"]


@pytest.mark.parametrize("size", [0, 100, 2000, -1])
def test_half_an_archive_is_refused(file: Path, size: int) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: size if size >= 0 else len(whole) // 2])
    with pytest.raises(GoldenError, match="not an archive of a golden, or damaged"):
        read_archive(file)


def test_a_file_that_is_not_there_is_one_line(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(GoldenError, match=r"a\.tar: No such file"):
        read_archive(tmp_path / "a.tar")
    with pytest.raises(GoldenError, match=r"no/a\.tar: cannot be written"):
        write_archive(kept.baseline, kept.store, tmp_path / "no" / "a.tar")
    (tmp_path / "file").touch()
    with pytest.raises(GoldenError, match=r"file/a\.tar: cannot be written"):
        write_archive(kept.baseline, kept.store, tmp_path / "file" / "a.tar")


def test_a_place_that_cannot_be_written_is_one_line(file: Path, tmp_path: Path) -> None:
    (tmp_path / "golden").write_text("a file", encoding="utf-8")
    with pytest.raises(GoldenError, match="golden: cannot be written"):
        restore_archive(file, tmp_path / "golden", Store(tmp_path / "store"))
