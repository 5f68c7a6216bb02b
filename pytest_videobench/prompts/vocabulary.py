"""The closed sets of words that a prompt's expectations are written in, and the one that detectors add to."""

from __future__ import annotations

from typing import Any

from pytest_videobench.registry import Registry

PARTS = ("camera", "lighting", "subject", "motion", "scene", "atmosphere")
"""The six parts of the formula, in the order in which they are spoken."""

SHOTS = ("extreme_close_up", "close_up", "medium", "full", "wide", "aerial")
"""Shot sizes, from the nearest to the widest."""

CAMERA_MOVES = (
    "static",
    "pan_left",
    "pan_right",
    "tilt_up",
    "tilt_down",
    "zoom_in",
    "zoom_out",
    "dolly_in",
    "dolly_out",
    "truck_left",
    "truck_right",
    "roll",
    "tracking",
    "orbit",
    "handheld",
    "any",
)
"""What the camera is asked to do; ``pan_right`` means that the view turns to the right, so the picture
content drifts to the left. A dolly travels through the scene, so near things grow or pass faster than far
ones, and a truck travels sideways; a zoom turns only the lens and a pan only the head. A move that was
measured on small pictures may not tell a dolly from a zoom, or a truck from a pan. ``any`` asks for
nothing."""

MOTION_KINDS = ("face", "limb", "animal", "rigid", "fluid", "light", "none")
"""What kind of subject motion the prompt asks for; the review's own division plus light."""

AMOUNTS = ("none", "low", "medium", "high", "any")
"""How much of the picture should move, and how fast."""

LIGHTS = (
    "daylight",
    "golden",
    "overcast",
    "dusk",
    "night",
    "moonlight",
    "interior",
    "candle",
    "neon",
    "backlight",
    "studio",
    "underwater",
    "space",
    "monochrome",
    "strobe",
    "glow",
)
"""Where the light comes from: ``golden`` is a low sun, ``dusk`` a sun below the horizon at either end of the
day, ``interior`` the lamps or windows of a room, ``candle`` any flame, ``studio`` light that was set or that
knows no source, ``space`` a bare star, ``glow`` the subject itself."""

SUBJECTS = (
    "person",
    "people",
    "face",
    "hand",
    "animal",
    "creature",
    "machine",
    "vehicle",
    "small_far",
    "liquid",
    "fire",
    "cloth",
    "plant",
    "landscape",
    "particles",
    "geometry",
)
"""What the prompt is about and what must keep its shape: ``people`` are two or more, ``creature`` is a being
that nobody has filmed, ``small_far`` a subject that covers little of the picture, whatever it is."""

INTERACTIONS = (
    "none",
    "tool",
    "carry",
    "touch",
    "fight",
    "ride",
    "throw",
    "pour",
    "splash",
    "mirror",
    "crowd",
    "break",
    "join",
    "wind",
    "occlude",
)
"""What two things do to each other: a hand works with a ``tool``; something is held (``carry``); two bodies
``touch``, as in a dance or an embrace; a body meets water, mud or snow (``splash``); a ``mirror`` must agree
with what is before it; bodies pass before one another (``crowd``); things ``break`` or ``join``; air moves
cloth, flames or leaves (``wind``); something goes behind another thing and comes back (``occlude``)."""

DEFECTS = (
    # file
    "unreadable",
    "truncated",
    "wrong_duration",
    "wrong_size",
    "wrong_fps",
    "too_few_frames",
    # picture
    "black_frames",
    "blank_frames",
    "freeze",
    "duplicate_frames",
    "stutter",
    "hard_cut",
    "letterbox",
    "overexposed",
    "blur",
    "blockiness",
    "banding",
    # time
    "flicker",
    "flash",
    "jitter",
    "late_decay",
    "low_motion",
    "loop",
    # matter
    "vanish",
    "pop_in",
    "morph",
    "merge",
    "small_subject_deformation",
    "object_deformation",
    "depth_confusion",
    # people
    "face_morph",
    "identity_drift",
    "limb_deformation",
    "hand_deformation",
    # meaning
    "camera_mismatch",
    "overlay_text",
    "watermark",
    "overlay_ui",
    "missing_element",
    "style_mismatch",
    "anachronism",
    "interaction_failure",
)
"""The defects that have a word of ours, whether anything looks for them or not."""

DETECTORS: Registry[Any] = Registry("pytest_videobench.defects", "detector")
"""Every known detector by the defect that it looks for; its type is known to ``defects/``, its names already
to those who permit, watch or label what it may find."""


def known_defects() -> tuple[str, ...]:
    """Return every defect that a finding, permission, watch list or label may name: ours, then others'."""
    return tuple(dict.fromkeys((*DEFECTS, *DETECTORS.names())))
