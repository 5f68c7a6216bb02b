"""What the bench says of each detector: numbers in JSON types, made of trials and nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from benchmarks.accuracy import statistics
from benchmarks.accuracy.corpus import settings
from benchmarks.accuracy.injection import SEVERITIES
from benchmarks.accuracy.trials import NEAR
from pytest_videobench.defects.base import DEFECTS
from pytest_videobench.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.accuracy.trials import Trial
    from pytest_videobench.defects.base import Finding

Figures: TypeAlias = dict[str, Any]
ORIGINS = {False: "as shot", True: "driven"}
"""What a clean minute may be, by whether a virtual camera was driven through it."""
DIGITS = 4
"""Decimals that are kept."""
BASELINES: dict[str, Callable[[Trial], float]] = {
    "motion": lambda trial: trial.motion,
    "step": lambda trial: trial.step,
}
"""What a detector must be better than: motion alone, and the time between pictures alone."""


def noticed() -> float:
    """Give the severity at which anybody sees a fault."""
    return float(settings()["noticed"]["severity"])


def defects() -> list[str]:
    """Name everything that has a detector or a fault, sorted."""
    return sorted({one.name for one in DEFECTS.all()} | {fault.defect for fault in FAULTS.values()})


def summed_up(trials: Sequence[Trial]) -> Figures:
    """Give all figures of a bench."""
    clean = [trial for trial in trials if is_clean(trial)]
    return {
        "noticed": noticed(),
        "sources": len({trial.clip.origin for trial in trials}),
        "pieces": sum(trial.kind == "control" for trial in trials),
        "clean_minutes": _rounded(minutes(clean)),
        "clean_minutes_by_origin": {
            origin: _rounded(minutes(some)) for origin, some in by_origin(clean).items()
        },
        "detectors": {defect: of_defect(defect, trials) for defect in defects()},
        "stability": stability(trials),
        "moments": moments_of(trials),
        "labelled": [labelled_clip(trial) for trial in trials if trial.kind == "whole"],
    }


def of_defect(defect: str, trials: Sequence[Trial]) -> Figures:
    """Give the figures of one detector.

    A clip in which it says that it can see nothing is "not checked" and no miss; such clips are counted.
    """
    carrying = [trial for trial in trials if trial.defect == defect]
    faulty = [trial for trial in carrying if defect not in trial.blind]
    strong = [trial for trial in faulty if trial.severity == noticed()]
    hits = [(trial, best(trial, defect)) for trial in strong if trial.hits(defect) and is_timed(trial)]
    return {
        "detector": any(one.name == defect for one in DEFECTS.all()),
        "gate": any(one.gate for one in DEFECTS.all() if one.name == defect),
        "recall": by_severity(faulty, is_named),
        "not_checked": by_severity(carrying, lambda trial: defect in trial.blind),
        "fails": by_severity(faulty, is_failed),
        "otherwise": by_severity(faulty, lambda trial: trial.otherwise()),
        "false_alarms": false_alarms(defect, trials),
        **precision(defect, trials),
        "missed": missed(faulty),
        **areas(defect, strong, [trial for trial in trials if trial.kind == "control"]),
        **localisation(hits),
        "labelled": labelled(defect, trials),
        "styles": styles(defect, strong, trials),
        "by_fault": {
            name: by_severity([trial for trial in faulty if trial.fault == name], is_named)
            for name, fault in FAULTS.items()
            if fault.defect == defect
        },
    }


def is_named(trial: Trial) -> bool:
    """Say whether the fault is found under its name and where it is."""
    return bool(trial.hits(trial.defect))


def is_failed(trial: Trial) -> bool:
    """Say whether a finding of the fault, where it is, would fail the case."""
    return any(finding.gate for finding in trial.hits(trial.defect))


def is_timed(trial: Trial) -> bool:
    """Say whether the fault is seen at a time: a wrong size or length is not."""
    return FAULTS[trial.fault].group != "file"


def is_clean(trial: Trial) -> bool:
    """Say whether everything found in it is a false alarm, but for what is known to be there."""
    return trial.kind in ("control", "driven") or (trial.kind == "whole" and trial.clip.clean)


def best(trial: Trial, defect: str) -> Finding:
    """Give the finding that shares the most with the fault."""

    def shared(finding: Finding) -> float:
        return min(finding.end, trial.end) - max(finding.start, trial.start)

    return max(trial.hits(defect), key=shared)


def by_severity(trials: Sequence[Trial], counts: Callable[[Trial], bool]) -> dict[str, list[int]]:
    """Count what holds, of how many, at each severity."""
    table = {}
    for severity in SEVERITIES:
        here = [trial for trial in trials if trial.severity == severity]
        if here:
            table[f"{severity:g}"] = [sum(map(counts, here)), len(here)]
    return table


def missed(faulty: Iterable[Trial]) -> dict[str, list[str]]:
    """Name the clips in which a fault that anybody sees is not found."""
    table: dict[str, list[str]] = defaultdict(list)
    for trial in faulty:
        if trial.severity >= noticed() and not is_named(trial):
            table[f"{trial.fault} at {trial.severity:g}"].append(trial.name)
    return {name: sorted(table[name]) for name in sorted(table)}


def minutes(clean: Sequence[Trial]) -> float:
    """Add up what clean clips show; a piece of a clip that is there as a whole adds findings and no time."""
    whole = {trial.clip.path for trial in clean if trial.kind == "whole"}
    shown = [trial for trial in clean if trial.kind != "control" or trial.clip.path not in whole]
    return sum(trial.seconds for trial in shown) / 60


def by_origin(clean: Iterable[Trial]) -> dict[str, list[Trial]]:
    """Part clean clips into those whose own camera is all that moves, and those driven through."""
    table: dict[str, list[Trial]] = {origin: [] for origin in ORIGINS.values()}
    for trial in clean:
        table[ORIGINS[trial.kind == "driven"]].append(trial)
    return table


def wrong_findings(defect: str, trial: Trial) -> list[Finding]:
    """Give the findings of a defect that a clip without a fault is not known to have."""
    return [f for f in trial.findings if f.defect == defect and defect not in trial.carries]


def false_alarms(defect: str, trials: Iterable[Trial]) -> Figures:
    """Count the findings on clean clips, apart for those that fail and that warn, in all and by origin, and
    name every one."""
    clean = [trial for trial in trials if is_clean(trial)]
    apart = by_origin(clean).items()
    return {
        **_alarms(defect, clean),
        "by_origin": {origin: _alarms(defect, some) for origin, some in apart},
        "each": [
            [trial.name, origin, "fails" if f.gate else "warns", _rounded(f.start), _rounded(f.end)]
            for origin, some in apart
            for trial in sorted(some, key=lambda trial: trial.name)
            for f in wrong_findings(defect, trial)
        ],
    }


def _alarms(defect: str, clean: Sequence[Trial]) -> Figures:
    wrong = [finding for trial in clean for finding in wrong_findings(defect, trial)]
    failing = sum(finding.gate for finding in wrong)
    return {"gate": failing, "warn": len(wrong) - failing, "minutes": _rounded(minutes(clean))}


def precision(defect: str, trials: Sequence[Trial]) -> Figures:
    """Count the findings that are right, of all in the pooled bench, and name the faults beside the others.

    What a piece shows without a fault is counted once, with the piece itself. Of the untouched clips only
    those count that are clean or surely labelled. Driven clips are left out: they show few scenes many times.
    """
    known = {trial.name: trial.findings for trial in trials if trial.kind == "control"}
    beside, counts = Counter[str](), {"precision": [0, 0], "precision_gate": [0, 0]}
    for trial in trials:
        unsure = trial.kind == "whole" and not (trial.clip.clean or trial.clip.sure)
        if trial.kind == "driven" or unsure:
            continue
        new = [f for f in trial.findings if f.defect == defect]
        if trial.kind == "fault":
            new = [finding for finding in new if not _is_old(finding, known[trial.name])]
        for finding in new:
            right = _is_right(finding, trial)
            beside[trial.fault or trial.kind] += not right
            for key in ("precision", "precision_gate") if finding.gate else ("precision",):
                counts[key] = [counts[key][0] + right, counts[key][1] + 1]
    return {**counts, "beside": dict((+beside).most_common())}


def _is_right(finding: Finding, trial: Trial) -> bool:
    if trial.kind != "fault":
        return finding.defect in trial.carries
    implied = finding.defect in settings()["implied"].get(trial.fault, ())
    return implied or (finding.defect == trial.defect and trial.near(finding.start, finding.end))


def areas(defect: str, strong: Sequence[Trial], controls: Sequence[Trial]) -> Figures:
    """Give the area under the ROC curve, and those of motion alone and of the frame step alone."""
    clean = [trial for trial in controls if defect not in trial.carries]
    sides = [[trial.score(defect) for trial in side] for side in (strong, clean)]
    if not all(sides):
        return {"auc": None, "auc_motion": None, "auc_step": None, "roc": {}}
    scores = _by_origin(strong, clean, lambda trial: trial.score(defect))
    low, high = statistics.area_interval(scores)
    found: Figures = {
        "auc": _all_rounded([statistics.pooled_area(scores), low, high]),
        "roc": {"own": _all_rounded(statistics.curve(*sides))},
    }
    for name, value in BASELINES.items():
        values = [[value(trial) for trial in side] for side in (strong, clean)]
        plain = statistics.area(*values)
        signed = values if plain >= 0.5 else [[-number for number in side] for side in values]
        found[f"auc_{name}"] = _rounded(statistics.either_way(plain))
        found["roc"][name] = _all_rounded(statistics.curve(*signed))
    return found


def localisation(hits: Sequence[tuple[Trial, Finding]]) -> Figures:
    """Give how far the found starts and ends are from the true ones, medians of what was found."""
    starts = [finding.start - trial.start for trial, finding in hits]
    ends = [finding.end - trial.end for trial, finding in hits]
    rates = [trial.fps for trial, _ in hits]
    frames = {
        side: [_rounded(error * fps) for error, fps in zip(errors, rates, strict=True)]
        for side, errors in (("start", starts), ("end", ends))
    }
    return {
        "start_error_s": _median(starts),
        "end_error_s": _median(ends),
        "start_error_frames": _median(frames["start"]),
        "end_error_frames": _median(frames["end"]),
        "errors_frames": frames,
    }


def labelled(defect: str, trials: Iterable[Trial]) -> Figures:
    """Hold a detector against the labels of untouched clips.

    A label that may be called by several names is found where any of them is. ``found`` holds the labels of
    high confidence, ``found_any`` all; ``accused`` counts clips that have no such label.
    """
    whole = [trial for trial in trials if trial.kind == "whole"]
    having = [trial for trial in whole if any(defect in label for label in trial.clip.labels)]
    sure = [trial for trial in having if trial.clip.sure]
    others = [trial for trial in whole if defect not in trial.carries]
    return {
        "found": [sum(_label_found(trial, defect) for trial in sure), len(sure)],
        "found_any": [sum(_label_found(trial, defect) for trial in having), len(having)],
        "accused": [sum(bool(wrong_findings(defect, trial)) for trial in others), len(others)],
        "accused_gate": sum(any(f.gate for f in wrong_findings(defect, trial)) for trial in others),
    }


def styles(defect: str, strong: Sequence[Trial], trials: Sequence[Trial]) -> Figures:
    """Split recall at the noticed severity, and false alarms, by style."""
    clean = [trial for trial in trials if is_clean(trial)]
    table: dict[str, Figures] = {}
    for style in sorted({trial.clip.style for trial in (*strong, *clean)}):
        named = [is_named(trial) for trial in strong if trial.clip.style == style]
        alarms = _alarms(defect, [trial for trial in clean if trial.clip.style == style])
        table[style] = {"recall": [sum(named), len(named)], **alarms}
    return table


def stability(trials: Sequence[Trial]) -> Figures:
    """Count clips of which a second look says the same, and those that fail alike when encoded twice."""
    twice = [trial for trial in trials if trial.same is not None]
    recoded = [trial for trial in trials if trial.recoded is not None]
    flips = [
        {
            "clip": trial.name,
            "fault": trial.fault,
            "defects": sorted(trial.failing ^ (trial.recoded or set())),
        }
        for trial in recoded
        if trial.failing != trial.recoded
    ]
    return {
        "same": [sum(bool(trial.same) for trial in twice), len(twice)],
        "crf18": [len(recoded) - len(flips), len(recoded)],
        "flips": flips,
    }


def moments_of(trials: Iterable[Trial]) -> dict[str, list[int]]:
    """Count the faults whose time is among the moments, of how many, and among evenly spaced frames."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for trial in trials:
        if trial.among is not None:
            found, by_chance = trial.among
            counts[trial.fault].update(found=found, n=1, even=by_chance)
    return {name: [c["found"], c["n"], c["even"]] for name, c in sorted(counts.items())}


def labelled_clip(trial: Trial) -> Figures:
    """Give a clip's labels and everything that was found, for people to judge."""
    return {
        "clip": trial.name,
        "labels": sorted("|".join(sorted(label)) for label in trial.clip.labels),
        "sure": trial.clip.sure,
        "found": [
            [f.defect, "fails" if f.gate else "warns", _rounded(f.start), _rounded(f.end)]
            for f in trial.findings
        ],
    }


def _label_found(trial: Trial, defect: str) -> bool:
    names = {name for label in trial.clip.labels if defect in label for name in label}
    return any(finding.defect in names for finding in trial.findings)


def _is_old(finding: Finding, known: Iterable[Finding]) -> bool:
    return any(
        finding.defect == other.defect
        and finding.start <= other.end + NEAR
        and finding.end >= other.start - NEAR
        for other in known
    )


def _by_origin(
    strong: Sequence[Trial], clean: Sequence[Trial], score: Callable[[Trial], float]
) -> dict[str, tuple[list[float], list[float]]]:
    table: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for side, trials in enumerate((strong, clean)):
        for trial in trials:
            table[trial.clip.origin][side].append(score(trial))
    return table


def _median(errors: Sequence[float]) -> float | None:
    return _rounded(float(np.median(np.abs(errors)))) if errors else None


def _rounded(value: float) -> float:
    return round(float(value), DIGITS)


def _all_rounded(values: Any) -> Any:
    return np.round(np.asarray(values, np.float64), DIGITS).tolist()
