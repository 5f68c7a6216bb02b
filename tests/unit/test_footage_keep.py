"""Footage on disk: what is read is what was written, and nothing damaged is trusted."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pytest_videobench.footage import keep
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.footage.keep import footage_of, load, save

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from pytest_videobench.footage.footage import Footage
    from tests.conftest import WriteClip


def flat(value: Any, name: str = "") -> dict[str, Any]:
    if dataclasses.is_dataclass(value):
        pairs = [(f.name, getattr(value, f.name)) for f in dataclasses.fields(value)]
        return {k: v for inner, part in pairs for k, v in flat(part, f"{name}.{inner}").items()}
    return {name: value}


@pytest.fixture
def clip(tmp_path: Path, moving_frames: NDArray[np.uint8], write_clip: WriteClip) -> Path:
    path: Path = write_clip(tmp_path / "a.mp4", moving_frames[:20])
    return path


def test_what_is_read_is_what_was_written(clip: Path, tmp_path: Path) -> None:
    footage = analyse(clip)
    save(footage, tmp_path / "kept.npz")
    read = load(tmp_path / "kept.npz")
    assert read is not None
    before, after = flat(footage), flat(read)
    assert before.keys() == after.keys()
    for name, value in before.items():
        assert np.array_equal(value, after[name]), name


def test_a_second_call_does_not_decode(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = footage_of(clip, tmp_path / "kept.npz")
    monkeypatch.setattr(keep, "analyse", lambda path: pytest.fail("decoded again"))
    second: Footage = footage_of(clip, tmp_path / "kept.npz")
    assert np.array_equal(first.small, second.small)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_damaged_file_is_made_anew(clip: Path, tmp_path: Path, share: float) -> None:
    kept = tmp_path / "kept.npz"
    footage_of(clip, kept)
    kept.write_bytes(kept.read_bytes()[: int(kept.stat().st_size * share)])
    assert load(kept) is None
    assert footage_of(clip, kept).probe.frames == 20
    assert load(kept) is not None


def test_flipped_bytes_are_noticed(clip: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.npz"
    footage_of(clip, kept)
    data = bytearray(kept.read_bytes())
    data[len(data) // 2] ^= 0xFF
    kept.write_bytes(data)
    assert load(kept) is None


def test_what_other_software_left_is_made_anew(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept.npz"
    footage_of(clip, kept)
    monkeypatch.setattr(keep, "fingerprint", lambda: {"decoder": "another"})
    assert load(kept) is None


def test_no_part_is_left_behind(clip: Path, tmp_path: Path) -> None:
    footage_of(clip, tmp_path / "kept.npz")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "kept.npz"]
