"""A golden whose clips are in a store, without a run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import Case, backend_label
from pytest_videobench.files import file_digest
from pytest_videobench.gate.canary import FOLDER, Canary, CanarySet, Reading, write_canaries
from pytest_videobench.gate.golden import Baseline, Golden, read_baseline, write_golden
from pytest_videobench.prompts.load import load_style, suites_root
from pytest_videobench.store.store import Store
from tests.unit.samples import sample

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.store.store import Clip

BACKEND = "procedural?duration=0.5&fps=8&size=96x64"
ROLLS = 2


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Two prompts with two rolls each, and one roll more that the model refused to make."""

    root: Path
    store: Store
    clips: list[Clip]
    baseline: Baseline

    @property
    def golden(self) -> Golden:
        return self.baseline.goldens["abstract"]

    @property
    def file(self) -> Path:
        return self.golden.path(self.root / "golden")


def keep(root: Path) -> Kept:
    """Make the clips in ``.videobench`` and the golden in ``golden`` below ``root``."""
    store, backend = Store(root / ".videobench"), make_backend(BACKEND)
    prompts = load_style(suites_root() / "abstract" / "prompts.toml").prompts[:2]
    cases = [Case(prompt=p, roll=roll, backend=backend) for p in prompts for roll in range(ROLLS)]
    clips = [store.fetch(case.request(), backend, case=case.key) for case in cases]
    label = backend_label(backend)
    samples = [
        sample(
            case.prompt.id,
            case.roll,
            defects=("freeze",) if case.roll == 1 and case.prompt is prompts[0] else (),
            style="abstract",
            backend=label,
            sha256=clip.sidecar["sha256"],
            cost_usd=0.25,
        )
        for case, clip in zip(cases, clips, strict=True)
    ]
    refused = sample(
        prompts[0].id, ROLLS, style="abstract", backend=label, verdict="error", error="moderated"
    )
    samples.append(replace(refused, metrics={}, checked=frozenset(), holds={}))
    golden = Golden(
        backend=label,
        style="abstract",
        recorded="2026-01-02",
        fingerprint={"opencv": "1.0"},
        prompts={prompt.id: "0" * 12 for prompt in prompts},
        samples=tuple(samples),
    )
    (root / "canary.mp4").write_bytes(b"canary")
    digest = file_digest(root / "canary.mp4")
    reading = Reading(metrics={"sharpness": 1.0}, severities={}, failing=())
    canary = Canary(file="canary.mp4", sha256=digest, about="a test", expect={}, reading=reading)
    canaries = CanarySet(fingerprint={"opencv": "1.0"}, spread={}, rules={}, unmatched=(), canaries=(canary,))
    home = golden.path(root / "golden").parent / FOLDER
    write_canaries(home, golden.style, canaries, {"canary.mp4": root / "canary.mp4"})
    write_golden(golden, root / "golden")
    baseline = read_baseline(BACKEND, root / "golden")
    return Kept(root=root, store=store, clips=clips, baseline=baseline)
