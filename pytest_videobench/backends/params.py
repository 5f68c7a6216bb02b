"""Reading the parameters of a backend spec."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_videobench.errors import SpecError

if TYPE_CHECKING:
    from pytest_videobench.backends.base import BackendSpec
    from pytest_videobench.prompts.model import Delivery

DELIVERY_PARAMS = ("duration", "fps", "size")


def read_delivery(spec: BackendSpec, default: Delivery) -> Delivery:
    """Read ``duration`` (s), ``fps``, ``size`` (WIDTHxHEIGHT px); refuse anything else with a SpecError."""
    asked = default
    for name, text in spec.params:
        if name not in DELIVERY_PARAMS:
            raise SpecError(
                f"backend {str(spec)!r}: unknown parameter {name!r}; known: {', '.join(DELIVERY_PARAMS)}"
            )
        if name == "size":
            width, height = _size(spec, text)
            asked = replace(asked, width=width, height=height)
        else:
            asked = _with(asked, name, _positive(spec, name, text))
    return asked


def _with(asked: Delivery, name: str, value: float) -> Delivery:
    return replace(asked, duration=value) if name == "duration" else replace(asked, fps=value)


def _positive(spec: BackendSpec, name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise SpecError(f"backend {str(spec)!r}: parameter {name!r}: expected a number above 0, got {text!r}")
    return value


def _size(spec: BackendSpec, text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", text)
    if not match or "0" in match.groups():
        raise SpecError(
            f"backend {str(spec)!r}: parameter 'size': expected WIDTHxHEIGHT in pixels, got {text!r}"
        )
    return int(match[1]), int(match[2])
