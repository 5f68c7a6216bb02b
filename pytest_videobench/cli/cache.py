"""``videobench cache ls|verify|prune``: look after the clip store."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_videobench.store.store import Clip, Store, folder_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEFAULT = Path(".videobench")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its three actions."""
    parser = commands.add_parser("cache", help="list, check and clear the stored clips")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _action(actions, "ls", "list the stored clips", ls)
    _action(
        actions,
        "verify",
        "read every clip and set damaged ones aside; exit status 1 if there were any",
        verify,
    )
    prune_parser = _action(actions, "prune", "delete stored clips and what killed runs left behind", prune)
    prune_parser.add_argument(
        "--older-than", metavar="AGE", type=_age, help="delete clips made longer ago, for instance 30d or 12h"
    )
    prune_parser.add_argument("--backend", metavar="NAME", help="delete clips of this backend only")
    prune_parser.add_argument("--all", action="store_true", help="delete every clip")


def ls(args: argparse.Namespace) -> int:
    """Print a line per clip, and the sum."""
    total = 0
    for key, clip in _clips(Store(args.cache)):
        size = folder_size(args.cache / "clips" / key[:2] / key)
        total += size
        if clip is None:
            print(f"{key}  damaged; videobench cache verify sets it aside")
            continue
        print(f"{key}  {clip.sidecar['created']}  {size / 1e6:8.2f} MB  {clip.sidecar['case']}")
    print(f"{total / 1e6:.2f} MB in {args.cache}")
    return 0


def verify(args: argparse.Namespace) -> int:
    """Compare every clip with its digest."""
    store = Store(args.cache, print)
    count = len(list(store.entries()))
    damaged = store.verify()
    print(f"{count} clips read, {len(damaged)} damaged")
    return 1 if damaged else 0


def prune(args: argparse.Namespace) -> int:
    """Delete what the options name, and always what killed runs left half made."""
    store = Store(args.cache)
    freed, count = store.sweep() if args.cache.exists() else 0, 0
    for key, clip in _clips(store):
        if _goes(clip, args):
            freed += store.remove(key)
            count += 1
    print(f"{count} clips deleted, {freed / 1e6:.2f} MB freed")
    return 0


def _goes(clip: Clip | None, args: argparse.Namespace) -> bool:
    if args.all:
        return True
    if clip is None or (args.older_than is None and args.backend is None):
        return False
    created = datetime.fromisoformat(clip.sidecar["created"])
    old = args.older_than is None or datetime.now(UTC) - created > args.older_than
    return old and args.backend in (None, clip.sidecar["identity"]["backend"])


def _clips(store: Store) -> Iterator[tuple[str, Clip | None]]:
    for key in list(store.entries()):
        yield key, store.read(key)


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    func: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text, description=text)
    parser.add_argument(
        "--cache",
        metavar="DIR",
        type=Path,
        default=DEFAULT,
        help="folder of the store (default: .videobench)",
    )
    parser.set_defaults(func=func)
    return parser


def _age(text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,5})([dh])", text)
    if not match:
        raise argparse.ArgumentTypeError(
            f"expected a number of days or hours, such as 30d or 12h, got {text!r}"
        )
    return timedelta(**{{"d": "days", "h": "hours"}[match[2]]: int(match[1])})
