"""A small style whose cases fail on demand, and its golden, recorded once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.conftest import Suite

WILLING = '''"""Tiny: it fails where somebody says so."""

from pathlib import Path


def test_tiny(footage, prompt, roll):
    """The clip is without fault, unless this file names it."""
    assert f"{prompt.id}/{roll}" not in (Path("worse").read_text().split() if Path("worse").exists() else [])
'''
MARGINS = "[test]\nprompts = 2\n[shares]\ndefault = 0.9\nfails = 0.9\nerrors = 0.9\n"
LABEL = "procedural@reference-duration=1-fps=12-size=192x108"
"""How the folder of the golden is called."""


class Gated:
    """A suite with clips that are made once for all tests."""

    def __init__(self, suite: Suite, cache: Path) -> None:
        self.suite = suite
        self.golden = suite.root / "golden" / LABEL / "tiny.json"
        self._cache = cache
        suite.module(WILLING)
        (suite.root / "margins.toml").write_text(MARGINS, encoding="utf-8")

    def run(self, *args: str) -> pytest.RunResult:
        return self.suite.run(f"--vb-cache={self._cache / 'store'}", *args)

    def gate(self, *args: str) -> pytest.RunResult:
        return self.run(f"--vb-gate={LABEL}", "--vb-margins=margins.toml", *args)

    def record(self, *args: str) -> pytest.RunResult:
        return self.run("--vb-update-golden", *args)

    def recorded(self) -> Gated:
        """Have the golden of a good run, which is the same for all tests."""
        kept = self._cache / "tiny.json"
        if not kept.exists():
            assert self.record().ret == 0
            kept.write_bytes(self.golden.read_bytes())
        self.golden.parent.mkdir(parents=True, exist_ok=True)
        self.golden.write_bytes(kept.read_bytes())
        return self

    def worse(self, *cases: str) -> None:
        """Let cases fail, as ``prompt/roll``; all of them where none is named."""
        every = [f"{prompt}/{roll}" for prompt in ("red-ball", "night-city") for roll in range(5)]
        (self.suite.root / "worse").write_text("\n".join(cases or every), encoding="utf-8")
