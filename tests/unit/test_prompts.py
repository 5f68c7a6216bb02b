"""A valid prompts file says what was written; a broken one is refused in one line that says where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_videobench.errors import PromptError
from pytest_videobench.prompts.load import find_styles, load_style, load_styles, suites_root
from pytest_videobench.prompts.model import Expectations, Permission, Prompt, Style, Threshold
from pytest_videobench.prompts.vocabulary import (
    AMOUNTS,
    CAMERA_MOVES,
    DEFECTS,
    MOTION_KINDS,
    PARTS,
    SHOTS,
)

PROMPT = """
[[prompt]]
id = "mech"
camera = "Wide shot"
lighting = "neon"
subject = "a mech"
motion = "unfolding"
scene = "in a city"
atmosphere = "tense mood"
"""
STYLE = """
[style]
name = "scifi"
title = "Sci-fi"
about = "Machines."
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "prompts.toml"


def load(file: Path, source: str) -> Style:
    file.write_text(source, encoding="utf-8")
    return load_style(file)


def complaint(file: Path, source: str) -> str:
    with pytest.raises(PromptError) as caught:
        load(file, source)
    message = str(caught.value)
    assert message.startswith(f"{file}: ")
    assert message.splitlines() == [message]
    return message.removeprefix(f"{file}: ")


class TestAValidFile:
    def test_the_least_a_prompt_can_say(self, file: Path) -> None:
        style = load(file, STYLE + PROMPT)
        assert (style.name, style.title, style.about) == ("scifi", "Sci-fi", "Machines.")
        [prompt] = style.prompts
        assert prompt.key == "scifi/mech"
        assert prompt.text() == "Wide shot, neon, a mech, unfolding, in a city, tense mood."
        assert prompt.expect == Expectations(style="scifi")
        assert (prompt.tags, prompt.watch, prompt.source) == ((), (), "")

    def test_everything_a_prompt_can_say(self, file: Path) -> None:
        said = """
            source = "review"
            tags = ["mech", "deep_space"]
            watch = ["morph"]
            expect = { shot = "wide", camera = "pan_left", elements = ["a"], motion = "face", amount = "low" }
            [[prompt.permit]]
            defect = "blur"
            reason = "speed"
            [prompt.thresholds.sharpness]
            min = 3
            reason = "it is a close-up"
            """
        [prompt] = load(file, STYLE + PROMPT + said).prompts
        assert (prompt.source, prompt.tags, prompt.watch) == ("review", ("mech", "deep_space"), ("morph",))
        assert prompt.expect == Expectations(
            style="scifi",
            shot="wide",
            camera="pan_left",
            elements=("a",),
            motion="face",
            amount="low",
            permitted=(Permission(defect="blur", reason="speed"),),
            thresholds=(Threshold(metric="sharpness", min=3.0, reason="it is a close-up"),),
        )

    def test_a_prompts_own_permissions_come_before_its_styles(self, file: Path) -> None:
        shared = '[[style.permit]]\ndefect = "flash"\nreason = "weapons"\n'
        own = '[[prompt.permit]]\ndefect = "flash"\nreason = "a bomb"\n'
        [prompt] = load(file, STYLE + shared + PROMPT + own).prompts
        assert [permission.reason for permission in prompt.expect.permitted] == ["a bomb", "weapons"]

    def test_a_prompts_own_threshold_replaces_its_styles(self, file: Path) -> None:
        shared = "\n".join(f'[style.thresholds.{m}]\nmin = 0.1\nreason = "style"' for m in ("si", "ti"))
        own = '[prompt.thresholds.ti]\nmax = 9\nreason = "prompt"\n'
        [prompt] = load(file, STYLE + shared + PROMPT + own).prompts
        assert prompt.expect.thresholds == (
            Threshold(metric="ti", max=9.0, reason="prompt"),
            Threshold(metric="si", min=0.1, reason="style"),
        )

    def test_text_may_hold_anything_but_line_breaks(self, file: Path) -> None:
        odd = """<script>alert("x")</script> 'q' `b` \\\\ žluťoučký 龙 👩‍🚀"""
        source = (STYLE + PROMPT).replace('"a mech"', json.dumps(odd, ensure_ascii=False))
        assert load(file, source).prompts[0].subject == odd

    def test_prompts_keep_the_order_of_the_file(self, file: Path) -> None:
        source = STYLE + PROMPT.replace("mech", "z") + PROMPT.replace("mech", "a")
        assert [prompt.id for prompt in load(file, source).prompts] == ["z", "a"]

    def test_a_byte_order_mark_and_windows_line_ends_are_forgiven(self, file: Path) -> None:
        file.write_bytes(b"\xef\xbb\xbf" + (STYLE + PROMPT).replace("\n", "\r\n").encode())
        assert load_style(file).name == "scifi"


BROKEN = {
    "shot": (
        'expect = { shot = "huge" }',
        "prompt 'mech': key 'expect.shot': expected one of extreme_close_up, close_up, medium, full, wide, "
        "aerial, got 'huge'",
    ),
    "near shot": (
        'expect = { shot = "close-up" }',
        "prompt 'mech': key 'expect.shot': expected one of extreme_close_up, close_up, medium, full, wide, "
        "aerial, got 'close-up'; did you mean 'close_up'?",
    ),
    "camera type": ("expect = { camera = 3 }", "key 'expect.camera': expected one of static, pan_left"),
    "motion": ('expect = { motion = "legs" }', "key 'expect.motion': expected one of face, limb"),
    "amount": ('expect = { amount = "lots" }', "key 'expect.amount': expected one of none, low"),
    "elements": ('expect = { elements = "car" }', "'expect.elements': expected an array of texts, got 'car'"),
    "element": ("expect = { elements = [true] }", "key 'expect.elements': expected a text, got true"),
    "expect": ('expect = "wide"', "key 'expect': expected a table, got 'wide'"),
    "expectation": (
        'expect = { shoot = "wide" }',
        "key 'expect.shoot': expected one of shot, camera, elements, motion, amount, got an unknown key; "
        "did you mean 'shot'?",
    ),
    "key": ('sorce = "review"', "got an unknown key; did you mean 'source'?"),
    "far key": ('zzz = "review"', "thresholds, got an unknown key"),
    "watch": ('watch = ["morhp"]', "key 'watch': expected one of morph, "),
    "watch hint": ('watch = ["morhp"]', f"or {len(DEFECTS) - 5} others, got 'morhp'; did you mean 'morph'?"),
    "permit": ('permit = ["morph"]', "key 'permit #1': expected a table, got 'morph'"),
    "permits": ('permit = "morph"', "key 'permit': expected an array of tables, got 'morph'"),
    "permitted": (
        '[[prompt.permit]]\ndefect = "flsh"\nreason = "x"',
        "prompt 'mech': key 'permit #1.defect': expected one of flash, ",
    ),
    "defect": ('[[prompt.permit]]\nreason = "x"', "key 'permit #1.defect': expected one of unreadable,"),
    "no reason": (
        '[[prompt.permit]]\ndefect = "flash"',
        "key 'permit #1.reason': expected one sentence that says why, got nothing",
    ),
    "blank reason": (
        '[[prompt.permit]]\ndefect = "flash"\nreason = " "',
        "key 'permit #1.reason': expected a text that is not empty, got ' '",
    ),
    "permit key": ('[[prompt.permit]]\ndefct = "flash"', "got an unknown key; did you mean 'defect'?"),
    "no range": (
        '[prompt.thresholds.ti]\nreason = "x"',
        "key 'thresholds.ti': expected a min, a max or both, got neither",
    ),
    "empty range": (
        '[prompt.thresholds.ti]\nmin = 2\nmax = 1.5\nreason = "x"',
        "key 'thresholds.ti': expected a min that is not above the max, got 2.0 and 1.5",
    ),
    "threshold reason": (
        "[prompt.thresholds.ti]\nmin = 2",
        "key 'thresholds.ti.reason': expected one sentence that says why, got nothing",
    ),
    "nan": (
        '[prompt.thresholds.ti]\nmin = nan\nreason = "x"',
        "key 'thresholds.ti.min': expected a finite number, got nan",
    ),
    "infinity": (
        "[prompt.thresholds.ti]\nmax = -inf",
        "'thresholds.ti.max': expected a finite number, got -inf",
    ),
    "bool": ("[prompt.thresholds.ti]\nmin = true", "'thresholds.ti.min': expected a finite number, got true"),
    "text for number": ('[prompt.thresholds.ti]\nmax = "9"', "expected a finite number, got '9'"),
    "huge": (f"[prompt.thresholds.ti]\nmax = 0x{'f' * 5000}", "expected a finite number, got a huge integer"),
    "metric": ('[prompt.thresholds."t i"]\nmax = 9', "key 'thresholds.t i': expected the name of a metric"),
    "limit": ("thresholds = { ti = 9 }", "key 'thresholds.ti': expected a table, got 9"),
    "limits": ("thresholds = 9", "key 'thresholds': expected a table, got 9"),
    "tag": (
        'tags = ["deep space"]',
        "key 'tags': expected an identifier such as 'deep_space', got 'deep space'",
    ),
    "keyword": ('tags = ["not"]', "key 'tags': expected an identifier such as 'deep_space', got 'not'"),
    "taken": ('tags = ["skip"]', "key 'tags': expected a mark that pytest has no meaning for, got 'skip'"),
    "tags": ("tags = { a = 1 }", "key 'tags': expected an array of texts, got a table"),
    "source": ("source = 2024-06-30", "key 'source': expected a text, got 2024-06-30"),
    "twice": (PROMPT, "prompt 'mech': key 'id': expected an id that no other prompt has, got 'mech' twice"),
    "no id": ('[[prompt]]\ncamera = "x"', "prompt #2: key 'id': expected a text, got nothing"),
    "id type": ("[[prompt]]\nid = 7", "prompt #2: key 'id': expected a text, got 7"),
}


@pytest.mark.parametrize(("added", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_broken_prompt_is_refused(file: Path, added: str, expected: str) -> None:
    assert expected in complaint(file, STYLE + PROMPT + added)


REPLACED = {
    "empty part": (
        '"neon"',
        '""',
        "prompt 'mech': key 'lighting': expected a text that is not empty, got ''",
    ),
    "blank part": ('"neon"', '"  "', "key 'lighting': expected a text that is not empty, got '  '"),
    "list part": ('"neon"', '["neon"]', "prompt 'mech': key 'lighting': expected a text, got an array"),
    "missing part": ('lighting = "neon"', "", "prompt 'mech': key 'lighting': expected a text, got nothing"),
    "misspelt part": ("lighting", "ligthing", "got an unknown key; did you mean 'lighting'?"),
    "new line": (
        '"neon"',
        r'"a\nb"',
        r"'lighting': expected one line without control characters, got 'a\nb'",
    ),
    "escape": ('"neon"', r'"\u001b[31m"', r"expected one line without control characters, got '\x1b[31m'"),
    "separator": ('"neon"', r'"a\u2028b"', r"one line without control characters, got 'a\u2028b'"),
    "capitals": ('"mech"', '"Mech"', "prompt 'Mech': key 'id': expected a slug such as 'mech-transforms'"),
    "double dash": ('"mech"', '"a--b"', "key 'id': expected a slug"),
    "odd id": ('"mech"', r'"a\nb"', r"prompt 'a\nb': key 'id': expected one line"),
    "long id": ('"mech"', f'"{"a" * 61}"', "of at most 60 characters, got 'aaa"),
    "style name": ('"scifi"', '"sci-fi"', "key 'style.name': expected an identifier"),
    "style keyword": ('"scifi"', '"or"', "key 'style.name': expected an identifier"),
    "style title": ('title = "Sci-fi"', "", "key 'style.title': expected a text, got nothing"),
    "style key": (
        "about",
        "abuot",
        "key 'style.abuot': expected one of name, title, about, permit, thresholds",
    ),
    "no style": (STYLE, "", "key 'style.name': expected a text, got nothing"),
    "top key": (
        "[[prompt]]",
        "[[promt]]",
        "key 'promt': expected one of style, prompt, got an unknown key; did",
    ),
    "one table": ("[[prompt]]", "[prompt]", "key 'prompt': expected an array of tables, got a table"),
    "no prompts": (PROMPT, "", "key 'prompt': expected at least one [[prompt]], got none"),
}


@pytest.mark.parametrize(("old", "new", "expected"), REPLACED.values(), ids=REPLACED)
def test_a_spoilt_file_is_refused(file: Path, old: str, new: str, expected: str) -> None:
    assert (STYLE + PROMPT).count(old) == 1
    assert expected in complaint(file, (STYLE + PROMPT).replace(old, new))


def test_a_style_gives_reasons_too(file: Path) -> None:
    assert "key 'style.permit #1.reason': expected one sentence that says why, got nothing" in complaint(
        file, STYLE + '[[style.permit]]\ndefect = "flash"\n' + PROMPT
    )


class TestNoTomlAtAll:
    def test_a_syntax_error_is_told_with_its_line(self, file: Path) -> None:
        assert complaint(file, '[style]\nname = "a\n') == (
            "expected TOML, got: Illegal character '\\n' (at line 2, column 10)"
        )

    def test_an_open_end_is_told_with_its_line(self, file: Path) -> None:
        assert "(at line 2, the end of the file)" in complaint(file, "[style]\nname = [1,")

    @pytest.mark.parametrize("source", [f"a = {'[' * 5000}", f"a = {'9' * 5000}", 'a = "\x00"', "[a]\n[a]\n"])
    def test_hostile_files_are_told_apart_from_crashes(self, file: Path, source: str) -> None:
        assert "expected TOML, got: " in complaint(file, source)

    def test_bytes_that_are_no_text(self, file: Path) -> None:
        file.write_bytes(b"[style]\n\xff")
        with pytest.raises(PromptError, match="expected UTF-8 text, got a stray byte at offset 8"):
            load_style(file)

    def test_a_missing_file(self) -> None:
        with pytest.raises(PromptError) as caught:
            load_style(Path("no/such/prompts.toml"))
        expected = "no/such/prompts.toml: expected a readable prompts file, got: No such file or directory"
        assert str(caught.value) == str(Path(expected))

    def test_a_folder_in_its_place(self, tmp_path: Path) -> None:
        with pytest.raises(PromptError, match="expected a readable prompts file"):
            load_style(tmp_path)


class TestFolders:
    def test_styles_are_found_sorted_and_one_level_down(self, tmp_path: Path) -> None:
        for folder in ("b", "a", "c/d"):
            (tmp_path / folder).mkdir(parents=True)
            (tmp_path / folder / "prompts.toml").touch()
        assert find_styles(tmp_path) == [tmp_path / "a/prompts.toml", tmp_path / "b/prompts.toml"]

    def test_no_folder_no_styles(self, tmp_path: Path) -> None:
        assert find_styles(tmp_path / "none") == []
        with pytest.raises(
            PromptError, match=r"none: expected style folders with a prompts\.toml each, got none"
        ):
            load_styles(tmp_path / "none")

    def test_two_styles_of_one_name_are_refused(self, tmp_path: Path) -> None:
        for folder in ("a", "b"):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "prompts.toml").write_text(STYLE + PROMPT, encoding="utf-8")
        with pytest.raises(PromptError) as caught:
            load_styles(tmp_path)
        assert str(caught.value) == (
            f"{tmp_path / 'b/prompts.toml'}: key 'style.name': expected a name that no other style has, "
            f"got 'scifi' as in {tmp_path / 'a/prompts.toml'}"
        )

    def test_the_shipped_suites_are_found(self) -> None:
        assert find_styles(suites_root())

    @pytest.mark.parametrize("place", ["package/suites", "suites"])
    def test_suites_lie_inside_or_beside_the_package(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
    ) -> None:
        (tmp_path / place / "scifi").mkdir(parents=True)
        (tmp_path / place / "scifi/prompts.toml").touch()
        monkeypatch.setattr(
            "pytest_videobench.prompts.load.__file__", str(tmp_path / "package/prompts/load.py")
        )
        assert suites_root() == (tmp_path / place).resolve()

    def test_a_package_without_suites_says_so(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            "pytest_videobench.prompts.load.__file__", str(tmp_path / "package/prompts/load.py")
        )
        with pytest.raises(PromptError, match="expected suites inside or beside the package"):
            suites_root()


# Properties. The writer below is the reverse of the loader, for valid and for mutated files alike.


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
prompts: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"id": slugs, **dict.fromkeys(PARTS, lines)},
    optional={
        "expect": expects,
        "tags": st.lists(names, max_size=2),
        "watch": st.lists(st.sampled_from(DEFECTS), max_size=2),
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
        watch=tuple(entry.get("watch", ())),
        source=entry.get("source", ""),
        expect=Expectations(
            style=head["name"],
            **{**expect, "elements": tuple(expect.get("elements", ()))},
            permitted=tuple(Permission(**permission) for permission in permitted),
            thresholds=tuple(Threshold(metric=m, **limit) for m, limit in {**own, **inherited}.items()),
        ),
    )


@quick
@given(document=documents)
def test_what_is_written_is_what_is_loaded(file: Path, document: dict[str, Any]) -> None:
    assert load(file, written(document)) == expected_style(document)


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
