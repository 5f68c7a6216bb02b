"""Cases: which there are, what they are called, and which backends a run is about."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_videobench.backends.base import BackendSpec
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import backend_label, plan
from pytest_videobench.collect import backends_of
from pytest_videobench.errors import SpecError
from pytest_videobench.options import Settings, chosen_backends
from pytest_videobench.prompts.load import load_style, suites_root

PROMPTS = load_style(suites_root() / "scifi" / "prompts.toml").prompts
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
params = st.dictionaries(names, st.text(max_size=8), max_size=3)


@given(names, st.text(st.characters(exclude_characters="?", codec="utf-8"), max_size=12), params)
def test_a_spec_reads_back_as_it_was_written(name: str, model: str, chosen: dict[str, str]) -> None:
    spec = BackendSpec(name, model.strip(), tuple(sorted(chosen.items())))
    assert BackendSpec.parse(str(spec)) == spec


@pytest.mark.parametrize("text", ["", " ", "a b", ":model", "?x=1", "1st", "a-b:c"])
def test_a_spec_without_a_name_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="expected NAME"):
        BackendSpec.parse(text)


def test_keys_and_ids_are_unique_and_keys_say_everything() -> None:
    backends = [make_backend("procedural"), make_backend("procedural?duration=1")]
    cases = plan(PROMPTS, backends, 3)
    assert len(cases) == len(PROMPTS) * 2 * 3
    assert len({case.key for case in cases}) == len({case.id for case in cases}) == len(cases)
    assert cases[0].key == f"scifi/{PROMPTS[0].id}/procedural@reference/0"
    assert backend_label(backends[1]) == "procedural@reference?duration=1"


def test_seeds_differ_by_prompt_and_roll_and_agree_between_backends() -> None:
    backends = [make_backend("procedural"), make_backend("procedural?duration=1")]
    seeds = {(c.prompt.id, c.roll, c.backend.spec): c.seed for c in plan(PROMPTS, backends, 3)}
    assert len(set(seeds.values())) == len(PROMPTS) * 3
    assert all(seeds[p, r, backends[0].spec] == seeds[p, r, backends[1].spec] for p, r, _ in seeds)


def test_two_folders_of_one_name_are_refused(tmp_path: Path) -> None:
    for parent in ("a", "b"):
        (tmp_path / parent / "clips").mkdir(parents=True)
    with pytest.raises(SpecError, match="two backends are called 'folder-clips'"):
        backends_of([f"folder:{tmp_path}/a/clips", f"folder:{tmp_path}/b/clips"])


@pytest.mark.parametrize(
    ("given_specs", "marks", "expected"),
    [
        ((), "", ("procedural",)),
        (("runway:gen4", "luma"), "", ("runway:gen4", "luma")),
        ((), "runway or kling", ("runway", "kling")),
        (("runway:gen4?duration=5",), "(runway or kling) and scifi", ("runway:gen4?duration=5", "kling")),
        ((), "not runway", ("procedural",)),
        (("luma",), "scifi and not kling", ("luma",)),
        ((), "scifi", ("procedural",)),
        ((), "not (runway)", ("procedural",)),
        ((), "kling and not (runway or luma)", ("kling",)),
    ],
)
def test_which_backends_a_run_is_about(
    given_specs: tuple[str, ...], marks: str, expected: tuple[str, ...]
) -> None:
    settings = Settings(
        backends=given_specs, rolls=3, report=Path("r"), cache=Path("c"), offline=False, dry_run=False
    )
    assert chosen_backends(settings, marks, ["kling", "luma", "procedural", "runway"]) == expected
