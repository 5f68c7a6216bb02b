"""The examples for CI call what there is, with the statuses, rolls and keys that we have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest.config.argparsing import Parser

from pytest_videobench.backends.registry import make_backend
from pytest_videobench.cases import backend_label
from pytest_videobench.cli import _parser
from pytest_videobench.gate.golden import folder_name
from pytest_videobench.gate.margins import read_margins
from pytest_videobench.gating import INCONCLUSIVE
from pytest_videobench.options import add_options
from pytest_videobench.prompts.load import PROMPTS_FILE, load_style
from pytest_videobench.store.broker import Commissioned
from tests.others.ci_examples import ENVIRONMENT, EXAMPLES, blocks, commands, gate, text

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
examples = pytest.mark.parametrize("name", EXAMPLES)


ROLLS = r"""["'](\d+(?: \d+)+)["']"""


def of_readme() -> list[list[str]]:
    spans = re.findall(r"`((?:pytest|videobench) [^`]+)`", text("README.md"))
    return [call for span in spans for call in commands(span)]


def unknown(calls: Iterable[list[str]]) -> list[str]:
    """Give the arguments of ours that nobody knows; a call of the command with a wrong one ends here."""
    parser = Parser(_ispytest=True)
    add_options(parser)
    left = []
    for program, *arguments in calls:
        if program == "videobench":
            _parser().parse_args(arguments)
        else:
            _, rest = parser.parse_known_and_unknown_args(arguments)
            left += [argument for argument in rest if argument.startswith("--vb")]
    return left


@examples
def test_every_option_exists(name: str) -> None:
    calls = [call for block in blocks(name) for call in commands(block)]
    assert {program for program, *_ in calls} == {"pytest", "videobench"}
    assert unknown(calls) == []


def test_every_option_of_the_page_exists() -> None:
    calls = of_readme()
    assert len(calls) >= 2
    assert unknown(calls) == []


def test_an_option_that_is_gone_would_be_noticed() -> None:
    assert unknown([["pytest", "suites", "--vb-gates", "x"]]) == ["--vb-gates"]


@examples
def test_the_status_of_an_inconclusive_gate_is_ours(name: str) -> None:
    assert f'test "$status" -eq {INCONCLUSIVE} || break' in gate(name)
    if name == "gitlab-ci.yml":
        assert f"exit_codes: [{INCONCLUSIVE}]" in text(name)
    else:
        assert f'test "$status" -ne {INCONCLUSIVE} || status=0' in gate(name)


@examples
def test_the_rolls_are_those_at_which_the_gate_looks(name: str) -> None:
    looks = read_margins(None).rule.looks
    assert {looks[:2], looks[:3]} == {
        tuple(map(int, rolls.split())) for rolls in re.findall(ROLLS, text(name))
    }


@examples
def test_candidate_baseline_and_key_belong_together(name: str) -> None:
    candidate, baseline = ENVIRONMENT["CANDIDATE"], ENVIRONMENT["BASELINE"]
    assert candidate in text(name)
    assert baseline in text(name)
    backend = make_backend(candidate)
    assert isinstance(backend, Commissioned)
    assert all(key in text(name) for key in backend.keys)
    before = make_backend(candidate.partition(":")[0] + ":" + baseline.rpartition("@")[2])
    assert baseline == f"golden/{folder_name(backend_label(before))}"


@examples
def test_the_budget_pays_for_the_dearest_look_and_for_little_more(name: str) -> None:
    backend = make_backend(ENVIRONMENT["CANDIDATE"])
    assert isinstance(backend, Commissioned)
    price = backend.price(backend.delivery())
    assert price is not None
    prompts = len(load_style(ROOT / ENVIRONMENT["SUITE"] / PROMPTS_FILE).prompts)
    first, second, third = read_margins(None).rule.looks[:3]
    costs = [round(price * prompts * rolls) for rolls in (first, second - first, third - second)]
    said = "{} prompts cost {} with three rolls, {} more with five and {} more with eight".format(
        prompts, *costs
    )
    assert said in " ".join(text(name).replace("#", "").split())
    budget = float(ENVIRONMENT["BUDGET"])
    assert f'BUDGET: "{budget:.0f}"' in text(name)
    assert max(costs) <= budget <= 1.1 * max(costs)
