"""From a style's ``prompts.toml`` to its prompts; a broken file is refused in one line."""

from __future__ import annotations

import keyword
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_videobench.errors import PromptError
from pytest_videobench.prompts.delivery import read_ratio, read_size
from pytest_videobench.prompts.model import (
    Coverage,
    Delivery,
    Expectations,
    Permission,
    Prompt,
    Style,
    Threshold,
    Watch,
)
from pytest_videobench.prompts.toml import Table, one_of, read, shown
from pytest_videobench.prompts.vocabulary import (
    AMOUNTS,
    CAMERA_MOVES,
    INTERACTIONS,
    LIGHTS,
    MOTION_KINDS,
    PARTS,
    SHOTS,
    SUBJECTS,
    known_defects,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PROMPTS_FILE = "prompts.toml"
"""The file of a style's folder that holds its prompts."""

_FILE = ("style", "prompt")
_STYLE = ("name", "title", "about", "permit", "thresholds")
_PROMPT = ("id", *PARTS, "expect", "tags", "covers", "watch", "delivery", "source", "permit", "thresholds")
_EXPECT = ("shot", "camera", "elements", "motion", "amount")
_DELIVERY = ("seconds", "ratio", "size", "fps")
_COVERS = ("light", "subject", "interaction")
_WATCH = ("defect", "note")
_PERMIT = ("defect", "reason")
_THRESHOLD = ("min", "max", "reason")

_SECONDS = (0.2, 600.0)
_FPS = (1.0, 240.0)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SLUG_LENGTH = 60
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# Names and tags become marks; these would make pytest skip, repeat or excuse a case.
_TAKEN = frozenset({"filterwarnings", "parametrize", "skip", "skipif", "usefixtures", "xfail", "xdist_group"})


def suites_root() -> Path:
    """Find the shipped suites: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for root in (package / "suites", package.parent / "suites"):
        if find_styles(root):
            return root
    raise PromptError(f"{package}: expected suites inside or beside the package, got none; reinstall it")


def find_styles(root: Path) -> list[Path]:
    """List the prompts files one folder below a suites folder, sorted."""
    return sorted(root.glob(f"*/{PROMPTS_FILE}"))


def load_styles(root: Path) -> dict[Path, Style]:
    """Read every style below a suites folder, by its file; there must be one, and no name twice."""
    styles: dict[Path, Style] = {}
    owners: dict[str, Path] = {}
    for path in find_styles(root):
        style = styles[path] = load_style(path)
        owner = owners.setdefault(style.name, path)
        if owner is not path:
            found = f"{shown(style.name)} as in {owner}"
            raise Table(path=path, data={}).fault("style.name", "a name that no other style has", found)
    if not styles:
        raise PromptError(f"{root}: expected style folders with a {PROMPTS_FILE} each, got none")
    return styles


def load_style(path: Path) -> Style:
    """Read one style's prompts file, or raise a `PromptError` that says what to mend where."""
    file = Table(path=path, data=read(path))
    file.known(_FILE)
    style = _style(file.table("style"))
    shared = _shared(file.table("style"), style)
    return replace(style, prompts=_prompts(file, shared), expect=shared)


def _style(table: Table) -> Style:
    table.known(_STYLE)
    name = read_mark(table, "name", table.text("name"))
    return Style(name=name, title=table.text("title"), about=table.text("about"), prompts=())


def _shared(table: Table, style: Style) -> Expectations:
    permitted, thresholds = _permissions(table), _thresholds(table)
    return Expectations(style=style.name, permitted=permitted, thresholds=thresholds)


def _named(entry: Table, number: int) -> Table:
    given = entry.data.get("id")
    named = isinstance(given, str) and given.strip()
    return replace(entry, place=f"prompt {shown(given) if named else f'#{number}'}", prefix="")


def _prompts(file: Table, shared: Expectations) -> tuple[Prompt, ...]:
    entries = [_named(entry, number) for number, entry in enumerate(file.tables("prompt"), start=1)]
    if not entries:
        raise file.fault("prompt", "at least one [[prompt]]", "none")
    prompts: dict[str, Prompt] = {}
    for entry in entries:
        prompt = _prompt(entry, shared)
        if prompt.id in prompts:
            raise entry.fault("id", "an id that no other prompt has", f"{shown(prompt.id)} twice")
        prompts[prompt.id] = prompt
    return tuple(prompts.values())


def _prompt(entry: Table, shared: Expectations) -> Prompt:
    entry.known(_PROMPT)
    return Prompt(
        id=_slug(entry),
        style=shared.style,
        **_parts(entry),
        expect=_expectations(entry, shared),
        tags=tuple(read_mark(entry, "tags", tag) for tag in entry.texts("tags")),
        covers=_coverage(entry.table("covers")),
        watch=tuple(_watch(table) for table in entry.tables("watch")),
        delivery=_delivery(entry),
        source=entry.text("source") if "source" in entry.data else "",
    )


def _parts(entry: Table) -> dict[str, str]:
    """Read the six parts; an empty text says that nothing is spoken of a part, a missing key is a slip."""
    parts = {part: "" if entry.data.get(part) == "" else entry.text(part) for part in PARTS}
    if not any(parts.values()):
        raise entry.fault("subject", "at least one part that says something", "six empty ones")
    return parts


def _slug(entry: Table) -> str:
    given = entry.text("id")
    if len(given) > _SLUG_LENGTH or not _SLUG.fullmatch(given):
        expected = f"a slug such as 'mech-transforms' of at most {_SLUG_LENGTH} characters"
        raise entry.fault("id", expected, shown(given))
    return given


def read_mark(table: Table, key: str, given: str) -> str:
    """Give a name or tag that may be a pytest mark; refuse any other word under its key."""
    if not _NAME.fullmatch(given) or keyword.iskeyword(given):
        raise table.fault(key, "an identifier such as 'deep_space'", shown(given))
    if given in _TAKEN:
        raise table.fault(key, "a mark that pytest has no meaning for", shown(given))
    return given


def _expectations(entry: Table, shared: Expectations) -> Expectations:
    table, own = entry.table("expect"), _thresholds(entry)
    table.known(_EXPECT)
    replaced = {threshold.metric for threshold in own}
    inherited = tuple(threshold for threshold in shared.thresholds if threshold.metric not in replaced)
    return Expectations(
        style=shared.style,
        shot=table.word("shot", SHOTS, None),
        camera=table.word("camera", CAMERA_MOVES, "any"),
        elements=table.texts("elements"),
        motion=table.word("motion", MOTION_KINDS, "none"),
        amount=table.word("amount", AMOUNTS, "any"),
        thresholds=own + inherited,
        permitted=_permissions(entry) + shared.permitted,
    )


def _coverage(table: Table) -> Coverage:
    table.known(_COVERS)
    return Coverage(
        light=table.word("light", LIGHTS, None),
        subject=table.word("subject", SUBJECTS, None),
        interaction=table.word("interaction", INTERACTIONS, None),
    )


def _watch(table: Table) -> Watch:
    table.known(_WATCH)
    if "note" not in table.data:
        raise table.fault("note", "a short clause that says how it looked", "nothing")
    return Watch(defect=_defect(table), note=table.text("note"))


def _delivery(entry: Table) -> Delivery:
    table = entry.table("delivery")
    table.known(_DELIVERY)
    if "ratio" in table.data and "size" in table.data:
        raise entry.fault("delivery", "a ratio or a size", "both")
    width, height = _sides(table, "size", read_size) or (None, None)
    return Delivery(
        duration=table.within("seconds", *_SECONDS),
        fps=table.within("fps", *_FPS),
        width=width,
        height=height,
        ratio=_sides(table, "ratio", read_ratio),
    )


def _sides(table: Table, key: str, reader: Callable[[str], tuple[int, int]]) -> tuple[int, int] | None:
    if key not in table.data:
        return None
    try:
        return reader(table.text(key))
    except ValueError as error:
        raise table.wrong(key, str(error)) from error


def _permissions(owner: Table) -> tuple[Permission, ...]:
    return tuple(_permission(table) for table in owner.tables("permit"))


def _permission(table: Table) -> Permission:
    table.known(_PERMIT)
    return Permission(defect=_defect(table), reason=_reason(table))


def _defect(table: Table) -> str:
    words = known_defects()
    if "defect" not in table.data:
        raise table.fault("defect", one_of("", words), "nothing")
    return table.word("defect", words, "")


def _thresholds(owner: Table) -> tuple[Threshold, ...]:
    metrics = owner.table("thresholds")
    return tuple(_threshold(metrics, metric) for metric in metrics.data)


def _threshold(metrics: Table, metric: str) -> Threshold:
    if not _NAME.fullmatch(metric):
        raise metrics.fault(metric, "the name of a metric", shown(metric))
    table = metrics.table(metric)
    table.known(_THRESHOLD)
    low, high = table.number("min"), table.number("max")
    if low is None and high is None:
        raise metrics.fault(metric, "a min, a max or both", "neither")
    if low is not None and high is not None and low > high:
        raise metrics.fault(metric, "a min that is not above the max", f"{low} and {high}")
    return Threshold(metric=metric, min=low, max=high, reason=_reason(table))


def _reason(table: Table) -> str:
    if "reason" not in table.data:
        raise table.fault("reason", "one sentence that says why", "nothing")
    return table.text("reason")
