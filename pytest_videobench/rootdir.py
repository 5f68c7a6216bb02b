"""Whether a value of ours has moved pytest's rootdir.

pytest looks for its rootdir before it knows a plugin's options. A value that stands after a blank, and is the
name of something that exists, is a test path to it then: ini file, store and report are looked for elsewhere.
"""

from __future__ import annotations

import os
import shlex
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest.config.findpaths import determine_setup

from pytest_videobench.options import valued_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def check_rootdir(config: pytest.Config) -> None:
    """Raise :class:`pytest.UsageError` where a value written after a blank decided the rootdir."""
    apart = dict(_written_apart(_arguments(config)))
    if not apart:
        return
    paths, values = list(config.option.file_or_dir), list(apart.values())
    if config.rootpath == _rootdir(config, paths):
        return
    if config.rootpath in (_rootdir(config, [*values, *paths]), _rootdir(config, [*paths, *values])):
        raise pytest.UsageError(
            f"{', '.join(apart)}: pytest takes a value after a blank for a test path, and so"
            f" {config.rootpath} for the rootdir; write"
            f" {' '.join(f'{option}={shlex.quote(value)}' for option, value in apart.items())}"
        )


def _arguments(config: pytest.Config) -> list[str]:
    return [*shlex.split(os.environ.get("PYTEST_ADDOPTS", "")), *map(str, config.invocation_params.args)]


def _written_apart(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give the options of ours whose value is an argument of its own, and a path that is there."""
    options = valued_options()
    for option, value in pairwise(arguments):
        if option in options and Path(value.partition("::")[0]).exists():
            yield option, value


def _rootdir(config: pytest.Config, paths: Sequence[str]) -> Path:
    """Give the rootdir that pytest finds from some test paths."""
    rootdir, *_ = determine_setup(
        inifile=config.option.inifilename,
        override_ini=config.option.override_ini,
        args=paths,
        rootdir_cmd_arg=config.option.rootdir,
        invocation_dir=config.invocation_params.dir,
    )
    return rootdir
