"""What each card says: prose from the data, facts from the code, numbers from the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.cards import known, numbers
from benchmarks.cards.data import cards, faults_of, picture_of, shown
from benchmarks.cards.wording import codes, lead, number, sentence
from pytest_videobench.defects.dimensions import defect_dimension
from pytest_videobench.metrics.base import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.cards.data import Card
    from benchmarks.cards.known import Limit, Said


def defect_card(name: str) -> dict[str, Any]:
    """Give all that a defect's card says."""
    card, status = cards("defects")[name], known.status(name)
    found = shown().get(picture_of("defects", name))
    return {
        "name": name,
        "what": card["what"],
        "status": status,
        "dimension": defect_dimension(name),
        "gates_from": known.gates_from(name),
        "means": card.get("means", {}).get("what", ""),
        "by": card.get("by", ""),
        "judge": known.judge(name),
        "state": _state(name, card),
        "points": [] if status == "not checked" else list(_defect_points(name, card)),
        "unseen": _unseen(name, card) if status == "not checked" else "",
        "row": numbers.row(name),
        "recall": numbers.severities(name) if status != "not checked" else [],
        "trust": numbers.trust(name) if status != "not checked" else [],
        "picture": picture_of("defects", name),
        "no_picture": card.get("no_picture", ""),
        "caption": _hit_and_miss(found, card) if found else "",
    }


def metric_card(name: str) -> dict[str, Any]:
    """Give all that a metric's card says."""
    card, metric, said = cards("metrics")[name], METRICS.get(name), known.said(name)
    found = shown().get(picture_of("metrics", name))
    reach = said.range or card["range"]
    better = "neither end is better" if metric.better == "neither" else f"{metric.better} is better"
    unit = "a plain number" if metric.unit == "1" else metric.unit
    return {
        "name": name,
        "dimension": metric.dimension,
        "unit": metric.unit,
        "better": metric.better,
        "range": reach,
        "what": card["what"],
        "head": f"{lead(card['what'])} · {unit} · {reach} · {better}",
        "points": list(_metric_points(name, card, said)),
        "picture": picture_of("metrics", name),
        "caption": _low_and_high(found, metric.unit) if found else "",
    }


def _state(name: str, card: Card) -> str:
    """Say in one line what a finding may do, what it spoils, and how it is injected."""
    status, from_, faults = known.status(name), known.gates_from(name), codes(faults_of(name))
    words = f"**{status}**"
    if status == "gate":
        words += f" from a severity of {from_:g}: {card['means']['what']}" if from_ else ", every finding"
    elif status == "warn":
        words += ", never fails a case"
    told = f"injected as {faults}" if faults else "never injected"
    return f"{words} · spoils {defect_dimension(name)} · {told}"


def _defect_points(name: str, card: Card) -> Iterator[tuple[str, str]]:
    rule = card["rule"]
    several = rule if isinstance(rule, dict) else {"": rule}
    yield from ((f"Rule, {title}:" if title else "Rule:", text) for title, text in several.items())
    yield "Severity:", known.severity(name)
    yield "Missed:", card.get("missed", "")
    yield "False alarms:", card.get("alarms", "")
    yield "On labelled clips:", card.get("labels", "")
    yield "Permit it", card.get("permit", "")
    styles = "; ".join(f"*{style}* ({reason})" for style, reason in known.permitting(name).items())
    yield "Permitted by style:", styles
    yield "Beside others:", _beside(name)


def _beside(name: str) -> str:
    """Say what explains a defect away, and what it explains."""
    causes, others = known.yields_to(name), known.explains(name)
    dropped = f"yields to {codes(causes, link=True)}" if causes else ""
    explains = f"goes before {codes(others, link=True)}" if others else ""
    return "; ".join(filter(None, (dropped, explains)))


def _unseen(name: str, card: Card) -> str:
    tried = f"*Tried:* {lead(card['tried'])}" if "tried" in card else ""
    return f"{sentence(card['why'])} Who would have to look: {known.judge(name)}. {tried}"


def _hit_and_miss(found: Mapping[str, Any], card: Card) -> str:
    """Say what a defect's picture shows."""
    one = "asked" in card["picture"]  # one row, which is both
    above, below = ("", "The same clip with") if one else ("*Above:* ", "*Below:* the same clip,")
    what = "fails the case" if found["fails"] else "warns"
    why = f", because {card['picture']['why']}" if "why" in card["picture"] else ""
    return (
        f"{above}`{found['clip']}`, {found['hit']}, {what} at a severity of {found['severity']:g}. "
        f"“{found['note']}” {below} {found['miss']}: no finding{why}."
    )


def _metric_points(name: str, card: Card, said: Said) -> Iterator[tuple[str, str]]:
    yield "Formula:", f"{said.formula or card['formula']}. {card.get('more', '')}"
    yield "Computed on:", card["computed"]
    yield "To read it:", lead(said.reading)
    yield "Thresholds:", "; ".join(map(_limit, (limit for limit in known.limits() if limit.metric == name)))
    yield "Source:", said.source
    yield "Checked against:", card["checked"]
    yield "Deviation:", card.get("deviation", "")
    yield "Mind:", card.get("mind", "")


def _limit(limit: Limit) -> str:
    ends = (("at least", limit.least), ("at most", limit.most))
    return ", ".join(f"{word} {number(end)}" for word, end in ends if end is not None)


def _low_and_high(found: Mapping[str, Any], unit: str) -> str:
    """Say what a metric's picture shows."""
    unit = "" if unit == "1" else f" {unit}"
    ends = (found["low"], found["high"])
    low, high = (f"{one['value']:g}{unit}, `{one['clip']}` {one['how']}" for one in ends)
    return f"*Above:* {low}. *Below:* {high}."
