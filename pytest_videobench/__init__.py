"""pytest-videobench: tell whether a text-to-video model is good, where it breaks, and whether its upgrade
made it worse."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_videobench.backends.base import Backend, BackendSpec, Generation, Request
    from pytest_videobench.cases import Case
    from pytest_videobench.defects.base import Finding, detector
    from pytest_videobench.errors import VideobenchError
    from pytest_videobench.footage.analyse import analyse
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.gate.assess import assess, problems
    from pytest_videobench.metrics.base import Measure, metric
    from pytest_videobench.prompts.model import Expectations, Prompt
    from pytest_videobench.store.store import Clip, Store

__version__ = "0.1.0"

# Names are imported when first used: pytest imports this package in every run, also where nobody asks for it.
_HOMES = {
    "Backend": "backends.base",
    "BackendSpec": "backends.base",
    "Case": "cases",
    "Clip": "store.store",
    "Expectations": "prompts.model",
    "Finding": "defects.base",
    "Footage": "footage.footage",
    "Generation": "backends.base",
    "Measure": "metrics.base",
    "Prompt": "prompts.model",
    "Request": "backends.base",
    "Store": "store.store",
    "VideobenchError": "errors",
    "analyse": "footage.analyse",
    "assess": "gate.assess",
    "detector": "defects.base",
    "metric": "metrics.base",
    "problems": "gate.assess",
}

__all__ = [
    "Backend",
    "BackendSpec",
    "Case",
    "Clip",
    "Expectations",
    "Finding",
    "Footage",
    "Generation",
    "Measure",
    "Prompt",
    "Request",
    "Store",
    "VideobenchError",
    "__version__",
    "analyse",
    "assess",
    "detector",
    "metric",
    "problems",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its home."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
