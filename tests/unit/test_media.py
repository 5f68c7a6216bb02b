"""What differs between PyAV's releases, and must make no difference: colours, ranges, tags, threads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange

from pytest_videobench.errors import Unreadable
from pytest_videobench.footage.reader import Reader
from pytest_videobench.media import MediaError, can, decoder, encode, open_video, write_video

if TYPE_CHECKING:
    from numpy.typing import NDArray

SATURATED = (40, 80, 200)
"""Blue, green, red: BT.601 and BT.709 disagree about it by 14 levels."""
INPUTS = Path(__file__).parents[3] / "shared" / "inputs"


def planes(full: bool, red: float, blue: float) -> NDArray[np.uint8]:
    """Convert the colour by the formula: the weights of red and blue in luma say which matrix it is."""
    b, g, r = (level / 255 for level in SATURATED)
    luma = red * r + blue * b + (1 - red - blue) * g
    colour = [(b - luma) / (2 - 2 * blue), (r - luma) / (2 - 2 * red)]
    y = 255 * luma if full else 16 + 219 * luma
    cb, cr = (128 + (255 if full else 224) * one for one in colour)
    levels = np.repeat(np.rint([y, cb, cr]), [64 * 64, 32 * 32, 32 * 32])
    return levels.astype(np.uint8).reshape(96, 64)


def tagged(path: Path, space: int, full: bool, red: float, blue: float) -> NDArray[np.float64]:
    """Write a flat clip whose tags say how it was made, and give the mean colour that is read."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=8, options={"crf": "1"})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = 64, 64
        stream.pix_fmt = "yuvj420p" if full else "yuv420p"
        context = stream.codec_context
        context.colorspace, context.color_range = space, ColorRange.JPEG if full else ColorRange.MPEG
        for _ in range(3):
            frame = av.VideoFrame.from_ndarray(planes(full, red, blue), stream.pix_fmt)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return np.asarray(np.mean([picture.bgr.mean((0, 1)) for picture in Reader(path)], axis=0), np.float64)


BT601, BT709 = (5, 0.299, 0.114), (1, 0.2126, 0.0722)
"""FFmpeg's number of the matrix, and its weights of red and blue."""


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", [BT601, BT709], ids=["601", "709"])
def test_colours_come_back_whatever_matrix_and_range_they_are_stored_in(
    tmp_path: Path, matrix: tuple[int, float, float], full: bool
) -> None:
    space, red, blue = matrix
    assert tagged(tmp_path / "a.mp4", space, full, red, blue) == pytest.approx(SATURATED, abs=3)


@pytest.mark.parametrize("space", [8, 10, 11, 12, 13, 14])
def test_a_matrix_that_nobody_converts_is_read_as_the_nearest(tmp_path: Path, space: int) -> None:
    assert tagged(tmp_path / "a.mp4", space, False, *BT709[1:]) == pytest.approx(SATURATED, abs=20)


@pytest.mark.skipif(not INPUTS.is_dir(), reason="the shared inputs are not here")
def test_tags_in_another_encoding_do_no_harm() -> None:
    assert len(list(Reader(INPUTS / "meta_gbk.avi"))) == len(list(Reader(INPUTS / "ref_420.mp4")))


def test_a_name_that_looks_like_a_protocol_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "take:2.mp4"
    encode(np.zeros((3, 16, 16, 3), np.uint8), path, size=(16, 16), fps=8)
    assert len(list(Reader(path))) == 3


def test_only_the_named_formats_are_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    encode(np.zeros((3, 16, 16, 3), np.uint8), path, size=(16, 16), fps=8)
    with open_video(path, formats=("mov", "mp4")) as container:
        assert container.streams.video
    with pytest.raises(MediaError):
        open_video(path, formats=("gif",))


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le"])
def test_the_same_pictures_give_the_same_file(
    tmp_path: Path, moving_frames: NDArray[np.uint8], pix_fmt: str
) -> None:
    """Conversion to 10 bits by several threads never gives the same twice."""
    size = (moving_frames.shape[2], moving_frames.shape[1])
    options = {"preset": "veryfast", "crf": "30", "threads": "1"}
    for name in "abcd":
        path = tmp_path / f"{name}.mp4"
        write_video(
            moving_frames, path, size=size, fps=24, codec="libx264", pix_fmt=pix_fmt, options=options, bitexact=True
        )  # fmt: skip
    assert len({(tmp_path / f"{name}.mp4").read_bytes() for name in "abcd"}) == 1


def test_what_is_no_video_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(Unreadable, match="not a video that can be decoded"):
        list(Reader(tmp_path / "a.mp4"))


def test_the_decoder_is_named_and_codecs_are_known() -> None:
    assert decoder().startswith(f"PyAV {av.__version__}, libavcodec ")
    assert can("h264", "r")
    assert can("libx264", "w")
    assert not can("libx264", "r")
    assert not can("no-such-codec", "w")
