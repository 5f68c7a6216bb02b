"""What one decoding pass leaves behind: everything metrics and detectors may look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pytest_videobench.footage.probe import Probe

Floats: TypeAlias = "NDArray[np.float64]"
Ints: TypeAlias = "NDArray[np.int64]"

GRID = (18, 32)
"""Rows and columns of the block grid that luma and flow are averaged on."""
WORK_SIZE = 320
"""Pixels of the long side on which optical flow is computed."""
CHROMA_GRID = (9, 16)
"""Rows and columns of the coarser grid that colour is averaged on."""
SMALL_SIZE = 160
"""Pixels of the long side of the frames that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameSignals:
    """One value per stored frame."""

    time: Floats
    """Seconds since the first frame."""
    luma: Floats
    """Mean luma, 0–255, full resolution."""
    p01: Floats
    """First percentile of luma."""
    p99: Floats
    """99th percentile of luma."""
    blocks: NDArray[np.float32]
    """Frames × 18 × 32 block means of luma."""
    chroma: NDArray[np.float32]
    """Frames × 9 × 16 × 2 block means of the colour differences Cr and Cb, 0 where the picture is grey."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StepSignals:
    """One value per pair of neighbouring stored frames, repeats included."""

    change: Floats
    """Mean absolute difference of all pixels and channels in grey levels, full resolution."""
    ti: Floats
    """Standard deviation of the luma difference, full resolution (ITU-T P.910 temporal information)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MotionSignals:
    """One value per pair of neighbouring *distinct* frames, unless said otherwise."""

    flow: NDArray[np.float32]
    """Pairs × 18 × 32 × 2 mean optical flow of content (x right, y down) in picture widths."""
    texture: NDArray[np.float32]
    """Pairs × 18 × 32 standard deviation of luma per block: where flow can be believed."""
    boil: Floats
    """Fine detail that is not found again where the motion took it, as a share of all fine detail: the median
    over the blocks that have some, NaN where none has. 0 is detail that lasts, 1 is new in each frame."""
    warped: Ints
    """Which distinct frames are warped onto the one before for ``warp_error``: about eight a second."""
    warp_error: Floats
    """One per warped frame: mean squared difference, luma in 0–1, to the frame before where neither is
    occluded."""
    middle_error: Floats
    """One per odd distinct frame: mean absolute difference in grey levels to the frame interpolated from
    its neighbours."""
    brisk: Floats
    """One per pair sampled at about 8 Hz: mean of the largest 5 % of flow magnitudes, as a share of the
    picture's short side."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CameraPath:
    """The similarity transform of the picture content per pair of neighbouring distinct frames."""

    dx: Floats
    """Drift of content to the right, in picture widths per frame pair."""
    dy: Floats
    """Drift of content downwards, in picture widths per frame pair."""
    zoom: Floats
    """Growth of content: 0.01 is one per cent per frame pair."""
    roll: Floats
    """Rotation of content, radians per frame pair, clockwise positive as seen."""
    fit: Floats
    """Share of the textured picture that moves as the transform says, 0–1."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampleSignals:
    """One value per sampled distinct frame, about four a second."""

    index: Ints
    """Index of the stored frame."""
    sharpness: Floats
    """Variance of the Laplacian of luma at 640 px."""
    acutance: Floats
    """Mean |Laplacian| over mean |Sobel| at 640 px: sharpness with the contrast divided out."""
    detail: Floats
    """Deviation of the Laplacian of luma at 320 px over that of luma: detail that noise does not pass for."""
    si: Floats
    """Standard deviation of luma's Sobel magnitude, full resolution (ITU-T P.910 spatial information)."""
    colourfulness: Floats
    """Hasler and Süsstrunk's M3."""
    contrast: Floats
    """Standard deviation of luma."""
    clipped: Floats
    """Share of pixels with every channel at 250 or above."""
    blockiness: Floats
    """Mean luma step across 8-pixel block borders over that elsewhere; 1 is none."""
    banding: Floats
    """How regular the levels of the flat parts are, 0–1: 1 where all are equally far apart, 0 where there are
    no flat parts or fewer than three levels."""
    band_step: Floats
    """Grey levels between them, where they are regular."""
    bgr: NDArray[np.float32]
    """Samples × 3 mean colour, 0–255."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Footage:
    """Everything known about a clip's pictures; compared by identity, so it can key a memory."""

    probe: Probe
    frames: FrameSignals
    steps: StepSignals
    motion: MotionSignals
    camera: CameraPath
    samples: SampleSignals
    distinct: Ints
    """Indices of the stored frames that show something new; the first frame always does."""
    small: NDArray[np.uint8]
    """Distinct frames × height × width, luma, long side 160 px."""
    thumbnails: tuple[bytes, ...]
    """Some evenly spaced frames as small JPEG pictures, for people."""
    thumbnail_times: Floats
    """Seconds of the thumbnails."""

    def __repr__(self) -> str:
        """Say what clip this is in a few words: pytest prints it when a test fails."""
        probe = self.probe
        return f"<Footage {probe.width}x{probe.height}, {probe.fps:g} fps, {probe.duration:.2f} s>"

    @property
    def times(self) -> Floats:
        """Seconds of the distinct frames."""
        return self.frames.time[self.distinct]

    @property
    def gaps(self) -> Floats:
        """Seconds between neighbouring distinct frames."""
        return np.diff(self.times)

    @property
    def true_fps(self) -> float:
        """New pictures per second: the nominal rate where nothing repeats."""
        gaps = self.gaps
        return float(1 / np.median(gaps)) if len(gaps) else self.probe.fps

    @property
    def repeat_share(self) -> float:
        """Share of the stored frames that repeat the one before."""
        return 1 - len(self.distinct) / len(self.frames.time)
