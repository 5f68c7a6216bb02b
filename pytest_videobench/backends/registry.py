"""Every backend that is installed, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pytest_videobench.backends.base import BackendSpec
from pytest_videobench.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_videobench.backends.base import Backend

BackendFactory: TypeAlias = "Callable[[BackendSpec], Backend]"

BACKENDS: Registry[BackendFactory] = Registry("pytest_videobench.backends", "backend")
"""Factories that make a backend from its spec."""


def make_backend(spec: str) -> Backend:
    """Make the backend that a spec names; an unknown name or parameter is a SpecError."""
    parsed = BackendSpec.parse(spec)
    return BACKENDS.get(parsed.name)(parsed)
