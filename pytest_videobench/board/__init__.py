"""Backends side by side: standings with their certainty, and a page to look for oneself."""

from __future__ import annotations

from pytest_videobench.board.board import Board, board_of
from pytest_videobench.board.entries import Entry, entries_of_rows, read_entries
from pytest_videobench.board.page import write_board
from pytest_videobench.board.sentences import board_lines

__all__ = ["Board", "Entry", "board_lines", "board_of", "entries_of_rows", "read_entries", "write_board"]
