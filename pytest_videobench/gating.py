"""Where pytest meets golden and gate: what is refused before a clip is made, and how a run ends."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from pytest_videobench.ending import Outcome
from pytest_videobench.files import time_of_day
from pytest_videobench.report.grammar import count
from pytest_videobench.stash import (
    WORKER_RULER,
    case_of,
    collected_key,
    judge_key,
    needs_clip,
    ruler_key,
    settings_key,
    test_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_videobench.asking import Asked
    from pytest_videobench.cases import Case
    from pytest_videobench.ending import Ending
    from pytest_videobench.gate.decision import Decision
    from pytest_videobench.gate.golden import Baseline, Golden
    from pytest_videobench.gate.margins import Margins
    from pytest_videobench.gate.row import Row
    from pytest_videobench.gate.sample import Sample
    from pytest_videobench.options import Settings

INCONCLUSIVE = 10
"""Exit status of a gate that cannot decide; pytest has 0 to 6, and adds to them now and then."""
_PARTIAL = {
    "lf": "--lf",
    "failedfirst": "--ff",
    "stepwise": "--sw",
    "maxfail": "--maxfail",
    "collectonly": "--collect-only",
    "vb_dry_run": "--vb-dry-run",
}
"""Options with which a run may leave cases out, by pytest's name for them."""
_COLOURS = {"pass": "green", "fail": "red", "inconclusive": "yellow"}


class Gate:
    """Decides a run against a baseline."""

    def __init__(self, settings: Settings, baseline: Baseline, margins: Margins, ruler: Path) -> None:
        self._settings, self._baseline, self._margins, self._ruler = settings, baseline, margins, ruler

    def end(self, ending: Ending) -> Outcome | None:
        """Decide; a run with gaps is never a pass."""
        if not ending.rows:
            return self._without_a_case(ending)
        from pytest_videobench.gate.changes import changes
        from pytest_videobench.gate.ruler import read_checks, ruler_line
        from pytest_videobench.gate.sample import samples_of
        from pytest_videobench.report.gated import gate_notes, headline, verdict_table

        styles = sorted({row.style for row in ending.rows})
        baseline = self._baseline.samples(styles)
        samples = [sample for sample in samples_of(ending.rows) if sample.speaks]
        absent = tuple(sorted(self._baseline.goldens.keys() - set(styles)))
        decision = replace(self._decide(baseline, samples, ending), absent=absent)
        ruler = ruler_line(read_checks(self._ruler), self._margins.ruler)
        return Outcome(
            exitstatus=self._status(decision.verdict, ending, decision.reasons),
            lines=(f"gate: {headline(decision)}",),
            remarks=tuple(filter(None, (*decision.reasons, ruler))),
            table=verdict_table(decision),
            details=gate_notes(decision),
            colour=_COLOURS[decision.verdict],
            facts={"gate": decision.to_json()},
            properties={"vb_gate": decision.verdict, "vb_gate_baseline": decision.baseline},
            changes=changes(baseline, samples),
        )

    def _decide(self, baseline: Sequence[Sample], samples: Sequence[Sample], ending: Ending) -> Decision:
        from pytest_videobench.gate.decision import decide

        gaps, rule = ending.reasons(), self._margins.rule
        rolls = max(Counter(sample.key for sample in samples).values(), default=0)
        if rolls < rule.looks[0]:
            return self._nothing(ending, rolls, gaps)
        decision = decide(baseline, samples, self._margins)
        verdict = "inconclusive" if gaps and decision.verdict == "pass" else decision.verdict
        return replace(decision, verdict=verdict, reasons=gaps)

    def _nothing(self, ending: Ending, rolls: int, gaps: tuple[str, ...]) -> Decision:
        """Give the decision on a run that has too little even for one look."""
        from pytest_videobench.gate.changes import counts
        from pytest_videobench.gate.decision import Decision

        rule = self._margins.rule
        return Decision(
            verdict="inconclusive",
            baseline=self._baseline.backend,
            candidate=ending.rows[0].backend,
            prompts=0,
            rolls=rolls,
            baseline_rolls=min(golden.rolls for golden in self._baseline.goldens.values()),
            look=1,
            looks=rule.looks,
            rate=rule.rate,
            effects=(),
            changes={str(name): number for name, number in counts({}).items()},
            reasons=(
                *gaps,
                f"{rolls} rolls a prompt can be judged, and the first look needs {rule.looks[0]}",
            ),
        )

    def _status(self, verdict: str, ending: Ending, gaps: Sequence[str]) -> int:
        if not ending.ordinary:
            return ending.exitstatus
        if ending.others or verdict == "fail":
            return pytest.ExitCode.TESTS_FAILED
        if verdict == "pass":
            return pytest.ExitCode.OK
        asked = self._settings.inconclusive
        if asked == "pass":  # said of clips that cannot decide, not of clips that are not there
            return INCONCLUSIVE if gaps else pytest.ExitCode.OK
        return pytest.ExitCode.TESTS_FAILED if asked == "fail" else INCONCLUSIVE

    def _without_a_case(self, ending: Ending) -> Outcome | None:
        """Say that there is no verdict, where somebody asked for one in this very run."""
        if ending.exitstatus != pytest.ExitCode.OK or not self._settings.gate_source.startswith("--"):
            return None
        line = f"gate: inconclusive against {self._baseline.backend}: no case of this run has a clip"
        status = self._status("inconclusive", ending, [line])
        return Outcome(exitstatus=status, lines=(line,), colour=_COLOURS["inconclusive"])


class Recording:
    """Records a run as the golden of its backends."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self._here, self._root = config.invocation_params.dir, settings.golden

    def end(self, ending: Ending) -> Outcome | None:
        """Write a golden for every backend and style, or none at all."""
        gaps = ending.gaps()
        if not ending.rows:
            if ending.exitstatus != pytest.ExitCode.OK:
                return None
            gaps = ["no case of this run has a clip"]
        if gaps or not ending.ordinary:
            return _refused("; ".join(gaps), ending)
        from pytest_videobench.gate.golden import goldens_of

        goldens = goldens_of(ending.rows, time_of_day().partition("T")[0])
        try:
            with TemporaryDirectory() as folder:
                lines = tuple(
                    f"golden: {self._write(golden, ending.rows, Path(folder))}" for golden in goldens
                )
        except OSError as error:
            return _refused(f"{self._root}: cannot be written ({error.strerror or error})", ending)
        status = pytest.ExitCode.TESTS_FAILED if ending.others else pytest.ExitCode.OK
        return Outcome(exitstatus=status, lines=lines, colour="green")

    def _write(self, golden: Golden, rows: Sequence[Row], workdir: Path) -> str:
        from pytest_videobench.gate.canary_clips import record_canaries
        from pytest_videobench.gate.golden import write_golden

        own = [row for row in rows if (row.backend, row.style) == (golden.backend, golden.style)]
        record_canaries(golden, own, self._root, workdir)
        path = golden.path(self._root)
        was = _size_of(path)
        shown = os.path.relpath(path, self._here) if path.is_relative_to(self._here) else str(path)
        if not write_golden(golden, self._root):
            return f"{shown} is unchanged ({was})"
        return f"wrote {shown} ({_size(golden)}{f'; was {was}' if was else ''})"


def prepare(config: pytest.Config, settings: Settings) -> None:
    """Be ready, on the main process, to judge or to record.

    Raises :class:`pytest.UsageError` where the options or the baseline make no sense.
    """
    if settings.update_golden:
        _check_whole(config)
        config.stash[judge_key] = Recording(config, settings)
        return
    baseline, margins = _read(settings)
    if settings.rolls < margins.rule.looks[0]:
        raise pytest.UsageError(
            f"{settings.gate_source}: needs at least {margins.rule.looks[0]} rolls, got {settings.rolls}"
        )
    if settings.dry_run or config.option.collectonly:
        return
    folder = TemporaryDirectory(prefix="videobench-ruler-")
    config.add_cleanup(folder.cleanup)
    config.stash[ruler_key] = Path(folder.name)
    config.stash[judge_key] = Gate(settings, baseline, margins, Path(folder.name))
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(XdistRuler(Path(folder.name)), "videobench-ruler-xdist")


class XdistRuler:
    """Tells workers, who know the cases, where the first of them leaves what it measured on the canaries."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker that starts."""
        node.workerinput[WORKER_RULER] = str(self._folder)


def refusals(session: pytest.Session) -> list[str]:
    """Say, in one line each, why what was collected can be neither judged nor recorded."""
    from pytest_videobench.asking import asked_of

    settings = session.config.stash[settings_key]
    cases = [case for item in session.items if needs_clip(item) and (case := case_of(item)) is not None]
    if not cases:
        return []
    asked = asked_of(cases)
    tests = list(_tests_left_out(session, cases))
    if settings.update_golden:
        lines = [*_not_whole(session, asked, settings.rolls), *tests]
        return [f"--vb-update-golden: {line}; a golden takes whole styles" for line in lines]
    if len(asked) > 1:
        names = " and ".join(sorted(asked))
        return [
            f"{settings.gate_source} judges one backend; this run has {names}; choose by -m or --vb-backend"
        ]
    return [
        f"{settings.gate_source}: {line}"
        for line in [*_not_comparable(session.config, settings, *asked.values()), *tests]
    ]


def _check_whole(config: pytest.Config) -> None:
    given = [option for name, option in _PARTIAL.items() if config.getoption(name, None)]
    if given:
        raise pytest.UsageError(
            f"--vb-update-golden: not together with {given[0]}; a golden is recorded from whole styles"
        )


def _read(settings: Settings) -> tuple[Baseline, Margins]:
    from pytest_videobench.errors import VideobenchError
    from pytest_videobench.gate.golden import read_baseline
    from pytest_videobench.gate.margins import read_margins

    assert settings.gate is not None
    try:
        return read_baseline(settings.gate, settings.golden), read_margins(settings.margins)
    except VideobenchError as error:
        raise pytest.UsageError(f"{settings.gate_source}: {error}") from None


def _not_comparable(config: pytest.Config, settings: Settings, asked: Mapping[str, Asked]) -> Iterator[str]:
    from pytest_videobench.gate.comparable import refusals as differences
    from pytest_videobench.gate.ruler import check_once
    from pytest_videobench.gate.ruler import refusals as ruler_refusals

    baseline, margins = _read(settings)
    prompts = {style: own.prompts for style, own in asked.items()}
    yield from differences(baseline, prompts)
    folder = config.stash.get(ruler_key, None)
    if folder is not None:
        checks = check_once(folder, baseline, margins, sorted(asked.keys() & baseline.goldens.keys()))
        yield from ruler_refusals(baseline, checks)
    least = margins.rule.looks[0]
    for style in sorted(asked.keys() & baseline.goldens.keys()):
        rolls = baseline.goldens[style].rolls
        if rolls < least:
            yield (
                f"the golden of {style} has {count(rolls, 'roll')} a prompt, and a gate needs {least};"
                " record it again with --vb-update-golden"
            )
        # Prompts that are left out are among the differences.
        yield from asked[style].gaps(asked[style].prompts, settings.rolls)


def _not_whole(
    session: pytest.Session, asked: Mapping[str, Mapping[str, Asked]], rolls: int
) -> Iterator[str]:
    from pytest_videobench.collect import style_beside

    items = [item for item in session.items if needs_clip(item) and case_of(item)]
    styles = {style.name: style for style in (style_beside(item.path) for item in items)}
    for label, by_style in sorted(asked.items()):
        for name, own in sorted(by_style.items()):
            for gap in own.gaps([prompt.id for prompt in styles[name].prompts], rolls):
                yield f"{label}: {gap}"


def _tests_left_out(session: pytest.Session, cases: Iterable[Case]) -> Iterator[str]:
    """Name tests that look at clips of the run and are not in it: a verdict would rest on less."""
    keys = {case.key for case in cases}
    chosen = {(test_of(item), case.key) for item in session.items if (case := case_of(item)) is not None}
    collected = session.config.stash[collected_key].items()
    lost = [test for test, own in collected if any(key in keys and (test, key) not in chosen for key in own)]
    if lost:
        names = ", ".join(test.rpartition("::")[2] for test in sorted(lost))
        yield f"{names} left out, though other tests look at the same clips"


def _refused(why: str, ending: Ending) -> Outcome:
    status = pytest.ExitCode.TESTS_FAILED if ending.ordinary else ending.exitstatus
    return Outcome(exitstatus=status, lines=(f"golden: nothing was recorded: {why}",), colour="red")


def _size_of(path: Path) -> str:
    from pytest_videobench.errors import GoldenError
    from pytest_videobench.gate.golden import read_golden

    if not path.exists():
        return ""
    try:
        old = read_golden(path)
    except GoldenError:
        return "one that cannot be read"
    return f"{_size(old)} of {old.recorded}"


def _size(golden: Golden) -> str:
    return f"{count(len(golden.prompts), 'prompt')} × {count(golden.rolls, 'roll')}"
