"""Other tools beside ours: the same untouched clips, controls, and a sample of the clips with a fault."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, TypeAlias

from benchmarks.accuracy import oracles, peers
from benchmarks.accuracy.corpus import CLIPS, Piece, draw
from benchmarks.accuracy.figures import is_clean
from benchmarks.accuracy.injection import Folder, recipe, write_clip
from pytest_videobench.errors import VideobenchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from benchmarks.accuracy.trials import Trial

Said: TypeAlias = "tuple[peers.Said, ...]"
SEVERITY = 0.75
"""Of the sampled clips with a fault."""
MOST = 60
"""Sampled clips at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """What one tool says of every clip that it was asked about."""

    name: str
    knows: frozenset[str]
    """Our defects for which it has a word."""
    said: Mapping[Path, Said]
    seconds: float | None
    """A control, median; ``None`` where the time is not taken."""
    errors: int = 0


def compare(
    found: Sequence[Trial], pieces: Sequence[Piece], folder: Folder, home: Path
) -> list[dict[str, Any]]:
    """Give a row per tool and defect; ``home`` holds the other tools' environments and answers."""
    asked = _files(sample(found), {piece.name: piece for piece in pieces}, folder)
    others = [*_peers(asked, home), *_oracles(list(asked), home)]
    known = frozenset[str]().union(*(tool.knows for tool in others))
    tools = [*others, *_ours(asked, known)]
    rows = [row(tool, defect, asked) for defect in sorted(known) for tool in tools if defect in tool.knows]
    return [one for one in rows if one["found"][1] or one["labelled"][1]]


def sample(found: Sequence[Trial]) -> list[Trial]:
    """Choose all untouched clips and pieces, and of every fault that another tool has a word for as many."""
    known = frozenset[str]().union(*_words().values())
    by_fault: dict[str, list[Trial]] = defaultdict(list)
    for trial in found:
        if trial.severity == SEVERITY and trial.defect in known:
            by_fault[trial.fault].append(trial)
    each = MOST // max(1, len(by_fault))
    chosen = [trial for trial in found if trial.kind in ("control", "whole")]
    for _, trials in sorted(by_fault.items()):
        chosen += sorted(trials, key=_dice)[:each]
    return chosen


def _dice(trial: Trial) -> int:
    return draw(f"{trial.name} {trial.fault}")


def row(tool: Tool, defect: str, asked: Mapping[Path, Trial]) -> dict[str, Any]:
    """Count what a tool finds of one defect, and whom it accuses."""
    having = [path for path, trial in asked.items() if trial.defect == defect]
    labels = [path for path, trial in asked.items() if _sure_names(trial, defect)]
    clean = [p for p, t in asked.items() if is_clean(t) and defect not in t.carries]
    return {
        "tool": tool.name,
        "defect": defect,
        "found": [sum(_hits(tool.said[path], asked[path]) for path in having), len(having)],
        "labelled": [
            sum(_names_any(tool.said[path], _sure_names(asked[path], defect)) for path in labels),
            len(labels),
        ],
        "accused": [sum(_names_any(tool.said[path], {defect}) for path in clean), len(clean)],
        "seconds": tool.seconds,
        "errors": tool.errors,
    }


def _hits(said: Said, trial: Trial) -> bool:
    """Say whether the fault is named; who gives no time is believed."""
    return any(
        kind == trial.defect and (start is None or trial.near(start, start if end is None else end))
        for kind, start, end in said
    )


def _names_any(said: Said, names: set[str] | frozenset[str]) -> bool:
    return any(kind in names for kind, _, _ in said)


def _sure_names(trial: Trial, defect: str) -> frozenset[str]:
    """Give all names of the labels that may be called a defect, where they are of high confidence."""
    if trial.kind != "whole" or not trial.clip.sure:
        return frozenset()
    return frozenset[str]().union(*(label for label in trial.clip.labels if defect in label))


def _files(trials: Sequence[Trial], pieces: Mapping[str, Piece], folder: Folder) -> dict[Path, Trial]:
    """Write the clips that are not there yet, and give each with its truth."""
    home = folder.path / "clips"
    home.mkdir(parents=True, exist_ok=True)
    files: dict[Path, Trial] = {}
    for trial in trials:
        if trial.kind == "whole":
            files[CLIPS / trial.name] = trial
            continue
        path = home / f"{trial.name}.mp4"
        if trial.kind == "fault":
            path = home / f"{trial.name}__{trial.fault}__{SEVERITY:g}__{recipe(trial.fault)}.mp4"
        if not path.exists():
            write_clip(pieces[trial.name], trial.fault, SEVERITY, folder, path)
        files[path] = trial
    return files


def _words() -> dict[str, frozenset[str]]:
    """Give for every other tool the defects that it has a word for."""
    kinds = peers.kinds()
    words = {name: frozenset(table["kinds"].values()) for name, table in kinds["peers"].items()}
    return words | {name: frozenset(names[:1]) for name, names in kinds["oracles"].items()}


def _controls(asked: Mapping[Path, Trial]) -> list[Path]:
    """Give the clips on which time is compared: they are reduced to one size."""
    return [path for path, trial in asked.items() if trial.kind == "control"]


def _peers(asked: Mapping[Path, Trial], home: Path) -> Iterator[Tool]:
    for name, heard in peers.run(list(asked), home).items():
        yield Tool(
            name=name,
            knows=_words()[name],
            said={path: one.kinds for path, one in heard.items()},
            seconds=round(median(heard[path].seconds for path in _controls(asked)), 2),
            errors=sum(one.error is not None for one in heard.values()),
        )


def _oracles(paths: Sequence[Path], home: Path) -> Iterator[Tool]:
    said: dict[str, dict[Path, Said]] = defaultdict(dict)
    for path in paths:
        try:
            for name, events in oracles.run(path, home).items():
                said[name][path] = events
        except VideobenchError as error:
            print(error)
    for name, answers in said.items():
        silent = [path for path in paths if path not in answers]
        every = answers | dict.fromkeys(silent, ())
        yield Tool(name=name, knows=_words()[name], said=every, seconds=None, errors=len(silent))


def _ours(asked: Mapping[Path, Trial], known: frozenset[str]) -> Iterator[Tool]:
    """Give what the trials hold, with the time that our command takes for the controls."""
    heard = peers.ours(_controls(asked))["ours, all"].values()
    seconds = round(median(one.seconds for one in heard), 2)
    for name, gate in (("ours, fails", True), ("ours, all", False)):
        said = {
            path: tuple((f.defect, f.start, f.end) for f in trial.findings if f.gate or not gate)
            for path, trial in asked.items()
        }
        yield Tool(name=name, knows=known, said=said, seconds=seconds)
