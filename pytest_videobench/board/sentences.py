"""The sentences of a board: which backend is first, by how much, and how sure that is.

No sentence says more than its interval carries: who cannot be told apart is said to be so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.report.grammar import count, listed, percent, plain
from pytest_videobench.stats.flips import fewest_pairs
from pytest_videobench.stats.intervals import SURE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_videobench.board.board import Board
    from pytest_videobench.board.standings import Pair, Standing, Table
    from pytest_videobench.board.tallies import Account


def scope_sentences(table: Table | None, accounts: Sequence[Account]) -> tuple[str, ...]:
    """Say who is first in passing cases, and what the reader has to know besides."""
    said = [*_first(table), *(_no_verdict(account) for account in accounts)]
    return tuple(f"{sentence}." for sentence in said if sentence)


def board_lines(board: Board) -> list[str]:
    """Give the board as lines for a terminal: the standings, and a sentence for every style."""
    number = count(len(board.prompts), "prompt")
    lines = [f"board: {len(board.entries)} backends on {number}{_left_out(board.left_out)}"]
    width = max(len(entry.label) for entry in board.entries)
    for account in board.whole.accounts:
        lines.append(f"  {account.label:{width}}  {_line(board, account.label)}{_price(account)}")
    lines += [f"{part.name}: {' '.join(part.sentences)}" for part in board.parts]
    lines += [f"{entry.label}: {note}" for entry in board.entries for note in entry.notes]
    synthetic = [entry.label for entry in board.entries if entry.synthetic]
    return [*lines, f"synthetic clips, made by no model: {listed(synthetic)}"] if synthetic else lines


def points(gap: float, *, alone: bool = False) -> str:
    """Write a difference of shares in percentage points, ``12 points``, or the number alone."""
    value = round(100 * gap, 6)
    digits = 0 if abs(value) >= 0.95 or value == 0 else 1
    text = f"{abs(value):.{digits}f}"
    minus = "−" if value < 0 and float(text) else ""  # noqa: RUF001 - a minus, as people print it
    return f"{minus}{text}" if alone else f"{minus}{text} {'point' if text == '1' else 'points'}"


def chance(p: float) -> str:
    """Write a p value, never as zero: ``p = 0.004``, ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def span(pair: Pair) -> str:
    """Write the interval of a difference, in points, and how likely it is by chance alone."""
    return f"{points(pair.low, alone=True)} to {points(pair.high, alone=True)}; {chance(pair.p)}"


def _first(table: Table | None) -> Iterator[str]:
    if table is None or not table.measured:
        yield "No prompt has a verdict of all backends, so none is first"
        return
    leader, *others = table.measured
    if not others:
        yield f"Only {leader.label} has verdicts, so none is first"
        return
    pairs = [pair for other in others if (pair := table.between(leader.label, other.label))]
    yield from _leader(leader, pairs)
    least = fewest_pairs(1 - SURE, len(table.pairs))
    if table.prompts < least:
        yield (
            f"With {count(table.prompts, 'prompt')} nobody could be told apart whatever the clips;"
            f" it takes at least {least}"
        )
    if table.left_out:
        be = "is" if table.left_out == 1 else "are"
        yield f"{count(table.left_out, 'prompt')} without a verdict of every backend {be} not counted"


def _leader(leader: Standing, pairs: Sequence[Pair]) -> Iterator[str]:
    apart = [pair for pair in pairs if pair.apart]
    close = [pair for pair in pairs if not pair.apart]
    share = f"{percent(leader.share or 0.0)} %"
    if not close:
        ahead = [f"{points(pair.gap)} ahead of {pair.second} ({span(pair)})" for pair in apart]
        yield f"{leader.label} is first: {share} of its clips pass ({_range(leader)}), {listed(ahead)}"
        return
    near = [f"{_other(leader, pair)} ({_behind(pair)}; {span(pair)})" for pair in close]
    yield (
        f"No backend is first beyond doubt: {leader.label} leads with {share} of its clips passing"
        f" ({_range(leader)}), but cannot be told apart from {listed(near)}"
    )
    if apart:
        behind = [f"{pair.second} by {points(pair.gap)} ({span(pair)})" for pair in apart]
        yield f"{leader.label} is ahead of {listed(behind)}"


def _other(leader: Standing, pair: Pair) -> str:
    """Name the other of a pair; of two that are level, either may stand first."""
    return pair.second if pair.first == leader.label else pair.first


def _behind(pair: Pair) -> str:
    return f"{points(pair.gap)} behind" if round(pair.gap, 9) else "level"


def _range(standing: Standing) -> str:
    return f"{percent(standing.low)}–{percent(standing.high)} %"


def _no_verdict(account: Account) -> str:
    without = account.verdicts["error"] + account.verdicts["unscored"]
    if not without:
        return ""
    kinds = [f"{number} {plain(kind)}" for kind, number in account.errors.items()]
    why = f" ({', '.join(kinds)})" if kinds else ""
    total = sum(account.verdicts.values())
    return (
        f"{account.label} gave no verdict in {without} of {count(total, 'case')}{why}; they are counted apart"
    )


def _left_out(prompts: Sequence[str]) -> str:
    return f"; {len(prompts)} that not all have are left out" if prompts else ""


def _line(board: Board, label: str) -> str:
    table = board.whole.tables.get("passes")
    standing = table.of(label) if table else None
    if standing is None or standing.share is None:
        return "no verdict"
    return f"rank {standing.rank}  {percent(standing.share):>3} % pass ({_range(standing)})"


def _price(account: Account) -> str:
    if not account.cost:
        return ""
    passing = "none passes" if account.per_pass is None else f"{account.per_pass:.2f} USD a passing clip"
    return f"  {passing}"
