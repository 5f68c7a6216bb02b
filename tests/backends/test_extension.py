"""A user's own vocabulary: its words win, and what is wrong with it is said in one line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_videobench.backends.base import BackendSpec
from pytest_videobench.backends.procedural import Procedural
from pytest_videobench.backends.procedural.vocabulary import lexicon, read, vocabulary
from pytest_videobench.errors import VideobenchError
from tests.backends.drawing import a_prompt, clip, request_of, truth_of

if TYPE_CHECKING:
    from pathlib import Path

OWN = """
[palettes.rustlight]
words = ["golden evening light"]
sky = ["#402010", "#c06030"]
haze = "#a05030"
ground = "#301808"
light = "#ffb060"
accents = ["#d03010", "#f0a040", "#805030"]

[scenes.shipyard]
words = ["street", "city"]
floor = 0.85
air = "embers"
layers = [
  { paint = "sky", clouds = 0.2 },
  { paint = "ground", depth = 0.95, base = 0.8, grid = 0.4, gloss = 0.5 },
]

[forms.dragon]
words = ["wurm"]

[colours]
"#112233" = ["petrol"]

[finishes.clay]
words = ["putty"]

[poses]
runner = ["jogging"]

[traits]
hat_cap = ["courier"]

[hair]
"#123456" = ["blue fringe"]

[plain]
words = ["rain"]
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "words.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_a_users_words_win(own: Path) -> None:
    reading = read(a_prompt(), lexicon(own))
    assert (reading.palette, reading.scene) == ("rustlight", "shipyard")
    assert read(a_prompt()).scene == "city"
    assert "wurm" in lexicon(own).tables["forms"]["dragon"]["words"]
    assert "dragon" in lexicon(own).tables["forms"]["dragon"]["words"]
    assert lexicon(own).tables["forms"]["dragon"]["kinds"] == vocabulary()["forms"]["dragon"]["kinds"]


def test_who_appears_and_how_it_is_drawn_has_words_too(own: Path) -> None:
    prompt = replace(a_prompt(), subject="a putty courier with a blue fringe", motion="jogging home")
    reading = read(prompt, lexicon(own))
    assert (reading.finish, reading.roles.pose, reading.roles.hair) == ("clay", "runner", "#123456")
    assert "hat_cap" in reading.roles.traits
    assert "courier" in read(prompt).unknown["subject"]


def test_a_clip_is_drawn_with_them_and_kept_apart(own: Path, tmp_path: Path) -> None:
    spec = f"procedural?duration=0.5&fps=10&size=192x108&vocabulary={own}"
    truth = truth_of(clip(tmp_path, a_prompt(), spec=spec))
    assert (truth["scene"], truth["palette"]) == ("shipyard", "rustlight")
    request = request_of(a_prompt(), spec=spec)
    before = Procedural(BackendSpec.parse(spec)).revision(request)
    own.write_text(OWN.replace("#402010", "#402011"), encoding="utf-8")
    assert Procedural(BackendSpec.parse(spec)).revision(request) != before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[palette.x]\nwords = []", "key 'palette': expected one of .*did you mean 'palettes'"),
        ("[palettes.x]\nwords = ['y']", "key 'palettes.x.sky': expected a value, because the entry is new"),
        ("[palettes.neon]\nhaze = 'violet'", "key 'palettes.neon.haze': expected a colour such as"),
        ("[palettes.neon]\nsky = ['#000000']", "key 'palettes.neon.sky': expected 2 colours"),
        ("[scenes.city]\nair = 'smog'", "key 'scenes.city.air': expected one of"),
        ("[scenes.city]\nlayers = [{ paint = 'ski' }]", "layers #1.paint': expected one of .*'sky'"),
        ("[scenes.city]\nlayers = [{ paint = 'ridge', depth = 1 }]", "layers #1.base': expected a value"),
        ("[forms.unicycle]\nwords = ['unicycle']", "key 'forms.unicycle': expected one of"),
        ("[forms.dragon]\nkinds = ['limb']", "key 'forms.dragon.kinds': expected one of words"),
        ("[weather]\nhail = ['hail']", "key 'weather.hail': expected one of"),
        ("[colours]\nred = ['rot']", "key 'colours.red': expected a colour"),
        ("[colours", "expected TOML"),
    ],
)
def test_a_broken_vocabulary_is_refused_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "words.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(VideobenchError, match=says) as caught:
        Procedural(BackendSpec.parse(f"procedural?vocabulary={path}"))
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_vocabulary_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(VideobenchError, match="expected a readable file"):
        Procedural(BackendSpec.parse(f"procedural?vocabulary={tmp_path / 'none.toml'}"))
