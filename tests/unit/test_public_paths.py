"""Whatever takes a path takes one of any kind, as Python's own functions do."""

from __future__ import annotations

import inspect
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import pytest_videobench
from pytest_videobench import Clip, Generation, Store, VideobenchError, analyse
from pytest_videobench.cli.score import score_clip

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from tests.conftest import WriteClip


class Elsewhere(os.PathLike[str]):
    """A path of another library."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __fspath__(self) -> str:
        return str(self._path)


def folder_of_a_clip(path: Any) -> Path:
    return Clip(path=path, sidecar={}).folder


def folder_of_a_generation(path: Any) -> Path:
    return Generation(path=path, model="mine").path.parent


def folder_of_a_store(path: Any) -> Path:
    return Store(path).root.parent


def folder_of_footage(path: Any) -> Path:
    assert analyse(path).probe.frames == 48
    return Path(path).parent


def folder_of_a_score(path: Any) -> Path:
    record = score_clip(path)
    assert record["error"] is None
    return Path(record["clip"]).parent


TAKES_A_PATH: dict[str, Callable[[Any], Path]] = {
    "Clip": folder_of_a_clip,
    "Generation": folder_of_a_generation,
    "Store": folder_of_a_store,
    "analyse": folder_of_footage,
    "score_clip": folder_of_a_score,
}


@pytest.mark.parametrize("kind", [str, Path, Elsewhere])
@pytest.mark.parametrize("name", TAKES_A_PATH)
def test_a_path_may_be_of_any_kind(
    name: str,
    kind: Callable[[Path], object],
    tmp_path: Path,
    write_clip: WriteClip,
    moving_frames: NDArray[np.uint8],
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", moving_frames)
    assert TAKES_A_PATH[name](kind(clip)) == tmp_path


def test_no_public_name_that_takes_a_path_is_forgotten() -> None:
    public = [getattr(pytest_videobench, name) for name in pytest_videobench.__all__]
    calls = [one for one in public if callable(one) and one is not VideobenchError]
    taking = {one.__name__ for one in [*calls, score_clip] if _takes_a_path(one)}
    assert taking == TAKES_A_PATH.keys()


def _takes_a_path(function: Callable[..., object]) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return any(re.search(r"\bPath", str(parameter.annotation)) for parameter in parameters)
