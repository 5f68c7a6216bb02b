"""``videobench calibrate LABELS…``: fit limits to labelled clips, so that they keep a false-alarm rate."""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_videobench.errors import SpecError
from pytest_videobench.files import publish, time_of_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_videobench.gate.fit import Aim, Fit, Sample

_GOOD = ("", "none", "none_seen")
"""What stands in the column ``defects`` of a clip in which nothing was seen."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "calibrate",
        help="fit limits to labelled clips",
        description="Fit the severity from which each detector's findings may fail a case to labelled clips,"
        " so that at most a stated share of the clips without the defect is accused. Prints what would"
        " change, and writes nothing without --out. Use the file with --vb-calibration, or with videobench"
        " score --calibration.",
    )
    parser.add_argument(
        "labels",
        metavar="LABELS",
        nargs="+",
        type=Path,
        help="a CSV file with the columns clip and defects (separated by ;, empty or none for a good clip);"
        " or the rows.jsonl of a run whose clips are all good",
    )
    parser.add_argument(
        "--clips", metavar="DIR", type=Path, help="where the clips lie (default: beside the CSV)"
    )
    _add_aim(parser)
    parser.add_argument("--jobs", metavar="N", type=int, default=2, help="processes (default: 2)")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="write the limits there, with where they come from"
    )
    parser.set_defaults(func=calibrate)


def _add_aim(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what a limit has to keep."""
    parser.add_argument(
        "--rate", metavar="R", type=_share, default=0.05, help="false alarms per clip (default: 0.05)"
    )
    parser.add_argument(
        "--method",
        choices=("binomial", "conformal"),
        default="binomial",
        help="binomial: the exact bound on the rate is below it with confidence --sure; conformal: the rate"
        " is kept on average over sets of labels, which needs fewer clips (default: binomial)",
    )
    parser.add_argument("--sure", metavar="C", type=_share, default=0.95, help="confidence (default: 0.95)")
    parser.add_argument(
        "--margin",
        metavar="M",
        type=_margin,
        default=0.05,
        help="severity added to that of the worst clip that is not accused (default: 0.05)",
    )
    parser.add_argument(
        "--metric",
        metavar="NAME",
        action="append",
        default=[],
        help="fit a metric's threshold as well; repeatable",
    )
    parser.add_argument(
        "--slack",
        metavar="F",
        type=_slack,
        default=0.0,
        help="put a metric's threshold beyond the worst clip that is not accused, by F times its distance"
        " from the median: for thresholds that shall hold for other clips than yours as well (default: 0)",
    )


def calibrate(args: argparse.Namespace) -> int:
    """Print every limit before and after; exit status 1 where one could not be fitted."""
    from pytest_videobench.gate.fit import Aim

    aim = Aim(rate=args.rate, method=args.method, sure=args.sure, margin=args.margin, slack=args.slack)
    samples = [sample for file in args.labels for sample in _samples(file, args)]
    fits, bounds = _fits(samples, aim), [_bound(name, samples, aim) for name in args.metric]
    _print(fits, bounds, aim, len(samples))
    if args.out is not None:
        publish(args.out, _written(fits, bounds, args, len(samples)).encode())
        print(f"written: {args.out}")
    return int(any(fit.limit is None for fit in [*fits, *bounds]))


def _share(text: str) -> float:
    value = _margin(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"expected a share between 0 and 1, got {text!r}")
    return value


def _margin(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, got {text!r}")
    return value


def _slack(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < inf:
        raise argparse.ArgumentTypeError(f"expected a number, 0 or more, got {text!r}")
    return value


def _samples(file: Path, args: argparse.Namespace) -> list[Sample]:
    """Read a file of labels, or the rows of a run."""
    if not file.is_file():
        raise SpecError(f"{file}: no such file; expected a CSV file of labels, or the rows.jsonl of a run")
    return list(_from_rows(file)) if file.suffix == ".jsonl" else list(_from_csv(file, args))


def _from_rows(file: Path) -> Iterator[Sample]:
    from pytest_videobench.gate.row import Row

    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = Row.from_json(json.loads(line))
        except (ValueError, TypeError) as error:
            raise SpecError(f"{file}: line {number} is no row of a run ({error})") from None
        if row.metrics:
            permitted = {finding["defect"] for finding in row.findings if finding["permitted"]}
            yield _sample(row.key, frozenset(), row.to_json(), permitted)


def _from_csv(file: Path, args: argparse.Namespace) -> Iterator[Sample]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from pytest_videobench.cli.score import score_clip

    labels = _labels(file, args.clips or file.parent)
    with ProcessPoolExecutor(max(1, args.jobs), mp_context=get_context("spawn")) as pool:
        for (path, defects), record in zip(
            labels, pool.map(score_clip, [path for path, _ in labels]), strict=True
        ):
            if record["error"]:
                raise SpecError(f"{file}: {record['error']['message']}; leave the clip out or mend it")
            yield _sample(str(path), defects, record, set())


def _labels(file: Path, folder: Path) -> list[tuple[Path, frozenset[str]]]:
    """Read the labels; every complaint names the file and the line."""
    from pytest_videobench.prompts.toml import suggestion
    from pytest_videobench.prompts.vocabulary import known_defects

    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = {"clip", "defects"} - set(reader.fieldnames or ())
        if missing:
            raise SpecError(
                f"{file}: no column {' and no column '.join(sorted(missing))}; the first line names them"
            )
        found: dict[Path, frozenset[str]] = {}
        for line in reader:
            where, path = f"{file}: line {reader.line_num}", folder / (line["clip"] or "")
            named = frozenset(word.strip() for word in (line["defects"] or "").split(";")) - set(_GOOD)
            for word in sorted(named.difference(known_defects())):
                raise SpecError(f"{where}: no defect is called {word!r}{suggestion(word, known_defects())}")
            if not path.is_file():
                raise SpecError(f"{where}: there is no clip {path}; --clips says where the clips lie")
            if path in found:
                raise SpecError(f"{where}: {path} is labelled a second time")
            found[path] = named
    return list(found.items())


def _sample(name: str, labels: frozenset[str], record: dict[str, Any], permitted: set[str]) -> Sample:
    from pytest_videobench.gate.fit import Sample

    severities: dict[str, float] = {}
    for finding in record["findings"]:
        if finding.get("hint"):
            continue  # it fails nothing, whatever the limit
        severities[finding["defect"]] = max(finding["severity"], severities.get(finding["defect"], 0.0))
    return Sample(
        name=name,
        labels=labels,
        severities=severities,
        seen=frozenset({*record["coverage"]["checked"], *record["coverage"]["weak"]} - permitted),
        metrics={key: cell["value"] for key, cell in record["metrics"].items() if cell["value"] is not None},
    )


def _fits(samples: Sequence[Sample], aim: Aim) -> list[Fit]:
    """Fit every detector whose findings may fail a case, and that some clip could be looked at for."""
    from pytest_videobench.defects.base import DEFECTS
    from pytest_videobench.gate.fit import fit_gate

    gating = [detector.name for detector in DEFECTS.all() if detector.gate]
    seen = [name for name in gating if any(name in sample.seen for sample in samples)]
    return [fit_gate(name, samples, aim) for name in seen]


def _bound(name: str, samples: Sequence[Sample], aim: Aim) -> Fit:
    from pytest_videobench.gate.fit import fit_bound
    from pytest_videobench.metrics.base import METRICS

    metric = METRICS.get(name)
    if metric.better == "neither":
        raise SpecError(f"--metric {name}: neither end of it is better; write its range into a style by hand")
    return fit_bound(name, samples, aim, least=metric.better == "higher")


def _print(fits: Sequence[Fit], bounds: Sequence[Fit], aim: Aim, clips: int) -> None:
    from pytest_videobench.defects.base import DEFECTS

    print(f"{clips} clips; at most {aim.rate:g} false alarms a clip, {_how(aim)}")
    print(f"{'limit':24}{'before':>8}{'after':>8}{'accused':>14}{'found':>12}")
    for fit in fits:
        print(_line(fit, f"{DEFECTS.get(fit.name).gate_from:g}"))
    for fit in bounds:
        print(_line(fit, ""))


def _line(fit: Fit, before: str) -> str:
    if fit.limit is None:
        return f"{fit.name:24}{before:>8}{'-':>8}  {fit.why}"
    accused, found = f"{fit.accused} of {fit.negatives}", f"{fit.found} of {fit.positives}"
    note = "  (never fails a case)" if fit.limit > 1 and before else ""
    return f"{fit.name:24}{before:>8}{fit.limit:8.4g}{accused:>14}{found:>12}{note}"


def _how(aim: Aim) -> str:
    return "on average (conformal)" if aim.method == "conformal" else f"{aim.sure:.0%} sure (exact binomial)"


def _written(fits: Sequence[Fit], bounds: Sequence[Fit], args: argparse.Namespace, clips: int) -> str:
    """Write the limits as TOML, with what they were made from."""
    from pytest_videobench import __version__
    from pytest_videobench.footage.fingerprint import fingerprint
    from pytest_videobench.metrics.base import METRICS

    made = {
        "videobench": __version__,
        "date": time_of_day()[:10],
        "labels": [file.name for file in args.labels],
        "sha256": [hashlib.sha256(file.read_bytes()).hexdigest() for file in args.labels],
        "clips": clips,
        "rate": args.rate,
        "method": args.method,
        "sure": args.sure,
        "margin": args.margin,
        "slack": args.slack,
        **{f"with_{name}": version for name, version in fingerprint().items() if name != "videobench"},
    }
    lines = ["# Limits made by `videobench calibrate`: make them anew rather than edit them.", "", "[made]"]
    lines += [f"{name} = {json.dumps(value)}" for name, value in made.items()]
    lines += [
        "",
        "# Severity from which the findings of a detector may fail a case; above 1 none may.",
        "[gates]",
    ]
    lines += [_entry(fit) for fit in fits]
    for fit in bounds:
        if fit.limit is not None:
            end = "min" if METRICS.get(fit.name).better == "higher" else "max"
            reason = f"{fit.accused} of {fit.negatives} good clips lie outside"
            lines += [
                "",
                f"[thresholds.{fit.name}]",
                f"{end} = {fit.limit:.6g}",
                f"reason = {json.dumps(reason)}",
            ]
    return "\n".join(lines) + "\n"


def _entry(fit: Fit) -> str:
    """Write one limit; where none could be fitted, the one that stood, and why."""
    from pytest_videobench.defects.base import DEFECTS

    if fit.limit is None:
        return f"{fit.name} = {{ from = {DEFECTS.get(fit.name).gate_from:g} }} # as before: {fit.why}"
    return (
        f"{fit.name} = {{ from = {fit.limit:g}, clean = {fit.negatives}, accused = {fit.accused},"
        f" faulty = {fit.positives}, found = {fit.found} }}"
    )
