"""What other checkers of generated video say of the same clips, each in an environment of its own.

    python -m benchmarks.accuracy.peers [--kept FOLDER] [--details]

Run once for each clip, with default settings on the CPU; ``clip.mp4`` is a link in a folder of its own:

- ``takecheck check clip.mp4 --spec takes.yml --json takecheck.json --quiet``, where the spec asks for nothing
  but clips without subtitles, as that check is off by default; a check that failed is what it says;
- ``dailies review clip.mp4 --json`` of video-dailies, the mechanical stage; black and frozen spans, cuts, and
  the reasons to kill that come from reading the file are what it says;
- ``videoscope analyze clip.mp4 --output videoscope --json-only --quiet`` of genvideoscope; its findings;
- for the table, ``videobench score clip.mp4 --format jsonl`` of this package, once with the findings that may
  fail a case and once with all of them.

What was said is kept in ``FOLDER`` by the clip's SHA-256, ours excepted, so that a second run is free.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
import venv
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeAlias

from pytest_videobench.errors import VideobenchError
from pytest_videobench.files import file_digest, publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Said: TypeAlias = "tuple[str, float | None, float | None]"
"""What a peer calls it, and the start and end in seconds where it says them."""
KEPT = Path(".videobench") / "peers"
"""Where environments and answers are kept unless another folder is given."""
SLOW = 600
"""Seconds after which a peer is given up on a clip."""
TAKES = "name: clip\nexpect:\n  subtitles: forbidden\n"
GATE = "gate:"
"""Stands before a finding of ours that may fail a case."""
CLEAN = "none_seen"
"""The label of a clip in which nobody saw a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a peer says of a clip, in our words."""

    kinds: tuple[Said, ...]
    """Defect, start and end in seconds; ``other:`` and their word where that is none of our defects."""
    seconds: float
    """Wall time of the command, its start included."""
    error: str | None = None
    """One line where it could not be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a peer says of a clip, in its own words; this is what is kept."""

    said: tuple[Said, ...]
    seconds: float
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A checker: the command, and how its answer is read."""

    name: str
    command: tuple[str, ...]
    read: Callable[[Any], Iterable[Said]]
    """Gives what is said in its JSON."""
    report: str = ""
    """The file with the JSON; without a name it is the standard output."""
    statuses: tuple[int, ...] = (0,)
    """Exit statuses with which it has answered."""


def main() -> int:
    """Print what peers and we find on the labelled clips, and what they wrongly accuse."""
    from benchmarks.faults import REAL, labels

    parser = argparse.ArgumentParser(description="Ask peers about the labelled clips.")
    parser.add_argument("--kept", type=Path, default=KEPT, metavar="FOLDER", help=f"default: {KEPT}")
    parser.add_argument("--details", action="store_true", help="print what each says of each clip")
    args = parser.parse_args()
    if not REAL.is_dir():
        parser.error(f"there is no folder {REAL}")
    rows = {REAL / row["path"]: row for row in labels()}
    heard = run(list(rows), args.kept) | ours(list(rows))
    print("\n".join(table(heard, rows)))
    print("\n".join(details(heard, rows, every=args.details)))
    return 0


def run(paths: Sequence[Path], folder: Path) -> dict[str, dict[Path, Heard]]:
    """Ask every peer about every clip; where one cannot answer, its :class:`Heard` has the error."""
    return {peer.name: _hear(peer, paths, folder / peer.name) for peer in PEERS}


def ours(paths: Sequence[Path]) -> dict[str, dict[Path, Heard]]:
    """Ask this package in the same way: what may fail a case, and that with all warnings."""
    command = (sys.executable, "-m", "pytest_videobench.cli", *OURS.command[1:])
    answers = {path: ask(OURS, command, path) for path in paths}
    return {
        "ours, gate": {path: _ours_of(answer, GATE) for path, answer in answers.items()},
        "ours, all": {path: _ours_of(answer, "") for path, answer in answers.items()},
    }


def _ours_of(answer: Answer, mark: str) -> Heard:
    """Keep the findings whose word has a mark."""
    said = [
        (word.removeprefix(GATE), start, end) for word, start, end in answer.said if word.startswith(mark)
    ]
    return Heard(kinds=tuple(said), seconds=answer.seconds, error=answer.error)


def environment(folder: Path, requirement: str) -> Path:
    """Give the folder of programs of an environment that has one requirement, made on first use.

    Raises a VideobenchError with one line where it cannot be installed.
    """
    programs, mark = folder / ("Scripts" if sys.platform == "win32" else "bin"), folder / "installed.txt"
    if mark.is_file() and mark.read_text(encoding="utf-8") == requirement:
        return programs.absolute()
    venv.create(folder, clear=True, with_pip=True)
    command = [str(programs / "python"), "-m", "pip", "install", "--quiet", requirement]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode:
        raise VideobenchError(f"{requirement} cannot be installed in {folder}: {_last_line(done.stderr)}")
    publish(mark, requirement.encode())
    return programs.absolute()


def ask(peer: Peer, command: Sequence[str], clip: Path) -> Answer:
    """Run a peer's command on a clip; whatever goes wrong is the answer's error."""
    with tempfile.TemporaryDirectory() as name:
        desk = Path(name)
        (desk / "takes.yml").write_text(TAKES, encoding="utf-8")
        # A peer may write beside the clip, and one goes by the name's ending: all know this one.
        (desk / "clip.mp4").symlink_to(clip.absolute())
        begun = perf_counter()
        try:
            done = subprocess.run(
                command, cwd=desk, capture_output=True, text=True, errors="replace", timeout=SLOW
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return Answer(said=(), seconds=perf_counter() - begun, error=f"{peer.name}: {error}")
        seconds = perf_counter() - begun
        if done.returncode not in peer.statuses:
            line = _last_line(done.stderr or done.stdout)
            return Answer(said=(), seconds=seconds, error=f"{peer.name}: status {done.returncode}: {line}")
        return _read(peer, desk, done.stdout, seconds)


def _read(peer: Peer, desk: Path, output: str, seconds: float) -> Answer:
    try:
        text = (desk / peer.report).read_text(encoding="utf-8") if peer.report else output
        return Answer(said=tuple(peer.read(json.loads(text))), seconds=seconds)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        return Answer(said=(), seconds=seconds, error=f"{peer.name}: cannot read its answer: {error!r}")


def _hear(peer: Peer, paths: Sequence[Path], folder: Path) -> dict[Path, Heard]:
    table = kinds()["peers"][peer.name]
    try:
        programs = environment(folder / "env", table["requirement"])
    except (VideobenchError, OSError, subprocess.SubprocessError) as error:
        return {path: Heard(kinds=(), seconds=0.0, error=str(error)) for path in paths}
    command = (str(programs / peer.command[0]), *peer.command[1:])
    return {path: _in_our_words(_kept_answer(peer, command, path, folder), table["kinds"]) for path in paths}


def _kept_answer(peer: Peer, command: Sequence[str], clip: Path, folder: Path) -> Answer:
    """Give the answer that is kept for a clip with these bytes, or ask and keep it."""
    try:
        kept = folder / "said" / f"{file_digest(clip)}.json"
    except OSError as error:
        return Answer(said=(), seconds=0.0, error=f"{clip}: {error.strerror or error}")
    if kept.is_file():
        data = json.loads(kept.read_text(encoding="utf-8"))
        return Answer(**(data | {"said": tuple((word, start, end) for word, start, end in data["said"])}))
    answer = ask(peer, command, clip)
    kept.parent.mkdir(parents=True, exist_ok=True)
    publish(kept, json.dumps(asdict(answer), indent=1).encode())
    return answer


def _in_our_words(answer: Answer, words: Mapping[str, str]) -> Heard:
    named = tuple((words.get(word, f"other:{word}"), start, end) for word, start, end in answer.said)
    return Heard(kinds=named, seconds=answer.seconds, error=answer.error)


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else "it says nothing"


def read_takecheck(report: Any) -> Iterator[Said]:
    """Give the checks that failed; a blank clip by whether more of it is dark or bright."""
    for check in report["checks"]:
        if check["status"] != "fail":
            continue
        word, measured = check["name"], check["measured"]
        if word == "blank":
            dark = measured["dark_frames"] >= measured["bright_frames"]
            word = "blank_dark" if dark else "blank_bright"
        times = [measured["worst_at_s"]] if "worst_at_s" in measured else measured.get("first_repeats_s", [])
        spans = measured.get("ranges") or [(time, time) for time in times] or [(None, None)]
        yield from ((word, start, end) for start, end in spans)


def read_dailies(report: Any) -> Iterator[Said]:
    """Give the spans and cuts of the mechanical stage, and a file that it could not read."""
    (take,) = report["takes"]
    stage = take["review"]["mechanical"]
    for word in ("black_frames", "freeze"):
        yield from ((word, span["start"], span["end"]) for span in stage[word])
    yield from (("scene_cuts", time, time) for time in stage["scene_cuts"])
    yield from (("probe", None, None) for reason in stage["kill_reasons"] if reason.startswith("probe:"))


def read_videoscope(report: Any) -> Iterator[Said]:
    """Give the findings by the name of their detector."""
    for finding in report["findings"]:
        span = finding["time_range"]
        yield finding["detector_id"], span["start_seconds"], span["end_seconds"]


def read_videobench(report: Any) -> Iterator[Said]:
    """Give our findings, those that may fail a case marked."""
    if report["error"]:
        raise ValueError(report["error"]["message"])
    for finding in report["findings"]:
        mark = GATE if finding["gate"] else ""
        yield mark + finding["defect"], finding["start"], finding["end"]


PEERS = (
    Peer(
        name="takecheck",
        command=(
            *("takecheck", "check", "clip.mp4", "--spec", "takes.yml"),
            *("--json", "takecheck.json", "--quiet"),
        ),
        read=read_takecheck,
        report="takecheck.json",
        statuses=(0, 1),
    ),
    Peer(
        name="video-dailies",
        command=("dailies", "review", "clip.mp4", "--json"),
        read=read_dailies,
    ),
    Peer(
        name="genvideoscope",
        command=("videoscope", "analyze", "clip.mp4", "--output", "videoscope", "--json-only", "--quiet"),
        read=read_videoscope,
        report="videoscope/report.json",
    ),
)
OURS = Peer(
    name="videobench",
    command=("videobench", "score", "clip.mp4", "--format", "jsonl", "--jobs", "1"),
    read=read_videobench,
    statuses=(0, 1),
)


@cache
def kinds() -> Mapping[str, Any]:
    """Give what peers and oracles mean, from ``kinds.toml``."""
    return tomllib.loads(Path(__file__).with_name("kinds.toml").read_text(encoding="utf-8"))


def table(heard: Mapping[str, Mapping[Path, Heard]], rows: Mapping[Path, Mapping[str, str]]) -> Iterator[str]:
    """Give the lines of a table: accusations of good clips, hits by label, errors, time."""
    cells = _cells(rows)
    width = max(map(len, cells))
    yield " " * width + "".join(f"{name:>16}" for name in heard)
    for title, cell in cells.items():
        yield f"{title:{width}}" + "".join(f"{cell(said):>16}" for said in heard.values())


def _cells(rows: Mapping[Path, Mapping[str, str]]) -> dict[str, Callable[[Mapping[Path, Heard]], str]]:
    """Give the title of every row, and how its cell is made of what one peer says."""
    film = [path for path, row in rows.items() if row["kind"] != "ai" and row["defects"] == CLEAN]
    clean = [path for path, row in rows.items() if row["kind"] == "ai" and row["defects"] == CLEAN]
    spoilt = [path for path, row in rows.items() if row["defects"] not in ("", CLEAN)]
    cells: dict[str, Callable[[Mapping[Path, Heard]], str]] = {
        f"accuses good camera and film clips ({len(film)})": lambda said: str(_count(said, film)),
        f"accuses model clips, nothing seen ({len(clean)})": lambda said: str(_count(said, clean)),
        f"names anything on defective clips ({len(spoilt)})": lambda said: str(_count(said, spoilt)),
    }
    for entry in kinds()["labels"]:
        title, cell = _label_cell(entry, rows)
        cells[title] = cell
    cells["clips it cannot answer"] = lambda said: str(sum(h.error is not None for h in said.values()))
    cells["seconds per clip, median"] = lambda said: f"{median(h.seconds for h in said.values()):.1f}"
    return cells


def _label_cell(
    entry: Mapping[str, Any], rows: Mapping[Path, Mapping[str, str]]
) -> tuple[str, Callable[[Mapping[Path, Heard]], str]]:
    marked = [path for path, row in rows.items() if entry["label"] in row["defects"].split(";")]
    others = [path for path in rows if path not in set(marked)]
    wanted = frozenset(entry["kinds"])
    title = f"{entry['title']}: found ({len(marked)}) / wrong ({len(others)})"
    return title, lambda said: f"{_count(said, marked, wanted)} / {_count(said, others, wanted)}"


def _count(said: Mapping[Path, Heard], paths: Sequence[Path], wanted: frozenset[str] | None = None) -> int:
    """Count the clips of which something is said, or something that is wanted."""
    return sum(any(wanted is None or kind in wanted for kind, *_ in said[path].kinds) for path in paths)


def details(
    heard: Mapping[str, Mapping[Path, Heard]], rows: Mapping[Path, Mapping[str, str]], *, every: bool
) -> Iterator[str]:
    """Give a line for each clip that a peer could not answer, or for every clip and peer."""
    for path, row in rows.items():
        for name, said in heard.items():
            if said[path].error:
                yield f"  {row['path']}, {name}: {said[path].error}"
            elif every:
                words = ", ".join(dict.fromkeys(kind for kind, *_ in said[path].kinds))
                yield f"  {row['path']} [{row['defects']}], {name}: {words or 'nothing'}"


if __name__ == "__main__":
    sys.exit(main())
