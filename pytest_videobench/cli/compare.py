"""``videobench compare RUN… [GOLDEN…]``: several backends on the same prompts, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

DEFAULT = Path("videobench-board")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "compare",
        help="compare backends on the same prompts",
        description="Rank the backends of report folders and goldens on the prompts that all of them have,"
        " and write a page with standings, plots and players side by side.",
    )
    parser.add_argument(
        "inputs",
        metavar="RUN_OR_GOLDEN",
        nargs="+",
        type=Path,
        help="report folders (of one backend or several), golden folders or files",
    )
    parser.add_argument(
        "--output",
        metavar="DIR",
        type=Path,
        default=DEFAULT,
        help=f"folder of the page (default: {DEFAULT})",
    )
    parser.add_argument(
        "--copy",
        action="store_true",
        help="bring clips and pictures into the folder, so that it can be moved or sent",
    )
    parser.set_defaults(func=compare)


def compare(args: argparse.Namespace) -> int:
    """Write the board, and print its standings and sentences."""
    from pytest_videobench.board.board import board_of
    from pytest_videobench.board.entries import read_entries
    from pytest_videobench.board.page import write_board
    from pytest_videobench.board.sentences import board_lines

    board = board_of(read_entries(args.inputs))
    page = write_board(board, args.output, copy=args.copy)
    print("\n".join(board_lines(board)))
    print(f"board: {page}")
    return 0
