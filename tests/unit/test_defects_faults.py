"""Every visible fault of the groups file, picture, time and camera is called by its name, and fails its clip
where its detector may."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pytest_videobench.backends.procedural.renderer import film
from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import Case
from pytest_videobench.defects.base import Finding, detector
from pytest_videobench.defects.look import find_defects
from pytest_videobench.faults import FAULTS, Take, inject, truncate
from pytest_videobench.footage.analyse import analyse
from pytest_videobench.gate.assess import assess
from pytest_videobench.gate.thresholds import complete
from pytest_videobench.media import encode
from pytest_videobench.prompts.load import load_style, suites_root
from pytest_videobench.prompts.model import Expectations, Permission

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.footage.footage import Footage

VISIBLE = 0.75
NAMES = [name for name, kind in FAULTS.items() if kind.group in ("file", "picture", "time", "camera")]
WARNS = {"stutter"}
"""Defects whose detector is not sure enough to fail a case."""
FEW = settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
GRADED = ["letterbox", "blocking", "flash", "freeze"]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faults") / "clip.mp4"


@cache
def asked() -> Case:
    """A prompt of the suites, and what the embedded generator is asked for it."""
    style = load_style(suites_root() / "scifi" / "prompts.toml")
    prompt = next(prompt for prompt in style.prompts if prompt.expect.camera == "pan_right")
    return Case(prompt=prompt, roll=0, backend=make_backend("procedural?duration=4&size=480x270"))


@cache
def clean() -> Take:
    drawn = film(asked().request())
    frames = np.stack([frame[..., :3].copy() for frame in drawn.frames()])
    return Take(frames=frames, fps=drawn.fps, move=drawn.camera.move)


@cache
def demands() -> Expectations:
    return complete(asked().prompt.expect, asked().delivery())


def spoilt(fault: str, severity: float, path: Path, *, seed: int = 1) -> Footage:
    """The clip with a fault, as a player would see it."""
    take = clean()
    if FAULTS[fault].stage == "frames":
        take, _ = inject(take, fault, seed=seed, severity=severity)
    encode(take.frames, path, size=take.size, fps=take.fps)
    if FAULTS[fault].stage == "file":
        truncate(path, seed=seed, severity=severity)
    return analyse(path)


def failing(footage: Footage, expected: Expectations | None = None) -> set[str]:
    """What fails the case."""
    return {finding.defect for finding in find_defects(footage, expected or demands()) if finding.gate}


def test_the_clip_without_a_fault_passes(path: Path) -> None:
    take = clean()
    encode(take.frames, path, size=take.size, fps=take.fps)
    assert assess(analyse(path), demands()).problems() == []


@pytest.mark.parametrize("fault", NAMES)
def test_a_visible_fault_is_named_and_fails_the_case(fault: str, path: Path) -> None:
    defect = FAULTS[fault].defect
    gates = [f.gate for f in find_defects(spoilt(fault, VISIBLE, path), demands()) if f.defect == defect]
    assert gates
    assert any(gates) == (defect not in WARNS)


@pytest.mark.parametrize("fault", GRADED)
@FEW
@given(weak=st.floats(0.55, 0.8), seed=st.integers(0, 3))
def test_a_stronger_fault_is_no_smaller_finding(fault: str, weak: float, seed: int, path: Path) -> None:
    def severity(strength: float) -> float:
        found = find_defects(spoilt(fault, strength, path, seed=seed), demands())
        return max((f.severity for f in found if f.defect == FAULTS[fault].defect), default=0.0)

    assert severity(0.9) >= severity(weak) - 0.05


def test_a_weak_fault_warns_where_a_plain_one_fails(path: Path) -> None:
    footage = spoilt("flash", 0.2, path)
    (weak,) = [finding for finding in find_defects(footage, demands()) if finding.defect == "flash"]
    assert not weak.gate
    assert assess(footage, demands()).problems() == []


def test_a_permitted_fault_is_found_and_fails_nothing(path: Path) -> None:
    footage = spoilt("letterbox", VISIBLE, path)
    permitted = Expectations(permitted=(Permission(defect="letterbox", reason="a choice of style"),))
    assert failing(footage, permitted) == {"letterbox"}
    assert assess(footage, permitted).problems() == []


@pytest.mark.parametrize(
    ("gate", "limits", "gates"),
    [
        (True, (), [True, True, True]),
        (False, (), [False, False, False]),
        (True, (("three", 0.5), ("four", 0.0)), [False, True, True]),
        (True, (("three", 1.1),), [False, False, False]),
        (False, (("three", 0.5),), [False, False, False]),
    ],
)
def test_a_detector_gates_from_the_severity_that_was_fitted(
    path: Path, gate: bool, limits: tuple[tuple[str, float], ...], gates: list[bool]
) -> None:
    @detector(gate=gate)
    def three(footage: Footage, expected: Expectations) -> list[Finding]:
        """Find three things."""
        return [
            Finding(defect="three", start=0, end=1, severity=severity, confidence=1, note="n.")
            for severity in (0.49, 0.5, 1.7)
        ]

    asked = replace(demands(), gates=limits)
    assert [finding.gate for finding in three(spoilt("short", 0.5, path), asked)] == gates
    assert three.gate == gate
