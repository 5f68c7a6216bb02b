"""The goldens of this repository: fresh, and told apart by the gate."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_videobench.gate.decision import decide
from pytest_videobench.gate.golden import Baseline, prompt_digests, read_baseline
from pytest_videobench.gate.margins import read_margins
from pytest_videobench.gate.row import Row, expected_cell
from pytest_videobench.gate.suite import software
from pytest_videobench.gate.thresholds import complete
from pytest_videobench.prompts.load import load_styles
from pytest_videobench.report.gated import gate_sentences

ROOT = Path(__file__).parents[2]
NAMES = ("procedural@reference", "procedural@flawed")


def baseline(name: str) -> Baseline:
    return read_baseline(name, ROOT / "golden")


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_is_of_the_prompts_and_rules_of_today(name: str) -> None:
    """Where this fails, record them again: pytest suites --vb-backend procedural:... --vb-update-golden."""
    recorded, styles = baseline(name), load_styles(ROOT / "suites")
    assert recorded.goldens.keys() == {style.name for style in styles.values()}
    for style in styles.values():
        golden = recorded.goldens[style.name]
        rows = [
            Row(
                key="",
                nodeid="",
                style=style.name,
                prompt=prompt.id,
                text=prompt.text(),
                backend=name,
                roll=0,
                verdict="pass",
                expected=expected_cell(complete(prompt.expect)),
            )
            for prompt in style.prompts
        ]
        assert golden.prompts == prompt_digests(rows)
        assert (golden.rolls, len(golden.samples)) == (3, 3 * len(style.prompts))
        assert golden.fingerprint["rules"] == software()["rules"]


def test_the_flawed_generator_fails_the_gate_by_name() -> None:
    clean, flawed = (baseline(name).samples(baseline(name).goldens) for name in NAMES)
    found = decide(clean, flawed, read_margins())
    assert found.verdict == "fail"
    text = " ".join(gate_sentences(found))
    kinds = {kind.replace("_", " ") for sample in flawed for kind in sample.defects}
    assert kinds
    assert all(kind in text for kind in kinds)
    assert decide(flawed, clean, read_margins()).verdict == "pass"
    assert decide(clean, clean, read_margins()).verdict == "pass"
