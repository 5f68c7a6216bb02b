"""Rows cross processes and files unchanged, and hold nothing that could stop them."""

from __future__ import annotations

import json
from typing import Any

import execnet
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_videobench.defects.base import Finding
from pytest_videobench.gate.row import ROW_VERSION, Row, finding_cell, metric_cells
from pytest_videobench.metrics.base import Measure
from pytest_videobench.prompts.model import Expectations, Permission

texts = st.text(st.characters(codec="utf-8"), max_size=30)
numbers = st.floats(allow_nan=False, allow_infinity=False)
cells = st.dictionaries(
    texts, st.one_of(st.none(), texts, numbers, st.integers(-(2**31), 2**31 - 1), st.booleans())
)
rows = st.builds(
    Row,
    key=texts,
    nodeid=texts,
    style=texts,
    prompt=texts,
    text=texts,
    backend=texts,
    roll=st.integers(0, 99),
    verdict=st.sampled_from(["pass", "fail", "error", "unscored"]),
    problems=st.lists(texts, max_size=3),
    error=st.one_of(st.none(), st.fixed_dictionaries({"kind": texts, "message": texts})),
    metrics=st.dictionaries(
        texts, st.fixed_dictionaries({"value": st.one_of(st.none(), numbers), "unit": texts})
    ),
    findings=st.lists(cells, max_size=2),
    clip=st.one_of(st.none(), cells),
    timing=st.dictionaries(texts, numbers),
    version=st.just(ROW_VERSION),
)


@given(rows)
def test_a_row_survives_json(row: Row) -> None:
    assert Row.from_json(json.loads(json.dumps(row.to_json(), allow_nan=False))) == row


@given(rows)
def test_a_row_survives_the_way_from_a_worker(row: Row) -> None:
    assert Row.from_json(execnet.loads(execnet.dumps(row.to_json()))) == row


def test_measures_and_findings_become_builtins() -> None:
    measures = {
        "x": Measure(name="x", value=np.float64(0.5), unit="1"),
        "y": Measure(name="y", value=None, unit="s"),
    }
    finding = Finding(
        defect="freeze",
        start=np.float64(1.0),
        end=np.float64(2.0),
        severity=np.float32(0.5),  # type: ignore[arg-type]
        confidence=1.0,
        note="n",
        frames=(np.int64(3),),  # type: ignore[arg-type]  # what a careless detector hands over
        box=(np.float32(0.1), 0.2, 0.3, 0.4),  # type: ignore[arg-type]
    )
    expected = Expectations(permitted=(Permission(defect="freeze", reason="asked for"),))
    sent: dict[str, Any] = {"metrics": metric_cells(measures), "finding": finding_cell(finding, expected)}
    assert execnet.loads(execnet.dumps(sent)) == sent
    assert sent["metrics"] == {"x": {"value": 0.5, "unit": "1"}, "y": {"value": None, "unit": "s"}}
    assert sent["finding"]["permitted"] == "asked for"
    assert sent["finding"]["frames"] == [3]


def test_a_row_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="row version 99: expected 1"):
        Row.from_json({"version": 99})
