"""Whatever a prompts file says is loaded as said or refused in one line: for any file, also a mutated one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pytest_videobench.errors import PromptError
from pytest_videobench.prompts.delivery import SIDES, read_ratio, read_size
from pytest_videobench.prompts.load import PROMPTS_FILE, load_style
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
from pytest_videobench.prompts.vocabulary import (
    AMOUNTS,
    CAMERA_MOVES,
    DEFECTS,
    INTERACTIONS,
    LIGHTS,
    MOTION_KINDS,
    PARTS,
    SHOTS,
    SUBJECTS,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / PROMPTS_FILE


# The writer below is the reverse of the loader, for valid and for mutated files alike.


def toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return f"{{{', '.join(f'{toml(key)} = {toml(item)}' for key, item in value.items())}}}"
    return repr(value)


def written(document: dict[str, Any]) -> str:
    return "\n".join(f"{toml(key)} = {toml(value)}" for key, value in document.items())


lines = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=30).filter(
    str.strip
)
slugs = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True)
names = st.from_regex(r"x[a-z0-9_]{0,9}", fullmatch=True)
numbers = st.floats(-1e9, 1e9) | st.integers(-(10**6), 10**6)
permits = st.lists(st.fixed_dictionaries({"defect": st.sampled_from(DEFECTS), "reason": lines}), max_size=2)
limits = st.fixed_dictionaries({"reason": lines, "min": numbers}) | st.builds(
    lambda ends, reason: {"min": min(ends), "max": max(ends), "reason": reason},
    st.lists(numbers, min_size=2, max_size=2),
    lines,
)
shared: dict[str, st.SearchStrategy[Any]] = {
    "permit": permits,
    "thresholds": st.dictionaries(names, limits, max_size=2),
}
expects = st.fixed_dictionaries(
    {},
    optional={
        "shot": st.sampled_from(SHOTS),
        "camera": st.sampled_from(CAMERA_MOVES),
        "elements": st.lists(lines, max_size=2),
        "motion": st.sampled_from(MOTION_KINDS),
        "amount": st.sampled_from(AMOUNTS),
    },
)
covers = st.fixed_dictionaries(
    {},
    optional={
        "light": st.sampled_from(LIGHTS),
        "subject": st.sampled_from(SUBJECTS),
        "interaction": st.sampled_from(INTERACTIONS),
    },
)
watches = st.lists(st.fixed_dictionaries({"defect": st.sampled_from(DEFECTS), "note": lines}), max_size=2)
sizes = st.tuples(st.integers(*SIDES), st.integers(*SIDES))
ratios = st.tuples(st.integers(1, 99), st.integers(1, 99))
deliveries = st.fixed_dictionaries(
    {},
    optional={
        "seconds": st.floats(0.2, 600),
        "fps": st.integers(1, 240),
        "size": sizes.map("{0[0]}x{0[1]}".format),
    },
) | st.fixed_dictionaries({"ratio": ratios.map("{0[0]}:{0[1]}".format)})
prompts: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"id": slugs, **dict.fromkeys(PARTS, lines)},
    optional={
        "expect": expects,
        "tags": st.lists(names, max_size=2),
        "covers": covers,
        "watch": watches,
        "delivery": deliveries,
        "source": lines,
        **shared,
    },
)


def _id(prompt: dict[str, Any]) -> str:
    return str(prompt["id"])


documents: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "style": st.fixed_dictionaries({"name": names, "title": lines, "about": lines}, optional=shared),
        "prompt": st.lists(prompts, min_size=1, max_size=3, unique_by=_id),
    }
)
quick = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def expected_style(document: dict[str, Any]) -> Style:
    head = document["style"]
    prompts = tuple(expected_prompt(entry, head) for entry in document["prompt"])
    bare = {**document["prompt"][0], "expect": {}, "permit": [], "thresholds": {}}
    shared = expected_prompt(bare, head).expect
    return Style(name=head["name"], title=head["title"], about=head["about"], prompts=prompts, expect=shared)


def expected_prompt(entry: dict[str, Any], head: dict[str, Any]) -> Prompt:
    expect, own = entry.get("expect", {}), entry.get("thresholds", {})
    inherited = {m: limit for m, limit in head.get("thresholds", {}).items() if m not in own}
    permitted = entry.get("permit", []) + head.get("permit", [])
    return Prompt(
        style=head["name"],
        **{key: entry[key] for key in ("id", *PARTS)},
        tags=tuple(entry.get("tags", ())),
        covers=Coverage(**entry.get("covers", {})),
        watch=tuple(Watch(**watch) for watch in entry.get("watch", ())),
        delivery=expected_delivery(**entry.get("delivery", {})),
        source=entry.get("source", ""),
        expect=Expectations(
            style=head["name"],
            **{**expect, "elements": tuple(expect.get("elements", ()))},
            permitted=tuple(Permission(**permission) for permission in permitted),
            thresholds=tuple(Threshold(metric=m, **limit) for m, limit in {**own, **inherited}.items()),
        ),
    )


def expected_delivery(
    seconds: float | None = None, fps: float | None = None, size: str = "", ratio: str = ""
) -> Delivery:
    width, height = map(int, size.split("x")) if size else (None, None)
    wide, high = map(int, ratio.split(":")) if ratio else (0, 0)
    sides = (wide, high) if ratio else None
    return Delivery(duration=seconds, fps=fps, width=width, height=height, ratio=sides)


@quick
@given(document=documents)
def test_what_is_written_is_what_is_loaded(file: Path, document: dict[str, Any]) -> None:
    file.write_text(written(document), encoding="utf-8")
    assert load_style(file) == expected_style(document)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8).filter(str.isprintable),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=4,
)


def nodes(value: object) -> list[Any]:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    here = [value] if isinstance(value, dict | list) and value else []
    return here + [node for item in below for node in nodes(item)]


def mutate(draw: st.DataObject, document: dict[str, Any]) -> None:
    node = draw.draw(st.sampled_from(nodes(document)))
    spot = draw.draw(st.sampled_from(list(node) if isinstance(node, dict) else range(len(node))))
    match draw.draw(st.sampled_from(["replace", "remove", "rename"])):
        case "replace":
            node[spot] = draw.draw(junk.filter(lambda value: value is not None))
        case "rename" if isinstance(node, dict):
            node[draw.draw(st.text(max_size=6))] = node.pop(spot)
        case _:
            del node[spot]


def loads_or_complains(file: Path, source: str) -> None:
    file.write_bytes(source.encode("utf-8", errors="surrogatepass"))
    try:
        assert isinstance(load_style(file), Style)
    except PromptError as error:
        message = str(error)
        assert message.startswith(f"{file}: ")
        assert message.splitlines() == [message]


@quick
@given(document=documents, data=st.data())
def test_a_mutated_file_loads_or_is_refused_in_one_line(
    file: Path, document: dict[str, Any], data: st.DataObject
) -> None:
    for _ in range(data.draw(st.integers(1, 2))):
        mutate(data, document)
    loads_or_complains(file, written(document))


@quick
@given(document=documents, data=st.data())
def test_a_scribbled_file_loads_or_is_refused_in_one_line(
    file: Path, document: dict[str, Any], data: st.DataObject
) -> None:
    source = written(document)
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, min(len(source), start + 20)))
    loads_or_complains(file, source[:start] + data.draw(st.text(max_size=5)) + source[end:])


@pytest.mark.parametrize(("reader", "mark"), [(read_size, "x"), (read_ratio, ":")])
@given(text=st.text(max_size=12) | st.from_regex(r"[0-9]{1,6}[x:][0-9]{1,6}", fullmatch=True))
@example(text="000020x20")
def test_a_shape_is_read_as_written_or_refused_in_one_line(
    reader: Callable[[str], tuple[int, int]], mark: str, text: str
) -> None:
    low, _, high = text.partition(mark)
    if all(side.isascii() and side.isdigit() and 16 <= int(side) <= 99 for side in (low, high)):
        assert reader(text) == (int(low), int(high))
    elif not re.fullmatch(rf"[0-9]+{mark}[0-9]+", text):
        with pytest.raises(ValueError, match=r"\Aexpected .+, got .+\Z"):
            reader(text)
