"""What comes out of one decoding pass, whatever the container says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
import pytest

from pytest_videobench.errors import Unreadable
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.footage.growing import Growing
from pytest_videobench.footage.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tests.conftest import Drift, WriteClip


def pictures(path: Path) -> tuple[NDArray[np.uint8], Reader]:
    reader = Reader(path)
    return np.stack([picture.bgr.copy() for picture in reader]), reader


def test_pictures_are_those_of_opencv(
    tmp_path: Path, moving_frames: NDArray[np.uint8], write_clip: WriteClip
) -> None:
    path = write_clip(tmp_path / "a.mp4", moving_frames[:10])
    ours, _ = pictures(path)
    capture = cv2.VideoCapture(str(path))
    theirs = np.stack([capture.read()[1] for _ in range(10)])
    assert np.array_equal(ours, theirs)


def test_facts_of_a_plain_clip(
    tmp_path: Path, moving_frames: NDArray[np.uint8], write_clip: WriteClip
) -> None:
    _, reader = pictures(write_clip(tmp_path / "a.mp4", moving_frames))
    probe = reader.probe
    assert (probe.width, probe.height, probe.fps, probe.frames) == (128, 96, 24.0, 48)
    assert probe.duration == pytest.approx(2.0, abs=0.01)
    assert (probe.codec, probe.pix_fmt, probe.bit_depth) == ("h264", "yuv420p", 8)
    assert not probe.variable_rate
    assert probe.promised_frames == 48


@pytest.mark.skipif(
    not hasattr(av.VideoStream, "set_display_rotation"), reason="this PyAV cannot write a rotation"
)
@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_rotated_clip_is_turned_upright(
    tmp_path: Path, moving_frames: NDArray[np.uint8], write_clip: WriteClip, rotation: int
) -> None:
    path = write_clip(tmp_path / "a.mp4", moving_frames[:5], rotation=rotation)
    ours, reader = pictures(path)
    capture = cv2.VideoCapture(str(path))
    theirs = np.stack([capture.read()[1] for _ in range(5)])
    assert np.array_equal(ours, theirs)
    assert (reader.probe.height, reader.probe.width) == ours.shape[1:3]


def test_variable_frame_rate_keeps_the_time_stamps(
    tmp_path: Path, moving_frames: NDArray[np.uint8], write_clip: WriteClip
) -> None:
    times = [0, 0.04, 0.08, 0.3, 0.34, 0.6, 1.0, 1.04]
    _, reader = pictures(write_clip(tmp_path / "a.mkv", moving_frames[:8], times=times))
    footage = analyse(tmp_path / "a.mkv")
    assert reader.probe.variable_rate
    assert footage.frames.time == pytest.approx(times, abs=0.002)
    assert reader.probe.frames == 8


def test_ten_bit_pictures_are_read(
    tmp_path: Path, moving_frames: NDArray[np.uint8], write_clip: WriteClip
) -> None:
    path = write_clip(tmp_path / "a.mp4", moving_frames[:6], pix_fmt="yuv420p10le")
    ours, reader = pictures(path)
    assert reader.probe.bit_depth == 10
    assert np.abs(ours.astype(int) - moving_frames[:6]).mean() < 12


@pytest.mark.parametrize("size", [(97, 131), (1, 1), (16, 16), (3, 200), (200, 3)])
def test_odd_and_tiny_sizes(
    tmp_path: Path, write_clip: WriteClip, drift: Drift, size: tuple[int, int]
) -> None:
    height, width = size
    frames = drift(frames=6, height=height, width=width)
    footage = analyse(write_clip(tmp_path / "a.mkv", frames, codec="ffv1", pix_fmt="bgr0"))
    assert (footage.probe.height, footage.probe.width) == size
    assert np.isfinite(footage.motion.flow).all()


def test_4k(tmp_path: Path, write_clip: WriteClip, drift: Drift) -> None:
    frames = drift(frames=3, height=2160, width=3840, step=40)
    footage = analyse(write_clip(tmp_path / "a.mp4", frames))
    assert (footage.probe.width, footage.probe.height) == (3840, 2160)
    assert footage.small.shape == (3, 90, 160)


def test_one_frame(tmp_path: Path, moving_frames: NDArray[np.uint8], write_clip: WriteClip) -> None:
    footage = analyse(write_clip(tmp_path / "a.mp4", moving_frames[:1]))
    assert footage.probe.frames == 1
    assert len(footage.steps.change) == len(footage.motion.flow) == len(footage.camera.dx) == 0
    assert len(footage.samples.index) == 1


def test_a_path_with_spaces_and_other_letters(
    tmp_path: Path, moving_frames: NDArray[np.uint8], write_clip: WriteClip
) -> None:
    folder = tmp_path / "клипы для теста 视频"
    folder.mkdir()
    assert analyse(write_clip(folder / "ä b.mp4", moving_frames[:4])).probe.frames == 4


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.touch(), "is empty"),
        (lambda path: path.write_text("not a video, but a page of text\n" * 99), "not a video"),
        (lambda path: None, "no such file"),
        (lambda path: path.write_bytes(np.random.default_rng(1).bytes(50_000)), "not a video"),
    ],
    ids=["folder", "empty", "text", "missing", "noise"],
)
def test_what_is_no_clip_is_refused_in_one_line(
    tmp_path: Path, make: Callable[[Path], None], words: str
) -> None:
    path = tmp_path / "clip.mp4"
    make(path)
    with pytest.raises(Unreadable, match=words) as caught:
        analyse(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_half_a_clip_without_its_index_is_unreadable(
    tmp_path: Path, moving_frames: NDArray[np.uint8], write_clip: WriteClip
) -> None:
    path = write_clip(tmp_path / "a.mp4", moving_frames)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(Unreadable):
        analyse(path)


def test_half_a_clip_with_its_index_is_read_as_far_as_it_goes(
    tmp_path: Path, moving_frames: NDArray[np.uint8], write_clip: WriteClip
) -> None:
    unlike = np.random.default_rng(3).permutation(moving_frames, axis=1)  # frames of about equal size
    path = write_clip(
        tmp_path / "a.mp4", [np.roll(f, 17 * i, 0) for i, f in enumerate(unlike)], faststart=True
    )
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    probe = analyse(path).probe
    assert 0 < probe.frames < 48
    assert probe.promised_frames == 48


def test_repeated_frames_are_found(
    tmp_path: Path, moving_frames: NDArray[np.uint8], write_clip: WriteClip
) -> None:
    doubled = np.repeat(moving_frames[:20], 3, axis=0)
    footage = analyse(write_clip(tmp_path / "a.mp4", doubled))
    assert footage.true_fps == pytest.approx(8, abs=0.1)
    assert footage.repeat_share == pytest.approx(2 / 3, abs=0.02)


def test_flow_and_camera_follow_the_picture(tmp_path: Path, drift: Drift, write_clip: WriteClip) -> None:
    frames = drift(frames=12, height=180, width=320, step=4)
    footage = analyse(write_clip(tmp_path / "a.mp4", frames))
    assert footage.camera.dx.mean() == pytest.approx(-4 / 320, rel=0.1)
    assert np.abs(footage.camera.dy).max() < 1 / 320
    assert np.abs(footage.camera.zoom).max() < 0.01
    assert footage.camera.fit.min() > 0.8


def test_memory_grows_with_small_frames_only(tmp_path: Path, drift: Drift, write_clip: WriteClip) -> None:
    footage = analyse(write_clip(tmp_path / "a.mp4", drift(frames=60, height=720, width=1280)))
    kept = footage.small.nbytes + footage.motion.flow.nbytes + footage.motion.texture.nbytes
    assert (kept + footage.frames.blocks.nbytes) / 60 < 30_000
    assert len(footage.thumbnails) < 24


def test_a_codec_that_nobody_knows_is_unreadable(
    tmp_path: Path, moving_frames: NDArray[np.uint8], write_clip: WriteClip
) -> None:
    path = write_clip(tmp_path / "a.mp4", moving_frames)
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(Unreadable, match="codec is unknown"):
        analyse(path)


def test_a_name_with_a_colon_is_a_name(
    tmp_path: Path, moving_frames: NDArray[np.uint8], write_clip: WriteClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_clip(tmp_path / "x.mp4", moving_frames[:4]).rename(tmp_path / "concat:take 2.mp4")
    monkeypatch.chdir(tmp_path)
    assert analyse(Path("concat:take 2.mp4")).probe.frames == 4


def test_a_list_of_other_files_is_no_clip(
    tmp_path: Path, moving_frames: NDArray[np.uint8], write_clip: WriteClip
) -> None:
    write_clip(tmp_path / "real.mp4", moving_frames[:4])
    (tmp_path / "list.mp4").write_text("ffconcat version 1.0\nfile real.mp4\n")
    with pytest.raises(Unreadable, match="is a list of other files"):
        analyse(tmp_path / "list.mp4")


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 30])
def test_growing_arrays_come_back_as_they_were(count: int) -> None:
    rows = np.random.default_rng(count).random((count, 3, 2)).astype(np.float32)
    growing: Growing[np.float32] = Growing(block=8)
    for row in rows:
        growing.append(row)
    assert np.array_equal(growing.stack((3, 2), np.float32), rows)
    assert len(growing) == count
    if count:
        assert np.array_equal(growing[-1], rows[-1])
