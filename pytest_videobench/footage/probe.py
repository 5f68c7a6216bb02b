"""What a container says about itself, and what came out of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Facts of a clip: what the header promised and what decoding found.

    ``width`` and ``height`` are those of the picture as shown, after the rotation tag.
    """

    width: int
    height: int
    fps: float
    """Nominal stored frames per second: the header's average rate, or the measured one where it lies."""
    frames: int
    """Stored frames that were decoded."""
    duration: float
    """Seconds from the first frame's start to the last frame's end, by time stamps."""
    codec: str
    pix_fmt: str
    bit_depth: int = 8
    rotation: int = 0
    """Degrees of the rotation tag, counter-clockwise, already applied to every picture."""
    colour_space: str = "unspecified"
    variable_rate: bool = False
    """True where the gaps between stored frames differ by more than half a frame."""
    promised_frames: int = 0
    """Frames in the header; 0 where it does not say."""
    promised_duration: float = 0.0
    """Seconds in the header; 0 where it does not say."""
    decode_errors: int = 0
    """Packets that the decoder refused or marked as corrupt."""
