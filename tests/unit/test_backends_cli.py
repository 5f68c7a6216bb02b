"""``videobench backends``: what can be used as it is, and what each can make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_videobench.cli import main

if TYPE_CHECKING:
    import pytest


def states(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    assert main(["backends"]) == 0
    lines = capsys.readouterr().out.splitlines()[:-1]
    return {line.split()[0]: line[16:32].strip() for line in lines}


def test_every_backend_says_whether_it_can_be_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("RUNWAYML_API_SECRET", "KLINGAI_API_KEY", "KLINGAI_ACCESS_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    found = states(capsys)
    assert {found[name] for name in ("procedural", "folder")} == {"ready"}
    assert (found["runway"], found["kling"], found["openai_videos"]) == ("no key", "no key", "no address")
    monkeypatch.setenv("RUNWAYML_API_SECRET", "planted-key-1")
    monkeypatch.setenv("KLINGAI_ACCESS_KEY", "only half of a pair")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://gpu:8091/v1")
    found = states(capsys)
    assert (found["runway"], found["kling"], found["openai_videos"]) == ("ready", "no key", "ready")


def test_a_name_shows_models_sizes_and_prices_but_no_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RUNWAYML_API_SECRET", "planted-key-1")
    assert main(["backends", "runway", "procedural"]) == 0
    text = capsys.readouterr().out
    assert "RUNWAYML_API_SECRET (ready)" in text
    assert "gen4.5: 2 to 10 s, seed, prompts up to 1000 characters" in text
    assert "1280x720  0.12 USD/s" in text
    assert "procedural: Renders clips here and now" in text
    assert "planted-key-1" not in text


def test_an_unknown_name_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backends", "runaway"]) == 2
    assert "did you mean 'runway'?" in capsys.readouterr().err
