"""An account's places and its purse."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_videobench.backends.remote.account import Account, Purse, Stopped
from pytest_videobench.backends.remote.wire import RemoteError


def test_no_more_jobs_than_places() -> None:
    account, inside, most = Account(3), 0, 0
    lock, barrier = threading.Lock(), threading.Barrier(3)

    def work() -> None:
        nonlocal inside, most
        with account.slot(taken=False):
            with lock:
                inside += 1
                most = max(most, inside)
            barrier.wait(10)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 3


def test_jobs_of_an_earlier_run_ask_nobody_and_count() -> None:
    account = Account(1)
    with account.slot(taken=True), account.slot(taken=True):
        stopped = []

        def wait() -> None:
            try:
                account.slot(taken=False).__enter__()
            except Stopped:
                stopped.append(1)

        waiting = threading.Thread(target=wait)
        waiting.start()
        account.stop()
        waiting.join(10)
    assert stopped, "there was no place while two were in flight"


def test_a_complaint_takes_a_place_away_and_never_the_last() -> None:
    account = Account(5)
    with ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(account.slot(taken=False))
        account.crowded()
        assert account.limit == 4
        for _ in range(10):
            account.crowded()
        assert account.limit >= 1


def test_waits_double_and_those_refused_at_once_are_one_complaint() -> None:
    account = Account(5)
    first = account.refused(None)
    assert account.refused(None) == first, "the second was under way when the first was refused"
    assert account.refused(7.0) == 7.0


def test_the_end_of_a_run_wakes_everybody() -> None:
    account, woken = Account(1), []

    def sleep() -> None:
        try:
            account.sleep(600)
        except Stopped:
            woken.append(1)

    threads = [threading.Thread(target=sleep) for _ in range(3)]
    for thread in threads:
        thread.start()
    account.stop()
    for thread in threads:
        thread.join(10)
    assert len(woken) == 3
    with pytest.raises(Stopped), account.slot(taken=False):
        pass


def test_submissions_are_spread_over_the_minute() -> None:
    account, begun = Account(10, per_minute=600), []
    for _ in range(4):
        with account.slot(taken=False):
            begun.append(time.monotonic())
    assert all(later - earlier >= 0.09 for earlier, later in pairwise(begun))


def test_a_job_of_an_earlier_run_is_no_submission() -> None:
    account = Account(10, per_minute=0.01)
    with account.slot(taken=False), account.slot(taken=True):
        assert account.limit == 10, "the second would otherwise wait for hours"


@given(st.floats(0, 20), st.lists(st.floats(0, 5), max_size=20))
def test_a_budget_is_never_overdrawn(budget: float, prices: list[float]) -> None:
    purse = Purse(budget)
    for price in prices:
        with suppress(RemoteError), purse.reserve(price, "case"):
            purse.paid(price)
    assert purse.spent_usd <= budget + 1e-6


def test_what_is_set_aside_cannot_be_spent_twice() -> None:
    purse = Purse(1.0)
    with (
        purse.reserve(0.6, "one"),
        pytest.raises(RemoteError, match=r"^two: not submitted: it costs about 0.60"),
    ):
        purse.reserve(0.6, "two").__enter__()
    with purse.reserve(0.6, "three"):
        pass


def test_an_unknown_price_and_a_budget_do_not_go_together() -> None:
    with Purse(None).reserve(None, "case"):
        pass
    with pytest.raises(RemoteError, match="its price is unknown"):
        Purse(1.0).reserve(None, "case").__enter__()
