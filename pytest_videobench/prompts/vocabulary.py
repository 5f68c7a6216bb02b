"""The closed sets of words that a prompt's expectations are written in."""

from __future__ import annotations

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
    "roll",
    "tracking",
    "orbit",
    "handheld",
    "any",
)
"""What the camera is asked to do; ``pan_right`` means that the view turns to the right, so the picture
content drifts to the left. A dolly is a ``zoom_in`` or ``zoom_out`` here: a single small picture seldom
tells the two apart. ``any`` asks for nothing."""

MOTION_KINDS = ("face", "limb", "animal", "rigid", "fluid", "light", "none")
"""What kind of subject motion the prompt asks for; the review's own division plus light."""

AMOUNTS = ("none", "low", "medium", "high", "any")
"""How much of the picture should move, and how fast."""

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
"""Every defect a finding, a permission or a watch list may name."""
