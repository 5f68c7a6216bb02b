"""Metrics answer to faults: the stronger the fault, the further the number, never the other way."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_videobench.faults import Take, inject
from pytest_videobench.metrics.base import METRICS
from pytest_videobench.metrics.measure import measure_all
from pytest_videobench.prompts.model import Expectations
from tests.unit.moving_clips import FPS, footage_of, moving

if TYPE_CHECKING:
    import pathlib

SLACK = 0.02
"""Share of the whole effect by which noise may turn two neighbouring strengths round."""
UP, DOWN = 1.0, -1.0
ANSWERS = [
    ("temporal_flickering", "flicker_luma", DOWN),
    ("ti", "flicker_luma", UP),
    ("warping_error", "flicker_texture", UP),
    ("motion_smoothness", "dropped_frames", DOWN),
    ("repeat_share", "freeze", UP),
    ("true_fps", "doubled_frames", DOWN),
    ("brightness", "overexposure", UP),
    ("overexposure", "overexposure", UP),
    ("sharpness", "blur", DOWN),
    ("si", "blur", DOWN),
    ("contrast", "black_frames", DOWN),
    ("decay_sharpness", "late_blur", DOWN),
    ("decay_colourfulness", "late_colour_drift", DOWN),
    ("camera_steadiness", "jitter", DOWN),
    ("camera_speed", "jitter", UP),
    ("motion_amplitude", "freeze", DOWN),
    ("duration", "short", DOWN),
    ("width", "resized", DOWN),
    ("height", "resized", DOWN),
]
"""A metric, the fault that it answers to, and the way it goes."""
WITHOUT_FAULT = {
    "camera_pan",
    "camera_tilt",
    "camera_zoom",
    "camera_roll",
    "colourfulness",
    "decay_contrast",
    "dynamic_degree",
    "fps",
}
"""Metrics that no fault only strengthens: the camera's are held against the generator's own paths."""


@cache
def value(metric: str, fault: str, severity: float, seed: int, folder: pathlib.Path) -> float:
    """Measure a clip with a fault; severity 0 is the clip as it is."""
    take = Take(frames=np.asarray(moving(frames=60), np.uint8), fps=FPS)
    if severity:
        take, _ = inject(take, fault, seed=seed, severity=severity)
    measured = measure_all(footage_of(take.frames, folder, fps=round(take.fps)), Expectations())[metric].value
    assert measured is not None
    return measured


@pytest.mark.parametrize(("metric", "fault", "way"), ANSWERS)
@settings(max_examples=2, deadline=None, derandomize=True)
@given(data=st.data())
def test_a_metric_answers_to_its_fault(
    metric: str, fault: str, way: float, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    seed = data.draw(st.integers(0, 3), "seed")
    weak = data.draw(st.sampled_from([0.25, 0.4, 0.55]), "weak")
    strong = data.draw(st.sampled_from([0.75, 0.9, 1.0]), "strong")
    folder = tmp_path_factory.getbasetemp()
    clean, low, high = (value(metric, fault, s, seed if s else 0, folder) for s in (0.0, weak, strong))
    effect = way * (high - clean)
    assert effect > 0
    assert way * (low - clean) >= -SLACK * effect
    assert way * (high - low) >= -SLACK * effect


def test_every_metric_is_held_to_something() -> None:
    assert {metric for metric, _, _ in ANSWERS} | WITHOUT_FAULT == set(METRICS.names())
