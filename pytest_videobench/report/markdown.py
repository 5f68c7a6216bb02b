"""What a run says as Markdown: for the summary of a step in CI, or for a comment on a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_videobench.gate.assess import span
from pytest_videobench.gate.decision import Decision
from pytest_videobench.gate.facts import DIMENSIONS, VERDICTS, gravity, place, titles
from pytest_videobench.gate.flakiness import distrusted
from pytest_videobench.gate.sample import samples_of
from pytest_videobench.report.digest import costs
from pytest_videobench.report.gated import forest, gate_sentences
from pytest_videobench.report.grammar import count, duration, listed, percent
from pytest_videobench.report.words import caveats, headline, reasons_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_videobench.gate.facts import Place
    from pytest_videobench.gate.row import Row
    from pytest_videobench.report.digest import Digest, Score, StyleDigest, Tally

_SHOWN = 10
_TITLES = {"nothing": "nothing to judge"}
_ESCAPES = str.maketrans(
    {character: f"&#{ord(character)};" for character in "|\\`<>&"}  # no parser splits a table at these
    | {character: f"\\{character}" for character in "*_[]~$#"}
)


def summary(digest: Digest, rows: Sequence[Row], about: Mapping[str, Any]) -> str:
    """Write the summary of a run; ``about`` is what ``run.json`` says of it, and may lack anything."""
    ordered, named = sorted(rows, key=place), titles(rows)
    parts = (
        [f"## videobench: {_TITLES.get(digest.verdict, digest.verdict)}", ""],
        [headline(digest.verdicts), "", *_facts(digest, about)],
        _gate(about.get("gate")),
        _board(about.get("board")),
        [line for caveat in caveats(rows, about) for line in (f"**{escape(caveat)}**", "")],
        _verdicts(digest),
        _scores(digest),
        _patterns(about),
        _tallies(digest, named),
        _flaky(rows),
        _sentences(digest.styles),
        _findings(ordered, named),
        _errors(ordered, named),
    )
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def escape(text: object) -> str:
    """Give text as Markdown shows it letter by letter, in one line, inside a table or not."""
    return " ".join(str(text).split()).translate(_ESCAPES)


def _gate(data: dict[str, Any] | None) -> list[str]:
    """Give the verdict against a baseline, and what has a difference."""
    if data is None:
        return []
    decision = Decision.from_json(data)
    first, *others = gate_sentences(decision)
    lines = [
        (branch.effect.title, branch.before, branch.after, branch.share(), branch.p(), branch.effect.state)
        for branch in forest(decision)
    ]
    head = ("Endpoint", decision.baseline, decision.candidate, "Worse by, in margins", "p", "Says")
    said = [f"**{escape(first)}**", "", *(f"- {escape(sentence)}" for sentence in others), ""]
    return ["### Gate", "", *said, *_table(head, lines)]


def _board(data: dict[str, Any] | None) -> list[str]:
    """Say which backend is first in each style, where there are several."""
    if data is None:
        return []
    lines = [(style, " ".join(said)) for style, said in data["sentences"].items()]
    return ["### Side by side", "", *_table(("Style", "First"), lines)]


def _flaky(rows: Sequence[Row]) -> list[str]:
    """List the prompts whose rolls disagree, the least sure first."""
    found = distrusted(samples_of(rows))
    lines = [
        (one.key, one.backend, f"{one.passes} of {one.rolls}", _range(one.share, one.low, one.high))
        for one in found[:_SHOWN]
    ]
    return _titled("Prompts to distrust", ("Prompt", "Backend", "Passes", "Share"), lines, len(found))


def _facts(digest: Digest, about: Mapping[str, Any]) -> list[str]:
    """Say in one line what ran, with a blank line after it."""
    facts = []
    if digest.backends:
        facts.append(f"By {listed([escape(backend) for backend in digest.backends])}")
    if digest.clip_seconds is not None:
        facts.append(f"{duration(digest.clip_seconds)} a clip")
    facts += [f"{name} {usd:.2f} USD" for name, usd in costs(digest).items()]
    if digest.without_clip:
        facts.append(f"no clip: {reasons_of(digest.without_clip)}")
    if digest.synthetic:
        facts.append(f"{count(digest.synthetic, 'synthetic clip')}, made by no model")
    if about.get("videobench"):
        facts.append(f"videobench {escape(about['videobench'])}")
    return [f"{'; '.join(facts)}.", ""] if facts else []


def _verdicts(digest: Digest) -> list[str]:
    return _table(
        ("Style", *VERDICTS),
        [(style.style, *(style.verdicts[verdict] for verdict in VERDICTS)) for style in digest.styles],
    )


def _scores(digest: Digest) -> list[str]:
    """Give the score card: shares of cases that hold, with their intervals."""
    lines = [(style.style, *(_score(style.scores[name]) for name in DIMENSIONS)) for style in digest.styles]
    note = "A dash: not measured. In brackets: the interval of 95 %, with the prompts as its sample."
    card = [*_table(("Cases that hold", *DIMENSIONS), lines), note, ""] if lines else []
    looked = [(s.style, *(str(s.looked[name]) or "–" for name in DIMENSIONS)) for s in digest.styles]
    return card + _table(("Kinds of defect looked for", *DIMENSIONS), looked if digest.looked else [])


def _score(score: Score) -> str:
    if score.share is None:
        return "–"  # a dash for a missing value
    return _range(score.share, score.low, score.high)


def _range(share: float, low: float, high: float) -> str:
    return f"{percent(share)} % ({percent(low)}–{percent(high)})"


def _patterns(about: Mapping[str, Any]) -> list[str]:
    """List what the clips of a backend share."""
    shared = about.get("patterns") or ()
    lines = [(pattern["backend"], pattern["defect"], pattern["note"]) for pattern in shared]
    return _titled("What the clips of a backend share", ("Backend", "Defect", "Note"), lines, len(lines))


def _tallies(digest: Digest, named: Mapping[Place, str]) -> list[str]:
    tallies = [(style.style, tally) for style in digest.styles for tally in style.tallies]
    return _table(
        ("Style", "Defect", "Cases", "Failing", "Worst case", "When"),
        [
            (style, tally.defect, tally.cases, tally.failing, *_worst(tally, named))
            for style, tally in tallies
        ],
    )


def _worst(tally: Tally, named: Mapping[Place, str]) -> tuple[str, str]:
    finding = tally.row.findings[tally.finding]
    return named[place(tally.row)], span(finding["start"], finding["end"])


def _sentences(styles: Iterable[StyleDigest]) -> Iterator[str]:
    for style in styles:
        if style.sentences:
            yield from (f"### {escape(style.style)}", "")
            yield from (f"- {escape(sentence)}" for sentence in style.sentences)
            yield ""


def _findings(rows: Iterable[Row], named: Mapping[Place, str]) -> list[str]:
    """List the gravest findings; of a defect that comes back within a case only the gravest."""
    worst: dict[tuple[Place, str], Mapping[str, Any]] = {}
    for row in rows:
        for finding in row.findings:
            which = place(row), finding["defect"]
            if not finding["permitted"] and (which not in worst or gravity(finding) > gravity(worst[which])):
                worst[which] = finding
    ranked = sorted(worst.items(), key=lambda item: (*(-float(n) for n in gravity(item[1])), item[0]))
    head = ("Case", "Defect", "When", "Severity", "Fails", "Note")
    lines = [(named[which], defect, *_finding(finding)) for (which, defect), finding in ranked[:_SHOWN]]
    return _titled("Worst findings", head, lines, len(ranked))


def _finding(finding: Mapping[str, Any]) -> tuple[str, ...]:
    when, fails = span(finding["start"], finding["end"]), "yes" if finding["gate"] else "no"
    return when, f"{finding['severity']:.2f}", fails, finding["note"]


def _errors(rows: Sequence[Row], named: Mapping[Place, str]) -> list[str]:
    """List the cases that have no verdict, errors before those that went without a score."""
    found = [row for verdict in ("error", "unscored") for row in rows if row.verdict == verdict]
    lines = [(named[place(row)], row.verdict, (row.error or {}).get("message", "")) for row in found[:_SHOWN]]
    return _titled("Cases without a verdict", ("Case", "Verdict", "Why"), lines, len(found))


def _titled(title: str, head: Sequence[str], lines: Sequence[Sequence[object]], total: int) -> list[str]:
    """Give a table under its title, and say when it is not all."""
    left = [f"… and {total - len(lines)} more, in rows.jsonl.", ""] if total > len(lines) else []
    return [f"### {title}", "", *_table(head, lines), *left] if lines else []


def _table(head: Sequence[str], lines: Sequence[Sequence[object]]) -> list[str]:
    """Give a table with a blank line after it; nothing for no lines."""
    if not lines:
        return []
    rule = ["---"] * len(head)
    cells = [map(escape, head), rule, *(map(escape, line) for line in lines)]
    return [*(f"| {' | '.join(line)} |" for line in cells), ""]
