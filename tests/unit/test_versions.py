"""What pyproject.toml promises of versions is what CI tries."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
TESTING = [Requirement(line) for line in PROJECT["dependency-groups"]["test"]]
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
DOCTOR = tomllib.loads((files("pytest_videobench.cli") / "doctor.toml").read_text(encoding="utf-8"))


def bound(needed: Requirement) -> Version:
    """Give the one lower bound; an upper one would need a reason."""
    (specifier,) = needed.specifier
    assert specifier.operator == ">=", f"{needed}: pinned from above"
    return Version(specifier.version)


def test_the_lowest_environment_has_every_lower_bound_exactly() -> None:
    lines = (ROOT / ".ci" / "lowest.txt").read_text(encoding="utf-8").splitlines()
    lowest = {one.name: one for one in map(Requirement, (line for line in lines if not line.startswith("#")))}
    assert lowest.keys() == {needed.name for needed in (*NEEDED, *TESTING)}
    for needed in (*NEEDED, *TESTING):
        (pin,) = lowest[needed.name].specifier
        wanted = bound(needed).release
        assert pin.operator == "=="
        found = Version(pin.version).release
        padded = (*wanted, *(0,) * (3 - len(wanted)))[: max(len(wanted), min(3, len(found)))]
        assert found[: len(padded)] == padded, f"{needed}, but the lowest environment has {pin}"


def test_ci_installs_the_lowest_and_the_newest_and_runs_the_tests_of_the_list() -> None:
    assert "--constraints .ci/lowest.txt" in CI
    assert 'pytest" @.ci/version-tests' in CI
    listed = (ROOT / ".ci" / "version-tests").read_text(encoding="utf-8").split()
    assert [path for path in listed if not (ROOT / path).exists()] == []


def test_ci_looks_for_every_python_that_is_promised() -> None:
    (promised,) = re.findall(r'^promised="(.*)"$', CI, re.MULTILINE)
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    names = [
        line.rpartition(" :: ")[2] for line in PROJECT["project"]["classifiers"] if re.search(r":: 3\.", line)
    ]
    assert promised.split() == names
    assert names[0] == oldest == DOCTOR["python"]["oldest"]
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"


def test_the_doctor_knows_the_newest_of_every_dependency() -> None:
    assert DOCTOR["newest"].keys() == {needed.name for needed in NEEDED}
    for needed in NEEDED:
        assert Version(DOCTOR["newest"][needed.name]) >= bound(needed)


@pytest.mark.parametrize("needed", [*NEEDED, *TESTING], ids=lambda needed: needed.name)
def test_this_environment_is_one_that_is_allowed(needed: Requirement) -> None:
    assert Version(version(needed.name)) >= bound(needed)
    assert ".".join(map(str, sys.version_info[:2])) in CI


def test_one_module_touches_pyav() -> None:
    touching = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "pytest_videobench").rglob("*.py"))
        if re.search(r"^\s*(import av\b|from av\b)", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert touching == ["pytest_videobench/media.py"]
