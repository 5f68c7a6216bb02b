"""From a style module to its cases: which prompts, which backends, and what the whole plan looks like."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from pytest_videobench.backends.base import Inventory
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import Case, backend_label, plan, slug
from pytest_videobench.errors import PromptError, SpecError
from pytest_videobench.gate.calibration import Calibration, read_calibration
from pytest_videobench.metrics.base import METRICS
from pytest_videobench.prompts.load import load_style

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pytest_videobench.backends.base import Backend
    from pytest_videobench.prompts.model import Delivery, Style

PROMPTS = "prompts.toml"


@cache
def style_beside(module: Path) -> Style:
    """Load the prompts that lie beside a test module, and check the metrics that they name."""
    path = module.parent / PROMPTS
    if not path.is_file():
        raise PromptError(f"{path}: no such file; a test that asks for clips needs its prompts beside it")
    style = load_style(path)
    for prompt in style.prompts:
        for threshold in prompt.expect.thresholds:
            _check_metric(path, prompt.id, threshold.metric)
    return style


@cache
def backend_of(spec: str) -> Backend:
    """Make each backend once per process."""
    return make_backend(spec)


@cache
def calibration_of(path: Path) -> Calibration:
    """Read a file of limits once per process."""
    return read_calibration(path)


def backends_of(specs: Sequence[str]) -> list[Backend]:
    """Make the backends of a run; two that would share their case keys are refused."""
    backends = [backend_of(spec) for spec in dict.fromkeys(specs)]
    names = [slug(backend_label(backend)) for backend in backends]
    for name in names:
        if names.count(name) > 1:
            raise SpecError(f"two backends are called {name!r}; rename one folder or leave one out")
    return backends


@lru_cache(maxsize=64)
def cases_of(
    module: Path, specs: tuple[str, ...], rolls: int, asked: Delivery, calibration: Path | None
) -> tuple[Case, ...]:
    """List the cases of a style module in a fixed order."""
    limits = calibration_of(calibration) if calibration else Calibration()
    prompts = [replace(p, expect=limits.applied(p.expect)) for p in style_beside(module).prompts]
    return tuple(plan(prompts, backends_of(specs), rolls, asked))


def refusals(cases: Iterable[Case]) -> list[str]:
    """Say, in one line per backend, which prompts ask for what it cannot deliver."""
    refused: dict[Backend, dict[str, SpecError]] = {}
    for case in cases:
        try:
            case.delivery()
        except SpecError as error:
            refused.setdefault(case.backend, {}).setdefault(case.prompt.key, error)
    return [_refusal(errors) for errors in refused.values()]


def unclaimed_files(cases: Iterable[Case]) -> list[str]:
    """Say, in one line each, which files of the folder backends belong to no case of the run."""
    by_backend: dict[Backend, list[Case]] = {}
    for case in cases:
        by_backend.setdefault(case.backend, []).append(case)
    lines = []
    for backend, own in by_backend.items():
        if isinstance(backend, Inventory):
            lines += [
                f"{backend_label(backend)}: {file}" for file in backend.unclaimed(c.request() for c in own)
            ]
    return sorted(lines)


def _refusal(errors: dict[str, SpecError]) -> str:
    (prompt, error), *others = errors.items()
    more = f" and {len(others)} more prompt{'s' if len(others) > 1 else ''}" if others else ""
    return f"{prompt}{more}: {error}"


def _check_metric(path: Path, prompt: str, name: str) -> None:
    try:
        if name not in METRICS.names():
            METRICS.get(name)
    except SpecError as error:
        raise PromptError(f"{path}: prompt {prompt!r}: key 'thresholds.{name}': {error}") from None
