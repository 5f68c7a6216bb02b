"""What the gate says in words, and as a forest of differences."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_videobench.report.grammar import capital, count, cut, listed, percent, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_videobench.gate.decision import Decision, Effect

_NAMED = 6
"""Endpoints that a sentence names; the table has all of them."""
_MOST = 3
"""Defects that a verdict names."""
_ROWS = 12
"""Criteria that the terminal's table has; the page has all of them."""
_WIDEST = 78
"""Columns that the terminal's table may take, so that it stands indented in 80."""
_HEADER = ("criterion", "baseline", "candidate", "worse by", "margin", "verdict")
REACH = 4.0
"""Margins to either side that the forest shows; what is farther off ends there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """An endpoint in the forest, in shares of its margin: 0 is no difference and 1 the margin."""

    effect: Effect
    middle: float
    low: float
    high: float
    before: str
    after: str
    """Both means as they are read."""
    told: str

    def share(self) -> str:
        """Write the difference and its bounds in margins, and which of them the forest does not reach."""
        return f"{self.middle:+.2f} ({_far(self.low)} to {_far(self.high)})"

    def p(self) -> str:
        """Write how likely so great a difference is, to either side, where nothing changed."""
        return f"{min(self.effect.p, self.effect.p_better):.2g}"


def headline(decision: Decision) -> str:
    """Return the verdict and who was held against whom."""
    return f"{decision.verdict}: {decision.candidate} against {decision.baseline}"


def verdict_line(decision: Decision) -> str:
    """Say the verdict and what decides it in one line."""
    return f"{headline(decision)}: {_why(decision)}"


def verdict_table(decision: Decision) -> tuple[str, ...]:
    """Return the criteria in which something changed or may have, worst first; nothing where none did."""
    branches = forest(decision)
    telling = [branch for branch in branches if branch.effect.state != "within"]
    order = list(dict.fromkeys(branch.effect.state for branch in telling))
    telling.sort(key=lambda branch: (order.index(branch.effect.state), -branch.middle))
    if not telling:
        return ()
    rows = _columns([_HEADER, *(_cells(branch.effect) for branch in telling[:_ROWS])])
    within = [branch for branch in branches if branch.effect.state == "within"]
    return (*rows, *_left_off([*telling[_ROWS:], *within]))


def gate_notes(decision: Decision) -> tuple[str, ...]:
    """Return what the table does not say, a sentence each."""
    return _sentences(
        _why(decision) if decision.verdict == "pass" else "",
        _by(decision).strip("; "),
        _where(decision),
        _remedy(decision),
        *_background(decision),
    )


def gate_sentences(decision: Decision) -> tuple[str, ...]:
    """Say the verdict, what got worse and where, what got better, and what it rests on."""
    return _sentences(
        verdict_line(decision),
        *(decision.reasons if decision.verdict == "fail" else ()),
        _where(decision),
        _named("better", [told(effect) for effect in decision.of("better")]),
        _named("worse, and still within the margin", [told(effect) for effect in decision.of("tolerated")]),
        _undecided(decision) if decision.verdict == "fail" else "",
        *_background(decision),
    )


def told(effect: Effect) -> str:
    """Say one endpoint with its numbers."""
    if effect.baseline is None or effect.candidate is None or effect.worse_by is None:
        return plain(effect.title)
    numbers = f"{plain(effect.title)} {_read(effect, effect.baseline)} → {_read(effect, effect.candidate)}"
    if effect.endpoint in ("latency", "cost"):
        return f"{numbers} ({100 * effect.worse_by:+.0f} %)"
    return f"{numbers} ({_points(effect)})" if _is_share(effect) else numbers


def forest(decision: Decision) -> list[Branch]:
    """Lay out what has a difference, what decides first; defects that nobody saw are left out."""
    order = ("worse", "undecided", "tolerated", "better", "within")
    shown = [e for state in order for e in decision.of(state) if e.worse_by is not None and not _unseen(e)]  # type: ignore[arg-type]  # words of the list
    return [
        Branch(
            effect=effect,
            middle=_clip(effect.worse_by, effect.margin),
            low=_clip(effect.low, effect.margin),
            high=_clip(effect.high, effect.margin),
            before=_read(effect, effect.baseline),
            after=_read(effect, effect.candidate),
            told=told(effect),
        )
        for effect in shown
    ]


def unseen(decision: Decision) -> list[Effect]:
    """Give the defects that were looked for on both sides and seen on neither."""
    return [effect for effect in decision.effects if effect.state != "missing" and _unseen(effect)]


def _sentences(*said: str) -> tuple[str, ...]:
    return tuple(f"{capital(sentence).rstrip('.')}." for sentence in said if sentence)


def _background(decision: Decision) -> tuple[str, ...]:
    """Give what a verdict rests on, and what it does not speak of."""
    return (
        _rare(decision),
        _changes(decision),
        _basis(decision),
        _missing(decision),
        _named("styles of the baseline that this run does not have", decision.absent),
    )


def _cells(effect: Effect) -> tuple[str, ...]:
    return (
        ", ".join(filter(None, (plain(effect.title), _unit(effect)))),
        _figure(effect, effect.baseline),
        _figure(effect, effect.candidate),
        _amount(effect, effect.worse_by or 0.0, "+"),
        _amount(effect, effect.margin, ""),
        effect.state,
    )


def _amount(effect: Effect, number: float, sign: str) -> str:
    """Write a difference or a margin: points of a share, per cent of latency and cost, or in the unit."""
    if _is_share(effect):
        return f"{100 * number:{sign}.3g} pts"
    return f"{100 * number:{sign}.3g} %" if effect.endpoint in ("latency", "cost") else f"{number:{sign}.3g}"


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay rows out, words to the left and numbers to the right; the first column yields where it is tight."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    first = min(widths[0], _WIDEST - sum(widths[1:]) - 2 * len(widths[1:]))
    return [
        "  ".join(
            (
                f"{cut(name, first):{first}}",
                *(f"{cell:>{width}}" for cell, width in zip(numbers, widths[1:-1], strict=True)),
                verdict,
            )
        )
        for name, *numbers, verdict in rows
    ]


def _left_off(branches: Sequence[Branch]) -> list[str]:
    """Count what the table does not show."""
    counts = Counter(branch.effect.state for branch in branches)
    told = [f"{number} {state}" for state, number in counts.items()]
    return [f"and {listed(told)}; the report has all"] if told else []


def _is_share(effect: Effect) -> bool:
    return effect.endpoint.startswith("defect:") or effect.endpoint in ("fails", "errors")


def _read(effect: Effect, mean: float | None) -> str:
    return " ".join(filter(None, (_figure(effect, mean), _unit(effect) if mean is not None else "")))


def _figure(effect: Effect, mean: float | None) -> str:
    if mean is None:
        return "–"
    return f"{100 * mean:.3g} %" if _is_share(effect) else f"{mean:.4g}"


def _unit(effect: Effect) -> str:
    return "" if _is_share(effect) or effect.unit == "1" else effect.unit


def _unseen(effect: Effect) -> bool:
    return effect.baseline == 0 and effect.candidate == 0 and effect.endpoint.startswith("defect:")


def _clip(number: float | None, margin: float) -> float:
    if not number:
        return 0.0
    share = number / margin if margin else REACH if number > 0 else -REACH
    return round(max(-REACH, min(REACH, share)), 3)


def _far(share: float) -> str:
    return f"{share:+.2f}" if abs(share) < REACH else f"beyond {share:+.0f}"


def _points(effect: Effect) -> str:
    low, high = (f"{100 * (bound or 0.0):+.0f}" for bound in (effect.low, effect.high))
    return f"{100 * (effect.worse_by or 0.0):+.0f} points, {low} to {high}"


def _why(decision: Decision) -> str:
    if decision.verdict == "fail":
        return f"it is worse in {_some([told(effect) for effect in decision.of('worse')])}{_by(decision)}"
    if decision.verdict == "pass":
        judged = sum(effect.state != "missing" for effect in decision.effects)
        return f"in none of {judged} endpoints is it worse by more than the margin"
    return "; ".join([*decision.reasons, _undecided(decision)]).strip("; ") or "nothing could be compared"


def _undecided(decision: Decision) -> str:
    found = decision.of("undecided")
    if not found:
        return ""
    text = f"{_some([told(effect) for effect in found])} may or may not be worse by more than the margin"
    return f"{text}; {_remedy(decision)}"


def _remedy(decision: Decision) -> str:
    """Say what would decide what is undecided."""
    found, needed = decision.of("undecided"), decision.rolls_needed
    if not found:
        return ""
    if needed is not None:
        return f"{needed} rolls a prompt would probably decide it (--vb-rolls {needed})"
    stuck = [plain(effect.title) for effect in found if effect.rolls_needed is None]
    rest = "" if len(stuck) == len(found) else f" of {_some(stuck)}"
    instead = "a baseline of more rolls, more prompts or a wider margin"
    return f"no number of rolls would decide it{rest}, but {instead}"


def _where(decision: Decision) -> str:
    """Name the style that got worst in what got worse, where the run has several."""
    parts = []
    for effect in decision.of("worse")[:_NAMED]:
        if len(effect.styles) > 1:
            style = max(effect.styles, key=lambda name: effect.styles[name])
            parts.append(f"{plain(effect.title)} in {style}")
    return f"worst: {listed(parts)}" if parts else ""


def _by(decision: Decision) -> str:
    """Name the defects by which more clips fail, where that more of them fail is what is wrong."""
    risen = _risen(decision)
    if not risen or "fails" not in {effect.endpoint for effect in decision.of("worse")}:
        return ""
    return f"; more clips fail by {listed([plain(effect.title) for effect in risen[:_MOST]])}"


def _rare(decision: Decision) -> str:
    """Name all defects that the baseline never shows and the candidate does, too seldom for a proof each."""
    rare = [
        f"{plain(effect.title)} ({_read(effect, effect.candidate)} of clips)"
        for effect in _risen(decision)
        if not effect.baseline and effect.state != "worse"
    ]
    return f"seen here and not in the baseline, each too seldom to be proved: {listed(rare)}" if rare else ""


def _risen(decision: Decision) -> list[Effect]:
    """Give the defects that more clips fail by, the most risen first."""
    found = [e for e in decision.effects if e.endpoint.startswith("defect:") and (e.worse_by or 0.0) > 0]
    return sorted(found, key=lambda effect: (-(effect.worse_by or 0.0), effect.endpoint))


def _changes(decision: Decision) -> str:
    failing = [f"{decision.changes[name]} {name}" for name in ("new", "known", "flaky")]
    fixed = decision.changes["fixed"]
    if not any(decision.changes.values()):
        return ""
    return f"of the cases that fail, {listed(failing)}; {count(fixed, 'case')} fixed"


def _basis(decision: Decision) -> str:
    looks = ", ".join(map(str, decision.looks))
    return (
        f"{count(decision.prompts, 'prompt')}, {decision.rolls} rolls each against {decision.baseline_rolls};"
        f" look {decision.look} of {len(decision.looks)} (at {looks} rolls); a model that did not change"
        f" fails in at most {percent(decision.rate)} % of runs, over all looks and endpoints"
    )


def _missing(decision: Decision) -> str:
    lost = [f"{plain(effect.title)} ({effect.why})" for effect in decision.of("missing")]
    return _named("not compared", lost)


def _named(what: str, parts: Sequence[str]) -> str:
    return f"{what}: {_some(parts)}" if parts else ""


def _some(parts: Sequence[str]) -> str:
    more = [f"{len(parts) - _NAMED} more"] if len(parts) > _NAMED else []
    return listed([*parts[:_NAMED], *more])
