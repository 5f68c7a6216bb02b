"""JSON with placeholders: fields that the caller, or a data file, knows of a model and the code does not.

``"{seconds}"`` as a whole value becomes the number, ``"{seconds:text}"`` the number as text, and within a
longer text, such as ``"{seconds}s"``, it becomes text as well. An entry whose placeholder has no value, such
as the seed of a model that takes none, is left out.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_videobench.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.base import BackendSpec
    from pytest_videobench.backends.remote.offer import Offer
    from pytest_videobench.backends.remote.provider import Order

NAMES = frozenset({"prompt", "seed", "seconds", "fps", "width", "height", "ratio"})
"""Placeholders that a caller may use."""
_PLACEHOLDER = re.compile(r"\{([a-z_]+)(:text)?\}")


def values_of(order: Order) -> dict[str, Any]:
    """Give the values of placeholders: what is known of a clip, and the provider's words for its shape."""
    known = {
        "prompt": order.prompt,
        "seed": order.seed,
        "seconds": _plain(order.seconds),
        "fps": _plain(order.fps),
        "width": order.shape.width,
        "height": order.shape.height,
        **order.shape.say,
    }
    return {name: value for name, value in known.items() if value or name == "seed"}


def filled(part: Any, values: Mapping[str, Any]) -> Any:
    """Put values in the place of placeholders, through objects and lists."""
    if isinstance(part, dict):
        return {key: filled(value, values) for key, value in part.items() if not _missing(value, values)}
    if isinstance(part, list):
        return [filled(value, values) for value in part if not _missing(value, values)]
    if not isinstance(part, str):
        return part
    whole = _PLACEHOLDER.fullmatch(part)
    if whole and whole[1] in values and not whole[2]:
        return values[whole[1]]
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), part)


def placeholders(part: Any) -> frozenset[str]:
    """Name the placeholders that occur anywhere."""
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, list):
        return frozenset[str]().union(*(placeholders(value) for value in part))
    return (
        frozenset(found[1] for found in _PLACEHOLDER.finditer(part)) if isinstance(part, str) else frozenset()
    )


def read_input(spec: BackendSpec) -> dict[str, Any]:
    """Read the parameter ``input`` of a spec: a JSON object with placeholders, or a file with one."""
    text = dict(spec.params).get("input", "{}")
    try:
        found = json.loads(text if text.startswith("{") else Path(text).read_text(encoding="utf-8"))
    except OSError as error:
        raise SpecError(f"backend {str(spec)!r}: parameter 'input': {text}: {error.strerror}") from None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SpecError(f"backend {str(spec)!r}: parameter 'input': expected a JSON object, got {text!r}")
    if unknown := sorted(placeholders(found) - NAMES):
        raise SpecError(
            f"backend {str(spec)!r}: parameter 'input': unknown placeholder {{{unknown[0]}}}; "
            f"known: {', '.join(sorted(NAMES))}"
        )
    return found


def digest_of(part: Any) -> str:
    """Give a text that changes with a template; empty for an empty one."""
    return hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:16] if part else ""


def tailored(offer: Offer, told: Mapping[str, Any]) -> Offer:
    """Let the models that are not listed take what the caller's fields can tell them."""
    if offer.any_model is None:
        return offer
    names = placeholders(told)
    seed = offer.any_model.seed if "seed" in names else None
    return replace(offer, any_model=replace(offer.any_model, conveys=names, seed=seed))


def _missing(value: Any, values: Mapping[str, Any]) -> bool:
    found = _PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
    return found is not None and values.get(found[1]) is None


def _plain(number: float | None) -> float | int | None:
    return int(number) if number is not None and number == int(number) else number
