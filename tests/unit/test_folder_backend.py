"""``folder:PATH``: which file belongs to which case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.backends.base import BackendSpec
from pytest_videobench.backends.folder import Folder
from pytest_videobench.cases import Case
from pytest_videobench.errors import GenerationFailed, MissingClip, SpecError
from pytest_videobench.prompts.model import Prompt

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.backends.base import Request

PARTS: dict[str, Any] = {
    "lighting": "noon",
    "subject": "a mech",
    "motion": "stands",
    "scene": "a yard",
    "atmosphere": "calm",
}
MECH = Prompt(id="mech-2", style="scifi", camera="Wide shot", **PARTS)
FOX = Prompt(id="fox", style="realistic", camera="Close-up", **PARTS)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder: Path = tmp_path / "my clips"
    folder.mkdir()
    return folder


def put(root: Path, *names: str) -> Folder:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return Folder(BackendSpec.parse(f"folder:{root}"))


def ask(backend: Folder, prompt: Prompt = MECH, roll: int = 0) -> Request:
    return Case(prompt=prompt, roll=roll, backend=backend).request()


@pytest.mark.parametrize(
    ("name", "roll"),
    [
        ("scifi__mech-2__r1.mp4", 1),
        ("SciFi - Mech 2 - R1.MP4", 1),
        ("scifi/mech-2/1.webm", 1),
        ("scifi/mech-2-r1.mov", 1),
        ("mech-2-1.gif", 1),
        ("mech_2.mp4", 0),
        ("deep/er/mech-2__r2.mkv", 2),
        ("Wide shot, noon, a mech, stands, a yard, calm.-0.mp4", 0),
        ("Wide shot, noon, a mech, stands, a yard, calm-2.mp4", 2),
    ],
)
def test_names_that_match(root: Path, name: str, roll: int) -> None:
    backend = put(root, name)
    assert backend.find(ask(backend, roll=roll)) == root / name


@pytest.mark.parametrize(
    "name", ["mech-2-r1.mp4", "mech-22.mp4", "fantasy__mech-2__r0.mp4", "mech-2__r0.txt"]
)
def test_names_that_do_not_match(root: Path, name: str) -> None:
    backend = put(root, name)
    with pytest.raises(MissingClip, match=r"scifi__mech-2__r0\.mp4"):
        backend.find(ask(backend))


def test_the_clip_is_copied_and_its_origin_kept(root: Path, tmp_path: Path) -> None:
    backend = put(root, "scifi/mech-2-0.WebM")
    generation = backend.generate(ask(backend), tmp_path)
    assert generation.path == tmp_path / "clip.webm"
    assert generation.path.read_bytes() == b"scifi/mech-2-0.WebM"
    assert generation.origin == "scifi/mech-2-0.WebM"
    assert not generation.synthetic


def test_two_files_for_one_case_are_refused(root: Path) -> None:
    backend = put(root, "a/mech-2-0.mp4", "b/mech-2-0.mp4")
    with pytest.raises(GenerationFailed, match=r"a/mech-2-0\.mp4, b/mech-2-0\.mp4"):
        backend.find(ask(backend))


def test_a_folder_with_a_clips_name_is_named(root: Path, tmp_path: Path) -> None:
    (root / "mech-2-0.mp4").mkdir()
    backend = put(root)
    with pytest.raises(GenerationFailed, match="is a folder, not a clip"):
        backend.generate(ask(backend), tmp_path)


def test_files_that_nobody_asked_for(root: Path) -> None:
    backend = put(root, "mech-2-0.mp4", "mech-2-1.mp4", "holiday.mov", "notes.txt")
    requests = [ask(backend, MECH, 0), ask(backend, FOX, 0)]
    assert backend.unclaimed(requests) == ["holiday.mov", "mech-2-1.mp4"]


def test_a_manifest_goes_before_names(root: Path) -> None:
    (root / "manifest.csv").write_text(
        "file,prompt,style,roll\nmech-2-0.mp4,fox,realistic,1\nx y.mp4,mech-2,,\n"
    )
    backend = put(root, "mech-2-0.mp4", "x y.mp4")
    assert backend.find(ask(backend, FOX, 1)) == root / "mech-2-0.mp4"
    assert backend.find(ask(backend, MECH, 0)) == root / "x y.mp4"


def test_a_manifest_may_give_the_prompts_text(root: Path) -> None:
    (root / "manifest.csv").write_text(f'file,prompt,roll\na.mp4,"{MECH.text()}",2\n')
    backend = put(root, "a.mp4")
    assert backend.find(ask(backend, MECH, 2)) == root / "a.mp4"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("clip,prompt\na.mp4,x\n", "expected the columns file, prompt"),
        ("file,prompt\nb.mp4,x\n", "line 2: no file 'b.mp4'"),
        ("file,prompt\n../out.mp4,x\n", "line 2: no file"),
        ("file,prompt,roll\na.mp4,x,first\n", "line 2: key 'roll'"),
    ],
)
def test_a_broken_manifest_is_named_by_line(root: Path, text: str, words: str) -> None:
    (root / "manifest.csv").write_text(text)
    (root.parent / "out.mp4").touch()
    with pytest.raises(SpecError, match=words):
        put(root, "a.mp4")


@pytest.mark.parametrize("data", [b"file,prompt\n\xff\xfe,x\n", b'file,prompt\n"a.mp4,x'])
def test_a_manifest_that_is_no_table_is_refused(root: Path, data: bytes) -> None:
    (root / "manifest.csv").write_bytes(data)
    with pytest.raises(SpecError, match=r"manifest\.csv: cannot be read as a UTF-8 CSV table"):
        put(root, "a.mp4")


def test_one_file_may_stand_for_two_cases(root: Path) -> None:
    (root / "manifest.csv").write_text("file,prompt,roll\na.mp4,mech-2,0\na.mp4,fox,1\n")
    backend = put(root, "a.mp4")
    assert backend.find(ask(backend, MECH, 0)) == backend.find(ask(backend, FOX, 1)) == root / "a.mp4"


def test_a_linked_file_may_stand_in_a_manifest(root: Path, tmp_path: Path) -> None:
    (tmp_path / "real.mp4").write_bytes(b"far away")
    (root / "link.mp4").symlink_to(tmp_path / "real.mp4")
    (root / "manifest.csv").write_text("file,prompt\nlink.mp4,fox\n")
    backend = put(root)
    assert backend.find(ask(backend, FOX, 0)) == root / "link.mp4"


def test_a_short_and_a_full_name_for_one_case_are_refused(root: Path) -> None:
    backend = put(root, "mech-2.mp4", "scifi__mech-2__r0.mp4")
    with pytest.raises(GenerationFailed, match="several files match"):
        backend.find(ask(backend))


def test_a_replaced_file_is_another_clip(root: Path) -> None:
    before = put(root, "mech-2.mp4")
    revision = before.revision(ask(before))
    (root / "mech-2.mp4").write_bytes(b"better")
    after = put(root)
    assert after.revision(ask(after)) != revision


def test_what_was_asked_for_stands_in_the_spec(root: Path) -> None:
    backend = Folder(BackendSpec.parse(f"folder:{root}?duration=5&size=1280x720"))
    assert (backend.delivery().duration, backend.delivery().width, backend.delivery().fps) == (
        5.0,
        1280,
        None,
    )


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("folder", "needs a path"),
        ("folder:nowhere/at/all", "is not a folder"),
        ("folder:.?length=5", "unknown parameter 'length'"),
        ("folder:.?size=big", "expected WIDTHxHEIGHT"),
        ("folder:.?duration=-1", "expected a number above 0"),
        ("folder:.?fps=nan", "expected a number above 0"),
    ],
)
def test_a_spec_that_makes_no_sense(spec: str, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        Folder(BackendSpec.parse(spec))
