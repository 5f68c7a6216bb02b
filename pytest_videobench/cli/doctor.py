"""``videobench doctor``: one page on what is installed and whether it works; bug reports start with it."""

from __future__ import annotations

import os
import platform
import shutil
import time
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.version import Version

from pytest_videobench import __version__

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping

DISTRIBUTION = "pytest-videobench"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "firefox")
"""Any browser shows the report; one of these is looked for by name."""
_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:/Windows/Fonts", "~/.fonts")
Line = tuple[str, str, str]
"""A mark (``ok``, ``note`` or ``FAIL``), what was looked at, and what was found."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "doctor",
        help="show what is installed and whether it works",
        description="Show versions, codecs, folders and keys (by name only), and score a clip as a trial."
        " Exit status 1 if scoring clips would fail here. Paste the output into a bug report.",
    )
    parser.set_defaults(func=doctor)


def doctor(_args: argparse.Namespace) -> int:
    """Print the page; 1 where the main job would fail."""
    print(f"videobench {__version__}, Python {platform.python_version()}, {platform.platform()}")
    failed = 0
    for title, look in _SECTIONS.items():
        print(f"\n{title}")
        for mark, name, found in _tried(look):
            failed += mark == "FAIL"
            print(f"  {mark:4}  {name:24}  {found}")
    print(f"\n{f'{failed} FAILED: see above' if failed else 'all that is needed works'}")
    return 1 if failed else 0


def _tried(look: Callable[[], Iterator[Line]]) -> Iterator[Line]:
    """Yield what is found; whatever breaks is one more finding."""
    try:
        yield from look()
    except Exception as error:
        yield "FAIL", type(error).__name__, str(error).partition("\n")[0]


def _packages() -> Iterator[Line]:
    newest = _table()["newest"]
    python = _table()["python"]
    yield _judged("Python", platform.python_version(), python["oldest"], python["newest"])
    for needed in map(Requirement, requires(DISTRIBUTION) or ()):
        if needed.marker is None:
            yield _package(needed, newest[needed.name])


def _package(needed: Requirement, newest: str) -> Line:
    oldest = min(spec.version for spec in needed.specifier)
    try:
        return _judged(needed.name, version(needed.name), oldest, newest)
    except PackageNotFoundError:
        if needed.name == "opencv-python-headless":  # any wheel of the same project will do
            import cv2

            return _judged("opencv", cv2.__version__, oldest, newest)
        return "FAIL", needed.name, f"not installed; needs {needed.specifier}"


def _judged(name: str, found: str, oldest: str, newest: str) -> Line:
    """Judge a version by the oldest that is required and the newest that was tested."""
    if Version(found) < Version(oldest):
        return "FAIL", name, f"{found}: too old; needs {oldest} or newer"
    if Version(found).release[:2] > Version(newest).release[:2]:
        return "note", name, f"{found}: newer than tested ({oldest} to {newest})"
    return "ok", name, f"{found} (tested {oldest} to {newest})"


def _extras() -> Iterator[Line]:
    needs: dict[str, list[str]] = {}
    for needed in map(Requirement, requires(DISTRIBUTION) or ()):
        if needed.marker is not None:
            extra = str(needed.marker).partition("extra == ")[2].strip("\"'")
            needs.setdefault(extra, []).append(needed.name)
    for extra, names in needs.items():
        absent = [name for name in names if not _installed(name)]
        how = f"not installed ({', '.join(absent)}); pip install '{DISTRIBUTION}[{extra}]'"
        yield ("note", extra, how) if absent else ("ok", extra, "installed")


def _installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def _codecs() -> Iterator[Line]:
    """Write a clip with each codec and read it again; one that cannot be written is only looked up."""
    from pytest_videobench.footage.analyse import analyse
    from pytest_videobench.gate.canary_clips import Format, draw
    from pytest_videobench.media import can, decoder

    yield "ok", "decoder", decoder()
    with TemporaryDirectory() as folder:
        for name, codec in _table()["codecs"].items():
            path = draw(Format(codec, "yuv420p", 320, False), Path(folder))
            reads = analyse(path).probe.frames > 1 if path else can(codec, "r")
            words = f"decode {'yes' if reads else 'no'}, encode {'yes' if path else 'no'}"
            mark = "ok" if reads and path else "FAIL" if name == "H.264" else "note"
            yield mark, name, words


def _folders() -> Iterator[Line]:
    for folder, what in (
        (".videobench", "clip store"),
        ("videobench-report", "report"),
        ("golden", "goldens"),
    ):
        yield _writable(Path(folder), what)
    with TemporaryDirectory() as temporary:
        yield _writable(Path(temporary).parent, "temporary files")


def _writable(folder: Path, what: str) -> Line:
    """Try to write where the folder is, or would be made."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    try:
        with TemporaryFile(dir=there):
            free = shutil.disk_usage(there).free / 1e9
    except OSError as error:
        return "FAIL", what, f"{folder}: cannot be written ({error.strerror})"
    return "ok" if free > 1 else "note", what, f"{folder}: writable, {free:.1f} GB free"


def _sights() -> Iterator[Line]:
    found = next(filter(None, map(shutil.which, BROWSERS)), "")
    yield "ok" if found else "note", "browser", found or "none found by name; the report opens in any"
    folders = (Path(folder).expanduser() for folder in _FONTS)
    fonts = sum(1 for folder in folders if folder.is_dir() for _ in folder.rglob("*.[to]tf"))
    yield (
        "ok" if fonts else "note",
        "fonts",
        f"{fonts} installed" if fonts else "none found; text may be missing",
    )


def _keys() -> Iterator[Line]:
    """Say which keys are set, and never what they are."""
    from pytest_videobench.backends.registry import BACKENDS
    from pytest_videobench.cli.backends import offer_of

    for name in BACKENDS.names():
        offer = offer_of(name)
        if offer is not None and offer.key_env:
            names = {part for one in offer.key_env for part in one.split("+")}
            there = sorted(names & os.environ.keys())
            yield (
                "ok" if there else "note",
                name,
                f"{', '.join(there) or ' or '.join(offer.key_env) + ' not'} set",
            )


def _trial() -> Iterator[Line]:
    """Do the main job: score the package's clips of known faults."""
    from pytest_videobench.gate.canary import measure
    from pytest_videobench.gate.canary_clips import at_limits

    begun, clips = time.perf_counter(), list(at_limits())
    wrong = [clip.about for clip in clips if not clip.holds(measure(clip.path, clip.expect))]
    seconds = time.perf_counter() - begun
    told = f"{len(clips) - len(wrong)} of {len(clips)} clips of known faults judged as they should be"
    yield "FAIL" if wrong else "ok", "score clips", "; ".join([f"{told} ({seconds:.1f} s)", *wrong])


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads((files("pytest_videobench.cli") / "doctor.toml").read_text(encoding="utf-8"))


_SECTIONS: Mapping[str, Callable[[], Iterator[Line]]] = {
    "Packages": _packages,
    "Extras": _extras,
    "Codecs": _codecs,
    "Folders": _folders,
    "Looking at reports": _sights,
    "Keys": _keys,
    "Trial": _trial,
}
