"""``videobench annotate RUN``: what a run says, for the page of a change at GitHub or GitLab."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_videobench.errors import SpecError

if TYPE_CHECKING:
    import argparse


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "annotate",
        help="say in CI what a run has found, beside the prompts",
        description=(
            "Print what a run has found: as workflow commands that GitHub turns into annotations, as a Code"
            " Quality report for GitLab, or as its summary in Markdown. Its exit status judges no run."
        ),
    )
    parser.add_argument(
        "run",
        metavar="RUN",
        nargs="?",
        type=Path,
        default=Path("videobench-report"),
        help="folder of the report (default: videobench-report)",
    )
    parser.add_argument("--format", choices=("github", "gitlab", "markdown"), default="github")
    parser.add_argument(
        "--root",
        metavar="DIR",
        type=Path,
        default=Path(),
        help="rootdir of the run, where the paths of its tests start (default: here)",
    )
    parser.set_defaults(func=annotate)


def annotate(args: argparse.Namespace) -> int:
    """Print it; a run that was killed says what it had found by then."""
    about = _about(args.run)
    if args.format == "markdown":
        print(_text(args.run, "summary.md"), end="")
        return 0
    from pytest_videobench.gate.rows import read_rows
    from pytest_videobench.report.annotations import annotations_of, github, gitlab

    said = annotations_of(read_rows(args.run), about, args.root)
    if args.format == "gitlab":
        print(gitlab(said, (args.run / "index.html").as_posix()))
    else:
        for line in github(said):
            print(line)
    return 0


def _about(folder: Path) -> dict[str, Any]:
    try:
        about = json.loads(_text(folder, "run.json"))
    except ValueError as error:
        raise SpecError(f"{folder / 'run.json'}: cannot be read ({error})") from None
    if not isinstance(about, dict):
        raise SpecError(f"{folder / 'run.json'}: is no record of a run")
    return about


def _text(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or error
        raise SpecError(f"{folder / name}: {reason}; name the folder of a run's report") from None
