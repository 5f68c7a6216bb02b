"""Whether today's software is the ruler that a baseline was measured with: its canaries are measured again.

A golden without canaries can only be compared under the very same software.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from math import inf, isclose
from typing import TYPE_CHECKING, TypeAlias

from filelock import FileLock

from pytest_videobench.defects.base import DEFECTS
from pytest_videobench.errors import GoldenError, Unreadable
from pytest_videobench.files import publish
from pytest_videobench.gate.canary import measure, read_canaries
from pytest_videobench.gate.endpoints import metric_margin
from pytest_videobench.gate.suite import OWN_VERSION, rule_digests, software, software_differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_videobench.gate.canary import Canary, CanarySet, Reading
    from pytest_videobench.gate.golden import Baseline, Golden
    from pytest_videobench.gate.margins import Margins

_NAMED = 5
_RESULT = "ruler.json"
_ROUNDING = 2e-6
"""Share of a value by which writing it with six digits may move it."""
Measured: TypeAlias = "dict[str, Reading | None]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Something that a canary shows otherwise than it did."""

    name: str
    """Metric or defect."""
    text: str
    """What moved, by how much, and on which canary."""
    share: float
    """Of the metric's margin; infinite where it has none, and where a failing finding comes or goes."""
    finding: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RulerCheck:
    """What the canaries of one style's golden say of today's software."""

    style: str
    differences: Sequence[str]
    """Software that is not that of the recording, as ``opencv 4.13.0 → 5.0.0``."""
    canaries: int = 0
    largest: float = 0.0
    """The largest movement that is allowed, as a share of its metric's margin."""
    refusal: str = ""
    """One line where the baseline cannot be compared with what is measured today; empty where it can."""


def check_ruler(baseline: Baseline, margins: Margins, styles: Iterable[str]) -> dict[str, RulerCheck]:
    """Measure the canaries of some styles with today's software, each clip once."""
    measured: Measured = {}
    return {style: _checked(baseline, style, margins, measured) for style in styles}


def check_once(
    folder: Path, baseline: Baseline, margins: Margins, styles: Sequence[str]
) -> dict[str, RulerCheck]:
    """Do the same for several processes: the first to come measures, and leaves the result in ``folder``."""
    with FileLock(folder / "lock"):
        if not (folder / _RESULT).exists():
            checks = [asdict(check) for check in check_ruler(baseline, margins, styles).values()]
            publish(folder / _RESULT, json.dumps(checks).encode())
    return read_checks(folder)


def read_checks(folder: Path) -> dict[str, RulerCheck]:
    """Read what :func:`check_once` left, by style; nothing where nobody measured."""
    if not (folder / _RESULT).exists():
        return {}
    return {data["style"]: RulerCheck(**data) for data in json.loads((folder / _RESULT).read_bytes())}


def ruler_line(checks: Mapping[str, RulerCheck], allowed: float) -> str:
    """Say in one line that the ruler is the same, and what that rests on; nothing where nobody measured."""
    if not checks:
        return ""
    if not all(check.canaries for check in checks.values()):
        return "ruler: same software; without canary clips, the baseline is of use under no other"
    differences = list(dict.fromkeys(name for check in checks.values() for name in check.differences))
    count = max(check.canaries for check in checks.values())
    largest = max(check.largest for check in checks.values())
    return (
        f"ruler: same; {count} canary clips measured with {', '.join(differences) or 'the same software'},"
        f" largest change {100 * largest:.2g} % of a margin (limit {100 * allowed:g} %)"
    )


def refusals(baseline: Baseline, checks: Mapping[str, RulerCheck]) -> list[str]:
    """Say in one line why a baseline cannot be compared with what is measured today, and what mends it."""
    refused = [style for style, check in checks.items() if check.refusal]
    if not refused:
        return []
    others = f" (and so for {', '.join(refused[1:])})" if refused[1:] else ""
    again = remedy([baseline.goldens[style] for style in refused])
    return [f"{refused[0]}{others}: {checks[refused[0]].refusal}; {again}"]


def _checked(baseline: Baseline, style: str, margins: Margins, measured: Measured) -> RulerCheck:
    golden, home = baseline.goldens[style], baseline.canaries
    differences = software_differences(golden.fingerprint, software())
    check = RulerCheck(style=style, differences=tuple(differences.values()))
    try:
        recorded = read_canaries(home, style)
    except GoldenError as error:
        return replace(check, refusal=str(error))
    if recorded is None or recorded.fingerprint != golden.fingerprint:
        # The latter where a recording was killed between the two.
        return replace(check, refusal=_without_canaries(differences))
    moves = [
        move
        for canary in recorded.canaries
        for move in _moves(canary, _read(home, canary, measured), recorded, margins)
    ]
    changed = _changed_rules(recorded)
    over = sorted((move for move in moves if move.share > margins.ruler), key=lambda move: -move.share)
    return replace(
        check,
        canaries=len(recorded.canaries),
        largest=max((move.share for move in moves if move.share <= margins.ruler), default=0.0),
        refusal=_told(over, changed, check.differences) if over or changed else _unmatched(golden, recorded),
    )


def _without_canaries(differences: Mapping[str, str]) -> str:
    unvouched = [text for name, text in differences.items() if name != OWN_VERSION]
    line = f"measured with other software ({', '.join(unvouched)}), and the golden has no canary clips"
    return line if unvouched else ""


def _unmatched(golden: Golden, recorded: CanarySet) -> str:
    """Refuse another decoder for clips in formats that no canary has."""
    there, here = golden.fingerprint.get("decoder", ""), software()["decoder"]
    if not recorded.unmatched or there == here:
        return ""
    formats = ", ".join(recorded.unmatched)
    return f"no canary clip has the format {formats}, and the decoder is another ({there} → {here})"


def _changed_rules(recorded: CanarySet) -> list[str]:
    """Name the tables of rules that changed, apart from those of detectors that only warn.

    Any change is another ruler: there is always a clip just at the old limit.
    """
    today = rule_digests()
    changed = {name for name in recorded.rules | today if recorded.rules.get(name) != today.get(name)}
    return sorted(filter(_may_fail, changed))


def _told(moves: list[Move], changed: Sequence[str], differences: Sequence[str]) -> str:
    """Name rules that changed, findings that come or go, and each metric once, on its worst canary."""
    worst = {move.name: move for move in reversed(moves)}
    findings = sorted(move.text for move in worst.values() if move.finding)
    metrics = [move.text for move in sorted(worst.values(), key=lambda one: -one.share) if not move.finding]
    parts = {
        "rules of detection changed": ", ".join(changed),
        "findings changed": _some(findings),
        "metrics moved": _some(metrics),
    }
    found = "; ".join(f"{title}: {text}" for title, text in parts.items() if text)
    why = f" ({', '.join(differences)})" if differences else ""
    return f"today's software measures differently than the baseline's{why}: {found}"


def _some(texts: Sequence[str]) -> str:
    more = f", and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
    return ", ".join(texts[:_NAMED]) + more


def remedy(goldens: Sequence[Golden]) -> str:
    """Return the command that makes some goldens of one backend comparable again."""
    name, _, rest = goldens[0].backend.partition("@")
    suites = " ".join(f"suites/{golden.style}" for golden in goldens)
    rolls = max(golden.rolls for golden in goldens)
    spec = f"{name}:{rest}" if rest else name
    command = f'pytest {suites} --vb-backend="{spec}" --vb-rolls={rolls} --vb-update-golden'
    if name == "procedural":
        return f"record again, which is free: {command}"
    return f"measure its clips again (archived ones after videobench golden restore): {command} --vb-offline"


def _read(home: Path, canary: Canary, measured: Measured) -> Reading | None:
    """Measure each clip once for what it is held to; ``None`` where it cannot be read any more."""
    key = f"{canary.file} {canary.expect}"
    if key not in measured:
        try:
            measured[key] = measure(home / canary.file, canary.expect)
        except Unreadable:
            measured[key] = None
    return measured[key]


def _moves(canary: Canary, now: Reading | None, recorded: CanarySet, margins: Margins) -> Iterator[Move]:
    if now is None:
        yield Move(name=canary.file, text=f"{canary.about} cannot be decoded", share=inf, finding=True)
        return
    was = canary.reading
    for name in sorted(was.metrics.keys() | now.metrics.keys()):
        yield from _metric_moves(
            canary, name, was.metrics.get(name), now.metrics.get(name), recorded, margins
        )
    for defect in sorted(filter(_may_fail, set(was.failing) ^ set(now.failing))):
        word = "now" if defect in now.failing else "no longer"
        yield Move(name=defect, text=f"{defect} {word} fails ({canary.about})", share=inf, finding=True)


def _metric_moves(
    canary: Canary, name: str, was: float | None, now: float | None, recorded: CanarySet, margins: Margins
) -> Iterator[Move]:
    if was is None or now is None:
        told = f"{name} is {'missing' if now is None else 'no longer missing'} ({canary.about})"
        yield Move(name=name, text=told, share=inf)
    elif not isclose(was, now, rel_tol=_ROUNDING, abs_tol=1e-9):
        margin = metric_margin(name, recorded.spread.get(name, 0.0), margins)
        share = abs(now - was) / margin if margin else inf
        size = f", {100 * share:.0f} % of its margin" if margin else ""
        yield Move(name=name, text=f"{name} {was:.5g} → {now:.5g}{size} ({canary.about})", share=share)


def _may_fail(defect: str) -> bool:
    return defect not in DEFECTS.names() or DEFECTS.get(defect).gate
