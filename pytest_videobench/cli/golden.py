"""``videobench golden ls|show|archive|restore``: look at baselines, and keep them with their clips."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_videobench.errors import GoldenError
from pytest_videobench.report.grammar import count

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from pytest_videobench.gate.golden import Baseline
    from pytest_videobench.gate.sample import Sample


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its actions."""
    parser = commands.add_parser("golden", help="look at recorded baselines, and keep them with their clips")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _action(actions, "ls", "list the recorded baselines; exit status 1 if one cannot be read", ls)
    show_parser = _action(actions, "show", "show how a baseline came out, and where its rolls disagree", show)
    archive_parser = _action(actions, "archive", "write a baseline and its clips into one file", archive)
    for action_parser in (show_parser, archive_parser):
        action_parser.add_argument(
            "baseline",
            metavar="BASELINE",
            help="a folder, a file, or a backend spec such as procedural:reference",
        )
    archive_parser.add_argument("out", metavar="OUT.tar", type=Path)
    restore_parser = _action(
        actions, "restore", "put an archived baseline and its clips where runs look for them", restore
    )
    restore_parser.add_argument(
        "file", metavar="FILE", type=Path, help="as videobench golden archive wrote it"
    )
    restore_parser.add_argument(
        "--force", action="store_true", help="write over goldens and clips that are others"
    )
    for action_parser in (archive_parser, restore_parser):
        action_parser.add_argument(
            "--cache",
            metavar="DIR",
            type=Path,
            default=Path(".videobench"),
            help="folder of the clip store (default: .videobench)",
        )


def ls(args: argparse.Namespace) -> int:
    """Print a line per baseline."""
    from pytest_videobench.gate.golden import read_baseline

    folders = sorted(path for path in args.golden.glob("*") if path.is_dir())
    if not folders:
        print(f"{args.golden} holds no golden; record one with pytest --vb-update-golden")
    broken = 0
    for folder in folders:
        try:
            print(_headline(read_baseline(str(folder), args.golden)))
        except GoldenError as error:
            print(error)
            broken += 1
    return 1 if broken else 0


def show(args: argparse.Namespace) -> int:
    """Print a table by style, the prompts to distrust, and the software."""
    from pytest_videobench.gate.flakiness import distrusted
    from pytest_videobench.gate.golden import read_baseline

    baseline = read_baseline(args.baseline, args.golden)
    print(_headline(baseline))
    print("\n".join(_table(baseline)))
    flaky = distrusted(baseline.samples(sorted(baseline.goldens)))
    print(f"prompts whose rolls disagree: {len(flaky)}")
    for one in flaky:
        print(f"  {one.key}  {one.passes} of {one.rolls} pass")
    software = {tuple(sorted(golden.fingerprint.items())) for golden in baseline.goldens.values()}
    for names in sorted(software):
        print("measured with " + ", ".join(f"{name} {version}" for name, version in names))
    return 0


def archive(args: argparse.Namespace) -> int:
    """Write one file that a baseline can be restored from."""
    from pytest_videobench.gate.archive import write_archive
    from pytest_videobench.gate.golden import read_baseline
    from pytest_videobench.store.store import Store

    baseline = read_baseline(args.baseline, args.golden)
    clips = write_archive(baseline, Store(args.cache), args.out)
    size = args.out.stat().st_size / 1e6
    print(f"{args.out}: {baseline.backend}, {count(clips, 'clip')}, {size:.2f} MB")
    return 0


def restore(args: argparse.Namespace) -> int:
    """Put back what an archive holds, and say how to use it."""
    from pytest_videobench.gate.archive import restore_archive
    from pytest_videobench.store.store import Store

    contents = restore_archive(args.file, args.golden, Store(args.cache), force=args.force)
    for golden in contents.goldens.values():
        print(f"{golden.path(args.golden)}: {_size(len(golden.prompts), golden.rolls)}")
    print(f"{args.cache}: {count(len(contents.clips), 'clip')}; pytest --vb-offline runs without the backend")
    return 0


def _headline(baseline: Baseline) -> str:
    goldens = baseline.goldens.values()
    prompts = sum(len(golden.prompts) for golden in goldens)
    days = sorted({golden.recorded for golden in goldens})
    span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    styles = count(len(goldens), "style")
    size = _size(prompts, min(golden.rolls for golden in goldens))
    return f"{baseline.backend}  {styles}, {size}, {span}, {sum(g.cost_usd for g in goldens):.2f} USD"


def _table(baseline: Baseline) -> Iterator[str]:
    width = max(map(len, ("style", "all", *baseline.goldens)))
    yield f"{'style':{width}}  prompts  rolls   pass         95 %  errors      USD  recorded"
    for style, golden in sorted(baseline.goldens.items()):
        numbers = _numbers(golden.samples)
        yield (
            f"{style:{width}}  {len(golden.prompts):7}  {golden.rolls:5}  {numbers}"
            f"  {golden.cost_usd:7.2f}  {golden.recorded}"
        )
    if len(baseline.goldens) > 1:
        prompts = sum(len(golden.prompts) for golden in baseline.goldens.values())
        numbers = _numbers(baseline.samples(sorted(baseline.goldens)))
        yield f"{'all':{width}}  {prompts:7}  {'':5}  {numbers}"


def _numbers(samples: Sequence[Sample]) -> str:
    """Give the share of clips that pass, its interval clustered by prompt, and the number of errors."""
    from pytest_videobench.stats.intervals import clustered_share

    rolls: dict[str, list[bool]] = defaultdict(list)
    for sample in samples:
        if sample.verdict in ("pass", "fail"):
            rolls[sample.key].append(sample.verdict == "pass")
    errors = sum(sample.verdict == "error" for sample in samples)
    if not rolls:
        return f"{'–':>5}  {'–':>11}  {errors:6}"
    means = [sum(passes) / len(passes) for passes in rolls.values()]
    sure = clustered_share(means, sum(map(len, rolls.values())))
    span = f"{100 * sure.low:.0f}–{100 * sure.high:.0f} %"
    return f"{100 * sum(means) / len(means):3.0f} %  {span:>11}  {errors:6}"


def _size(prompts: int, rolls: int) -> str:
    return f"{count(prompts, 'prompt')} × {count(rolls, 'roll')}"


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    func: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text, description=text)
    parser.add_argument(
        "--golden",
        metavar="DIR",
        type=Path,
        default=Path("golden"),
        help="folder of all goldens (default: golden)",
    )
    parser.set_defaults(func=func)
    return parser
