"""What takes part in a board: runs and goldens, read, named, and found comparable or refused."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pytest_videobench.errors import GoldenError
from pytest_videobench.gate.golden import prompt_digests, read_baseline
from pytest_videobench.gate.rows import ROWS, read_rows
from pytest_videobench.gate.sample import Sample, samples_of
from pytest_videobench.gate.suite import OWN_VERSION, software_differences
from pytest_videobench.report.grammar import count, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pytest_videobench.gate.row import Row

_RUN = "run.json"
_NAMED = 5
"""Prompts that a refusal names; the number is said in full."""
_EMBEDDED = "procedural"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One backend as it was seen in one run or golden."""

    label: str
    """What it is called; on a board no two are called the same."""
    backend: str
    """``name@model[?params]``."""
    samples: tuple[Sample, ...]
    prompts: dict[str, str]
    """``style/prompt`` → version of the prompt and of what its clips are held to; empty where unknown."""
    fingerprint: dict[str, str]
    """Software that measured the clips; empty where none was measured."""
    source: Path
    """The run's folder, or the golden."""
    rows: tuple[Row, ...] = ()
    """Its cases with their clips; a golden has none."""
    notes: tuple[str, ...] = field(default=())
    """What a reader has to know of it."""

    @property
    def synthetic(self) -> bool:
        """Say whether the embedded generator drew its clips; a golden tells by its name alone."""
        if self.rows:
            return any(row.clip and row.clip.get("synthetic") for row in self.rows)
        return self.backend.partition("@")[0] == _EMBEDDED

    @property
    def golden(self) -> bool:
        """Say whether it has no clips to look at, because only its golden is at hand."""
        return not self.rows


def entries_of_rows(rows: Sequence[Row], folder: Path, notes: Sequence[str] = ()) -> list[Entry]:
    """Make an entry of every backend of a run whose report lies in ``folder``."""
    rows_of: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        rows_of[row.backend].append(row)
    return [
        Entry(
            label=backend,
            backend=backend,
            samples=samples_of(own),
            prompts=_versions(own),
            fingerprint=next((row.fingerprint for row in own if row.fingerprint), {}),
            source=folder,
            rows=tuple(own),
            notes=(*notes, *_mixed(own)),
        )
        for backend, own in sorted(rows_of.items())
    ]


def read_entries(paths: Sequence[Path]) -> list[Entry]:
    """Read report folders and goldens; raise a one-line :class:`GoldenError` for what is neither."""
    resolved = [path.resolve() for path in paths]
    twice = next((path for path, number in Counter(resolved).items() if number > 1), None)
    if twice is not None:
        raise GoldenError(f"{twice}: given twice; a board compares different runs and goldens")
    return [entry for path in paths for entry in _read(path)]


def refuse(entries: Sequence[Entry]) -> None:
    """Raise a one-line :class:`GoldenError` where the entries cannot be compared, and say why not."""
    if len(entries) < 2:
        one = f"only {entries[0].label} is there" if entries else "there is none"
        raise GoldenError(f"a board compares at least two backends, and {one}; name another run or golden")
    measured = [entry for entry in entries if entry.fingerprint]
    for other in measured[1:]:
        _refuse_software(measured[0], other)
    for index, entry in enumerate(entries):
        for other in entries[:index]:
            _refuse_prompts(other, entry)
    if not common_prompts(entries):
        raise GoldenError(f"{listed([entry.label for entry in entries])} have no prompt in common")


def common_prompts(entries: Sequence[Entry]) -> list[str]:
    """Give the prompts that all entries have, as ``style/prompt``, sorted."""
    return sorted(set[str].intersection(*(set(entry.prompts) for entry in entries)))


def _read(path: Path) -> list[Entry]:
    if (path / ROWS).is_file():
        return _read_run(path)
    if not path.exists():
        raise GoldenError(f"{path}: no such report folder or golden")
    if (path / _RUN).is_file():
        raise GoldenError(f"{path}: a report without {ROWS}; run it again")
    if path.is_dir() and not any(path.glob("*.json")):  # the folder of all goldens
        return [
            _read_golden(each) for each in sorted({file.parent for file in path.glob("*/*.json")} or {path})
        ]
    return [_read_golden(path)]


def _read_run(folder: Path) -> list[Entry]:
    rows = read_rows(folder)
    try:
        about = json.loads((folder / _RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GoldenError(f"{folder}: cannot be read as a report ({error})") from None
    if not rows:
        raise GoldenError(f"{folder}: a report without a case; run it again")
    return entries_of_rows(rows, folder, _notes(about, len(rows)))


def _notes(about: dict[str, Any], rows: int) -> list[str]:
    if about.get("complete"):
        return []
    return [f"its run is not complete: {rows} of {count(about.get('planned') or rows, 'case')} reported"]


def _mixed(rows: Iterable[Row]) -> list[str]:
    fingerprints = {json.dumps(row.fingerprint, sort_keys=True) for row in rows if row.fingerprint}
    return ["not all of its rows were measured by the same software"] if len(fingerprints) > 1 else []


def _read_golden(path: Path) -> Entry:
    baseline = read_baseline(str(path), path)
    goldens = baseline.goldens.values()
    return Entry(
        label=baseline.backend,
        backend=baseline.backend,
        samples=baseline.samples(baseline.goldens),
        prompts={
            f"{one.style}/{prompt}": version for one in goldens for prompt, version in one.prompts.items()
        },
        fingerprint=next((one.fingerprint for one in goldens if one.fingerprint), {}),
        source=path,
        notes=(
            f"a golden, recorded {' and '.join(sorted({one.recorded for one in goldens}))}: no clips here",
        ),
    )


def _versions(rows: Iterable[Row]) -> dict[str, str]:
    """Give the versions of all prompts; a case whose test ended early does not say what was expected."""
    versions, by_style = {}, defaultdict(list)
    for row in rows:
        versions[f"{row.style}/{row.prompt}"] = ""
        if row.expected:
            by_style[row.style].append(row)
    for style, own in by_style.items():
        versions |= {f"{style}/{prompt}": version for prompt, version in prompt_digests(own).items()}
    return versions


def named(entries: Sequence[Entry]) -> list[Entry]:
    """Give every entry a label of its own: its backend without the parameters that all have.

    Where two would be called the same, their folders' names (or that one is a golden) are added, or all of
    their paths.
    """
    shared = (
        set[str].intersection(*(set(_parameters(entry.backend)) for entry in entries)) if entries else set()
    )
    found = [replace(entry, label=_shortened(entry.backend, shared)) for entry in entries]
    for place in (_home, lambda entry: str(entry.source)):
        labels = Counter(entry.label for entry in found)
        bases = [_shortened(entry.backend, shared) for entry in found]
        found = [
            replace(entry, label=f"{base} ({place(entry)})") if labels[entry.label] > 1 else entry
            for base, entry in zip(bases, found, strict=True)
        ]
    return found


def _home(entry: Entry) -> str:
    return "golden" if entry.golden else entry.source.resolve().name


def _parameters(backend: str) -> list[str]:
    return [parameter for parameter in backend.partition("?")[2].split("&") if parameter]


def _shortened(backend: str, shared: set[str]) -> str:
    own = "&".join(parameter for parameter in _parameters(backend) if parameter not in shared)
    return backend.partition("?")[0] + (f"?{own}" if own else "")


def _refuse_software(one: Entry, other: Entry) -> None:
    found = software_differences(one.fingerprint, other.fingerprint)
    differing = [text for name, text in found.items() if name != OWN_VERSION]
    if differing:
        raise GoldenError(
            f"{one.label} and {other.label} were measured by different software: {'; '.join(differing)};"
            " run them again with one"
        )


def _refuse_prompts(one: Entry, other: Entry) -> None:
    shared = sorted(key for key in one.prompts if one.prompts[key] and other.prompts.get(key))
    differing = [key for key in shared if one.prompts[key] != other.prompts[key]]
    if differing:
        left = len(differing) - _NAMED
        named = listed([*differing[:_NAMED], *([count(left, "other")] if left > 0 else [])])
        raise GoldenError(
            f"{one.label} and {other.label} have other words or expectations in {named};"
            " run them again with the same prompts"
        )
