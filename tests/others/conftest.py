"""A tiny suite in which one prompt misbehaves, run with and without workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Suite

WITH_AND_WITHOUT_WORKERS = pytest.mark.parametrize(
    "workers", [("-p", "no:xdist"), ("-n2",)], ids=["alone", "workers"]
)
FAILS = "def test_tiny(footage, prompt):\n    assert prompt.id != 'red-ball'\n"


def verdicts(suite: Suite) -> dict[str, str]:
    """Give the verdict of every case by prompt and roll; a case that has two rows is a fault."""
    rows = suite.rows()
    found = {f"{row['prompt']}/{row['roll']}": row["verdict"] for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.fixture
def failing(suite: Suite) -> Suite:
    """Give the suite whose red ball fails in every roll."""
    suite.module(FAILS)
    return suite
