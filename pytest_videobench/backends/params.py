"""What is asked of a backend: the parameters of its spec, and which source goes before which."""

from __future__ import annotations

from dataclasses import replace
from math import inf, sqrt
from typing import TYPE_CHECKING, Any

from pytest_videobench.errors import SpecError
from pytest_videobench.prompts.delivery import read_ratio, read_size
from pytest_videobench.prompts.model import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from pytest_videobench.backends.base import BackendSpec

DELIVERY_PARAMS = ("duration", "fps", "size", "ratio")
STEPS = (8, 2)
"""Pixels that sides are multiples of, the first that keeps the ratio: codecs and models like eights."""
RATIO_TOLERANCE = 0.02
"""Share by which a ratio may be off because sides are rounded."""


def read_delivery(spec: BackendSpec, also: Collection[str] = ()) -> Delivery:
    """Read ``duration`` (s), ``fps``, and ``size`` (WIDTHxHEIGHT px) or ``ratio`` (W:H) of a spec.

    Raises :class:`~pytest_videobench.errors.SpecError` for anything else but the names in ``also``, which the
    backend reads itself, and for size and ratio at once.
    """
    asked: dict[str, Any] = {}
    for name, text in spec.params:
        if name in also:
            continue
        if name not in DELIVERY_PARAMS:
            known = ", ".join((*DELIVERY_PARAMS, *also))
            raise SpecError(f"backend {str(spec)!r}: unknown parameter {name!r}; known: {known}")
        try:
            asked |= read_param(name, text)
        except ValueError as error:
            raise SpecError(f"backend {str(spec)!r}: parameter {name!r}: {error}") from None
    if "ratio" in asked and "width" in asked:
        raise SpecError(f"backend {str(spec)!r}: parameters 'size' and 'ratio' exclude each other")
    return Delivery(**asked)


def read_param(name: str, text: str) -> dict[str, Any]:
    """Read one parameter's text into fields of a delivery; a ``ValueError`` says what was expected."""
    if name == "size":
        return dict(zip(("width", "height"), read_size(text), strict=True))
    reader: Callable[[str], object] = read_ratio if name == "ratio" else _positive
    return {name: reader(text)}


def merged(*sources: Delivery) -> Delivery:
    """Merge what several sources ask for, the strongest first; size or ratio comes whole from one of them."""
    shaped = (source for source in sources if source.ratio or source.width or source.height)
    return replace(
        next(shaped, Delivery()),
        duration=next((source.duration for source in sources if source.duration is not None), None),
        fps=next((source.fps for source in sources if source.fps is not None), None),
    )


def size_of(ratio: tuple[int, int], pixels: int) -> tuple[int, int]:
    """Give the width and height of a picture in a ratio that has about so many pixels; both are even."""
    wanted = ratio[0] / ratio[1]
    width = height = 0
    for step in STEPS:
        width = step * max(1, round(sqrt(pixels * wanted) / step))
        height = step * max(1, round(sqrt(pixels / wanted) / step))
        if abs(width / height / wanted - 1) <= RATIO_TOLERANCE:
            break
    return width, height


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < inf:
        raise ValueError(f"expected a number above 0, got {text!r}")
    return value
