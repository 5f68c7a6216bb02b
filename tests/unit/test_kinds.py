"""Every kind of error that anything here can produce is in the one list, which says whom it blames."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING, get_args

import pytest

import pytest_videobench
from pytest_videobench.backends.remote.offer import read_offer
from pytest_videobench.backends.remote.wire import FailureKind
from pytest_videobench.errors import VideobenchError
from pytest_videobench.kinds import ErrorKind, blames_model

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(pytest_videobench.__file__).parent
KNOWN = {kind.value for kind in ErrorKind}
TELLS = {"Failure": "kind", "RemoteError": 1, "NoClip": 1, "_error": 1, "_refuse": 1}
"""What is called with a kind, and where among its arguments that stands."""


def subclasses(parent: type[VideobenchError]) -> Iterator[type[VideobenchError]]:
    for child in parent.__subclasses__():
        yield child
        yield from subclasses(child)


def spoken(tree: ast.AST) -> Iterator[str]:
    """Give the kinds that a module writes out: as an argument, or beside a message."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = TELLS.get(name)
            told = node.args[place : place + 1] if isinstance(place, int) else []
            told += [
                word.value for word in node.keywords if word.arg in ("kind", "failure") and name in TELLS
            ]
            yield from (text for part in told for text in texts(part))
        if isinstance(node, ast.Dict):
            cells = {
                text: value
                for key, value in zip(node.keys, node.values, strict=True)
                if key
                for text in texts(key)
            }
            yield from texts(cells["kind"]) if {"kind", "message"} <= cells.keys() else ()


def texts(node: ast.expr) -> Iterator[str]:
    """Give the texts that an expression may come to; of what it looks up nothing is known."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    branches = [node.body, node.orelse] if isinstance(node, ast.IfExp) else []
    for branch in node.values if isinstance(node, ast.BoolOp) else branches:
        yield from texts(branch)


def test_every_exception_has_a_kind_of_the_list() -> None:
    for module in walk_packages([str(ROOT)], "pytest_videobench."):
        if not module.name.startswith(("pytest_videobench.suites", "pytest_videobench.cli.__main__")):
            import_module(module.name)
    kinds = {cls.__name__: cls.kind for cls in subclasses(VideobenchError) if isinstance(cls.kind, str)}
    ours = {name: kind for name, kind in kinds.items() if kind not in KNOWN}
    assert ours == {}
    assert {"SetupFailed", "OfflineMiss", "Unreadable"} <= kinds.keys()


def test_every_failure_of_a_provider_is_in_the_list() -> None:
    assert set(get_args(FailureKind)) <= KNOWN


@pytest.mark.parametrize("file", sorted(ROOT.glob("backends/providers/*.toml")), ids=lambda file: file.stem)
def test_every_table_of_a_provider_uses_the_list(file: Path) -> None:
    assert set(read_offer(file.stem).errors.values()) <= KNOWN


def test_every_kind_that_is_written_out_is_in_the_list() -> None:
    found = {
        file.relative_to(ROOT).as_posix(): set(spoken(ast.parse(file.read_text(encoding="utf-8"))))
        for file in ROOT.rglob("*.py")
    }
    assert {name: kinds - KNOWN for name, kinds in found.items() if kinds - KNOWN} == {}
    assert {"moderated", "generation_failed", "bad_request"} <= frozenset().union(*found.values())


def test_only_what_the_model_or_its_maker_did_is_held_against_it() -> None:
    blaming = {kind.value for kind in ErrorKind if blames_model(kind)}
    assert blaming == {"backend", "bad_clip", "clip", "generation_failed", "moderated", "unreadable"}
    assert not blames_model("a word of somebody else's")
