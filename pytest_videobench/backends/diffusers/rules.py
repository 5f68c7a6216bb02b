"""What a pipeline class can make, read from the data file beside this module."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log, sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.prompts.model import Delivery

UNKNOWN_SIDE_STEP = 8
"""Pixels that sides are multiples of where the class is not in the data file: latents are no finer."""
RATES = (1.0, 120.0)
"""Frames per second that can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One pipeline class; ``None`` where nothing is known and the pipeline's own default holds."""

    name: str
    """The class in ``diffusers``."""
    frame_step: int = 1
    """Frames are a multiple of it, and one."""
    side_step: int = UNKNOWN_SIDE_STEP
    fps: float | None = None
    frames: int | None = None
    longest: int | None = None
    """Frames of the longest clip that it is made for."""
    size: tuple[int, int] | None = None
    """Width and height in pixels."""
    steps: int | None = None
    guidance: float | None = None
    prompt_tokens: int | None = None
    """Tokens of a prompt that it reads; the rest is cut off."""
    dtype: str = "bfloat16"
    """On a GPU; a CPU calculates in float32."""
    vae_dtype: str | None = None
    fps_argument: str = ""
    """Argument by which it is told the rate; empty where it always moves at its own."""

    def frames_for(self, seconds: float, fps: float, *, nearest: bool) -> int:
        """Give the number of frames that comes nearest to a length; a ``ValueError`` says what it can."""
        step = self.frame_step
        wanted = max(round((seconds * fps - 1) / step), 0) * step + 1
        made = max(wanted, step + 1)
        if self.longest is not None:
            made = min(made, self.longest)
        if made != wanted and not nearest:
            raise ValueError(f"{seconds:g} s at {fps:g} fps; it can {self._lengths(fps)}")
        return made

    def check_frames(self, frames: int) -> None:
        """Raise a ``ValueError`` for a number of frames that the class would round off."""
        step = self.frame_step
        if frames <= step or (frames - 1) % step:
            rule = f"{step} × n + 1, from {step + 1}" if step > 1 else "2 or more"
            raise ValueError(f"{frames} frames; it can {rule}")

    def size_for(self, asked: Delivery, *, nearest: bool) -> tuple[int, int] | None:
        """Give width and height; a ``ValueError`` says which sizes it can."""
        step = self.side_step
        if asked.ratio is not None:
            return self._in_ratio(asked.ratio, nearest=nearest)
        if not asked.width or not asked.height:
            return self.size
        width, height = (max(round(side / step), 1) * step for side in (asked.width, asked.height))
        if (width, height) != (asked.width, asked.height) and not nearest:
            raise ValueError(
                f"{asked.width}x{asked.height}; its sides are multiples of {step}, such as {width}x{height}"
            )
        return width, height

    def _in_ratio(self, ratio: tuple[int, int], *, nearest: bool) -> tuple[int, int] | None:
        """Give the size in a ratio that has about as many pixels as the default one."""
        if self.size is None:
            if nearest:
                return None
            raise ValueError("a ratio of {}:{}; name a size instead".format(*ratio))
        step, pixels, wanted = self.side_step, self.size[0] * self.size[1], ratio[0] / ratio[1]
        ideal = sqrt(pixels * wanted) / step
        widths = {max(round(ideal) + more, 1) * step for more in (-1, 0, 1)}
        sizes = [(width, max(round(width / wanted / step), 1) * step) for width in sorted(widths)]
        return min(
            sizes,
            key=lambda size: (abs(log(size[0] / size[1] / wanted)), abs(log(size[0] * size[1] / pixels))),
        )

    def _lengths(self, fps: float) -> str:
        least = (self.frame_step + 1) / fps
        if self.longest is None:
            return f"{least:.3g} s or more"
        most = self.longest / fps
        return f"{least:.3g} to {most:.3g} s ({self.longest} frames), and what ?frames= insists on"


@cache
def known_rules() -> Mapping[str, Rules]:
    """Give the classes of the data file by name."""
    import tomllib

    text = files("pytest_videobench.backends.diffusers").joinpath("pipelines.toml").read_text("utf-8")
    return {name: _rules(name, entry) for name, entry in tomllib.loads(text)["pipelines"].items()}


def rules_for(name: str) -> Rules:
    """Give what is known of a class; next to nothing of one that the data file does not have."""
    return known_rules().get(name) or Rules(name=name)


def _rules(name: str, entry: Mapping[str, Any]) -> Rules:
    return Rules(name=name, **{**entry, "size": (entry["size"][0], entry["size"][1])})
