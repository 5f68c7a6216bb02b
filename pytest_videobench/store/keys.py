"""Content addresses: everything that changes the picture, and nothing else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pytest_videobench.backends.base import Inventory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_videobench.backends.base import Backend, Request


def cache_key(request: Request, backend: Backend) -> str:
    """Hash the request as this backend will see it to 32 hex digits."""
    return key_of(identity(request, backend))


def key_of(identity: Mapping[str, Any]) -> str:
    """Hash what changes the picture."""
    return hashlib.sha256(canonical(identity).encode()).hexdigest()[:32]


def identity(request: Request, backend: Backend) -> dict[str, Any]:
    """List what changes the picture."""
    asides: frozenset[str] = getattr(backend, "asides", frozenset())
    return {
        "backend": request.spec.name,
        "model": backend.model,
        "params": {name: text for name, text in request.spec.params if name not in asides},
        "revision": backend.revision(request),
        "prompt": request.prompt.text(),
        "delivery": {} if isinstance(backend, Inventory) else _asked(request),  # found is found as it is
        "seed": request.seed,
        "roll": request.roll,
    }


def _asked(request: Request) -> dict[str, Any]:
    return {name: value for name, value in asdict(request.delivery).items() if value is not None}


def canonical(value: Any) -> str:
    """Write JSON so that equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
