"""What is learned of a case while its test runs, and the row made of it at the end."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_videobench.cases import backend_label
from pytest_videobench.gate.assess import assess
from pytest_videobench.gate.row import CaseVerdict, Row, assessment_cells, expected_cell
from pytest_videobench.gate.suite import software
from pytest_videobench.gate.thresholds import complete
from pytest_videobench.kinds import ErrorKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_videobench.cases import Case
    from pytest_videobench.errors import VideobenchError
    from pytest_videobench.footage.footage import Footage
    from pytest_videobench.prompts.model import Expectations, Watch
    from pytest_videobench.store.store import Clip


@dataclass(slots=True, kw_only=True, eq=False)
class CaseRecord:
    """Filled by the fixtures one after the other; what is missing was never reached."""

    case: Case
    clip: Clip | None = None
    footage: Footage | None = None
    error: VideobenchError | None = None
    notes: list[str] = field(default_factory=list)
    timing: dict[str, float] = field(default_factory=dict)

    def expected(self) -> Expectations:
        """Give everything this case is held to."""
        return complete(self.case.prompt.expect, self.case.delivery())

    def row(self, nodeid: str, verdict: CaseVerdict, error: dict[str, str] | None) -> Row:
        """Make the row; metrics and findings are there whenever the clip could be read."""
        expected = self.expected()
        cells: dict[str, Any] = {"expected": expected_cell(expected)}
        if self.footage is not None:
            cells |= _footage_cells(self.footage)
            try:
                cells |= assessment_cells(assess(self.footage, expected))
            except Exception as broken:  # somebody's metric or detector; the other cases go on
                verdict = "error"
                error = {"kind": ErrorKind.ASSESSMENT.value, "message": f"{type(broken).__name__}: {broken}"}
        if self.error is not None:
            error = {"kind": self.error.kind, "message": str(self.error)}
        return Row(
            **case_cells(self.case),
            watch=_watch_cells(self.case.prompt.watch, cells),
            injected=list(self.clip.sidecar.get("injected", ())) if self.clip else [],
            nodeid=nodeid,
            verdict=verdict,
            error=error,
            clip=_clip_cell(self.clip) if self.clip else None,
            notes=[*self.notes, *(self.clip.sidecar.get("notes", ()) if self.clip else ())],
            timing={name: round(seconds, 4) for name, seconds in (self._latency() | self.timing).items()},
            **cells,
        )

    def _latency(self) -> dict[str, float]:
        """Give how long the phases of making the clip took, when it was made."""
        latency = self.clip.sidecar["latency"] if self.clip else {}
        return {f"made: {phase}": float(seconds) for phase, seconds in latency.items()}


def case_cells(case: Case) -> dict[str, Any]:
    """Give the fields of a row that are known before anything ran."""
    return {
        "key": case.key,
        "style": case.prompt.style,
        "prompt": case.prompt.id,
        "text": case.prompt.text(),
        "parts": dict(case.prompt.parts()),
        "backend": backend_label(case.backend),
        "roll": case.roll,
        "covers": {name: word for name, word in asdict(case.prompt.covers).items() if word},
        "tags": list(case.prompt.tags),
        "source": case.prompt.source,
    }


def _watch_cells(watch: Sequence[Watch], cells: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Say of every watched defect what came of it; where no detector looks, silence is no all-clear."""
    found = {finding["defect"] for finding in cells.get("findings", ())}
    words = {"checked": "not found", "weak": "weakly checked", "unchecked": "not checked"}
    states = {name: words[state] for state, names in cells.get("coverage", {}).items() for name in names}
    states |= dict.fromkeys(found, "found")
    return [{"defect": w.defect, "note": w.note, "state": states.get(w.defect, "unknown")} for w in watch]


def _clip_cell(clip: Clip) -> dict[str, Any]:
    names = ("sha256", "bytes", "model", "seed", "job_id", "cost_usd", "synthetic", "origin")
    source = clip.sidecar.get("cost_source", "")  # clips of earlier versions do not say
    return {"path": str(clip.path), "cost_source": source, **{name: clip.sidecar[name] for name in names}}


def _footage_cells(footage: Footage) -> dict[str, Any]:
    """Give the facts of the clip, what its camera was seen to do, and which software saw it."""
    from pytest_videobench.footage.camera_class import camera_move
    from pytest_videobench.footage.strip import strip_times
    from pytest_videobench.moments.moments import moment_cells, moments

    probe = footage.probe
    move = camera_move(footage.camera, footage.gaps, probe.height / probe.width)
    return {
        "probe": asdict(probe),
        "camera": {"move": move.word, "confidence": round(float(move.confidence), 3)},
        "fingerprint": software(),
        "moments": moment_cells(moments(footage)),
        "strip": strip_times(footage),
    }
