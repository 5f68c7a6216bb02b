"""A small style whose cases fail on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.gated import Gated

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Suite


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("made-once")


@pytest.fixture
def gated(suite: Suite, made_once: Path) -> Gated:
    return Gated(suite, made_once)
