"""Limits that are fitted to labels keep the false-alarm rate that they state, or are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_videobench.gate.fit import Aim, Method, Sample, fit_bound, fit_gate

AIM = Aim(rate=0.1, method="binomial", sure=0.95, margin=0.0)


def clean(*severities: float, name: str = "blur") -> list[Sample]:
    return [
        Sample(
            name=f"clip {n}",
            labels=frozenset(),
            severities={name: severity} if severity else {},
            seen=frozenset({name}),
        )
        for n, severity in enumerate(severities)
    ]


def faulty(*severities: float) -> list[Sample]:
    return [replace(sample, labels=frozenset({"blur"})) for sample in clean(*severities)]


def test_silence_in_enough_clips_lets_every_finding_fail() -> None:
    fit = fit_gate("blur", clean(*[0.0] * 29) + faulty(0.2, 0.0), AIM)
    assert (fit.limit, fit.accused, fit.negatives, fit.found, fit.positives) == (0.0, 0, 29, 1, 2)


@pytest.mark.parametrize(
    ("method", "rate", "least"), [("binomial", 0.1, 29), ("binomial", 0.05, 59), ("conformal", 0.1, 9)]
)
def test_too_few_clips_are_refused_with_the_number_that_is_needed(
    method: Method, rate: float, least: int
) -> None:
    aim = replace(AIM, method=method, rate=rate)
    fit = fit_gate("blur", clean(*[0.0] * (least - 1)), aim)
    assert fit.limit is None
    assert fit.why == f"needs {least} clips without it, got {least - 1}"
    assert fit_gate("blur", clean(*[0.0] * least), aim).limit == 0.0


def test_the_limit_lies_above_what_good_clips_reach() -> None:
    samples = clean(0.6, 0.3, *[0.0] * 30)
    assert fit_gate("blur", samples, AIM).accused == 0
    assert fit_gate("blur", samples, replace(AIM, margin=0.1)).limit == pytest.approx(0.7, abs=0.002)


def test_a_clip_that_could_not_be_looked_at_proves_nothing() -> None:
    blind = [replace(sample, seen=frozenset[str]()) for sample in clean(*[0.0] * 40)]
    assert fit_gate("blur", blind, AIM).negatives == 0


@given(st.lists(st.floats(0, 1), min_size=9, max_size=80), st.sampled_from(["binomial", "conformal"]))
def test_no_limit_accuses_more_than_it_may(severities: list[float], method: Method) -> None:
    aim = replace(AIM, method=method)
    fit = fit_gate("blur", clean(*severities), aim)
    if fit.limit is None:
        assert len(severities) < aim.least
    else:
        assert fit.accused <= max(0, aim.allowed(len(severities)))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["binomial", "conformal"]))
def test_new_clips_are_accused_no_more_often_than_stated(seed: int, method: Method) -> None:
    """On average over sets of labels; the binomial limit keeps far below."""
    rng, aim, wrong = np.random.default_rng(seed), replace(AIM, method=method), []
    for _ in range(60):
        limit = fit_gate("blur", clean(*rng.beta(2, 5, 60)), aim).limit
        assert limit is not None
        wrong.append(float(np.mean(rng.beta(2, 5, 500) >= limit)))
    assert np.mean(wrong) <= aim.rate + 0.02


@pytest.mark.parametrize(("least", "limit"), [(True, 1.0), (False, 40.0)])
def test_a_metric_is_bounded_where_good_clips_end(least: bool, limit: float) -> None:
    samples = [
        Sample(name=f"{n}", labels=frozenset(), severities={}, seen=frozenset(), metrics={"si": float(n)})
        for n in range(1, 41)
    ]
    fit = fit_bound("si", samples, AIM, least=least)
    assert (fit.limit, fit.accused) == (limit, 0)
    assert fit_bound("si", samples[:20], AIM, least=least).limit is None


@pytest.mark.parametrize(("least", "limit"), [(True, -18.5), (False, 59.5)])
def test_slack_puts_a_metrics_bound_as_far_out_again(least: bool, limit: float) -> None:
    samples = [
        Sample(name=f"{n}", labels=frozenset(), severities={}, seen=frozenset(), metrics={"si": float(n)})
        for n in range(1, 41)
    ]
    assert fit_bound("si", samples, replace(AIM, slack=1.0), least=least).limit == limit
