"""``videobench prompts``: list the prompts, show one, or print a sheet for making clips by hand."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_videobench.errors import PromptError
from pytest_videobench.prompts import grid, sheet
from pytest_videobench.prompts.coverage import coverage
from pytest_videobench.prompts.load import load_styles, suites_root
from pytest_videobench.prompts.new import new_style
from pytest_videobench.prompts.toml import one_of, shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.prompts.model import Prompt, Style


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the ``prompts`` command and its sub-commands."""
    about = "List the prompts of the suites, show one, or print a sheet for making clips by hand."
    parser = subparsers.add_parser("prompts", help=about, description=about)
    commands = parser.add_subparsers(dest="action", required=True, metavar="list|show|sheet|coverage|new")
    _add_list(commands)
    _add_show(commands)
    _add_sheet(commands)
    _add_coverage(commands)
    _add_new(commands)


def _add_list(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _command(commands, "list", "List prompts with their shot, camera, motion and source.")
    _add_styles(parser)
    parser.add_argument("--format", choices=("table", "jsonl"), default="table", help="default: table")
    parser.set_defaults(func=list_prompts)


def _add_show(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _command(commands, "show", "Show a prompt's parts, text, expectations and permissions.")
    parser.add_argument("prompt", metavar="STYLE/ID", help="the style may be left out if the id is unique")
    parser.set_defaults(func=show_prompt)


def _add_sheet(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _command(commands, "sheet", "Print a checklist: prompts to paste and names to save clips under.")
    _add_styles(parser)
    parser.add_argument("--rolls", type=_positive, default=3, metavar="N", help="per prompt; default: 3")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the sheet here; default: stdout")
    parser.set_defaults(func=write_sheet)


def _add_coverage(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _command(
        commands, "coverage", "Count which pairs of camera, light, motion … the prompts try out."
    )
    _add_styles(parser)
    parser.add_argument("--format", choices=("table", "jsonl"), default="table", help="default: table")
    parser.set_defaults(func=show_coverage)


def _add_new(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    about = "Create a style with two example prompts and a test module, ready to run."
    parser = commands.add_parser("new", help=about, description=about)
    parser.add_argument("style", metavar="STYLE", help="its name: a lower-case identifier")
    where = "folder of styles, made if there is none; default: ./suites"
    parser.add_argument("--suites", type=Path, default=Path("suites"), metavar="DIR", help=where)
    parser.add_argument("--title", default="", metavar="TEXT", help="how people call it; default: its name")
    pasted = "a prompt to add, split into its six parts; repeatable"
    parser.add_argument("--text", action="append", default=[], metavar="TEXT", help=pasted)
    parser.set_defaults(func=make_style)


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=about)
    where = "folder of styles; default: ./suites if there is one, else the shipped suites"
    parser.add_argument("--suites", type=Path, metavar="DIR", help=where)
    return parser


def _add_styles(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("styles", nargs="*", metavar="STYLE", help="default: all of them")


def _positive(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to 9999, got {text!r}")
    return number


def list_prompts(options: argparse.Namespace) -> int:
    """Print the prompts of the chosen styles as a table or as JSON lines."""
    styles = list(_chosen(_root(options), options.styles).values())
    print(sheet.records(styles) if options.format == "jsonl" else sheet.table(styles))
    return 0


def show_prompt(options: argparse.Namespace) -> int:
    """Print everything about one prompt."""
    root = _root(options)
    prompts = [prompt for style in load_styles(root).values() for prompt in style.prompts]
    print(sheet.page(_found(root, prompts, options.prompt)))
    return 0


def write_sheet(options: argparse.Namespace) -> int:
    """Print the checklist of the chosen styles, or write it into a file."""
    root = _root(options)
    chosen = _chosen(root, options.styles)
    folders = [path.parent for path in chosen] if options.styles else [root]
    suites = shlex.join(map(str, folders))
    text = sheet.checklist(list(chosen.values()), rolls=options.rolls, suites=suites)
    if options.output is None:
        print(text, end="")
    else:
        _write(options.output, text)
    return 0


def show_coverage(options: argparse.Namespace) -> int:
    """Print the pairs that the prompts of the chosen styles try out, and the gaps."""
    styles = _chosen(_root(options), options.styles).values()
    tables = coverage([prompt for style in styles for prompt in style.prompts])
    print(grid.records(tables) if options.format == "jsonl" else grid.grids(tables))
    return 0


def make_style(options: argparse.Namespace) -> int:
    """Create a style's folder and say how to run it."""
    folder = new_style(options.suites, options.style, title=options.title, texts=options.text)
    print(f"wrote {folder}; try it: pytest {shlex.quote(str(folder))} --vb-rolls 1")
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PromptError(f"{path}: expected a file that can be written, got: {error.strerror}") from error
    print(f"wrote {path}")


def _root(options: argparse.Namespace) -> Path:
    here = Path("suites")
    given: Path | None = options.suites
    return given or (here if here.is_dir() else suites_root())


def _chosen(root: Path, names: Sequence[str]) -> Mapping[Path, Style]:
    styles = load_styles(root)
    for name in names:
        _check(root, name, [style.name for style in styles.values()])
    return {path: style for path, style in styles.items() if not names or style.name in names}


def _found(root: Path, prompts: Sequence[Prompt], wanted: str) -> Prompt:
    found = {prompt.key: prompt for prompt in prompts if wanted in (prompt.key, prompt.id)}
    if len(found) > 1:
        raise PromptError(f"{root}: expected {' or '.join(found)}, got {shown(wanted)}")
    if not found:
        _check(root, wanted, [prompt.key if "/" in wanted else prompt.id for prompt in prompts])
    return next(iter(found.values()))


def _check(root: Path, wanted: str, known: Sequence[str]) -> None:
    if wanted not in known:
        found = shown(wanted) + suggestion(wanted, known)
        raise PromptError(f"{root}: expected {one_of(wanted, known)}, got {found}")
