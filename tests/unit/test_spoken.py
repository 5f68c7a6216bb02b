"""What a bare text asks of the camera."""

from __future__ import annotations

import pytest

from pytest_videobench.prompts.spoken import spoken_camera


@pytest.mark.parametrize(
    ("text", "camera"),
    [
        ("Wide shot, slow pan to the right over the bay", "pan_right"),
        ("The camera pans very slowly to the left", "pan_left"),
        ("STATIC CAMERA, a fox sleeps", "static"),
        ("A tripod shot of a market", "static"),
        ("The camera tilts slowly up the tower", "tilt_up"),
        ("Close-up, the camera dollies in", "dolly_in"),
        ("The camera slowly pulls back from the cliff", "dolly_out"),
        ("Full shot, trucking left past the stalls", "truck_left"),
        ("A truck left the yard", "any"),
        ("The camera pans right, then zooms in", "any"),
        ("A cook shakes a pan over the fire", "any"),
        ("The company right now", "any"),
        ("", "any"),
    ],
)
def test_a_move_is_read_only_beyond_doubt(text: str, camera: str) -> None:
    assert spoken_camera(text) == camera
