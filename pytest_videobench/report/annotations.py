"""What a run says beside the prompts it is about, as GitHub and GitLab show it on a change."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pytest_videobench.gate.facts import facts_of
from pytest_videobench.prompts.load import PROMPTS_FILE
from pytest_videobench.report.grammar import capital, listed, plain
from pytest_videobench.report.words import caveats

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_videobench.gate.decision import Decision, Effect
    from pytest_videobench.gate.facts import Facts
    from pytest_videobench.gate.row import Row

Level: TypeAlias = Literal["error", "warning", "notice"]
LEVELS: tuple[Level, ...] = ("error", "warning", "notice")
MOST = 10
"""Annotations of one level that GitHub takes from a step; it drops the others without a word."""
_LINES = 12
"""Lines of one annotation; the report has all of them."""
_OF_VERDICT: dict[str, Level] = {"fail": "error", "inconclusive": "warning", "pass": "notice"}
_SEVERITIES = {"error": "major", "warning": "minor", "notice": "info"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One thing to say, and where."""

    level: Level
    check: str
    """What kind of thing it is: ``gate``, ``run`` or ``prompt``."""
    subject: str
    """What it is about, in the same words in every run."""
    title: str
    message: str
    file: str = ""
    """Relative to where the command was called; empty where it belongs to no file that is there."""
    line: int = 1


def annotations_of(rows: Sequence[Row], about: Mapping[str, Any], root: Path) -> tuple[Annotation, ...]:
    """Give what is to be said, the worst first: the gate, the run as such, and prompts whose cases fail.

    ``about`` is what ``run.json`` says of the run; ``root`` is the folder that its node ids start from.
    """
    from pytest_videobench.gate.decision import Decision

    places = _Places(rows, root)
    decision = Decision.from_json(about["gate"]) if about.get("gate") else None
    said = [
        *(_of_gate(decision, places) if decision else ()),
        *(_of_run(caveat) for caveat in caveats(rows, about)),
        *_of_prompts(rows, decision, places),
    ]
    return tuple(sorted(said, key=lambda annotation: LEVELS.index(annotation.level)))


def github(said: Iterable[Annotation]) -> Iterator[str]:
    """Write workflow commands, no more of a level than GitHub shows; the last says what is left out."""
    by_level: dict[Level, list[Annotation]] = defaultdict(list)
    for annotation in said:
        by_level[annotation.level].append(annotation)
    for level, own in by_level.items():
        shown = own if len(own) <= MOST else own[: MOST - 1]
        yield from map(_command, shown)
        if len(own) > len(shown):
            yield f"::{level} title=videobench::… and {len(own) - len(shown)} more, in the report of the run"


def gitlab(said: Iterable[Annotation], elsewhere: str) -> str:
    """Write a Code Quality report; what belongs to no file is said of the file ``elsewhere``."""
    entries = [
        {
            "description": f"{annotation.title}: {annotation.message}",
            "check_name": f"videobench-{annotation.check}",
            "fingerprint": _fingerprint(annotation),
            "severity": _severity(annotation),
            "location": {"path": annotation.file or elsewhere, "lines": {"begin": annotation.line}},
        }
        for annotation in said
    ]
    return json.dumps(entries, indent=1, ensure_ascii=False)


class _Places:
    """Finds the prompts file of a style, and a prompt in it."""

    def __init__(self, rows: Sequence[Row], root: Path) -> None:
        self._root = root
        self._modules = {row.style: PurePosixPath(row.nodeid.partition("::")[0]) for row in rows}
        self._texts: dict[str, list[str]] = {}

    def file(self, style: str) -> str:
        """Give the file as seen from here, or nothing where it does not lie below the root."""
        module = self._modules.get(style)
        if module is None or not self._lines(style):
            return ""
        return Path(relpath(self._root / module.parent / PROMPTS_FILE)).as_posix()

    def line(self, style: str, prompt: str) -> int:
        """Give the line that names the prompt, from 1; the first where none does."""
        named = re.compile(rf"""\s*id\s*=\s*(["']){re.escape(prompt)}\1""")
        return next((n for n, line in enumerate(self._lines(style), start=1) if named.match(line)), 1)

    def _lines(self, style: str) -> list[str]:
        if style not in self._texts:
            self._texts[style] = self._read(self._modules[style])
        return self._texts[style]

    def _read(self, module: PurePosixPath) -> list[str]:
        if ".." in module.parts or module.is_absolute():  # an installed suite: no file of this repository
            return []
        try:
            return (self._root / module.parent / PROMPTS_FILE).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []


def _of_gate(decision: Decision, places: _Places) -> Iterator[Annotation]:
    from pytest_videobench.report.gated import gate_sentences

    yield Annotation(
        level=_OF_VERDICT[decision.verdict],
        check="gate",
        subject=decision.candidate,
        title=f"videobench gate: {decision.verdict}",
        message="\n".join(gate_sentences(decision)),
    )
    for effect in decision.of("worse"):
        yield _of_effect(effect, decision, places)


def _of_effect(effect: Effect, decision: Decision, places: _Places) -> Annotation:
    """Say what got worse, at the prompts of the style where it got worst."""
    from pytest_videobench.report.gated import told

    style = max(effect.styles, key=lambda name: effect.styles[name], default="")
    where = f", worst in {style}" if len(effect.styles) > 1 else ""
    return Annotation(
        level="error",
        check="gate",
        subject=f"{decision.candidate} {effect.endpoint}",
        title=f"worse than {decision.baseline}: {plain(effect.title)}",
        message=f"{capital(told(effect))}{where}.",
        file=places.file(style),
    )


def _of_run(caveat: str) -> Annotation:
    return Annotation(level="warning", check="run", subject=caveat, title="videobench", message=caveat)


def _of_prompts(rows: Sequence[Row], decision: Decision | None, places: _Places) -> list[Annotation]:
    """Say of every prompt which of its rolls fail and why, those first that fail most often and worst."""
    by_prompt: dict[tuple[str, ...], list[Facts]] = defaultdict(list)
    for fact in facts_of(rows):
        by_prompt[fact.row.style, fact.row.prompt, fact.row.backend].append(fact)
    broken = [own for own in by_prompt.values() if any(map(_bad, own))]
    broken.sort(key=lambda own: (not any(fact.row.change == "new" for fact in own), *_weight(own)))
    return [_of_prompt(own, decision, places) for own in broken]


def _of_prompt(own: Sequence[Facts], decision: Decision | None, places: _Places) -> Annotation:
    row = own[0].row
    return Annotation(
        level=_level(own, decision),
        check="prompt",
        subject=f"{row.style}/{row.prompt}/{row.backend}",
        title=f"{row.style}/{row.prompt} by {row.backend}: {_counted(own)}",
        message="\n".join(_shortened([line for fact in own if _bad(fact) for line in _reasons(fact)])),
        file=places.file(row.style),
        line=places.line(row.style, row.prompt),
    )


def _bad(fact: Facts) -> bool:
    return fact.row.verdict in ("fail", "error")


def _weight(own: Sequence[Facts]) -> tuple[float, float]:
    """Give the order of prompts: the share of bad cases, then how bad they are, the most first."""
    return -sum(map(_bad, own)) / len(own), -sum(fact.harm for fact in own) / len(own)


def _level(own: Sequence[Facts], decision: Decision | None) -> Level:
    """Call it an error unless a gate has looked at the run and blames nothing that is new here."""
    blamed = decision is None or (decision.verdict == "fail" and any(f.row.change == "new" for f in own))
    return "error" if blamed else "warning"


def _counted(own: Sequence[Facts]) -> str:
    words = {"fail": "fail", "error": "could not be judged"}
    numbers = {verdict: sum(fact.row.verdict == verdict for fact in own) for verdict in words}
    return listed([f"{n} of {len(own)} {words[verdict]}" for verdict, n in numbers.items() if n])


def _reasons(fact: Facts) -> list[str]:
    row = fact.row
    error = [f"{row.error['kind']}: {row.error['message']}"] if row.error else []
    roll = f"roll {row.roll}{f' ({row.change})' if row.change else ''}"
    return [f"{roll}: {reason}" for reason in error or row.problems or ["the test failed"]]


def _shortened(lines: Sequence[str]) -> list[str]:
    if len(lines) <= _LINES:
        return list(lines)
    return [*lines[: _LINES - 1], f"… and {len(lines) - _LINES + 1} more lines, in the report of the run"]


def _command(annotation: Annotation) -> str:
    where = {"file": annotation.file, "line": annotation.line} if annotation.file else {}
    properties = {**where, "title": annotation.title}
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{annotation.level} {written}::{_data(annotation.message)}"


def _data(text: object) -> str:
    """Escape the message of a workflow command: a per cent sign first, as it begins every escape."""
    return str(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: object) -> str:
    """Escape a property of a workflow command, which ends at a comma and the last at a colon."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _fingerprint(annotation: Annotation) -> str:
    """Tell one thing from all others, and know it again in the next run, whatever its numbers are then."""
    return hashlib.sha256(f"{annotation.check}\n{annotation.subject}".encode()).hexdigest()[:32]


def _severity(annotation: Annotation) -> str:
    gravest = annotation.check == "gate" and annotation.level == "error"
    return "critical" if gravest else _SEVERITIES[annotation.level]
