"""``procedural:flawed``: known faults at known rates, and the same clip otherwise."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pytest_videobench.backends.base import BackendSpec
from pytest_videobench.backends.procedural import Procedural
from pytest_videobench.backends.procedural.flaws import Flaws, read_flaws, table
from pytest_videobench.errors import SpecError
from pytest_videobench.faults import FAULTS
from pytest_videobench.prompts.model import Coverage, Expectations
from tests.backends.drawing import a_prompt, clip, decoded, request_of, truth_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_videobench.prompts.model import Prompt

TINY = "duration=1.5&fps=24&size=192x108"


def share(prompt: Prompt, flaws: Flaws | None = None, rolls: int = 600) -> tuple[float, Counter[str]]:
    """Give the share of faulty clips and how often each fault comes."""
    drawn = [(flaws or Flaws()).choose(request_of(prompt, roll=roll)) for roll in range(rolls)]
    names = Counter(flaw.fault for flaw in drawn if flaw)
    return names.total() / rolls, names


def test_the_data_names_faults_that_exist() -> None:
    entries = [*table()["style"].values(), *table()["condition"].values()]
    assert {name for entry in entries for name in entry} - {"share", "times"} <= set(FAULTS)


def test_rates_follow_the_review() -> None:
    close = Expectations(shot="close_up", amount="low")
    shares = {
        style: share(replace(a_prompt(style=style), expect=close))[0]
        for style in ("realistic", "animation", "scifi", "fantasy", "abstract")
    }
    assert max(shares, key=shares.__getitem__) == "animation"
    assert min(shares, key=shares.__getitem__) == "scifi"
    assert shares["animation"] == pytest.approx(table()["style"]["animation"]["share"], abs=0.06)


def test_small_subjects_interactions_and_fast_abstracts_are_fragile() -> None:
    close = replace(a_prompt(), expect=Expectations(shot="close_up", amount="low"))
    plain, _ = share(close)
    small, kinds = share(a_prompt())
    touching, _ = share(replace(close, covers=Coverage(interaction="touch")))
    assert min(small, touching) > plain + 0.03
    assert kinds["small_subject_warp"] == max(kinds.values())
    calm, _ = share(replace(close, style="abstract"))
    fast, late = share(replace(close, style="abstract", expect=Expectations(amount="high")))
    assert fast > calm + 0.05
    assert late["late_blur"] + late["late_colour_drift"] > 0.5 * late.total()


def test_a_users_own_style_has_faults_too() -> None:
    assert share(replace(a_prompt(style="watercolour"), expect=Expectations()))[0] > 0.1


def test_rate_and_only_tune_it() -> None:
    often, kinds = share(a_prompt(), Flaws(rate=0.3, only=("vanish", "flash")))
    assert often == pytest.approx(0.3, abs=0.06)
    assert set(kinds) == {"vanish", "flash"}
    assert share(a_prompt(), Flaws(rate=0.0))[0] == 0
    assert share(a_prompt(), Flaws(rate=1.0))[0] == 1


def test_only_takes_defects_too() -> None:
    flaws = read_flaws(BackendSpec.parse("procedural:flawed?only=vanish,flicker"))
    assert flaws.only == ("vanish", "flicker_luma", "flicker_colour", "flicker_texture")


def test_a_flawed_clip_is_the_reference_and_one_fault(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("reference", "flawed")]
    for folder in folders:
        folder.mkdir()
    clean = clip(folders[0], a_prompt(), spec=f"procedural?{TINY}")
    made = clip(
        folders[1], a_prompt(), spec=f"procedural:flawed?rate=1&only=black_frames&severity=0.9&{TINY}"
    )
    (injected,) = truth_of(made)["injected"]
    assert (injected["fault"], injected["defect"], injected["severity"]) == (
        "black_frames",
        "black_frames",
        0.9,
    )
    first, last = injected["frames"]
    before, after = decoded(clean.path).astype(int), decoded(made.path).astype(int)
    assert after[(first + last) // 2].mean() < 20
    apart = np.abs(before - after).mean(axis=(1, 2, 3))
    assert apart[: first - 2].max(initial=0) < 6
    assert {**truth_of(made), "injected": []} == truth_of(clean)


def test_faults_of_the_file_act_on_the_file(tmp_path: Path) -> None:
    spec = f"procedural:flawed?rate=1&only=truncated_file&severity=0.9&{TINY}"
    made = clip(tmp_path, a_prompt(), spec=spec)
    (injected,) = truth_of(made)["injected"]
    assert injected["defect"] == "truncated"


def test_a_clip_too_short_for_a_fault_stays_clean(tmp_path: Path) -> None:
    spec = "procedural:flawed?rate=1&only=loop&duration=0.3&fps=10&size=192x108"
    assert truth_of(clip(tmp_path, a_prompt(), spec=spec))["injected"] == []


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("procedural:flawed?rate=2", "parameter 'rate': expected 0 to 1, got '2'"),
        ("procedural:flawed?severity=0", "parameter 'severity': expected 0.01 to 1"),
        ("procedural:flawed?only=vanisch", "no fault is called 'vanisch'.*vanish"),
        ("procedural?rate=0.5", "unknown parameter 'rate'"),
        ("procedural?flow=maybe", "parameter 'flow': expected yes or no"),
    ],
)
def test_senseless_tuning_is_refused(spec: str, says: str) -> None:
    with pytest.raises(SpecError, match=says) as caught:
        Procedural(BackendSpec.parse(spec))
    assert "\n" not in str(caught.value)
