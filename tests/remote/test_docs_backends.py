"""The page on backends tells what the code has, and its example of a provider works."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.backends.registry import BACKENDS, make_backend
from pytest_videobench.backends.remote import data_file
from pytest_videobench.backends.remote.backend import ASIDES, Remote
from pytest_videobench.backends.remote.offer import read_offer
from pytest_videobench.backends.remote.provider import Cancels, Finds
from pytest_videobench.backends.remote.wire import RemoteError
from pytest_videobench.cli import main
from pytest_videobench.errors import PromptError
from pytest_videobench.registry import Registry
from tests.fakes.xai import FakeXai
from tests.remote.driving import drive, point

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs" / "backends.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(?:python|toml)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
MODULE, DATA, PROJECT = BLOCKS
ROWS = {
    row[0].strip("`"): row
    for line in PAGE.partition("## Providers")[2].partition("- **Seed**")[0].splitlines()
    if line.startswith("| `")
    for row in [[cell.strip() for cell in line.strip("|").split("|")]]
}
NO_PROVIDER = {"diffusers", "folder", "procedural"}
PROVIDERS = sorted({*Registry("pytest_videobench.backends", "backend").names()} - NO_PROVIDER)


def install(root: Path, monkeypatch: pytest.MonkeyPatch, data: str = DATA) -> Registry[object]:
    """Install the example's package, and give a registry that has found it."""
    package = root / "site" / "videobench_xai"
    installed = root / "site" / "videobench_xai-1.dist-info"
    for folder in (package, installed):
        folder.mkdir(parents=True)
    (package / "__init__.py").write_text(MODULE, encoding="utf-8")
    (package / "xai.toml").write_text(data, encoding="utf-8")
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: videobench-xai\nVersion: 1\n")
    group, points = next(iter(tomllib.loads(PROJECT)["project"]["entry-points"].items()))
    lines = "\n".join(f"{name} = {target}" for name, target in points.items())
    (installed / "entry_points.txt").write_text(f"[{group}]\n{lines}\n")
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.delitem(sys.modules, "videobench_xai", raising=False)
    read_offer.cache_clear()
    return Registry(group, "backend")


@pytest.fixture
def fake(clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeXai]:
    found = install(tmp_path, monkeypatch)
    monkeypatch.setitem(BACKENDS._added, "xai", found.get("xai"))
    with FakeXai(clip_bytes) as fake:
        point(monkeypatch, "xai", fake)
        yield fake


def test_the_example_makes_a_clip(fake: FakeXai, tmp_path: Path) -> None:
    made = drive("xai?duration=4", tmp_path)
    assert made.path.read_bytes() == fake.clip
    assert fake.of("submit")[0].json() == {
        "model": "grok-imagine-video",
        "prompt": "a red fox runs through snow.",
        "duration": 4,
        "aspect_ratio": "16:9",
        "resolution": "720p",
    }
    assert made.cost_usd == pytest.approx(0.28)


def test_trap_10_an_empty_202_is_patience(fake: FakeXai, tmp_path: Path) -> None:
    fake.seconds = 0.15
    drive("xai", tmp_path)
    assert len(fake.of("poll")) > 1


def test_trap_10_a_clip_that_was_held_back_is_moderated(fake: FakeXai, tmp_path: Path) -> None:
    fake.held_back = True
    with pytest.raises(RemoteError) as caught:
        drive("xai", tmp_path)
    assert caught.value.kind == "moderated"


def test_a_slip_in_the_examples_data_file_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = install(tmp_path, monkeypatch, DATA.replace("poll_seconds", "pol_seconds"))
    with pytest.raises(PromptError) as caught:
        found.get("xai")
    file = tmp_path / "site" / "videobench_xai" / "xai.toml"
    assert str(caught.value).startswith(f"{file}: key 'pol_seconds': ")
    assert str(caught.value).endswith("did you mean 'poll_seconds'?")
    monkeypatch.setattr("pytest_videobench.cli.backends.BACKENDS", found)
    assert main(["backends"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("xai")] == [f"{'xai':16}{'broken':16}{caught.value}"]
    assert [line for line in lines if line.startswith("procedural ")]


def test_the_example_is_as_short_as_promised() -> None:
    written = [line for line in (MODULE + DATA).splitlines() if line.strip() and not line.startswith("#")]
    assert len(MODULE.splitlines()) < 40
    assert len(written) < 40


def test_every_provider_has_a_row() -> None:
    assert sorted(ROWS) == PROVIDERS


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_row_tells_what_the_provider_can(name: str, tmp_path: Path) -> None:
    workflow = tmp_path / "w.json"
    workflow.write_text(json.dumps({"1": {"class_type": "Any", "inputs": {"text": "{prompt}"}}}))
    spec = {"openai_videos": "openai_videos:m", "replicate": "replicate:a/b"}.get(name, name)
    backend = make_backend(f"comfyui?workflow={workflow}" if name == "comfyui" else spec)
    assert isinstance(backend, Remote)
    file = read_offer(name)
    models = [*file.models.values(), *([file.any_model] if file.any_model else [])]
    seeds = {"yes" if model.seed else "no" for model in models}
    _, _, keys, seed, cancel, looks_up, rewriting = ROWS[name]
    assert re.findall(r"`(\w+)`", keys) == [part for one in file.key_env for part in one.split("+")]
    assert seed == (seeds.pop() if len(seeds) == 1 else "some")
    assert cancel == ("yes" if isinstance(backend.provider, Cancels) else "no")
    assert looks_up == ("yes" if isinstance(backend.provider, Finds) else "no")
    assert set(rewriting.split(", ")) == {model.rewriting for model in models}


def test_every_key_of_a_data_file_is_described() -> None:
    keys = {*data_file.KEYS, *data_file.MODEL_KEYS, *data_file.SIZE_KEYS, *data_file.LIKE_KEYS}
    assert {"base_url", "rewriting", "usd"} <= keys
    assert {key for key in keys if f"`{key}`" not in PAGE} == set()


def test_every_parameter_of_a_spec_is_described() -> None:
    assert {name for name in ASIDES if f"| `{name}` |" not in PAGE} == set()
