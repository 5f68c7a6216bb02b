"""``videobench score CLIP…``: measure clips and look for defects, in parallel, without pytest."""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, replace
from functools import partial
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_videobench.kinds import ErrorKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from os import PathLike

    from pytest_videobench.gate.assess import Assessment
    from pytest_videobench.prompts.model import Expectations

_TABLE_METRICS = ("temporal_flickering", "motion_amplitude", "dynamic_degree", "sharpness")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "score",
        help="score clips",
        description="Measure clips and look for defects. Exit status 1 where a clip could not be read.",
    )
    parser.add_argument("clips", metavar="CLIP", nargs="+", type=Path, help="video files")
    parser.add_argument(
        "--prompt",
        metavar="TEXT",
        default="",
        help="what the clips were asked to show; a camera move it names is checked",
    )
    parser.add_argument("--style", metavar="S", default="", help="hold the clips to this style's thresholds")
    parser.add_argument(
        "--calibration",
        metavar="FILE",
        type=Path,
        help="limits that videobench calibrate fitted to your labels",
    )
    parser.add_argument("--format", choices=("table", "jsonl"), default="table")
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=_positive,
        default=cpu_count() or 1,
        help="processes (default: one per core)",
    )
    parser.set_defaults(func=score)


def score(args: argparse.Namespace) -> int:
    """Print a record per clip, in the order given, as soon as it is there."""
    args.style = _style(args.style)
    if args.calibration is not None:
        from pytest_videobench.gate.calibration import read_calibration

        args.style = read_calibration(args.calibration).applied(args.style)
    print_record = _print_json if args.format == "jsonl" else _TablePrinter(args.clips)
    broken = 0
    for record in _records(args):
        broken += record["error"] is not None
        print_record(record)
        sys.stdout.flush()
    return 1 if broken else 0


def _style(name: str) -> Expectations:
    """Give what a shipped style demands and permits; raise a SpecError for a name that none has."""
    from pytest_videobench.errors import SpecError
    from pytest_videobench.prompts.load import load_styles, suites_root
    from pytest_videobench.prompts.model import Expectations

    if not name:
        return Expectations()
    styles = {style.name: style.expect for style in load_styles(suites_root()).values()}
    if name not in styles:
        raise SpecError(f"--style: expected one of {', '.join(styles)}, got {name!r}")
    return styles[name]


def score_clip(
    path: str | PathLike[str], style: Expectations | None = None, prompt: str = ""
) -> dict[str, Any]:
    """Give the record of one clip; what cannot be read has an ``error`` and nothing else."""
    from pytest_videobench.errors import VideobenchError
    from pytest_videobench.files import file_digest
    from pytest_videobench.footage.analyse import analyse
    from pytest_videobench.gate.assess import assess
    from pytest_videobench.gate.thresholds import complete
    from pytest_videobench.prompts.model import Expectations
    from pytest_videobench.prompts.spoken import spoken_camera

    path = Path(path)
    try:
        footage = analyse(path)
        digest = file_digest(path)
    except VideobenchError as error:
        return _record(path, error={"kind": error.kind, "message": str(error)})
    except OSError as error:
        return _record(
            path, error={"kind": ErrorKind.UNREADABLE.value, "message": f"{path}: {error.strerror or error}"}
        )
    expected = complete(replace(style or Expectations(), camera=spoken_camera(prompt)))
    try:
        cells = _cells(assess(footage, expected))
    except Exception as broken:  # somebody's metric or detector; the other clips are scored
        return _record(
            path, error={"kind": ErrorKind.ASSESSMENT.value, "message": f"{type(broken).__name__}: {broken}"}
        )
    return _record(path, sha256=digest, probe=asdict(footage.probe), **cells)


def _record(path: Path, **known: Any) -> dict[str, Any]:
    """Give a record in which what is not known is empty."""
    from pytest_videobench.footage.fingerprint import fingerprint

    empty: dict[str, Any] = {"sha256": None, "probe": None, "metrics": {}, "findings": [], "coverage": {}}
    return {"clip": str(path), **empty, "fingerprint": dict(fingerprint()), "error": None, **known}


def _cells(assessment: Assessment) -> dict[str, Any]:
    from pytest_videobench.gate.row import coverage_cell, finding_cell, metric_cells

    metrics = metric_cells(assessment.measures)
    for breach in assessment.breaches:
        metrics[breach.measure.name]["breach"] = str(breach)
    findings = [finding_cell(finding, assessment.expected) for finding in assessment.findings]
    for finding in findings:  # a line says in one word what may fail the clip
        finding["gate"] &= finding.pop("permitted") is None
    return {"metrics": metrics, "findings": findings, "coverage": coverage_cell(assessment.coverage)}


def _records(args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Score in this process or in several, and give the records in the order of the clips."""
    one = partial(score_clip, style=args.style, prompt=args.prompt)
    jobs = min(args.jobs, len(args.clips))
    if jobs == 1:
        yield from map(one, args.clips)
        return
    with _pool(jobs) as pool:
        futures = [pool.submit(one, clip) for clip in args.clips]
        try:
            for clip, future in zip(args.clips, futures, strict=True):
                try:
                    yield future.result()
                except BrokenProcessPool:  # a clip took its process down, and every waiting clip with it
                    yield _alone(one, clip)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _alone(one: Callable[[Path], dict[str, Any]], clip: Path) -> dict[str, Any]:
    try:
        with _pool(1) as pool:
            return pool.submit(one, clip).result()
    except BrokenProcessPool:
        return _record(
            clip, error={"kind": ErrorKind.CRASHED.value, "message": f"{clip}: decoding it ends the process"}
        )


def _pool(jobs: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"))


def _print_json(record: dict[str, Any]) -> None:
    print(json.dumps(record, ensure_ascii=False, allow_nan=False))


class _TablePrinter:
    """Aligned columns whose widths are known before the first clip is scored."""

    def __init__(self, clips: list[Path]) -> None:
        self._width = min(60, max(len(str(path)) for path in clips))
        titles = "".join(f"{name.split('_')[-1]:>12}" for name in _TABLE_METRICS)
        print(f"{'clip':{self._width}}{'size':>12}{'fps':>7}{'seconds':>9}{titles}  findings")

    def __call__(self, record: dict[str, Any]) -> None:
        name = (
            record["clip"] if len(record["clip"]) <= self._width else "…" + record["clip"][1 - self._width :]
        )
        if record["error"]:
            print(f"{name:{self._width}}  {record['error']['kind']}: {record['error']['message']}")
            return
        probe, metrics = record["probe"], record["metrics"]
        values = "".join(f"{_short(metrics.get(metric, {}).get('value')):>12}" for metric in _TABLE_METRICS)
        size = f"{probe['width']}x{probe['height']}"
        remarks = [_remark(finding) for finding in record["findings"]]
        remarks += [cell["breach"] for cell in metrics.values() if "breach" in cell]
        print(
            f"{name:{self._width}}{size:>12}{probe['fps']:7.2f}{probe['duration']:9.2f}"
            f"{values}  {', '.join(remarks) or '-'}"
        )


def _remark(finding: dict[str, Any]) -> str:
    return f"{finding['defect']}{'' if finding['gate'] else ' (warns)'} {finding['start']:.2f} s"


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1, got {text!r}")
    return int(text)
