"""The shared budget keeps the rate over several processes, and a closed host is closed for all."""

from __future__ import annotations

import pytest

from smartmoney.polymarket.budget import Budget, Limit, LocalBudget
from smartmoney.store.db import Store
from smartmoney.store.streams.budget import PostgresBudget


@pytest.fixture(params=["local", "postgres"])
def budgets(request: pytest.FixtureRequest, store: Store) -> list[Budget]:
    """Two handles on one budget, as two workers hold them."""
    if request.param == "local":
        return [LocalBudget()] * 2
    return [PostgresBudget(store), PostgresBudget(store)]


def test_two_workers_share_one_rate(budgets: list[Budget]) -> None:
    limit = Limit("data/trades", gap_s=10.0, burst=2)
    waits = [budgets[n % 2].reserve([limit]).wait_s for n in range(5)]
    assert waits == pytest.approx([0, 0, 10, 20, 30], abs=0.5)


def test_the_longest_wait_of_all_limits_counts(budgets: list[Budget]) -> None:
    host, route = Limit("data", 1.0, 1), Limit("data/trades", 10.0, 1)
    assert budgets[0].reserve([host, route]).wait_s == pytest.approx(0, abs=0.1)
    assert budgets[1].reserve([host, route]).wait_s == pytest.approx(10, abs=0.5)
    assert budgets[1].reserve([host]).wait_s == pytest.approx(2, abs=0.5)


def test_a_closed_host_is_closed_for_all_and_nothing_is_taken(budgets: list[Budget]) -> None:
    limits = [Limit("data", 5.0, 1), Limit("data/trades", 5.0, 1)]
    budgets[0].close("data", 60, "blocked: an edge page answered")
    budgets[0].close("data", 30, "later and shorter")
    turn = budgets[1].reserve(limits)
    assert turn.closed
    assert turn.wait_s == pytest.approx(60, abs=1)
    assert turn.reason.startswith("blocked")
    assert budgets[1].reserve(limits[1:]).wait_s == 0
