"""``videobench cache ls|verify|prune|adopt|forget``: look after stored clips, and jobs of providers."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_videobench.backends.remote.wire import Job
from pytest_videobench.errors import StoreError
from pytest_videobench.store.store import Clip, Store, folder_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_videobench.store.journal import Record

DEFAULT = Path(".videobench")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its actions."""
    parser = commands.add_parser(
        "cache", help="list, check and clear the stored clips, and jobs of providers"
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _action(actions, "ls", "list the stored clips", ls)
    _action(
        actions,
        "verify",
        "read every clip and set damaged ones aside, and list jobs that nobody has fetched or that may have"
        " been taken; exit status 1 if a clip was damaged or a job is uncertain",
        verify,
    )
    adopt_parser = _action(actions, "adopt", "name the job that stands behind an uncertain submission", adopt)
    adopt_parser.add_argument("key", metavar="KEY", help="as videobench cache verify prints it")
    adopt_parser.add_argument("job", metavar="JOB", help="the provider's name for the job")
    forget_parser = _action(
        actions, "forget", "forget a job, so that its clip is ordered, and paid, anew", forget
    )
    forget_parser.add_argument("key", metavar="KEY", help="as videobench cache verify prints it")
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
    """Compare every clip with its digest, and say what is known of every job without a clip."""
    store = Store(args.cache, print)
    count = len(list(store.entries()))
    damaged = store.verify()
    print(f"{count} clips read, {len(damaged)} damaged")
    records = [record for record in store.journal.records() if not store.holds(record.key)]
    for record in records:
        print("\n".join(_job_lines(record)))
    return 1 if damaged or any(record.job is None for record in records) else 0


def adopt(args: argparse.Namespace) -> int:
    """Write a job into the journal, where only a submission stood."""
    store = Store(args.cache)
    record = _record(store, args.key)
    store.journal.write(replace(record, state="submitted", job=Job(id=args.job), why=""))
    print(f"{record.case}: the next run asks for job {args.job}")
    return 0


def forget(args: argparse.Namespace) -> int:
    """Delete a job from the journal."""
    store = Store(args.cache)
    record = _record(store, args.key)
    store.journal.drop(record.key)
    print(f"{record.case}: forgotten; the next run orders it anew")
    return 0


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


def _record(store: Store, key: str) -> Record:
    record = store.journal.read(key)
    if record is None:
        raise StoreError(f"{store.root}: no job has the key {key!r}; videobench cache verify lists them")
    return record


def _job_lines(record: Record) -> Iterator[str]:
    """Say what is known of a job, and what to do."""
    if record.job is not None:
        yield f"{record.key}  {record.at}  {record.case}: job {record.job.id} is at its provider"
        yield "    the command that ordered it fetches it without paying again"
        return
    why = record.why or "the run ended while it was submitted"
    yield f"{record.key}  {record.at}  {record.case}: it may have been submitted and paid ({why})"
    yield f"    look for it at the provider of {record.backend}, by time and prompt; then"
    yield f"    videobench cache adopt {record.key} JOB   where there is a job, or"
    yield f"    videobench cache forget {record.key}   where there is none, or to pay once more"


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
