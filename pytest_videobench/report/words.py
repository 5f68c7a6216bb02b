"""What a run says in words: a few sentences per style, each with the numbers that carry it."""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import median
from typing import TYPE_CHECKING, Any

from pytest_videobench.defects.dimensions import defect_dimension
from pytest_videobench.gate.facts import DIMENSIONS, SYNTHETIC, tested_by
from pytest_videobench.report.grammar import capital, count, duration, listed, percent, plain, some_of
from pytest_videobench.report.looked import looked_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.gate.facts import Facts
    from pytest_videobench.gate.row import Row
    from pytest_videobench.report.looked import Looked

_NAMED = 3
"""Kinds of fault that a sentence names; the tally has all of them."""
_LISTED = 5
"""Files that a caveat names; the run's record has all of them."""
_FARED = {"pass": "pass", "fail": "fail", "error": "could not be judged", "unscored": "have no score"}
_FAR = ("wide", "aerial")
_SMALL = "small_far"


def headline(verdicts: Mapping[str, int]) -> str:
    """Say in one line how many cases pass, fail, or have no verdict, and why not."""
    total = sum(verdicts.values())
    if not total:
        return "No case ran."
    told = [f"{verdicts[name]} {words}" for name, words in _FARED.items() if verdicts[name] or name == "pass"]
    return f"{count(total, 'case')}: {', '.join(told)}."


def reasons_of(kinds: Mapping[str, int]) -> str:
    """Say for which reasons cases have no clip, and how many each, such as ``2 moderated, 1 timeout``."""
    return ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in kinds.items())


def synthetic_of(synthetic: int, clips: int) -> str:
    """Say how many of the clips are synthetic, and what that means."""
    return f"{synthetic} of {count(clips, 'clip')} {'is' if synthetic == 1 else 'are'} synthetic: {SYNTHETIC}"


def caveats(rows: Sequence[Row], about: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what a reader of a run must know before its numbers; ``about`` is what ``run.json`` says of it."""
    planned, unclaimed = about.get("planned") or 0, about.get("unclaimed") or ()
    said = []
    if planned > len(rows):
        said.append(f"{len(rows)} of {count(planned, 'case')} reported; the run was stopped.")
    if unclaimed:
        said.append(f"{count(len(unclaimed), 'file')} matched no case: {_some_listed(unclaimed)}.")
    if part := part_of(about):
        said.append(f"{capital(part)}.")
    differing = [f"{name} {listed(found)}" for name, found in software(rows).items() if len(found) > 1]
    if differing:
        said.append(f"Not all rows were measured by the same software: {'; '.join(differing)}.")
    return tuple(said)


def part_of(about: Mapping[str, Any]) -> str:
    """Say that ``-k``, ``--lf``, a tag or a node id has left cases out; empty where none was."""
    planned, left_out = about.get("planned") or 0, about.get("left_out") or 0
    whole = count(planned + left_out, "case")
    return f"a part of the suite: {planned} of {whole} chosen, {left_out} left out" if left_out else ""


def software(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Give the versions of all software that measured the rows; more than one where they differ."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for name, version in row.fingerprint.items():
            found[name].add(version)
    return {name: sorted(versions) for name, versions in found.items()}


def _some_listed(names: Sequence[str]) -> str:
    """List a few names, and say how many others there are."""
    left = len(names) - _LISTED
    return listed([*names[:_LISTED], *([count(left, "other")] if left > 0 else [])])


def sentences(facts: Sequence[Facts]) -> tuple[str, ...]:
    """Say what holds, what breaks, where, and how fast it was: up to six sentences about one style."""
    said = (
        _verdict(facts),
        _what_holds(facts),
        _prompts([fact for fact in facts if fact.judged]),
        _camera([fact for fact in facts if fact.assessed]),
        _distance([fact for fact in facts if fact.judged]),
        _making(facts),
    )
    return tuple(f"{capital(sentence)}." for sentence in said if sentence)


def _verdict(facts: Sequence[Facts]) -> str:
    judged = [fact for fact in facts if fact.judged]
    verdicts = Counter(fact.row.verdict for fact in facts)
    errors, unscored = verdicts["error"], verdicts["unscored"]
    rest = [f"{errors} ended in an error"] if errors else []
    rest += [f"{unscored} went without a score"] if unscored else []
    if not judged:
        return f"no case could be judged: {listed(rest)}" if rest else ""
    others = f"; beside them {listed(rest)}" if rest else ""
    return _passing(judged) + _by_backend(judged) + others


def _passing(judged: Sequence[Facts]) -> str:
    passing, number = sum(fact.passes for fact in judged), len(judged)
    if number == 1:
        return f"the only judged case {'passes' if passing else 'fails'}"
    return f"{some_of(passing, number, 'case')} {'pass' if passing > 1 else 'passes'}"


def _by_backend(judged: Sequence[Facts]) -> str:
    """Compare the backends; a single one needs no comparison."""
    by_backend: dict[str, list[bool]] = defaultdict(list)
    for fact in judged:
        by_backend[fact.row.backend].append(fact.passes)
    if len(by_backend) < 2:
        return ""
    shares = [
        f"{sum(passes)} of {len(passes)} ({percent(sum(passes) / len(passes))} %) by {backend}"
        for backend, passes in sorted(by_backend.items())
    ]
    return f", {listed(shares)}"


def _what_holds(facts: Sequence[Facts]) -> str:
    assessed = [fact for fact in facts if fact.assessed]
    if not assessed:
        return ""
    breaking = Counter(kind for fact in assessed for kind in _kinds(fact))
    warning = Counter(plain(name) for fact in assessed for name in fact.warned() if name not in fact.worst())
    parts = [_clean_dimensions(assessed)] if breaking else [_nothing_breaks(assessed)]
    parts += [f"what breaks is {_ranked(breaking, 'case')}"] if breaking else []
    parts += [f"what only warns is {_ranked(warning, 'case')}"] if warning else []
    parts.append(not_looked_for(looked_for([fact.row for fact in assessed])))
    return "; ".join(filter(None, parts))


def _kinds(fact: Facts) -> list[str]:
    """Name what fails a case: defects, and metrics that are out of their range."""
    return [*map(plain, fact.worst()), *(f"{metric} out of its range" for metric in fact.breaches)]


def _clean_dimensions(assessed: Sequence[Facts]) -> str:
    """Name the dimensions that nothing breaks or warns of, and of which nothing was left unlooked for."""
    doubted = {defect_dimension(name) for fact in assessed for name in fact.warned()}
    doubted |= {dimension for fact in assessed for dimension in fact.broken}
    clean = [d for d in DIMENSIONS if d not in doubted and any(d in fact.measured for fact in assessed)]
    rows = [fact.row for fact in assessed]
    whole = [dimension for dimension in clean if not looked_for(rows, dimension).unchecked]
    return f"nothing was found against {listed(whole)}" if whole else ""


def _nothing_breaks(assessed: Sequence[Facts]) -> str:
    unmeasured = [d for d in DIMENSIONS if not any(d in fact.measured for fact in assessed)]
    be = "was" if len(unmeasured) == 1 else "were"
    rest = f", but {listed(unmeasured)} {be} not measured" if unmeasured else ""
    return f"nothing that breaks a clip was found in {count(len(assessed), 'case')}{rest}"


def not_looked_for(looked: Looked) -> str:
    """Say how many kinds of defect nothing looked for, and name some: silence about them is no praise."""
    if not looked.unchecked:
        return ""
    kinds = sorted(looked.unchecked, key=lambda name: (DIMENSIONS.index(defect_dimension(name)), name))
    if len(kinds) <= _NAMED:
        return f"nothing looked for {listed([plain(name) for name in kinds])}"
    named = [plain(name) for name in kinds[:: len(kinds) // _NAMED][:_NAMED]]
    return f"nothing looked for {count(len(kinds), 'kind')} of defect, such as {listed(named)}"


def _ranked(counted: Mapping[str, int], noun: str) -> str:
    """Name the most frequent kinds with their numbers, and say how many others there are."""
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    (first, number), *others = ranked[:_NAMED]
    named = [f"{first} in {count(number, noun)}", *(f"{name} in {n}" for name, n in others)]
    left = len(ranked) - _NAMED
    return listed([*named, *([count(left, "other kind")] if left > 0 else [])])


def _prompts(judged: Sequence[Facts]) -> str:
    """Name the best and the worst prompt; where all pass or there is one, the verdict has said it."""
    rolls: dict[str, list[Facts]] = defaultdict(list)
    for fact in judged:
        rolls[fact.row.prompt].append(fact)
    if len(rolls) < 2 or all(fact.passes for fact in judged):
        return ""
    ranked = sorted(rolls, key=lambda prompt: (_share(rolls[prompt]), -_harm(rolls[prompt]), prompt))
    weakest = rolls[ranked[0]]
    return f"{_best(ranked, rolls)}; the weakest is {ranked[0]}: {_of_rolls(weakest)}{_gravest(weakest)}"


def _best(ranked: Sequence[str], rolls: Mapping[str, Sequence[Facts]]) -> str:
    whole = [prompt for prompt in ranked if _share(rolls[prompt]) == 1]
    always = " every time" if max(map(len, rolls.values())) > 1 else ""
    if whole:
        subject = whole[0] if len(whole) == 1 else f"{len(whole)} of {len(ranked)} prompts"
        return f"only {subject} passes{always}" if len(whole) == 1 else f"{subject} pass{always}"
    best = rolls[ranked[-1]]
    if not _share(best):
        return f"none of the {len(ranked)} prompts passes{' even once' if always else ''}"
    return f"no prompt passes every time; the strongest is {ranked[-1]}: {_of_rolls(best)}"


def _share(cases: Sequence[Facts]) -> float:
    return sum(fact.passes for fact in cases) / len(cases)


def _harm(cases: Sequence[Facts]) -> float:
    return sum(fact.harm for fact in cases) / len(cases)


def _of_rolls(cases: Sequence[Facts]) -> str:
    """Say how many cases of a prompt pass; they are its rolls where all are of one backend and test."""
    noun = "roll" if len({(fact.row.backend, tested_by(fact.row)) for fact in cases}) == 1 else "case"
    passing = sum(fact.passes for fact in cases)
    if len(cases) == 1:
        return f"its only {noun} {'passes' if passing else 'fails'}"
    return f"{passing or 'none'} of its {len(cases)} {noun}s {'pass' if passing > 1 else 'passes'}"


def _gravest(cases: Sequence[Facts]) -> str:
    worst = [(severity, defect) for fact in cases for defect, severity in fact.worst().items()]
    if not worst:
        return ""
    severity, defect = max(worst)
    return f", and its gravest defect is {plain(defect)} (severity {severity:.2f})"


def _camera(assessed: Sequence[Facts]) -> str:
    """Say in how many cases the camera that was asked for was seen, and in how many another."""
    asked = [fact for fact in assessed if fact.row.camera and fact.row.expected.get("camera", "any") != "any"]
    if not asked:
        return ""
    other = sum(_contradicts(fact) for fact in asked)
    seen = sum(_obeys(fact) and not _contradicts(fact) for fact in asked)
    if len(asked) == 1:
        found = "seen" if seen else "contradicted" if other else "not to be told"
    else:
        parts = [f"seen in {'all' if seen == len(asked) else seen or 'none'} of them"]
        parts += [f"contradicted in {other}"] if other else []
        parts += [f"not to be told in {len(asked) - seen - other}"] if len(asked) > seen + other else []
        found = listed(parts)
    return f"a certain camera was asked for in {count(len(asked), 'case')}: it was {found}"


def _obeys(fact: Facts) -> bool:
    from pytest_videobench.footage.camera_class import seen_as  # late: it brings numpy

    return bool(fact.row.camera and fact.row.camera["move"] in seen_as(fact.row.expected["camera"]))


def _contradicts(fact: Facts) -> bool:
    return "camera_mismatch" in fact.worst() or "camera_mismatch" in fact.warned()


def _distance(judged: Sequence[Facts]) -> str:
    """Compare subjects that are small in the picture with the others, where not all fare alike."""
    small = [fact for fact in judged if fact.row.covers.get("subject") == _SMALL]
    if small:
        others = [fact for fact in judged if fact not in small]
        told = ("with small, far subjects", "with others", small, others)
    else:
        framed = [fact for fact in judged if fact.row.expected.get("shot")]
        far = [fact for fact in framed if fact.row.expected["shot"] in _FAR]
        near = [fact for fact in framed if fact.row.expected["shot"] not in _FAR]
        told = ("in wide and aerial shots", "in nearer ones", far, near)
    these, those, first, second = told
    if not first or not second or len({fact.passes for fact in (*first, *second)}) == 1:
        return ""
    return f"{these} {_of(first)}, {those} {_of(second)}"


def _of(cases: Sequence[Facts]) -> str:
    passing = sum(fact.passes for fact in cases)
    if len(cases) == 1:
        return f"the only case {'passes' if passing else 'fails'}"
    return f"{some_of(passing, len(cases), 'case')} {'pass' if passing > 1 else 'passes'}"


def _making(facts: Sequence[Facts]) -> str:
    """Say how fast clips were made, where the others came from, and which are of no model."""
    seconds = [fact.made_in for fact in facts if fact.made_in is not None]
    origins = Counter(fact.row.origin for fact in facts if fact.row.origin)
    clips = sum(fact.row.clip is not None for fact in facts)
    parts = []
    if seconds:
        parts.append(f"a clip took {duration(median(seconds))} to make (median of {len(seconds)})")
    if origins["store"]:
        parts.append(f"{some_of(origins['store'], clips, 'clip')} came from the store")
    if origins["folder"]:
        parts.append(f"{some_of(origins['folder'], clips, 'clip')} came from a folder")
    synthetic = sum(bool(fact.row.clip and fact.row.clip.get("synthetic")) for fact in facts)
    if synthetic:
        be = "is" if synthetic == 1 else "are"
        parts.append(f"{some_of(synthetic, clips, 'clip')} {be} synthetic, {SYNTHETIC}")
    return "; ".join(parts)
