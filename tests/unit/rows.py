"""Rows of cases as a run leaves them, built without a clip."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pytest_videobench.gate.row import CaseVerdict, Row

METRICS = {"temporal_flickering": 0.98, "sharpness": 50.0}
COVERAGE: dict[str, dict[str, Any]] = {
    "checked": dict.fromkeys(("freeze", "flicker", "blur", "jitter", "late_decay", "wrong_size")),
    "weak": {"vanish": 0.4},
    "unchecked": {"missing_element": "a person", "anachronism": "a person", "style_mismatch": "a person"},
}
THRESHOLDS = {"temporal_flickering": {"min": 0.8, "max": None}}


def finding(
    defect: str = "freeze",
    severity: float = 0.5,
    *,
    gate: bool = True,
    permitted: str | None = None,
    note: str = "Nothing moves.",
    start: float = 1.0,
    end: float = 2.0,
) -> dict[str, Any]:
    return {
        "defect": defect,
        "start": start,
        "end": end,
        "severity": severity,
        "confidence": 0.9,
        "note": note,
        "frames": [24],
        "box": None,
        "detector": "signals",
        "gate": gate,
        "permitted": permitted,
    }


def row(
    prompt: str = "fox",
    roll: int = 0,
    *findings: dict[str, Any],
    style: str = "tiny",
    backend: str = "drawn@one",
    verdict: CaseVerdict | None = None,
    metrics: dict[str, float | None] | None = None,
    test: str = "",
    **fields: Any,
) -> Row:
    """A case whose clip was made and looked at; its findings decide its verdict where none is given.

    ``test`` is the end of its test's name, for several tests of one case.
    """
    values = METRICS if metrics is None else metrics
    blocked = any(f["gate"] and not f["permitted"] for f in findings)
    clip = {"cost_usd": 0.0, "synthetic": False, "origin": "", "file": "clips/x.mp4"}
    return Row(
        **{
            "key": f"{style}/{prompt}/{backend}/{roll}",
            "nodeid": f"suites/{style}/test_{style}.py::test_{style}{test}[{prompt}-{backend}-r{roll}]",
            "page": f"cases/{style}-{prompt}-{backend}-{roll}{test}.html",
            "text": "A fox sleeps.",
            "metrics": {name: {"value": value, "unit": "1"} for name, value in values.items()},
            "expected": expected(),
            "coverage": COVERAGE,
            "clip": clip,
            "timing": {"clip": 2.0, "footage": 1.0},
            **fields,
        },
        style=style,
        prompt=prompt,
        backend=backend,
        roll=roll,
        verdict=verdict or ("fail" if blocked else "pass"),
        findings=list(findings),
    )


def expected(**changes: Any) -> dict[str, Any]:
    return {"shot": None, "camera": "any", "thresholds": THRESHOLDS, **changes}


def without_clip(prompt: str = "fox", roll: int = 0, verdict: CaseVerdict = "error", **fields: Any) -> Row:
    """A case that was never looked at."""
    error = {"kind": "missing_clip" if verdict == "unscored" else "backend", "message": "no clip came"}
    return row(
        prompt,
        roll,
        verdict=verdict,
        **{"metrics": {}, "coverage": {}, "clip": None, "timing": {}, "error": error, **fields},
    )


texts = st.text(st.characters(codec="utf-8"), max_size=12)
shares = st.floats(0, 1)
findings = st.builds(
    finding,
    st.sampled_from(["freeze", "flicker", "late_decay", "camera_mismatch", "missing_element", "glow_worm"]),
    shares,
    gate=st.booleans(),
    permitted=st.sampled_from([None, None, "asked for"]),
    note=texts,
)
metric_values = st.dictionaries(
    st.sampled_from(["temporal_flickering", "sharpness", "camera_steadiness", "nobody_knows"]),
    st.none() | st.floats(-1e6, 1e6),
)
limits = st.fixed_dictionaries({"min": st.none() | shares, "max": st.none() | shares})

_VERDICTS: list[CaseVerdict | None] = [None, None, None, "fail", "error", "unscored"]
"""None is what the findings decide; a test may fail for reasons of its own."""


@st.composite
def any_row(draw: st.DrawFn, prompt: str, roll: int, test: str = "") -> Row:
    """A case of a run: looked at or not, good or bad."""
    verdict = draw(st.sampled_from(_VERDICTS))
    style, backend = (
        draw(st.sampled_from(["tiny", "vast"])),
        draw(st.sampled_from(["drawn@one", "bought@two"])),
    )
    if verdict == "error" or verdict == "unscored":
        return without_clip(prompt, roll, verdict, style=style, backend=backend, test=test)
    asked = expected(
        camera=draw(st.sampled_from(["any", "static", "pan_left", "orbit"])),
        shot=draw(st.sampled_from([None, "wide", "close_up"])),
        thresholds=draw(st.dictionaries(st.sampled_from(["temporal_flickering", "nobody_knows"]), limits)),
    )
    return row(
        prompt,
        roll,
        *draw(st.lists(findings, max_size=3)),
        style=style,
        backend=backend,
        test=test,
        verdict=verdict,
        metrics=draw(metric_values),
        expected=asked,
        camera=draw(st.sampled_from([None, {"move": "static", "confidence": 0.9}])),
        timing=draw(st.sampled_from([{}, {"clip": 1.5}, {"store": 0.1}])),
    )


@st.composite
def runs(draw: st.DrawFn, most: int = 8) -> list[Row]:
    """The rows of a run in any order; two tests may look at one case."""
    case = st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.sampled_from(["", "_again"]))
    return [draw(any_row(*which)) for which in draw(st.lists(case, unique=True, max_size=most))]
